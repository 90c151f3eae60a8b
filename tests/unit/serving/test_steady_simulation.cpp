// The closed form against the simulator on a grid of loads: closed loops and open streams, short
// and long prompts, both batching policies, disaggregated halves. The tolerances here are those
// that docs/serving.md states.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "serving/cluster.hpp"
#include "serving/steady_state.hpp"
#include "traffic/open_traffic.hpp"

using namespace polyfleet;

namespace {

/// Products bound by weights until many tokens, attention by the cache: an engine in small.
class RooflineTimes final : public EngineTimes {
 public:
  Picos tokens(const IterationTokens& iteration) const override {
    const double all = static_cast<double>(iteration.decode_sequences + iteration.prefill_tokens);
    if (all <= 0) return 0;
    return picos_of(std::max(8e-3, all * 40e-6) * second + 0.5 * millisecond);
  }
  DecodeSegment decode_attention(std::int64_t, std::int64_t) const override {
    return {picos_of(0.2 * millisecond), picos_of(5 * nanosecond),
            std::numeric_limits<std::int64_t>::max()};
  }
  Picos prefill_attention(std::int64_t query, std::int64_t prior) const override {
    const auto tokens = static_cast<double>(query);
    return picos_of(tokens * (static_cast<double>(prior) + tokens / 2) * 0.2 * nanosecond);
  }
};

struct Case {
  double input, output;
  BatchingPolicy batching = BatchingPolicy::mixed;
  PoolRole role = PoolRole::aggregated;
};

EngineSettings settings_of(const Case& each) {
  EngineSettings settings;
  settings.batching = each.batching;
  settings.cache_blocks = 60000;
  settings.token_budget = 4096;
  settings.front_end = picos_of(3 * millisecond);
  return settings;
}

TrafficSpec traffic_of(const Case& each) {
  RequestShape shape;
  shape.input = {LengthKind::uniform, each.input, 0.8, 1.2};
  shape.output = {LengthKind::uniform, each.output, 0.5, 1.5};
  SourceSpec source;
  source.shapes = {shape};
  return {{source}, {{"model"}, {}}};
}

SteadyLoad load_of(const Case& each) {
  SteadyLoad load;
  load.input_tokens = each.input;
  load.output_tokens = each.output;
  load.input_variation = 0.4 / std::sqrt(12.0);  // uniform over 0.8 to 1.2
  load.output_variation = 1 / std::sqrt(12.0);   // uniform over 0.5 to 1.5
  return load;
}

SimulationReport simulated(const Case& each, const TrafficSpec& traffic, Picos warm_up) {
  static const RooflineTimes times;
  ServingPool pool;
  pool.name = "pool";
  pool.times = &times;
  pool.settings = settings_of(each);
  ServingCluster cluster;
  cluster.pools = {pool};
  auto source = open_traffic(traffic, 1);
  REQUIRE_MESSAGE(source.has_value(), (source ? std::string() : to_text(source.problems())));
  SimulationOptions options;
  options.warm_up = warm_up;
  const auto report = simulate_serving(cluster, **source, options);
  REQUIRE_MESSAGE(report.has_value(), (report ? std::string() : to_text(report.problems())));
  CHECK(report->lost == 0);
  return *report;
}

double error(double predicted, double measured) { return std::abs(std::log(predicted / measured)); }

const Case kCases[] = {{512, 256},
                       {1024, 1024},
                       {6000, 300},
                       {200, 800},
                       {1024, 512, BatchingPolicy::prefill_first},
                       {6000, 300, BatchingPolicy::prefill_first}};

}  // namespace

TEST_CASE("closed loops: steps within 3 %, stays within 5 %, first tokens within 25 %") {
  static const RooflineTimes times;
  for (const Case& each : kCases) {
    for (const double users : {1.0, 4.0, 16.0, 64.0, 160.0}) {
      TrafficSpec traffic = traffic_of(each);
      SourceSpec& source = traffic.sources.front();
      source.arrivals = ArrivalKind::closed_loop;
      source.users = static_cast<std::int64_t>(users);
      source.requests = std::max<std::int64_t>(200, 20 * source.users);
      const EngineSettings settings = settings_of(each);
      SteadyLoad load = load_of(each);
      load.concurrency = users;
      const SteadyState state = steady_state(SteadyEngine{times, settings, {}, 0}, load);
      // Users begin in lockstep: leave out about three requests of each.
      const Picos warm_up = picos_of(3 * state.end_to_end);
      const SimulationReport report = simulated(each, traffic, warm_up);
      CAPTURE(each.input);
      CAPTURE(each.output);
      CAPTURE(static_cast<int>(each.batching));
      CAPTURE(users);
      CAPTURE(state.limit);
      CHECK(error(state.tpot / second, report.tpot.mean) < 0.03);
      CHECK(error(state.end_to_end / second, report.end_to_end.mean) < 0.05);
      // A queue for seats is a difference of large numbers: 4 % more seats take it down by a third.
      if (state.limit != "cache") CHECK(error(state.ttft / second, report.ttft.mean) < 0.25);
    }
  }
}

TEST_CASE("open streams: up to 70 % of saturation, steps within 10 %, first tokens within 25 %") {
  static const RooflineTimes times;
  for (const Case& each : kCases) {
    const EngineSettings settings = settings_of(each);
    const SteadyEngine engine{times, settings, {}, 0};
    const SteadyState most = most_within(engine, load_of(each), 3600 * second, 3600 * second);
    for (const double share : {0.1, 0.3, 0.5, 0.7}) {
      SteadyLoad load = load_of(each);
      load.requests_per_second = share * most.requests_per_second;
      const SteadyState state = steady_state(engine, load);
      TrafficSpec traffic = traffic_of(each);
      SourceSpec& source = traffic.sources.front();
      source.arrivals = ArrivalKind::poisson;
      source.rate = load.requests_per_second * hertz;
      source.requests = 3000;
      const SimulationReport report = simulated(each, traffic, picos_of(5 * state.end_to_end));
      CAPTURE(each.input);
      CAPTURE(each.output);
      CAPTURE(static_cast<int>(each.batching));
      CAPTURE(share);
      CAPTURE(state.stable);
      CHECK(error(state.tpot / second, report.tpot.mean) < 0.10);
      CHECK(error(state.ttft / second, report.ttft.mean) < 0.25);
    }
  }
}
