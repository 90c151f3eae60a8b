// What limits a fleet (declared in view/fleet_figures.hpp).
#include <fmt/format.h>

#include <cmath>

#include "report/fleet_limits.hpp"
#include "report/fleet_table.hpp"
#include "view/fleet_figures.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

/// Limits that are drawn; the table has all.
constexpr std::size_t kShownLimits = 14;

bool binds(const std::vector<BindingLimit>& binding, const LimitSummary& limit) {
  for (const BindingLimit& each : binding)
    if (each.what == limit.what && each.unit == limit.unit && each.saves == limit.saves)
      return true;
  return false;
}

PageFigure when_limits_bind(const FleetAnswer& answer, const std::vector<LimitSummary>& limits) {
  const FleetTime& time = answer.model.time;
  std::vector<std::string> lanes, kinds;
  std::vector<double> begins, ends;
  for (std::size_t l = 0; l < std::min(limits.size(), kShownLimits); ++l) {
    for (std::size_t period = 0; period < answer.run.binding.size(); ++period) {
      if (!binds(answer.run.binding[period], limits[l])) continue;
      const double begin = page_day(time, time.first_hour(static_cast<int>(period)));
      const double end = page_day(time, time.end_hour(static_cast<int>(period)));
      if (!lanes.empty() && lanes.back() == limits[l].what && ends.back() == begin) {
        ends.back() = end;
        continue;
      }
      lanes.push_back(limits[l].what);
      kinds.push_back("one more saves " + limits[l].saves);
      begins.push_back(begin);
      ends.push_back(end);
    }
  }
  PageFigure figure;
  figure.id = "limits_over_time";
  figure.title = "When each limit binds";
  figure.reading =
      "A bar: one more of this would have helped in these periods; the limits that are "
      "worth most are on top.";
  if (limits.size() > kShownLimits)
    figure.reading +=
        fmt::format(" {} more bind and are in the next table.", limits.size() - kShownLimits);
  figure.data.word("limit", lanes).word("saves", kinds).date("from", begins).date("to", ends);
  figure.chart = SpanChart{"limit", "from", "to", "saves"};
  return figure;
}

PageFigure limits_table(const FleetAnswer& answer, const std::vector<LimitSummary>& limits) {
  std::vector<std::string> what, unit, saves, first, last;
  std::vector<double> periods, mean, most;
  for (const LimitSummary& each : limits) {
    what.push_back(each.what);
    unit.push_back(each.unit);
    periods.push_back(each.periods);
    first.push_back(day_of_period(answer.model.time, each.first));
    last.push_back(day_of_period(answer.model.time, each.last));
    mean.push_back(rounded(each.mean));
    most.push_back(rounded(each.most));
    saves.push_back(each.saves);
  }
  PageFigure figure;
  figure.id = "limits";
  figure.title = "What one more of each limit would save";
  figure.reading = fmt::format(
      "Shadow prices of the allocation, a period of {} days and unit of "
      "the limit; all limits that bind in any period.",
      answer.model.time.period_days());
  figure.data.word("limit", what).word("one more", unit).number("periods", "", periods);
  figure.data.word("from", first).word("to", last).number("saves, mean", "", mean);
  figure.data.number("saves, at most", "", most).word("unit of the saving", saves);
  figure.assumptions = {
      "A price holds for the next unit, not for many; prices of limits that bind together share "
      "what both would give."};
  return figure;
}

PageFigure missed_table(const FleetAnswer& answer, const std::vector<MissedDemand>& missed) {
  std::vector<std::string> what, unit, first, last, worst, bound;
  std::vector<double> periods, most;
  for (const MissedDemand& each : missed) {
    const FleetWorkload& workload = answer.model.workloads[static_cast<std::size_t>(each.workload)];
    what.push_back(workload.id);
    unit.push_back(workload.unit + "/s");
    periods.push_back(each.periods);
    first.push_back(day_of_period(answer.model.time, each.first));
    last.push_back(day_of_period(answer.model.time, each.last));
    worst.push_back(day_of_period(answer.model.time, each.worst));
    most.push_back(rounded(each.most));
    std::string limits;
    for (const BindingLimit& limit : each.binding)
      limits += fmt::format("{}{} (one more {} saves {})", limits.empty() ? "" : "; ", limit.what,
                            limit.unit, saving_text(std::abs(limit.price), limit.saves));
    bound.push_back(limits);
  }
  PageFigure figure;
  figure.id = "missed_demand";
  figure.title = "Demand that must be met and is not, and why";
  figure.reading =
      "Each workload with the periods in which it fell short and what bound in the "
      "worst of them.";
  figure.data.word("workload", what).number("periods", "", periods).word("from", first);
  figure.data.word("to", last).word("worst", worst).number("missing in the worst", "", most);
  figure.data.word("unit", unit).word("bound by", bound);
  return figure;
}

PageFigure campaigns_table(const FleetAnswer& answer) {
  const FleetTime& time = answer.model.time;
  std::vector<std::string> run, where, unit, begins, ends, deadline;
  std::vector<double> amount, done, share;
  for (const CampaignOutcome& each : answer.run.campaigns) {
    const FleetWorkload& workload = answer.model.workloads[static_cast<std::size_t>(each.workload)];
    FleetHour start = kNoHour;
    for (const Campaign& campaign : workload.campaigns)
      if (campaign.id == each.id) start = campaign.start;
    run.push_back(each.id);
    where.push_back(each.where);
    unit.push_back(workload.unit);
    amount.push_back(rounded(each.amount));
    done.push_back(rounded(each.done));
    share.push_back(each.amount > 0 ? rounded(100 * each.done / each.amount) : 0);
    begins.push_back(day_of(time, start));
    ends.push_back(day_of(time, each.finished));
    deadline.push_back(day_of(time, each.deadline));
  }
  PageFigure figure;
  figure.id = "campaigns";
  figure.title = "Training runs and their deadlines";
  figure.reading = "A run that never ends has \"never\"; where it ran stands last.";
  figure.data.word("run", run).number("done", "%", share).number("amount", "", amount);
  figure.data.number("of it done", "", done).word("unit", unit).word("begins", begins);
  figure.data.word("ends", ends).word("deadline", deadline).word("where", where);
  return figure;
}

}  // namespace

FigureSection fleet_limit_section(const FleetAnswer& answer) {
  FigureSection section{"What limits", {}};
  const std::vector<MissedDemand> missed = missed_demands(answer.model, answer.run);
  if (!missed.empty()) section.figures.push_back(missed_table(answer, missed));
  if (!answer.run.campaigns.empty()) section.figures.push_back(campaigns_table(answer));
  const std::vector<LimitSummary> limits = limit_summaries(answer.run.binding);
  if (limits.empty()) return section;
  section.figures.push_back(when_limits_bind(answer, limits));
  section.figures.push_back(limits_table(answer, limits));
  return section;
}

}  // namespace polyfleet
