#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/fleet_limits.hpp"
#include "report/fleet_table.hpp"
#include "report/fleet_text.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kShownLimits = 12;

std::string day_of_hour(const FleetTime& time, FleetHour at) {
  return at == kNoHour ? "never" : print_date(time.date_of(at));
}

std::string day_of_period(const FleetTime& time, int period) {
  return print_date(time.date_of(time.first_hour(period)));
}

std::string period_name(const FleetTime& time) {
  return time.period_days() == 7 ? "week" : fmt::format("{} days", time.period_days());
}

const Campaign* campaign_of(const FleetModel& model, const CampaignOutcome& outcome) {
  const FleetWorkload& workload = model.workloads[static_cast<std::size_t>(outcome.workload)];
  for (const Campaign& each : workload.campaigns) {
    if (each.id == outcome.id) return &each;
  }
  return nullptr;
}

std::string lateness(const Campaign* campaign, const CampaignOutcome& outcome) {
  if (campaign == nullptr) return "-";
  if (outcome.finished == kNoHour) return "not finished";
  const double days = (outcome.finished - campaign->deadline) * (hour / day);
  if (std::abs(days) < 1) return "on the day";
  return days < 0 ? fmt::format("{:.0f} days early", -days) : fmt::format("{:.0f} days LATE", days);
}

}  // namespace

std::string fleet_verdict(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  const std::vector<MissedDemand> missed = missed_demands(model, answer.run);
  if (answer.run.feasible()) return "every demand that must be met is met\n";
  std::string text =
      fmt::format("NOT FEASIBLE: demand that must be met is not in {} of {} periods\n",
                  answer.run.shortfalls.size(), model.time.periods());
  for (const MissedDemand& each : missed) {
    const FleetWorkload& workload = model.workloads[static_cast<std::size_t>(each.workload)];
    text += fmt::format("  {}: {} periods from {} to {}; in that of {} {}/s are missing\n",
                        workload.id, each.periods, day_of_period(model.time, each.first),
                        day_of_period(model.time, each.last), day_of_period(model.time, each.worst),
                        amount_text(each.most, workload.unit));
    for (const BindingLimit& limit : each.binding)
      text += fmt::format("    bound by {}: one more ({}) saves {} a {}\n", limit.what, limit.unit,
                          saving_text(std::abs(limit.price), limit.saves), period_name(model.time));
  }
  return text;
}

std::string fleet_programs_text(const FleetAnswer& answer, PageStyle style) {
  if (answer.run.programs.empty()) return {};
  TextTable table({"programme", "GW accepted", "passed"});
  for (const ProgramMilestones& program : answer.run.programs) {
    std::string passed;
    for (std::size_t i = 0; i < program.gigawatts.size(); ++i)
      passed += fmt::format("{}GW {} {}", i > 0 ? ", " : "", i + 1,
                            day_of_hour(answer.model.time, program.gigawatts[i]));
    table.row({program.program, number_text(program.accepted_at_end),
               passed.empty() ? "no whole gigawatt" : passed});
  }
  return '\n' + table.text(style);
}

std::string fleet_campaigns_text(const FleetAnswer& answer, PageStyle style) {
  if (answer.run.campaigns.empty()) return {};
  TextTable table({"run", "done", "FLOP", "begins", "ends", "deadline", "", "where"});
  for (const CampaignOutcome& each : answer.run.campaigns) {
    const FleetWorkload& workload = answer.model.workloads[static_cast<std::size_t>(each.workload)];
    const Campaign* const campaign = campaign_of(answer.model, each);
    const FleetTime& time = answer.model.time;
    table.row({each.id,
               fmt::format("{:.0f} % of {}", 100 * each.done / each.amount,
                           amount_text(each.amount, workload.unit)),
               fmt::format("{:.4g}", each.done * workload.flops_per_unit),
               campaign == nullptr ? "-" : day_of_hour(time, campaign->start),
               day_of_hour(time, each.finished),
               campaign == nullptr ? "-" : day_of_hour(time, campaign->deadline),
               lateness(campaign, each), each.where});
  }
  return '\n' + table.text(style);
}

std::string fleet_limits_text(const FleetAnswer& answer, PageStyle style) {
  const std::vector<LimitSummary> limits = limit_summaries(answer.run.binding);
  if (limits.empty()) return {};
  const FleetTime& time = answer.model.time;
  TextTable table({"limits that bind", "periods", "from", "to", "one more",
                   "saves, a " + period_name(time), "at most"});
  for (std::size_t i = 0; i < std::min(kShownLimits, limits.size()); ++i) {
    const LimitSummary& limit = limits[i];
    table.row({limit.what, fmt::format("{}", limit.periods), day_of_period(time, limit.first),
               day_of_period(time, limit.last), limit.unit, saving_text(limit.mean, limit.saves),
               saving_text(limit.most, limit.saves)});
  }
  std::string text = '\n' + table.text(style);
  if (limits.size() > kShownLimits)
    text += fmt::format("and {} more: --json\n", limits.size() - kShownLimits);
  return text;
}

std::string fleet_rates_text(const FleetModel& model, PageStyle style) {
  if (model.rates.empty()) return {};
  TextTable table({"rate", "on", "a second", "draw", "80 %", "how"});
  for (std::size_t w = 0; w < model.rates.size(); ++w) {
    for (std::size_t c = 0; c < model.rates[w].size(); ++c) {
      const WorkloadRate& rate = model.rates[w][c];
      table.row({model.workloads[w].id, model.classes[c].id,
                 rate.possible ? number_text(rate.per_second) : "-",
                 rate.possible ? print_quantity(rate.active) : "-",
                 rate.possible ? fmt::format("{:.2f}-{:.2f}", rate.low, rate.high) : "-",
                 rate.possible ? rate.basis : rate.reason});
    }
  }
  return '\n' + table.text(style);
}

}  // namespace polyfleet
