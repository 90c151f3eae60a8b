#include "view/fleet_page.hpp"

#include <fmt/format.h>

#include <cmath>

#include "report/fleet_costs.hpp"
#include "report/fleet_headline.hpp"
#include "report/fleet_limits.hpp"
#include "report/fleet_lines.hpp"
#include "report/fleet_spread.hpp"
#include "report/fleet_table.hpp"
#include "view/deal_figures.hpp"
#include "view/fleet_figures.hpp"
#include "view/fleet_series.hpp"
#include "view/futures_figures.hpp"

namespace polyfleet {
namespace {

/// "5 % 1 billion USD, 50 % ..., 95 % ..." of the futures; empty without them.
std::string spread_note(const std::optional<OutcomeSpread>& spread, const std::string& unit) {
  if (!spread) return {};
  return fmt::format("futures: 5 % {}, 95 % {}", amount_text(spread->p5, unit),
                     amount_text(spread->p95, unit));
}

/// Gigawatts at the end of each year.
PageFact standing_fact(const FleetAnswer& answer, const std::vector<FleetLine>& lines,
                       const std::vector<FleetSlice>& years) {
  const FleetLine* const power = find_line(lines, "delivered.power");
  PageFact fact{"stands at the end", amount_text(power == nullptr ? 0 : power->total, "GW"), {}};
  if (power == nullptr) return fact;
  for (std::size_t i = 0; i < years.size(); ++i)
    fact.note += fmt::format("{}{}: {:.3g}", i > 0 ? ", " : "", years[i].name, power->values[i]);
  fact.note +=
      fmt::format(" GW at the end of each year; {} programmes", answer.run.programs.size());
  return fact;
}

PageFact line_fact(const FleetAnswer& answer, const std::vector<FleetLine>& lines,
                   const std::string& label, const std::string& key) {
  const FleetLine* const line = find_line(lines, key);
  if (line == nullptr) return {};
  PageFact fact{label, amount_text(line->total, line->unit), {}};
  if (answer.futures) fact.note = spread_note(spread_of(*answer.futures, *line), line->unit);
  return fact;
}

PageFact kind_fact(const FleetAnswer& answer, const std::string& label, double amount,
                   OutcomeKind kind) {
  PageFact fact{label, amount_text(amount, "USD"), {}};
  if (answer.futures) fact.note = spread_note(spread_of(*answer.futures, kind), "USD");
  return fact;
}

std::vector<PageFact> facts_of(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  const std::vector<FleetSlice> years = fleet_slices(model.time, FleetSliceKind::year);
  const std::vector<FleetLine> lines = fleet_lines(model, answer.run, years);
  const std::vector<HeadlineFigure> headline = fleet_headline(model, answer.run);
  std::vector<PageFact> facts{standing_fact(answer, lines, years)};
  const auto add = [&](PageFact fact) {
    if (!fact.label.empty()) facts.push_back(std::move(fact));
  };
  add({"installed over time",
       amount_text(headline_amount(headline, "gigawatt_years"), "GW-years"),
       {}});
  add(line_fact(answer, lines, "tokens", "output.tokens"));
  add(line_fact(answer, lines, "training", "output.training_flop"));
  add(line_fact(answer, lines, "energy", "energy.bought_and_made"));
  add(line_fact(answer, lines, "carbon, location-based", "carbon.carbon_location_based"));
  PageFact cost = kind_fact(answer, "cost, less what is left", headline_amount(headline, "cost"),
                            OutcomeKind::cost);
  cost.note += fmt::format("{}{} a gigawatt-year", cost.note.empty() ? "" : "; ",
                           amount_text(headline_amount(headline, "gigawatt_year_cost"), "USD"));
  add(std::move(cost));
  add(line_fact(answer, lines, "revenue", "money.revenue"));
  add(kind_fact(answer, "net present value", headline_amount(headline, "net_present_value"),
                OutcomeKind::npv));
  return facts;
}

void add_missed(const FleetAnswer& answer, std::vector<std::string>& notices) {
  const FleetModel& model = answer.model;
  if (answer.run.feasible()) return;
  notices.push_back(fmt::format("Not feasible: demand that must be met is not in {} of {} periods.",
                                answer.run.shortfalls.size(), model.time.periods()));
  for (const MissedDemand& each : missed_demands(model, answer.run)) {
    const FleetWorkload& workload = model.workloads[static_cast<std::size_t>(each.workload)];
    notices.push_back(
        fmt::format("{} falls short in {} periods from {} to {}, by {}/s at the worst.",
                    workload.id, each.periods, day_of_period(model.time, each.first),
                    day_of_period(model.time, each.last), amount_text(each.most, workload.unit)));
  }
}

std::vector<std::string> notices_of(const FleetAnswer& answer) {
  std::vector<std::string> notices;
  if (answer.run.interrupted)
    notices.emplace_back("Interrupted: the study was stopped before its end.");
  add_missed(answer, notices);
  for (const CampaignOutcome& each : answer.run.campaigns)
    if (each.finished == kNoHour)
      notices.push_back(fmt::format("The run {} does not end in the study.", each.id));
  double limited = 0;
  for (const double hours : answer.run.limited_hours) limited += hours;
  if (limited > 0)
    notices.push_back(fmt::format(
        "Load gives way for want of supply in {:.0f} hours, summed over the sites.", limited));
  for (const DealFutures& deal : answer.deals)
    if (!deal.problem.empty())
      notices.push_back(fmt::format("{} is not valued: {}.", deal.name, deal.problem));
  if (!answer.futures) return notices;
  const Futures& futures = answer.futures->futures;
  if (futures.interrupted)
    notices.push_back(
        fmt::format("Interrupted after {} of {} futures.", futures.done, futures.values.size()));
  notices.insert(notices.end(), futures.notes.begin(), futures.notes.end());
  return notices;
}

FigureSection assumption_section(const FleetModel& model) {
  FigureSection section{"Assumptions", {}};
  if (model.assumptions.empty()) return section;
  PageFigure figure;
  figure.id = "assumptions";
  figure.title = "What the scenario leaves open";
  figure.reading = "Filled by data or a rule; each can be stated instead.";
  figure.data.word("assumed", model.assumptions);
  section.figures.push_back(std::move(figure));
  return section;
}

FigureSection deals_of(const FleetAnswer& answer) {
  if (answer.futures && !answer.futures->deals.empty())
    return fleet_deal_section(
        answer.futures->deals,
        fmt::format("over the deliveries of {} futures", answer.futures->futures.done));
  return fleet_deal_section(answer.deals, "over the deliveries of the plan");
}

}  // namespace

FigurePage fleet_page(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  FigurePage page;
  page.title = model.name.empty() ? "A fleet" : model.name;
  page.subtitle =
      fmt::format("{}{}{} to {}, {} sites, {} phases, {} workloads; {}", model.description,
                  model.description.empty() ? "" : ". ", print_date(model.time.begin()),
                  print_date(model.time.end()), model.sites.size(), model.phases.size(),
                  model.workloads.size(), name_of(model.policy.objective));
  page.facts = facts_of(answer);
  page.notices = notices_of(answer);
  std::vector<FigureSection> sections{fleet_capacity_section(answer), fleet_work_section(answer),
                                      fleet_limit_section(answer), fleet_energy_section(answer),
                                      fleet_money_section(answer)};
  if (answer.futures) {
    sections.push_back(futures_section(*answer.futures));
    sections.push_back(tornado_section(*answer.futures));
    sections.push_back(tree_section(*answer.futures));
  }
  sections.push_back(deals_of(answer));
  sections.push_back(fleet_site_section(answer));
  sections.push_back(fleet_rate_section(answer));
  sections.push_back(assumption_section(model));
  for (FigureSection& section : sections)
    if (!section.figures.empty()) page.sections.push_back(std::move(section));
  return page;
}

}  // namespace polyfleet
