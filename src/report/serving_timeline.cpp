#include "report/serving_timeline.hpp"

#include <fmt/format.h>

#include <iterator>

namespace polyfleet {
namespace {

const std::string& pool_name(const ServingSimulation& run, const TimelineSample& sample) {
  return run.cluster.pools[static_cast<std::size_t>(sample.pool)].name;
}

}  // namespace

std::string serving_timeline_csv(const ServingSimulation& run) {
  std::string text = "time_s,pool,replicas,running,waiting,used_blocks,output_tokens\n";
  for (const TimelineSample& each : run.report.timeline) {
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{}\n",
                   seconds_of_picos(each.at) / second, pool_name(run, each), each.replicas,
                   each.running, each.waiting, each.used_blocks, each.output_tokens);
  }
  return text;
}

std::string serving_timeline_trace(const ServingSimulation& run) {
  std::string text = "{\"traceEvents\":[";
  bool first = true;
  for (const TimelineSample& each : run.report.timeline) {
    const std::string name = to_json(Value(pool_name(run, each)), -1);
    fmt::format_to(std::back_inserter(text),
                   "{}\n{{\"name\":{},\"ph\":\"C\",\"pid\":{},\"ts\":{},\"args\":{{\"replicas\":{},"
                   "\"running\":{},\"waiting\":{}}}}}",
                   first ? "" : ",", name, each.pool, seconds_of_picos(each.at) / microsecond,
                   each.replicas, each.running, each.waiting);
    first = false;
  }
  return text + "\n]}\n";
}

}  // namespace polyfleet
