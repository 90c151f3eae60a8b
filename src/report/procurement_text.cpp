#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/fleet_limits.hpp"
#include "report/fleet_table.hpp"
#include "report/plain_units.hpp"
#include "report/procurement_report.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kPurchaseLimitsShown = 15;
constexpr double kNoShare = 1e-6;

std::string dollars(Usd amount) { return amount_text(amount / usd, "USD"); }
std::string whole(double value) { return fmt::format("{:.0f}", value); }

std::string verdict(const ProcurementReport& report) {
  const ProcurementProblem& problem = report.problem;
  const std::string span =
      fmt::format("{} to {}", problem.quarters[list_place(problem.meet_from)].name,
                  problem.quarters.back().name);
  if (report.plan.quarters.empty())
    return "No answer in whole blocks was found before the search was stopped.\n";
  const std::string cost = dollars(report.plan.cost.total());
  if (!report.plan.feasible)
    return fmt::format(
        "Not all demand of {} can be met. The plan below misses least of it, at a "
        "present cost of {}.\n",
        span, cost);
  std::string text =
      report.terms.meet_all
          ? fmt::format("All demand of {} is met at a present cost of {}", span, cost)
          : fmt::format(
                "What pays of the demand of {} is met at a present cost of "
                "{}, unmet demand at its value",
                span, cost);
  if (report.plan.gap)
    text += fmt::format(" (whole blocks of {:.4g} MW, within {:.2f} % of the best)",
                        problem.block / megawatt, 100 * *report.plan.gap);
  return text + ".\n";
}

std::string unmet_text(const ProcurementReport& report, PageStyle style) {
  TextTable table({"unmet", "most", "in"});
  for (const UnmetDemand& each : unmet_demands(report))
    table.row({report.problem.names.workloads[list_place(each.workload)], percent_text(each.share),
               report.problem.quarters[list_place(each.quarter)].name});
  return table.empty() ? std::string() : '\n' + table.text(style);
}

std::string purchases_text(const ProcurementReport& report, PageStyle style) {
  const ProcurementProblem& problem = report.problem;
  if (report.plan.purchases.empty()) return "\nNothing is bought: what stands is enough.\n";
  TextTable table({"quarter", "buy", "vendor", "MW", "accelerators", "hardware", "halls"});
  for (const PlannedPurchase& each : report.plan.purchases) {
    const ProcurementOffer& offer = problem.offers[list_place(each.offer)];
    table.row({problem.quarters[list_place(each.quarter)].name, offer.name, offer.vendor,
               number_text(each.power / megawatt), whole(each.accelerators), dollars(each.hardware),
               dollars(each.facility)});
  }
  const std::vector<std::string> vendors = vendors_of(problem);
  Watts all;
  for (const Watts& power : report.plan.vendor_power) all += power;
  table.rule();
  for (std::size_t v = 0; v < vendors.size(); ++v) {
    const Watts power = report.plan.vendor_power[v];
    if (power <= Watts()) continue;
    double count = 0;
    Usd hardware, facility;
    for (const PlannedPurchase& each : report.plan.purchases) {
      if (problem.offers[list_place(each.offer)].vendor != vendors[v]) continue;
      count += each.accelerators;
      hardware += each.hardware;
      facility += each.facility;
    }
    table.row({"all", percent_text(power / all) + " of the power", vendors[v],
               number_text(power / megawatt), whole(count), dollars(hardware), dollars(facility)});
  }
  return "\nPurchases (power as provisioned at the meter, prices of the quarter)\n" +
         table.text(style);
}

std::string cost_text(const PlanCost& cost, PageStyle style) {
  TextTable table({"present value", "USD"});
  const auto row = [&](const char* name, Usd amount) {
    if (amount != Usd()) table.row({name, dollars(amount)});
  };
  row("hardware", cost.hardware);
  row("halls", cost.facility);
  row("upkeep of what is bought", cost.upkeep);
  row("electricity", cost.energy);
  row("use on demand", cost.on_demand);
  row("carbon at its price", cost.carbon);
  row("unmet demand at its value", cost.unmet);
  row("worth at the end", -cost.residual);
  table.rule();
  table.row({"total", dollars(cost.total())});
  return '\n' + table.text(style);
}

std::string quarters_text(const ProcurementReport& report, PageStyle style) {
  TextTable table({"quarter", "bought MW at work", "accelerators at work", "GWh", "tCO2e",
                   "electricity", "largest unmet"});
  for (std::size_t q = 0; q < report.plan.quarters.size(); ++q) {
    const PlannedQuarter& each = report.plan.quarters[q];
    const AllocationProblem& problem = report.problem.quarters[q].problem;
    Watts bought;
    for (const Watts& power : each.bought) bought += power;
    double at_work = 0, unmet = 0;
    for (std::size_t w = 0; w < each.accelerators.size(); ++w) {
      for (const double count : each.accelerators[w]) at_work += count;
      const double wanted = problem.demands[w].per_second;
      if (wanted > 0) unmet = std::max(unmet, each.unmet[w] / wanted);
    }
    table.row({report.problem.quarters[q].name, number_text(bought / megawatt), whole(at_work),
               number_text(each.drawn / (1e3 * megawatt_hour)),
               number_text(each.emitted / (1e6 * gram_co2e)), dollars(each.energy),
               unmet > kNoShare ? percent_text(unmet) : "-"});
  }
  return '\n' + table.text(style);
}

/// A limit that binds in several quarters, as one line.
struct LimitSpan {
  std::string what, first, last;
  const BindingLimit* dearest = nullptr;
  int quarters = 0;
  double worth = 0;
};

std::vector<LimitSpan> limit_spans(const ProcurementReport& report) {
  std::vector<LimitSpan> spans;
  for (const BindingLimit& each : report.plan.binding) {
    std::string what = each.what, when;
    for (const ProcurementQuarter& quarter : report.problem.quarters) {
      const std::string ending = " in " + quarter.name;
      if (!what.ends_with(ending)) continue;
      what.resize(what.size() - ending.size());
      when = quarter.name;
      break;
    }
    auto span = std::find_if(spans.begin(), spans.end(),
                             [&](const LimitSpan& other) { return other.what == what; });
    if (span == spans.end()) {
      spans.push_back({what, when, when, &each, 0, 0});
      span = spans.end() - 1;
    }
    span->first = std::min(span->first, when);
    span->last = std::max(span->last, when);
    if (each.price > span->dearest->price) span->dearest = &each;
    ++span->quarters;
    span->worth += each.worth;
  }
  std::stable_sort(spans.begin(), spans.end(),
                   [](const LimitSpan& a, const LimitSpan& b) { return a.worth > b.worth; });
  return spans;
}

std::string limits_text(const ProcurementReport& report, bool all, PageStyle style) {
  const std::vector<LimitSpan> spans = limit_spans(report);
  if (spans.empty()) return {};
  TextTable table({report.plan.feasible ? "what limits" : "what forbids", "quarters", "from", "to",
                   "one more", report.plan.feasible ? "saves at most" : "serves at most"});
  const std::size_t shown = all ? spans.size() : std::min(kPurchaseLimitsShown, spans.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const LimitSpan& each = spans[i];
    const BindingLimit& dearest = *each.dearest;
    const std::string price = report.plan.feasible
                                  ? saving_text(dearest.price, dearest.saves)
                                  : fmt::format("{:.4g} {}", dearest.price, dearest.saves);
    table.row({each.what, each.first.empty() ? "" : fmt::format("{}", each.quarters), each.first,
               each.last, dearest.unit, price});
  }
  std::string text = '\n' + table.text(style);
  if (shown < spans.size()) text += fmt::format("{} more with --explain\n", spans.size() - shown);
  return text;
}

std::string frontier_text(const ProcurementReport& report, PageStyle style) {
  if (report.frontier.empty()) return {};
  std::vector<std::string> titles{"largest share", "bought", "present cost", "more"};
  for (const LostVendor& loss : report.frontier.front().losses) {
    titles.push_back("without " + loss.vendor);
    titles.push_back("unmet");
  }
  TextTable table(titles);
  const Usd least = report.frontier.front().plan.cost.total();
  for (const FrontierPoint& point : report.frontier) {
    const Usd cost = point.plan.cost.total();
    const Usd more = cost - least > 1e-9 * least ? cost - least : Usd();  // else rounding
    std::vector<std::string> row{percent_text(point.largest_share),
                                 percent_text(point.share_bought), dollars(cost),
                                 point.plan.feasible ? dollars(more) : "cannot be met"};
    for (const LostVendor& loss : point.losses) {
      row.push_back(dollars(loss.cost));
      row.push_back(loss.unmet > kNoShare ? percent_text(loss.unmet) : "-");
    }
    table.row(std::move(row));
  }
  return fmt::format(
             "\nDiversification: no vendor above a share of the power bought. \"Without\": the "
             "present "
             "cost where one\ndelivers nothing from {} on and the rest is planned anew, unmet "
             "demand "
             "at its value; \"unmet\": the\nlargest share of a workload's demand of a quarter that "
             "is "
             "lost by it\n",
             report.problem.quarters[list_place(report.lost_from)].name) +
         table.text(style);
}

std::string assumptions_text(const ProcurementReport& report, bool all) {
  std::string text;
  const auto list = [&](const std::vector<std::string>& lines) {
    for (const std::string& line : lines) text += "  - " + line + '\n';
  };
  list(report.assumptions);
  if (all) list(report.model.assumptions);
  return text.empty() ? text : "\nAssumed\n" + text;
}

}  // namespace

std::string_view stage_name(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::pretraining:
      return "pre-training";
    case WorkloadKind::posttraining:
      return "post-training";
    case WorkloadKind::chat:
      return "chat";
    case WorkloadKind::agents:
      return "agents";
    case WorkloadKind::video:
      return "video";
    case WorkloadKind::research:
      return "research";
  }
  return "";
}

std::vector<UnmetDemand> unmet_demands(const ProcurementReport& report) {
  std::map<int, UnmetDemand> worst;
  for (std::size_t q = list_place(report.problem.meet_from); q < report.plan.quarters.size(); ++q) {
    const std::vector<double>& unmet = report.plan.quarters[q].unmet;
    for (std::size_t w = 0; w < unmet.size(); ++w) {
      const double wanted = report.problem.quarters[q].problem.demands[w].per_second;
      const double share = wanted > 0 ? unmet[w] / wanted : 0;
      UnmetDemand& each = worst[static_cast<int>(w)];
      if (share > kNoShare && share > each.share)
        each = {static_cast<int>(w), static_cast<int>(q), share};
    }
  }
  std::vector<UnmetDemand> found;
  for (const auto& [workload, each] : worst) {
    if (each.share > 0) found.push_back(each);
  }
  return found;
}

std::string procurement_text(const ProcurementReport& report, bool explain, PageStyle style) {
  std::string text = fmt::format("{}: what to buy\n{}", report.model.name, verdict(report));
  if (report.plan.quarters.empty()) return text + assumptions_text(report, explain);
  text += unmet_text(report, style) + purchases_text(report, style) +
          cost_text(report.plan.cost, style) + quarters_text(report, style) +
          limits_text(report, explain, style) + frontier_text(report, style);
  if (report.front) text += front_text(report.model, *report.front, style);
  if (report.interrupted) text += "\nInterrupted: this is the report so far.\n";
  return text + assumptions_text(report, explain);
}

}  // namespace polyfleet
