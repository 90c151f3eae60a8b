#include "app/fleet_rate_serving.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/serving_engine.hpp"
#include "app/serving_plan_question.hpp"
#include "planner/serving_search.hpp"
#include "serving/serving_interval.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Requests a second of the service asked for: so many that whole replicas do not matter.
constexpr double kLargeService = 5000;
/// A bound that none meets too late: throughput is all that counts (rollouts).
constexpr Seconds kNoBound = 1000 * second;
/// z of the 10th and 90th percentile.
constexpr double kTenthPercentile = 1.2815515655446004;

Value texts(const std::vector<std::string>& list) {
  Array values;
  for (const std::string& text : list) values.push_back(Value(text));
  return Value(std::move(values));
}

/// Tensor degrees of a replica, to keep the search short: DeepSeek-V3.2 on the catalogue's racks of
/// 72 had the same best service with and without degrees above 16; other models were not compared.
Value search_space(int domain) {
  Array degrees;
  for (const int degree : {1, 2, 4, 8, 16}) {
    if (degree <= domain) degrees.push_back(Value(degree));
  }
  Value space{Table{}};
  space.set("tensor", Value(std::move(degrees)));
  return space;
}

Value plan_document(const RateQuestion& question, const RateClass& on, int domain) {
  Value document{Table{}};
  document.set("model", Value(question.model));
  document.set("objective", Value("accelerators"));
  document.set("engines", texts({"vllm", "sglang", "trtllm"}));
  if (!question.formats.empty()) document.set("formats", texts(question.formats));
  document.set("mix", Value(false));
  document.set("top", Value(1));
  document.set("simulate", Value(0));
  Value load{Table{}};
  load.set("rate", Value(kLargeService));
  load.set("input", Value(question.input_tokens));
  load.set("output", Value(question.output_tokens));
  if (question.cached_share > 0) load.set("cached_share", Value(question.cached_share));
  document.set("load", std::move(load));
  document.set("space", search_space(domain));
  Value bounds{Table{}};
  if (question.ttft > Seconds()) bounds.set("ttft", Value(print_quantity(question.ttft) + " mean"));
  const Seconds tpot = question.tpot > Seconds() ? question.tpot : kNoBound;
  bounds.set("tpot", Value(print_quantity(tpot) + " mean"));
  document.set("slo", std::move(bounds));
  Value offer{Table{}};
  offer.set("name", Value("offer"));
  if (!on.accelerator.empty()) offer.set("accelerator", Value(on.accelerator));
  offer.set("system", Value(on.system));
  document.set("offer", Value(Array{std::move(offer)}));
  return document;
}

std::string basis_of(const ServingPlanQuestion& question, const ServingPlan& plan) {
  std::string text;
  for (const PlannedPool& pool : plan.pools) {
    std::string name = name_of(question.kinds[pool.kind], question.offers);
    if (name.starts_with("offer ")) name = name.substr(6);
    text += fmt::format("{}{}{} ({:.3g} running)", text.empty() ? "" : " + ",
                        pool.role == PoolRole::prefill  ? "prefill "
                        : pool.role == PoolRole::decode ? "decode "
                                                        : "",
                        name, pool.point.state.running);
  }
  return fmt::format("{}; TTFT {}, TPOT {} (means)", text, print_quantity(plan.mean.ttft),
                     print_quantity(plan.mean.tpot));
}

/// That of a published run of this kind on parts of this vendor (docs/accuracy_serving.md).
ServingInterval interval_of(const PreparedServingPlan& prepared, const ServingPlan& plan,
                            const ServingIntervalTable& intervals) {
  const PlannedPool& last = plan.pools.back();
  const ReplicaKind& kind = prepared.question.kinds[last.kind];
  const bool apart = last.role != PoolRole::aggregated;
  return intervals.interval(apart ? "disaggregated" : "plain", "output throughput",
                            prepared.question.offers[kind.offer].vendor,
                            last.point.state.log_sigma);
}

WorkloadRate rate_of(const PreparedServingPlan& prepared, const ServingPlan& plan,
                     const ServingIntervalTable& intervals) {
  const ServingPlanQuestion& question = prepared.question;
  const auto accelerators = static_cast<double>(plan.accelerators);
  if (!plan.power) return no_rate("no power figure of the part is published");
  WorkloadRate rate;
  rate.possible = true;
  rate.per_second =
      question.demand.requests_per_second * question.demand.shape.output_tokens / accelerators;
  const PlannedPool& last = plan.pools.back();
  rate.active = *plan.power / last.power.pue / accelerators;
  const ServingInterval interval = interval_of(prepared, plan, intervals);
  rate.low = std::min(1.0, interval.low);
  rate.high = std::max(1.0, interval.high);
  rate.least_accelerators = 0;
  for (const PlannedPool& pool : plan.pools)
    rate.least_accelerators += static_cast<double>(pool.accelerators_per_replica);
  rate.basis = basis_of(question, plan);
  return rate;
}

/// Why no service meets the bounds.
std::string misfit(const ServingPlanResult& result) {
  if (result.best_effort && result.best_effort->nearest)
    return fmt::format("no service keeps the bounds; nearest: {} (TTFT {}, TPOT {} at no load)",
                       *result.best_effort->nearest,
                       print_quantity(result.best_effort->nearest_latency.ttft),
                       print_quantity(result.best_effort->nearest_latency.tpot));
  if (!result.refused.empty())
    return fmt::format("{}: {}", name_of(result.refused.front().reason),
                       result.refused.front().nearest);
  return "no way to run it";
}

/// One video on `accelerators` of the class.
WorkloadRate video_rate_on(Workspace& workspace, const RateQuestion& question, const RateClass& on,
                           int accelerators) {
  Value document{Table{}};
  StatedEngine stated;
  stated.model = question.model;
  stated.system = on.system;
  stated.accelerator = on.accelerator;
  stated.tensor = accelerators;
  if (!question.formats.empty()) stated.formats = question.formats.front();
  const Result<ResolvedEngine> served = resolve_engine(workspace, stated, {}, document);
  if (!served) return no_rate(served.problems().front().what);
  if (!served->media) return no_rate("no pipeline of images and video has this model");
  if (!served->media->fits_in_memory()) return no_rate(served->media->misfit());
  if (!served->power.known) return no_rate("no power figure of the part is published");
  ServingRequest::Media media;
  media.frames = question.frames;
  media.width = question.width;
  media.height = question.height;
  media.steps = question.steps;
  const MediaBreakdown parts = served->media->explain(media);
  WorkloadRate rate;
  rate.possible = true;
  rate.per_second = second / parts.total / accelerators;
  rate.active =
      served->power.prefilling / static_cast<double>(accelerators);  // bound by arithmetic
  const double spread = std::exp(kTenthPercentile * parts.log_sigma);
  rate.low = 1 / spread;
  rate.high = spread;
  rate.least_accelerators = accelerators;
  rate.basis = fmt::format("{} a sample on {} accelerator{}", print_quantity(parts.total),
                           accelerators, accelerators == 1 ? "" : "s");
  return rate;
}

}  // namespace

WorkloadRate serving_rate(Workspace& workspace, const RateQuestion& question, const RateClass& on) {
  const auto machine = workspace.engine_machine(on.accelerator, on.system);
  if (!machine) return no_rate(machine.problems().front().what);
  const auto intervals = ServingIntervalTable::load(workspace.data_directory());
  if (!intervals) return no_rate(intervals.problems().front().what);
  const Result<std::unique_ptr<PreparedServingPlan>> prepared = prepare_serving_plan(
      workspace, plan_document(question, on, (*machine)->network.scale_up_domain));
  if (!prepared) return no_rate(prepared.problems().front().what);
  const ServingPlanResult result =
      search_serving_plans((*prepared)->question, *(*prepared)->models);
  if (result.best.empty()) return no_rate(misfit(result));
  return rate_of(**prepared, result.best.front(), *intervals);
}

WorkloadRate video_rate(Workspace& workspace, const RateQuestion& question, const RateClass& on) {
  WorkloadRate best = no_rate("no number of accelerators");
  for (const int accelerators : {1, 2, 4, 8}) {
    WorkloadRate rate = video_rate_on(workspace, question, on, accelerators);
    if (!best.possible || (rate.possible && rate.per_second > best.per_second))
      best = std::move(rate);
  }
  return best;
}

}  // namespace polyfleet
