#include "report/fleet_limits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "report/fleet_table.hpp"
#include "units/text.hpp"

namespace polyfleet {

std::vector<LimitSummary> limit_summaries(const std::vector<std::vector<BindingLimit>>& binding) {
  std::map<std::array<std::string, 3>, LimitSummary> found;
  std::map<std::string, int> periods_of;
  for (std::size_t period = 0; period < binding.size(); ++period) {
    for (const BindingLimit& limit : binding[period]) {
      LimitSummary& sum = found[{limit.what, limit.unit, limit.saves}];
      if (sum.periods == 0) {
        sum.what = limit.what;
        sum.unit = limit.unit;
        sum.saves = limit.saves;
        sum.first = static_cast<int>(period);
      }
      ++sum.periods;
      ++periods_of[limit.saves];
      sum.worth += std::abs(limit.worth);
      sum.last = static_cast<int>(period);
      sum.mean += std::abs(limit.price);
      sum.most = std::max(sum.most, std::abs(limit.price));
    }
  }
  std::vector<LimitSummary> all;
  for (auto& [key, sum] : found) {
    sum.mean /= sum.periods;
    all.push_back(std::move(sum));
  }
  const auto rank = [&periods_of](const LimitSummary& each) {
    return std::tuple(-periods_of[each.saves], each.saves, -each.worth, -each.periods);
  };
  std::stable_sort(all.begin(), all.end(), [&rank](const LimitSummary& a, const LimitSummary& b) {
    return rank(a) < rank(b);
  });
  return all;
}

std::vector<MissedDemand> missed_demands(const FleetModel& model, const FleetRun& run) {
  std::map<int, MissedDemand> found;
  for (const Shortfall& shortfall : run.shortfalls) {
    for (std::size_t i = 0; i < shortfall.unmet.size(); ++i) {
      const FleetWorkload& workload = model.workloads[i];
      const bool has_to = workload.must || !workload.campaigns.empty();
      if (!has_to || shortfall.unmet[i] <= 0) continue;
      MissedDemand& missed = found[static_cast<int>(i)];
      if (missed.periods == 0) missed.first = shortfall.period;
      missed.workload = static_cast<int>(i);
      ++missed.periods;
      missed.last = shortfall.period;
      if (shortfall.unmet[i] <= missed.most) continue;
      missed.most = shortfall.unmet[i];
      missed.worst = shortfall.period;
      missed.binding = shortfall.binding;
    }
  }
  std::vector<MissedDemand> all;
  for (auto& [workload, missed] : found) all.push_back(std::move(missed));
  return all;
}

std::string saving_text(double price, const std::string& saves) {
  if (saves == "J") return print_quantity(price * joule);
  if (saves == "g CO2e") return print_quantity(price * gram_co2e);
  return amount_text(price, saves);
}

std::string_view name_of(FleetObjective objective) {
  switch (objective) {
    case FleetObjective::cost:
      return "least cost";
    case FleetObjective::energy:
      return "least energy";
    case FleetObjective::carbon:
      return "least carbon";
    case FleetObjective::output:
      return "most output";
  }
  return "";
}

}  // namespace polyfleet
