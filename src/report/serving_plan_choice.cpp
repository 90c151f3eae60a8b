// How the plan was chosen among its proposals, in words (declared in report/serving_plan_text.hpp).
#include <fmt/format.h>

#include <algorithm>

#include "report/serving_plan_text.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// A value of the objective, in base units, as the tables of plans show it.
std::string objective_text(double value, ServingObjective objective) {
  switch (objective) {
    case ServingObjective::cost:
      return fmt::format("{:.2f} USD/h", value / usd_per_hour.base());
    case ServingObjective::energy:
      return print_quantity(value * watt);
    case ServingObjective::accelerators:
      return fmt::format("{:.0f} accelerators", value);
    case ServingObjective::latency:
      return print_quantity(value * second);
    case ServingObjective::carbon:
      return fmt::format("{:.4g} kgCO2e/h", value * (hour / second) / (kilogram_co2e / gram_co2e));
  }
  return "";
}

std::ptrdiff_t count_of(const CheckedProposals& checked, ProposalFate fate) {
  return std::count(checked.fates.begin(), checked.fates.end(), fate);
}

/// "; 3 beyond the budget": nothing where there are none.
std::string other_fate(const CheckedProposals& checked, ProposalFate fate, std::string_view text) {
  const auto count = count_of(checked, fate);
  return count == 0 ? std::string() : fmt::format("; {} {}", count, text);
}

}  // namespace

std::string checked_text(const ServingPlanAnswer& answer) {
  const CheckedProposals& checked = answer.checked;
  if (checked.fates.empty()) return {};
  std::string text =
      fmt::format("{} of {} proposals simulated, in {} {}", checked.verified.size(),
                  checked.fates.size(), checked.runs, checked.runs == 1 ? "run" : "runs");
  text += other_fate(checked, ProposalFate::same_pools, "have the pools of an earlier one");
  text += other_fate(checked, ProposalFate::no_better,
                     "cannot be better than the plan with replicas that keep up");
  text += other_fate(checked, ProposalFate::over_budget,
                     fmt::format("are beyond the {} that may be simulated", checked.budget));
  text += other_fate(checked, ProposalFate::stopped, "were not simulated to their end");
  if (checked.left_from)
    text += fmt::format("; a plan of those left could have from {}",
                        objective_text(*checked.left_from, answer.question.objective));
  return text;
}

std::string interrupted_text(const ServingPlanAnswer& answer) {
  if (!answer.checked.interrupted) return {};
  if (answer.result.interrupted)
    return "INTERRUPTED: not every kind of replica, pair and mixture was compared; nothing was "
           "simulated";
  return chosen_plan(answer) != nullptr && !answer.checked.verified.empty()
             ? "INTERRUPTED: the best plan so far; a proposal that was not simulated could be "
               "better"
             : "INTERRUPTED: nothing is known yet to meet the targets in simulation";
}

std::string proposals_table(const ServingPlanAnswer& answer, PageStyle style) {
  const std::vector<ServingPlan>& plans = answer.result.best;
  const std::vector<ProposalFate>& fates = answer.checked.fates;
  std::vector<std::string> heads{"accelerators", "USD/h", "power", "TTFT", "TPOT", "end to end"};
  if (!fates.empty()) heads.emplace_back("simulated");
  heads.emplace_back("proposed by the closed form");
  TextTable table(heads);
  for (std::size_t i = 0; i < std::min(answer.question.top, plans.size()); ++i) {
    std::vector<std::string> row = serving_plan_row(answer.question, plans[i]);
    if (!fates.empty()) row.insert(row.end() - 1, std::string(name_of(fates[i])));
    table.row(std::move(row));
  }
  return table.text(style);
}

}  // namespace polyfleet
