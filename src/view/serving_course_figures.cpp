// A simulated service over time: requests that come and go, first tokens, tokens a second, running
// and waiting requests, cache, and which replicas stood when.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "units/text.hpp"
#include "view/serving_groups.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

constexpr const char* kTime = "time";

double seconds_of(Picos picos) { return seconds_of_picos(picos) / second; }

/// The end of the run in seconds of its clock.
double end_of(const ServingSimulation& run) {
  Picos end = run.report.duration;
  if (!run.report.changes.empty()) end += run.report.changes.front().at;
  for (const TimelineSample& each : run.report.timeline) end = std::max(end, each.at);
  return seconds_of(end);
}

/// Spans of ServingRecords without gaps, in time and per second.
struct Course {
  ShownUnit unit;
  double span = 1;  ///< seconds
  std::vector<double> begin;
  std::vector<RequestSpan> spans;
};

Course course_of(const RecordedSimulation& simulated) {
  Course course;
  const auto& spans = simulated.records.spans();
  course.unit = course_unit(end_of(simulated.run));
  course.span = seconds_of(simulated.records.span());
  if (spans.empty()) return course;
  for (std::int64_t place = spans.begin()->first; place <= spans.rbegin()->first; ++place) {
    const auto found = spans.find(place);
    course.begin.push_back(static_cast<double>(place) * course.span / course.unit.scale);
    course.spans.push_back(found != spans.end() ? found->second : RequestSpan{});
  }
  return course;
}

std::string span_sentence(const Course& course) {
  return fmt::format("Counted over spans of {}.", print_quantity(course.span * second));
}

PageFigure request_figure(const RecordedSimulation& simulated, const Course& course) {
  std::vector<double> arrived, finished, late, refused, cancelled;
  for (const RequestSpan& span : course.spans) {
    const auto rate = [&](std::int64_t count) { return static_cast<double>(count) / course.span; };
    arrived.push_back(rate(span.arrived));
    finished.push_back(rate(span.finished));
    late.push_back(rate(span.finished - span.met));
    refused.push_back(rate(span.refused));
    cancelled.push_back(rate(span.cancelled));
  }
  PageFigure figure;
  figure.id = "requests_over_time";
  figure.title = "Requests that come and go";
  figure.reading =
      "Where arrivals run above finished requests for long, the queue grows; both meet again when "
      "it is worked off.";
  figure.data.number(kTime, course.unit.unit, course.begin);
  LineChart chart{.x = kTime, .values = {"arrived", "finished"}, .steps = true};
  figure.data.number("arrived", "requests/s", std::move(arrived));
  figure.data.number("finished", "requests/s", std::move(finished));
  if (!simulated.run.cluster.classes.empty()) {
    figure.data.number("finished beyond their bounds", "requests/s", std::move(late));
    chart.values.emplace_back("finished beyond their bounds");
  }
  const auto add_lost = [&](const char* name, std::vector<double> rates, std::int64_t count) {
    figure.data.number(name, "requests/s", std::move(rates));
    if (count > 0) chart.values.emplace_back(name);
  };
  add_lost("refused", std::move(refused), simulated.run.report.refused);
  add_lost("cancelled", std::move(cancelled), simulated.run.report.cancelled);
  figure.chart = std::move(chart);
  figure.assumptions = {span_sentence(course),
                        "Requests of the warm-up are included; refused and cancelled ones stand "
                        "where they arrived."};
  return figure;
}

PageFigure first_token_figure(const RecordedSimulation& simulated, const Course& course) {
  std::vector<double> mean, most;
  double greatest = 0;
  for (const RequestSpan& span : course.spans) greatest = std::max(greatest, span.first_token_most);
  const ShownUnit unit = latency_unit(greatest);
  for (const RequestSpan& span : course.spans) {
    const bool any = span.first > 0;
    mean.push_back(any ? span.first_token_sum / static_cast<double>(span.first) / unit.scale
                       : kUnknown);
    most.push_back(any ? span.first_token_most / unit.scale : kUnknown);
  }
  PageFigure figure;
  figure.id = "ttft_over_time";
  figure.title = "Time to first token over time";
  figure.reading = "Of the requests whose first token came then: their mean, and the longest wait.";
  figure.data.number(kTime, course.unit.unit, course.begin);
  figure.data.number("mean", unit.unit, std::move(mean));
  figure.data.number("longest", unit.unit, std::move(most));
  LineChart chart{.x = kTime, .values = {"mean", "longest"}};
  const Picos bound = common_bound(simulated.run.cluster, &SloClass::first_token);
  if (bound != kNever) {
    chart.limit = seconds_of(bound) / unit.scale;
    chart.limit_label = "bound " + print_quantity(seconds_of_picos(bound));
  }
  figure.chart = std::move(chart);
  figure.assumptions = {span_sentence(course)};
  return figure;
}

/// Samples of the timeline by group: [sample][group], summed over the group's pools.
struct GroupSample {
  double replicas = 0, running = 0, waiting = 0, tokens = 0;
  double used_blocks = 0, blocks = 0;
};
struct Timeline {
  std::vector<PoolGroup> groups;
  std::vector<double> at;  ///< seconds
  std::vector<std::vector<GroupSample>> samples;
};

/// Samples that a figure holds; of a longer timeline every second, third, ... is shown.
constexpr std::size_t kMostShown = 1000;

Timeline timeline_of(const ServingSimulation& run) {
  Timeline timeline{pool_groups(run), {}, {}};
  const std::size_t pools = std::max<std::size_t>(1, run.cluster.pools.size());
  const std::size_t looks = run.report.timeline.size() / pools;
  const std::size_t stride = (looks + kMostShown - 1) / kMostShown;
  std::vector<std::size_t> group_of(run.cluster.pools.size());
  for (std::size_t group = 0; group < timeline.groups.size(); ++group)
    for (const std::size_t pool : timeline.groups[group].pools) group_of[pool] = group;
  for (std::size_t i = 0; i < run.report.timeline.size(); ++i) {
    if (i / pools % stride != 0) continue;
    const TimelineSample& each = run.report.timeline[i];
    const double at = seconds_of(each.at);
    if (timeline.at.empty() || timeline.at.back() != at) {
      timeline.at.push_back(at);
      timeline.samples.emplace_back(timeline.groups.size());
    }
    const auto pool = static_cast<std::size_t>(each.pool);
    GroupSample& sample = timeline.samples.back()[group_of[pool]];
    const auto replicas = static_cast<double>(each.replicas);
    sample.replicas += replicas;
    sample.running += static_cast<double>(each.running);
    sample.waiting += static_cast<double>(each.waiting);
    sample.tokens += static_cast<double>(each.output_tokens);
    sample.used_blocks += static_cast<double>(each.used_blocks);
    sample.blocks += replicas * static_cast<double>(run.cluster.pools[pool].settings.cache_blocks);
  }
  return timeline;
}

/// What a timeline figure shows, by sample and group.
struct TimelineQuestion {
  std::string id, title, reading, unit;
  bool stacked = false;
  std::function<double(std::size_t sample, std::size_t group)> value;
};

PageFigure timeline_figure(const ServingSimulation& run, const Timeline& timeline,
                           const TimelineQuestion& question) {
  const ShownUnit unit = course_unit(end_of(run));
  PageFigure figure;
  figure.id = question.id;
  figure.title = question.title;
  figure.reading = question.reading;
  ColumnNames names;
  LineChart chart{.x = names.add(kTime),
                  .stacked_area = question.stacked && timeline.groups.size() > 1};
  std::vector<double> at;
  for (const double each : timeline.at) at.push_back(each / unit.scale);
  figure.data.number(chart.x, unit.unit, std::move(at));
  for (std::size_t group = 0; group < timeline.groups.size(); ++group) {
    std::vector<double> values;
    for (std::size_t i = 0; i < timeline.at.size(); ++i) values.push_back(question.value(i, group));
    if (std::none_of(values.begin(), values.end(), [](double value) { return value == value; }))
      continue;
    chart.values.push_back(names.add(timeline.groups[group].name));
    figure.data.number(chart.values.back(), question.unit, std::move(values));
  }
  figure.chart = std::move(chart);
  if (timeline.at.size() > 1)
    figure.assumptions = {fmt::format("Looked at every {}.",
                                      print_quantity((timeline.at[1] - timeline.at[0]) * second))};
  return figure;
}

std::vector<PageFigure> timeline_figures(const ServingSimulation& run) {
  const Timeline timeline = timeline_of(run);
  if (timeline.at.size() < 2) return {};
  const auto sample = [&](std::size_t i, std::size_t group) -> const GroupSample& {
    return timeline.samples[i][group];
  };
  const auto rate = [&](std::size_t i, std::size_t group) {
    const std::size_t from = i > 0 ? i - 1 : 0, to = i > 0 ? i : 1;
    const double made = sample(to, group).tokens - sample(from, group).tokens;
    return made / (timeline.at[to] - timeline.at[from]);
  };
  std::vector<PageFigure> figures;
  figures.push_back(
      timeline_figure(run, timeline,
                      {"tokens_over_time", "Output tokens a second",
                       "Tokens generated since the last look.", "tokens/s", true, rate}));
  figures.push_back(timeline_figure(
      run, timeline,
      {"running_over_time", "Requests being worked on", "Sequences in the running batches.",
       "requests", true,
       [&](std::size_t i, std::size_t group) { return sample(i, group).running; }}));
  figures.push_back(timeline_figure(run, timeline,
                                    {"waiting_over_time", "Requests that wait in replicas' queues",
                                     "Not yet in a batch: prompts that found no room in the token "
                                     "budget, the seats or the cache.",
                                     "requests", true, [&](std::size_t i, std::size_t group) {
                                       return sample(i, group).waiting;
                                     }}));
  const bool cached = std::any_of(run.cluster.pools.begin(), run.cluster.pools.end(),
                                  [](const ServingPool& pool) { return pool.media == nullptr; });
  if (cached) {
    figures.push_back(timeline_figure(
        run, timeline,
        {"cache_over_time", "Key-value cache in use",
         "Blocks that sequences and kept prefixes hold, of those of the replicas in service; at "
         "100 % requests wait or are preempted.",
         "%", false, [&](std::size_t i, std::size_t group) {
           const GroupSample& each = sample(i, group);
           return each.blocks > 0 ? 100 * each.used_blocks / each.blocks : kUnknown;
         }}));
  }
  return figures;
}

const char* name_of_state(SlotState state) {
  switch (state) {
    case SlotState::absent:
      return "absent";
    case SlotState::starting:
      return "starting";
    case SlotState::up:
      return "serving";
    case SlotState::draining:
      return "draining";
    case SlotState::failed:
      return "failed";
  }
  return "";
}

/// Lanes that a picture holds; of more replicas only those that changed, at most so many.
constexpr std::size_t kMostReplicaLanes = 32;

using ReplicaCourse = std::pair<int, int>;  ///< pool and number

std::map<ReplicaCourse, std::vector<SlotChange>> changes_by_replica(const ServingSimulation& run) {
  std::map<ReplicaCourse, std::vector<SlotChange>> lanes;
  for (const SlotChange& each : run.report.changes)
    lanes[{each.pool, each.replica}].push_back(each);
  return lanes;
}

/// Nothing where every replica served from beginning to end.
std::optional<PageFigure> replica_figure(const ServingSimulation& run) {
  auto lanes = changes_by_replica(run);
  const std::size_t all = lanes.size();
  const bool changed = run.report.changes.size() > all;
  if (!changed) return std::nullopt;
  if (all > kMostReplicaLanes)
    std::erase_if(lanes, [](const auto& each) { return each.second.size() < 2; });
  const std::size_t interesting = lanes.size();
  while (lanes.size() > kMostReplicaLanes) lanes.erase(std::prev(lanes.end()));
  const double end = end_of(run);
  const ShownUnit unit = course_unit(end);
  std::vector<std::string> names, kinds;
  std::vector<double> from, to;
  for (const auto& [replica, changes] : lanes) {
    const auto& pool = run.cluster.pools[static_cast<std::size_t>(replica.first)];
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (changes[i].state == SlotState::absent) continue;
      const double begin = seconds_of(changes[i].at);
      const double until = i + 1 < changes.size() ? seconds_of(changes[i + 1].at) : end;
      if (until <= begin) continue;
      names.push_back(fmt::format("{} {}", pool.name, replica.second));
      kinds.emplace_back(name_of_state(changes[i].state));
      from.push_back(begin / unit.scale);
      to.push_back(until / unit.scale);
    }
  }
  PageFigure figure;
  figure.id = "replicas";
  figure.title = "Replicas that join and leave";
  figure.reading =
      "Each lane is a replica: serving, starting up, draining (takes nothing new), or failed until "
      "it recovers.";
  if (interesting > lanes.size() || all > interesting)
    figure.reading += fmt::format(" {} of {} replicas are shown; {} changed during the run.",
                                  lanes.size(), all, interesting);
  figure.data.word("replica", std::move(names)).word("state", std::move(kinds));
  figure.data.number("from", unit.unit, std::move(from)).number("to", unit.unit, std::move(to));
  figure.chart = SpanChart{.lane = "replica", .begin = "from", .end = "to", .kind = "state"};
  return figure;
}

}  // namespace

FigureSection course_section(const RecordedSimulation& simulated) {
  FigureSection section{"Over time", {}};
  const Course course = course_of(simulated);
  if (!course.spans.empty()) {
    section.figures.push_back(request_figure(simulated, course));
    const bool any = std::any_of(course.spans.begin(), course.spans.end(),
                                 [](const RequestSpan& span) { return span.first > 0; });
    if (any) section.figures.push_back(first_token_figure(simulated, course));
  }
  for (PageFigure& figure : timeline_figures(simulated.run))
    section.figures.push_back(std::move(figure));
  if (auto replicas = replica_figure(simulated.run))
    section.figures.push_back(*std::move(replicas));
  return section;
}

}  // namespace polyfleet
