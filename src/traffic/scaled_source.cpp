#include "traffic/scaled_source.hpp"

#include <fmt/format.h>

#include <cmath>
#include <queue>

#include "sim/random_stream.hpp"
#include "traffic/prefix_hashes.hpp"
#include "traffic/read_ahead.hpp"

namespace polyfleet {
namespace {

enum CopyStream : std::uint64_t { kThinning = 0, kJitter = 1 };
constexpr std::uint64_t kApart = 3;  // keeps these hashes off those of other uses

/// A copy that waits until every request before it is known.
struct Displaced {
  ServingRequest request;
  std::int64_t order = 0;
};
struct LaterCopy {
  bool operator()(const Displaced& a, const Displaced& b) const {
    return a.request.arrival != b.request.arrival ? a.request.arrival > b.request.arrival
                                                  : a.order > b.order;
  }
};

class ScaledSource final : public ReadAheadSource {
 public:
  ScaledSource(const SourceSpec& spec, TraceOptions options, std::uint64_t seed)
      : trace_(spec.trace),
        options_(std::move(options)),
        limit_(spec.requests),
        thinning_(seed, kThinning),
        jitter_(seed, kJitter) {
    if (spec.duration > Seconds()) end_ = picos_of(spec.duration);
  }

  Diagnostics open();
  std::vector<std::string> remarks() const override;

 protected:
  Result<std::optional<ServingRequest>> produce() override;

 private:
  Result<std::optional<ServingRequest>> in_window();
  Result<std::optional<ServingRequest>> repeated();
  void set_apart(ServingRequest& request, std::int64_t number) const;
  void spread(ServingRequest request);
  Picos sped_up(Picos time) const;
  std::optional<ServingRequest> handed_out(ServingRequest request);

  TraceSpec trace_;
  TraceOptions options_;
  std::int64_t limit_;
  Picos end_ = kNever;
  RandomStream thinning_, jitter_;
  std::unique_ptr<RequestSource> reader_;
  std::int64_t pass_ = 0, in_pass_ = 0;  // requests of this pass so far
  Picos pass_start_ = 0, last_ = 0;      // last arrival within the pass
  Picos read_to_ = 0;
  bool read_all_ = false;
  std::priority_queue<Displaced, std::vector<Displaced>, LaterCopy> displaced_;
  std::int64_t order_ = 0, next_id_ = 0;
};

Diagnostics ScaledSource::open() {
  Result<std::unique_ptr<RequestSource>> reader = open_trace(trace_.file, options_);
  if (!reader) return reader.problems();
  reader_ = *std::move(reader);
  return {};
}

Picos ScaledSource::sped_up(Picos time) const {
  if (trace_.speed == 1) return time;
  return static_cast<Picos>(std::llround(static_cast<double>(time) / trace_.speed));
}

/// The next request of this pass through the file that is in the window and kept.
Result<std::optional<ServingRequest>> ScaledSource::in_window() {
  const Picos stop = trace_.stop > Seconds() ? picos_of(trace_.stop - trace_.start) : kNever;
  for (;;) {
    if (reader_->next_arrival() >= stop) return std::optional<ServingRequest>();
    Result<std::optional<ServingRequest>> each = reader_->next();
    if (!each || !*each) return each;
    ServingRequest& request = **each;
    if (trace_.keep < 1 && !thinning_.chance(trace_.keep)) continue;
    const double moved = static_cast<double>(request.arrival) / trace_.speed;
    if (moved > kLongestSimulation / second * kPicosPerSecond) {
      return problem_at(
          {trace_.file, 0, 0},
          fmt::format("slowed to {} of its speed it lasts over 100 days", trace_.speed),
          "cut it with stop, or choose a higher speed");
    }
    request.arrival = sped_up(request.arrival);
    return each;
  }
}

/// The next request over all passes; a pass begins one mean gap after the last request of the
/// former.
Result<std::optional<ServingRequest>> ScaledSource::repeated() {
  for (;;) {
    Result<std::optional<ServingRequest>> each = in_window();
    if (!each) return each;
    if (*each) {
      ServingRequest& request = **each;
      last_ = request.arrival;
      ++in_pass_;
      request.arrival += pass_start_;
      if (request.arrival > picos_of(kLongestSimulation)) {
        return problem_at({trace_.file, 0, 0},
                          fmt::format("repeated {} times it lasts over 100 days", trace_.repeat),
                          "repeat it less often, or set duration");
      }
      set_apart(request, pass_ * trace_.copies);
      return each;
    }
    if (++pass_ >= trace_.repeat || in_pass_ == 0) return each;
    pass_start_ += last_ + (in_pass_ > 1 ? last_ / (in_pass_ - 1) : picos_of(1 * second));
    in_pass_ = 0;
    Diagnostics problems = open();
    if (!problems.empty()) return problems;
  }
}

/// Gives a repetition or copy (0 = the trace itself) prompts and sessions of its own.
void ScaledSource::set_apart(ServingRequest& request, std::int64_t number) const {
  if (number == 0) return;
  const std::uint64_t salt = mixed_hash(static_cast<std::uint64_t>(number), kApart);
  if (!trace_.share_prefixes) {
    for (std::uint64_t& hash : request.prefix_blocks) hash = mixed_hash(hash, salt);
  }
  if (request.session >= 0) {
    const std::uint64_t session = static_cast<std::uint64_t>(request.session) + salt;
    request.session = static_cast<std::int32_t>(session & 0x7fffffffu);
  }
}

/// Makes the copies of a request, each displaced by its own time; the first stays where it was.
void ScaledSource::spread(ServingRequest request) {
  for (std::int64_t copy = 1; copy < trace_.copies; ++copy) {
    Displaced each{request, order_++};
    each.request.arrival += picos_of(trace_.copy_jitter * jitter_.uniform());
    set_apart(each.request, copy);
    displaced_.push(std::move(each));
  }
  displaced_.push({std::move(request), order_++});
}

std::optional<ServingRequest> ScaledSource::handed_out(ServingRequest request) {
  if (request.arrival >= end_ || (limit_ > 0 && next_id_ >= limit_)) return std::nullopt;
  request.id = next_id_++;
  return request;
}

Result<std::optional<ServingRequest>> ScaledSource::produce() {
  if (limit_ > 0 && next_id_ >= limit_) return std::optional<ServingRequest>();
  if (trace_.copies == 1) {
    Result<std::optional<ServingRequest>> each = repeated();
    if (!each || !*each) return each;
    return handed_out(std::move(**each));
  }
  while (!read_all_ && (displaced_.empty() || displaced_.top().request.arrival > read_to_)) {
    Result<std::optional<ServingRequest>> each = repeated();
    if (!each) return each;
    read_all_ = !*each;
    if (read_all_) break;
    read_to_ = (*each)->arrival;
    spread(std::move(**each));
  }
  if (displaced_.empty()) return std::optional<ServingRequest>();
  ServingRequest request = std::move(const_cast<Displaced&>(displaced_.top()).request);
  displaced_.pop();
  return handed_out(std::move(request));
}

std::vector<std::string> ScaledSource::remarks() const { return reader_->remarks(); }

}  // namespace

Result<std::unique_ptr<RequestSource>> scaled_source(const SourceSpec& spec,
                                                     const TrafficNames& names,
                                                     std::uint64_t seed) {
  TraceOptions options;
  options.format = spec.trace.format;
  options.sort = spec.trace.sort;
  options.start = spec.trace.start;
  options.skip_empty = spec.trace.skip_empty;
  options.names = names;
  if (!spec.shapes.empty()) {
    options.model = spec.shapes.front().model;
    options.slo_class = spec.shapes.front().slo_class;
    options.priority = spec.shapes.front().priority;
  }
  auto source = std::make_unique<ScaledSource>(spec, std::move(options), seed);
  Diagnostics problems = source->open();
  if (!problems.empty()) return problems;
  return std::unique_ptr<RequestSource>(std::move(source));
}

}  // namespace polyfleet
