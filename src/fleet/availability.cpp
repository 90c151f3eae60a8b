#include "fleet/availability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "training/checkpoint_interval.hpp"
#include "training/recovery.hpp"
#include "training/spares.hpp"

namespace polyfleet {
namespace {

/// Of a node that fails at a rate while it works: rate x repair / (1 + rate x repair).
double down_share(const NodeReliability& nodes) {
  const double load = nodes.failures * nodes.repair;
  return load / (1 + load);
}

/// Mean of min(N, most) for a Poisson variable N.
double mean_capped_poisson(double mean, int most) {
  double probability = std::exp(-mean), below = probability, sum = 0;
  for (int k = 0; k < most; ++k) {
    sum += 1 - below;  // P(N > k)
    probability *= mean / (k + 1);
    below += probability;
  }
  return sum;
}

double log_binomial(double n, double k, double p) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(p) +
         (n - k) * std::log1p(-p);
}

struct Served {
  double mean = 0;         ///< nodes in service
  double short_share = 0;  ///< P(fewer than wanted work)
};

/// min(K, wanted) for K working of n nodes, each with probability p, independently.
Served served_nodes(double n, double p, double wanted) {
  if (p >= 1) return {std::min(n, wanted), n < wanted ? 1.0 : 0.0};
  if (p <= 0) return {0, wanted > 0 ? 1.0 : 0.0};
  constexpr double kSpan = 12;  // standard deviations: the rest weighs below 1e-30
  const double mean = n * p, deviation = std::sqrt(n * p * (1 - p));
  const double first = std::max(0.0, std::floor(mean - kSpan * deviation - kSpan));
  const double last = std::min(n, std::ceil(mean + kSpan * deviation + kSpan));
  Served served;
  double weight = 0;
  for (double k = first; k <= last; ++k) {
    const double chance = std::exp(log_binomial(n, k, p));
    weight += chance;
    served.mean += chance * std::min(k, wanted);
    if (k < wanted) served.short_share += chance;
  }
  served.mean /= weight;
  served.short_share /= weight;
  return served;
}

/// Chance per recovery of each way in which a failure is found, as in a run's forecast.
RunProcess gang_process(const ReliabilityData& data, const FailureModel& failures,
                        const GangQuestion& question, double rate_factor) {
  const RecoveryParts parts =
      recovery_parts(data.recovery, question.checkpoint_load, question.accelerators);
  RunProcess process;
  process.work = 1 * day;  // shares only
  process.failure_rate = failures.unplanned * rate_factor;
  process.recovery = recovery_classes(data.recovery, parts);
  process.blocking = question.checkpoint_blocking;
  process.background = question.checkpoint_background;
  process.interval = max(exact_interval(process.blocking, failures.mean_time_between()),
                         max(process.background, process.blocking));
  process.planned_rate = failures.planned * rate_factor;
  process.planned_stop = process.blocking + process.background + restart_time(parts);
  process.replacing_share = failures.replacing / failures.unplanned;
  process.spare_nodes = spares_for_availability(question.spare_availability, failures.replacing,
                                                data.recovery.repair.value);
  process.repair = data.recovery.repair.value;
  return process;
}

}  // namespace

NodeReliability node_reliability(const ReliabilityData& data, const Accelerator& part,
                                 const System& system, std::string_view record) {
  NodeReliability nodes;
  nodes.accelerators = std::max(1, system.accelerators_per_node);
  // Hardware rates are proportional to size: a million nodes make the job's own share vanish.
  constexpr double kMany = 1e6;
  const FailureModel model = failure_model(data, part, system, kMany * nodes.accelerators, record);
  double replacing = 0;
  for (const ScaledCause& each : model.causes) {
    if (each.cause->replaces_node && each.cause->unit != FailureUnit::job)
      replacing += each.rate.base();
  }
  nodes.failures = Hertz::from_base(replacing / kMany);
  nodes.repair = data.recovery.repair.value;
  nodes.rate_low = model.rate_low;
  nodes.rate_high = model.rate_high;
  nodes.basis = fmt::format("{:.2f} failures per 1,000 node-days ({}{}), repair {:.3g} h",
                            1000 * (nodes.failures * (1 * day)), model.record->name,
                            model.borrowed ? ", borrowed" : "", nodes.repair / hour);
  return nodes;
}

ServiceShare expected_service(const ServiceQuestion& question) {
  POLYFLEET_CHECK(question.count >= 1, "availability of no nodes");
  POLYFLEET_CHECK(question.spare_share >= 0 && question.spare_share <= 1, "a share of spares");
  ServiceShare share;
  const MaintenanceWindows& windows = question.maintenance;
  if (windows.every > 0 * second) {
    POLYFLEET_CHECK(windows.length < windows.every, "maintenance without an end");
    share.maintenance = windows.length / windows.every;
  }
  const double available = 1 - share.maintenance;
  const double down = down_share(question.nodes);
  share.repair = available * down;
  if (question.horizon > 0 * second && question.lemons.share > 0) {
    const double failures =
        mean_capped_poisson(question.nodes.failures * question.lemons.factor * question.horizon,
                            question.lemons.detected_after);
    const double out = std::min(1 - down, failures * (question.nodes.repair / question.horizon));
    share.lemons = available * question.lemons.share * out;
  }
  const double works = available - share.repair - share.lemons;
  const double nodes = std::round(question.count);
  const double wanted = nodes - std::floor(question.spare_share * nodes);
  const Served served = served_nodes(nodes, works, wanted);
  share.in_service = served.mean / nodes;
  share.waiting = std::max(0.0, works - share.in_service);
  share.short_of_nodes = served.short_share;
  return share;
}

int spare_nodes_for(double availability, const NodeReliability& nodes, double count) {
  POLYFLEET_CHECK(availability > 0 && availability < 1, "an availability of 0 or 1");
  const double down = down_share(nodes), all = std::round(count);
  if (down <= 0) return 0;
  double reached = 0;
  for (int spares = 0; spares < all; ++spares) {
    reached += std::exp(log_binomial(all, spares, down));
    if (reached >= availability) return spares;
  }
  return static_cast<int>(all);
}

GangGoodput gang_goodput(const ReliabilityData& data, const Accelerator& part, const System& system,
                         const GangQuestion& question) {
  POLYFLEET_CHECK(question.accelerators >= 1, "a gang of nobody");
  POLYFLEET_CHECK(question.checkpoint_blocking > 0 * second, "a checkpoint that costs nothing");
  const FailureModel failures =
      failure_model(data, part, system, question.accelerators, question.record);
  GangGoodput answer;
  answer.process = gang_process(data, failures, question, 1);
  answer.ettr = expected_overheads(answer.process).ettr();
  const auto at = [&](double factor) {
    RunProcess process = gang_process(data, failures, question, factor);
    process.spare_nodes = answer.process.spare_nodes;
    return expected_overheads(process).ettr();
  };
  answer.low = at(failures.rate_high);
  answer.high = at(failures.rate_low);
  answer.mean_time_between = failures.mean_time_between();
  answer.interval = answer.process.interval;
  answer.spare_nodes = answer.process.spare_nodes;
  answer.basis = fmt::format("{:.0f} accelerators: a failure every {:.3g} h ({}{})",
                             question.accelerators, answer.mean_time_between / hour,
                             failures.record->name, failures.borrowed ? ", borrowed" : "");
  return answer;
}

LemonNodes OutageData::lemons() const {
  return {lemon_share.value, lemon_factor.value,
          static_cast<int>(std::lround(lemon_detected_after.value))};
}

MaintenanceWindows OutageData::maintenance() const {
  return {maintenance_every.value, maintenance_length.value};
}

}  // namespace polyfleet
