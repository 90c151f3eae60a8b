#include "report/fleet_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/fleet_json.hpp"
#include "report/fleet_limits.hpp"
#include "report/fleet_lines.hpp"
#include "report/fleet_table.hpp"
#include "report/fleet_text.hpp"
#include "report/plain_units.hpp"

namespace polyfleet {
namespace {

/// The lines of the first table, as far as the study has them.
constexpr const char* kPageLines[] = {"delivered.power",
                                      "delivered.accelerators",
                                      "output.training_flop",
                                      "output.tokens",
                                      "energy.bought_and_made",
                                      "energy.peak_grid",
                                      "carbon.carbon_location_based",
                                      "carbon.carbon_market_based",
                                      "carbon.carbon_embodied",
                                      "money.hardware_capital",
                                      "money.facility_capital",
                                      "money.grid_cost",
                                      "money.partner_rent",
                                      "money.revenue",
                                      "money.cash"};

bool is_program(const FleetLine& line) { return line.key.starts_with("delivered.program."); }

bool is_video(const FleetLine& line) {
  return line.unit == "videos" && line.key.ends_with(".done");
}

std::string by_year_table(const FleetAnswer& answer, PageStyle style) {
  const std::vector<FleetSlice> years = fleet_slices(answer.model.time, FleetSliceKind::year);
  std::vector<FleetLine> lines = fleet_lines(answer.model, answer.run, years);
  std::vector<const FleetLine*> chosen;
  for (const char* key : kPageLines) {
    for (FleetLine& line : lines) {
      if (line.key == key) chosen.push_back(&line);
      const bool behind_tokens = std::string_view(key) == "output.tokens" && is_video(line);
      const bool behind_power = std::string_view(key) == "delivered.power" && is_program(line);
      if (behind_power) line.name = "  " + line.name;
      if (behind_tokens || behind_power) chosen.push_back(&line);
    }
  }
  return lines_table("by year", chosen, years,
                     {style, answer.futures ? &*answer.futures : nullptr});
}

std::string change_text(double now, double before) {
  if (before == 0) return now == 0 ? "" : "new";
  const double change = 100 * (now / before - 1);
  return std::abs(change) < 0.5 ? "0 %" : fmt::format("{:+.0f} %", change);
}

std::string first_gigawatt(const FleetAnswer& answer, const std::string& program) {
  for (const ProgramMilestones& each : answer.run.programs) {
    if (each.program != program) continue;
    return each.gigawatts.empty() ? "not in the study"
                                  : print_date(answer.model.time.date_of(each.gigawatts.front()));
  }
  return "not in the study";
}

std::string comparison_table(const FleetPage& page, PageStyle style) {
  TextTable table({"beside what was announced", "announced", "now", "change"});
  for (const ProgramMilestones& each : page.now.run.programs) {
    if (each.program.empty()) continue;
    table.row({"first GW of " + each.program, first_gigawatt(page.announced, each.program),
               first_gigawatt(page.now, each.program)});
  }
  const auto now = fleet_headline(page.now.model, page.now.run);
  const auto before = fleet_headline(page.announced.model, page.announced.run);
  for (const HeadlineFigure& each : now) {
    const double was = headline_amount(before, each.key);
    if (each.amount == 0 && was == 0) continue;
    table.row({each.name, amount_text(was, each.unit), amount_text(each.amount, each.unit),
               change_text(each.amount, was)});
  }
  return '\n' + table.text(style);
}

bool in_fleet(const FleetModel& model, const DealFutures& deal) {
  return std::any_of(model.phases.begin(), model.phases.end(),
                     [&](const FleetPhase& phase) { return phase.program == deal.program; });
}

void add_warrant(const DealFutures& deal, bool tranches, TextTable& table) {
  const WarrantValue& all = *deal.warrant;
  table.row({fmt::format("{}: {}", deal.name, amount_text(all.shares.mean, "shares")), "", "",
             amount_text(all.value.mean, "USD")});
  if (!tranches) return;
  for (const TrancheValue& tranche : all.tranches)
    table.row({fmt::format("  at {:.3g} GW, from {:.4g} USD a share", tranche.delivered / gigawatt,
                           tranche.hurdle / usd),
               fmt::format("{:.0f} %", 100 * tranche.vests.mean),
               tranche.vest_date ? print_date(*tranche.vest_date) : "never",
               amount_text(tranche.value.mean, "USD")});
  table.row({"  p5 of all its tranches", "", "", amount_text(all.value_spread.p5, "USD")});
  table.row({"  p95 of all its tranches", "", "", amount_text(all.value_spread.p95, "USD")});
}

void add_deal(const DealFutures& deal, bool tranches, TextTable& table) {
  if (deal.warrant) add_warrant(deal, tranches, table);
  if (deal.investment)
    table.row({deal.name + ": money from the vendor", "", "",
               amount_text(deal.investment->value / usd, "USD")});
  if (deal.guarantee)
    table.row({deal.name + ": expected loss of the guarantee", "", "",
               amount_text(deal.guarantee->expected_loss / usd, "USD")});
  if (!deal.problem.empty()) table.row({deal.name + ": " + deal.problem});
}

std::string deals_table(const FleetAnswer& answer, PageStyle style) {
  const bool futures = answer.futures && !answer.futures->deals.empty();
  const std::vector<DealFutures>& deals = futures ? answer.futures->deals : answer.deals;
  if (deals.empty()) return {};
  TextTable table({futures ? "deals, over the futures" : "deals, as planned", "vests", "mean day",
                   "worth on " + print_date(deals.front().valued_on)});
  for (const DealFutures& deal : deals) add_deal(deal, in_fleet(answer.model, deal), table);
  return '\n' + table.text(style);
}

/// What the tables of what-ifs show, in this order.
constexpr const char* kChanges[] = {"gigawatt_years", "training_flop", "tokens",           "videos",
                                    "energy",         "cost",          "net_present_value"};

std::string what_if_table(const FleetPage& page, PageStyle style) {
  if (page.what_if.empty()) return {};
  const auto plan = fleet_headline(page.now.model, page.now.run);
  std::vector<std::string> titles{
      "what would change", "GW-years", "training", "tokens", "videos", "energy", "cost",
      "net present value"};
  const bool any_short = std::any_of(
      page.what_if.begin(), page.what_if.end(),
      [](const FleetWhatIf& each) { return headline_amount(each.figures, "short_periods") > 0; });
  if (any_short) titles.emplace_back("short periods");
  TextTable table(titles);
  for (const FleetWhatIf& each : page.what_if) {
    std::vector<std::string> cells{each.name};
    for (const char* key : kChanges) {
      const double now = headline_amount(each.figures, key), before = headline_amount(plan, key);
      const bool worth = std::string_view(key) == "net_present_value";
      cells.push_back(
          worth ? fmt::format("{}{}", now < before ? "" : "+", amount_text(now - before, "USD"))
                : change_text(now, before));
    }
    if (any_short) cells.push_back(number_text(headline_amount(each.figures, "short_periods")));
    table.row(std::move(cells));
  }
  return '\n' + table.text(style);
}

/// The answer in a sentence.
std::string sentence_of(const FleetAnswer& answer) {
  const auto figures = fleet_headline(answer.model, answer.run);
  const auto amount = [&figures](const std::string& key) {
    for (const HeadlineFigure& each : figures) {
      if (each.key == key) return amount_text(each.amount, each.unit);
    }
    return std::string();
  };
  return fmt::format(
      "at the end stand {} and {}; until then {} of training, {}, {}; {}, {} by location; {} spent "
      "less what is left, net present value {}",
      amount("power"), amount("accelerators"), amount("training_flop"), amount("tokens"),
      amount("videos"), amount("energy"), amount("carbon_location"), amount("cost"),
      amount("net_present_value"));
}

std::string futures_line(const FleetAnswer& answer) {
  if (!answer.futures) return {};
  return fmt::format("p5, p95: over {} futures of delays, demand, prices, failures, software\n",
                     answer.futures->futures.done);
}

}  // namespace

std::string fleet_page_text(const FleetPage& page, PageStyle style) {
  const FleetModel& model = page.now.model;
  std::string text = model.name + "\n";
  if (!model.description.empty()) text += model.description + "\n";
  text += fmt::format("{} to {}, {}; ", print_date(model.time.begin()),
                      print_date(model.time.end()), name_of(model.policy.objective));
  text += fleet_verdict(page.now);
  TextTable summary({"in short"});
  summary.row({sentence_of(page.now)});
  text += '\n' + summary.text(style);
  text += futures_line(page.now);
  text += by_year_table(page.now, style) + comparison_table(page, style);
  text += deals_table(page.now, style) + what_if_table(page, style);
  if (!page.folder.empty())
    text += fmt::format(
        "\nfiles: {}/ (every ledger row, period, delivery, limit and percentile; answer.json)\n",
        page.folder);
  return text;
}

Value fleet_page_json(const FleetPage& page) {
  const auto headline = [](const std::vector<HeadlineFigure>& figures) {
    Value json{Table{}};
    for (const HeadlineFigure& each : figures) {
      Value figure{Table{}};
      figure.set("amount", each.amount);
      figure.set("unit", each.unit);
      json.set(each.key, figure);
    }
    return json;
  };
  Value json{Table{}}, what_if{Array{}};
  json.set("headline", headline(fleet_headline(page.now.model, page.now.run)));
  json.set("headline_announced",
           headline(fleet_headline(page.announced.model, page.announced.run)));
  for (const FleetWhatIf& each : page.what_if) {
    Value entry{Table{}};
    entry.set("name", each.name);
    entry.set("headline", headline(each.figures));
    what_if.push(entry);
  }
  json.set("what_if", what_if);
  json.set("now", fleet_json(page.now, FleetSliceKind::year));
  json.set("announced", fleet_json(page.announced, FleetSliceKind::year));
  return json;
}

}  // namespace polyfleet
