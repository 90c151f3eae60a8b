#include "app/serving_plan_traffic.hpp"

#include <algorithm>
#include <cmath>

#include "serving/cluster_prefix_bound.hpp"
#include "traffic/open_traffic.hpp"
#include "traffic/traffic_fields.hpp"

namespace polyfleet {
namespace {

/// Copies of a trace lie up to this many mean gaps apart: its own bursts stay, equal moments do
/// not.
constexpr double kJitterGaps = 10;

Result<TraceFacts> facts_of(const SourceSpec& spec, std::uint64_t seed) {
  TrafficSpec all;
  all.sources = {spec};
  auto source = open_traffic(all, seed);
  if (!source) return source.problems();
  TraceFacts facts;
  double input = 0, input_squares = 0, output = 0, output_squares = 0, cached = 0;
  InfinitePrefixCache prefixes;
  Picos first = kNever, last = 0;
  while (true) {
    auto next = (*source)->next();
    if (!next) return next.problems();
    if (!*next) break;
    const ServingRequest& request = **next;
    const auto in = static_cast<double>(request.input_tokens);
    const auto out = static_cast<double>(request.output_tokens);
    ++facts.requests;
    facts.longest = std::max(facts.longest, request.input_tokens + request.output_tokens);
    input += in;
    input_squares += in * in;
    output += out;
    output_squares += out * out;
    cached += static_cast<double>(prefixes.see(request));
    if (first == kNever) first = request.arrival;
    last = std::max(last, request.arrival);
  }
  facts.remarks = (*source)->remarks();
  if (facts.requests == 0) return problem("the trace holds no requests");
  const auto n = static_cast<double>(facts.requests);
  const auto variation = [&](double sum, double squares) {
    const double mean = sum / n;
    return std::sqrt(std::max(0.0, squares / n - mean * mean)) / mean;
  };
  facts.shape.input_tokens = input / n;
  facts.shape.output_tokens = output / n;
  facts.shape.input_variation = variation(input, input_squares);
  facts.shape.output_variation = variation(output, output_squares);
  facts.shape.cached_share = std::min(0.999, cached / input);
  const double seconds = seconds_of_picos(last - first) / second;
  if (seconds > 0) facts.requests_per_second = (n - 1) / seconds;
  return facts;
}

LengthSpec length_of(double mean, double variation) {
  LengthSpec length;
  length.kind = variation > 0 ? LengthKind::log_normal : LengthKind::constant;
  length.tokens = variation > 0 ? mean : std::round(mean);
  length.cv = variation;
  return length;
}

/// Poisson arrivals; a share of the prompt that is the same for all stands for cached prefixes.
SourceSpec poisson_source(const SteadyLoad& shape) {
  SourceSpec source;
  source.arrivals = ArrivalKind::poisson;
  RequestShape request;
  request.system_prompt_tokens = static_cast<std::int64_t>(shape.cached_share * shape.input_tokens);
  const double own =
      std::max(1.0, shape.input_tokens - static_cast<double>(request.system_prompt_tokens));
  request.input = length_of(own, shape.input_variation);
  request.output = length_of(shape.output_tokens, shape.output_variation);
  source.shapes = {request};
  return source;
}

/// The trace at another rate: whole copies of it side by side, the rest by playing it faster.
SourceSpec at_rate(SourceSpec source, const TraceFacts& facts, double rate, std::int64_t requests) {
  const double factor = rate / facts.requests_per_second;
  source.trace.copies = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(factor)));
  source.trace.speed = factor / static_cast<double>(source.trace.copies);
  if (source.trace.copies > 1)
    source.trace.copy_jitter = kJitterGaps / facts.requests_per_second * second;
  const std::int64_t once = facts.requests * source.trace.copies;
  source.trace.repeat = std::max<std::int64_t>(1, (requests + once - 1) / once);
  source.requests = requests;
  return source;
}

}  // namespace

Result<PlanTraffic> plan_traffic(const Workspace& workspace, const StatedServingPlan& stated,
                                 const std::string& scenario_folder) {
  PlanTraffic traffic;
  const StatedDemand& load = stated.load;
  const auto seed = static_cast<std::uint64_t>(stated.seed);
  SteadyLoad shape;
  shape.input_tokens = load.input;
  shape.output_tokens = load.output;
  shape.input_variation = load.input_variation;
  shape.output_variation = load.output_variation;
  shape.cached_share = std::max(0.0, load.cached_share);
  traffic.demand = {load.rate, shape};
  SourceSpec source = poisson_source(shape);
  if (!load.trace.empty()) {
    source = {};
    source.arrivals = ArrivalKind::trace;
    source.trace.file = load.trace;
    std::vector<SourceSpec> sources{source};
    find_trace_files(sources, {scenario_folder, workspace.data_directory() / "traces"});
    source = sources.front();
    Result<TraceFacts> facts = facts_of(source, seed);
    if (!facts) return facts.problems();
    if (facts->requests_per_second <= 0)
      return problem_at({load.trace, 0, 0}, "all requests arrive at one moment",
                        "a plan needs a stream over time");
    traffic.demand = {load.rate > 0 ? load.rate : facts->requests_per_second, facts->shape};
    if (load.cached_share >= 0) traffic.demand.shape.cached_share = load.cached_share;
    traffic.trace = *std::move(facts);
  }
  traffic.maker = [source, facts = traffic.trace, seed](
                      double rate,
                      std::int64_t requests) -> Result<std::unique_ptr<RequestSource>> {
    TrafficSpec spec;
    SourceSpec one = facts ? at_rate(source, *facts, rate, requests) : source;
    if (!facts) {
      one.rate = rate * hertz;
      one.requests = requests;
    }
    spec.sources = {one};
    return open_traffic(spec, seed);
  };
  return traffic;
}

}  // namespace polyfleet
