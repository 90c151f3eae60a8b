#include "cost/astrasim.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <list>
#include <optional>
#include <queue>

#include "cost/astrasim_phase.hpp"

namespace polyfleet {
namespace {

struct Phase {
  std::size_t dimension = 0;
  AstraSimTick duration = 0;
};

/// One chunk of one collective on its way through the dimensions.
struct Stream {
  std::vector<Phase> phases;
  std::size_t next = 0;
  AstraSimTick priority = 0;
  bool running = false;
};

struct Done {
  AstraSimTick time;
  std::size_t order;  // first scheduled, first served at equal times
  std::size_t stream;
  friend bool operator>(const Done& a, const Done& b) {
    return a.time != b.time ? a.time > b.time : a.order > b.order;
  }
};

/// The dimensions as queues; each serves `active` streams at a time.
class Pipeline {
 public:
  Pipeline(std::size_t dimensions, int active) : queues_(dimensions), active_(active) {}

  void enter(Stream stream, AstraSimTick now) {
    streams_.push_back(std::move(stream));
    enqueue(streams_.size() - 1, now);
  }
  bool busy() const { return !events_.empty(); }
  AstraSimTick next_event() const { return events_.top().time; }
  void step() {
    const Done done = events_.top();
    events_.pop();
    Stream& stream = streams_[done.stream];
    const std::size_t left = stream.phases[stream.next].dimension;
    queues_[left].remove(done.stream);
    stream.running = false;
    ++stream.next;
    end_ = std::max(end_, done.time);
    if (stream.next < stream.phases.size()) insert(done.stream);
    start(left, done.time);
    if (stream.next < stream.phases.size()) start(stream.phases[stream.next].dimension, done.time);
  }
  AstraSimTick end() const { return end_; }

 private:
  void enqueue(std::size_t id, AstraSimTick now) {
    insert(id);
    start(streams_[id].phases[0].dimension, now);
  }
  /// Behind what runs and behind equal or higher priority.
  void insert(std::size_t id) {
    auto& queue = queues_[streams_[id].phases[streams_[id].next].dimension];
    auto at = queue.begin();
    while (at != queue.end() &&
           (streams_[*at].running || streams_[*at].priority >= streams_[id].priority))
      ++at;
    queue.insert(at, id);
  }
  void start(std::size_t dimension, AstraSimTick now) {
    int running = 0;
    for (const std::size_t id : queues_[dimension]) {
      if (running >= active_) return;
      Stream& stream = streams_[id];
      if (!stream.running) {
        stream.running = true;
        events_.push({now + stream.phases[stream.next].duration, order_++, id});
      }
      ++running;
    }
  }

  std::deque<Stream> streams_;
  std::vector<std::list<std::size_t>> queues_;
  std::priority_queue<Done, std::vector<Done>, std::greater<>> events_;
  int active_;
  std::size_t order_ = 0;
  AstraSimTick end_ = 0;
};

struct PlannedPhase {
  std::size_t dimension;
  CollectiveKind kind;
};

/// The order in which one chunk visits the dimensions.
std::vector<PlannedPhase> plan_of(CollectiveKind kind, const AstraSimAssumptions& assumptions) {
  std::vector<std::size_t> used;
  for (std::size_t d = 0; d < assumptions.dimensions.size(); ++d) {
    if (assumptions.dimensions[d].npus > 1) used.push_back(d);
  }
  std::vector<PlannedPhase> plan;
  if (kind == CollectiveKind::all_gather) std::reverse(used.begin(), used.end());
  if (kind != CollectiveKind::all_reduce || !assumptions.local_bandwidth_aware) {
    for (const std::size_t d : used) plan.push_back({d, kind});
    return plan;
  }
  for (std::size_t i = 0; i + 1 < used.size(); ++i)
    plan.push_back({used[i], CollectiveKind::reduce_scatter});
  if (!used.empty()) plan.push_back({used.back(), CollectiveKind::all_reduce});
  for (std::size_t i = used.size(); i-- > 1;)
    plan.push_back({used[i - 1], CollectiveKind::all_gather});
  return plan;
}

Diagnostics problems_of(const AstraSimAssumptions& assumptions) {
  Diagnostics out;
  if (assumptions.dimensions.empty()) out.push_back(problem("at least one dimension is needed"));
  for (const AstraSimDimension& dimension : assumptions.dimensions) {
    if (dimension.npus < 1 || !(dimension.rate.base() > 0) || dimension.latency.base() < 0)
      out.push_back(problem("a dimension needs npus, a rate above zero and a latency"));
  }
  if (assumptions.chunks < 1 || assumptions.active_chunks_per_dimension < 1)
    out.push_back(problem("chunks and active chunks must be at least 1"));
  return out;
}

/// The chunk's phases with their durations; the data grows and shrinks from phase to phase.
Result<std::vector<Phase>> phases_of(CollectiveKind kind, std::int64_t chunk,
                                     const AstraSimAssumptions& assumptions) {
  std::vector<Phase> phases;
  std::int64_t size = chunk;
  for (const PlannedPhase& planned : plan_of(kind, assumptions)) {
    const AstraSimDimension& dimension = assumptions.dimensions[planned.dimension];
    const auto duration = astrasim_phase(planned.kind, size, dimension, assumptions);
    if (!duration)
      return problem(fmt::format("{} is not covered in this dimension", name_of(planned.kind)));
    phases.push_back({planned.dimension, *duration});
    if (planned.kind == CollectiveKind::all_gather) size *= dimension.npus;
    if (planned.kind == CollectiveKind::reduce_scatter) size /= dimension.npus;
  }
  return phases;
}

/// A collective cut into chunks.
struct Chunks {
  std::int64_t size = 0;
  std::int64_t count = 0;
};

Chunks chunks_of(const AstraSimCollective& job, const AstraSimAssumptions& assumptions) {
  std::int64_t npus = 1;
  for (const AstraSimDimension& dimension : assumptions.dimensions) npus *= dimension.npus;
  auto size = static_cast<std::int64_t>(job.size / byte);
  std::int64_t chunk = size / assumptions.chunks;
  if (job.kind != CollectiveKind::all_gather && npus > chunk) {
    chunk = npus;  // the smallest message there is one byte
    size = assumptions.chunks * chunk;
  }
  chunk = std::max<std::int64_t>(chunk, 1);
  return {chunk, (size + chunk - 1) / chunk};
}

}  // namespace

Result<Seconds> astrasim_time(std::span<const AstraSimCollective> collectives,
                              const AstraSimAssumptions& assumptions) {
  Diagnostics problems = problems_of(assumptions);
  if (!problems.empty()) return problems;
  std::vector<AstraSimCollective> jobs(collectives.begin(), collectives.end());
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const auto& a, const auto& b) { return a.release < b.release; });
  const bool serial = assumptions.one_collective_at_a_time;
  Pipeline pipeline(assumptions.dimensions.size(), assumptions.active_chunks_per_dimension);
  AstraSimTick counter = 0;
  for (const AstraSimCollective& job : jobs) {
    const Chunks chunks = chunks_of(job, assumptions);
    const auto phases = phases_of(job.kind, chunks.size, assumptions);
    if (!phases) return phases.problems();
    if (phases->empty()) continue;  // a single accelerator
    AstraSimTick release = static_cast<AstraSimTick>(job.release / nanosecond);
    while (pipeline.busy() && (serial || pipeline.next_event() < release)) pipeline.step();
    if (serial) release = std::max(release, pipeline.end());
    const bool lifo = assumptions.scheduling == AstraSimScheduling::lifo;
    const AstraSimTick priority = lifo ? counter++ : counter--;
    for (std::int64_t i = 0; i < chunks.count; ++i)
      pipeline.enter({*phases, 0, priority, false}, release);
  }
  while (pipeline.busy()) pipeline.step();
  return static_cast<double>(pipeline.end()) * nanosecond;
}

}  // namespace polyfleet
