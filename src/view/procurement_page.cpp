#include "view/procurement_page.hpp"

#include <fmt/format.h>

#include <cmath>

#include "report/fleet_limits.hpp"
#include "report/fleet_table.hpp"
#include "report/plain_units.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

std::string dollars(Usd amount) { return amount_text(amount / usd, "USD"); }

std::vector<std::string> quarter_names(const ProcurementReport& report) {
  std::vector<std::string> names;
  for (const ProcurementQuarter& quarter : report.problem.quarters) names.push_back(quarter.name);
  return names;
}

/// Stacked bars by quarter.
PageFigure bars(const ProcurementReport& report, const NamedSeries& series, const std::string& unit,
                double factor) {
  PageFigure figure;
  figure.data.word("quarter", quarter_names(report));
  BarChart chart;
  chart.category = "quarter";
  chart.values = series.add_to(figure.data, unit, factor);
  chart.stacked = true;
  figure.chart = std::move(chart);
  return figure;
}

/// Purchases under a name of the offer.
template <class NameOf, class AmountOf>
NamedSeries purchases_by(const ProcurementReport& report, NameOf name_of_offer,
                         AmountOf amount_of) {
  NamedSeries series(report.problem.quarters.size());
  for (const ProcurementOffer& offer : report.problem.offers) series.of(name_of_offer(offer));
  for (const PlannedPurchase& each : report.plan.purchases)
    series.of(
        name_of_offer(report.problem.offers[list_place(each.offer)]))[list_place(each.quarter)] +=
        amount_of(each);
  return series;
}

double watts_of(const PlannedPurchase& each) { return each.power / watt; }

FigureSection purchase_section(const ProcurementReport& report) {
  PageFigure vendors =
      bars(report,
           purchases_by(
               report, [](const ProcurementOffer& offer) { return offer.vendor; }, watts_of),
           "GW", watt / gigawatt);
  vendors.id = "purchases_by_vendor";
  vendors.title = "What is bought, by vendor";
  vendors.reading = "Power as provisioned at the meter, by quarter of delivery.";
  PageFigure offers =
      bars(report,
           purchases_by(
               report, [](const ProcurementOffer& offer) { return offer.name; }, watts_of),
           "GW", watt / gigawatt);
  offers.id = "purchases_by_offer";
  offers.title = "What is bought, by system and site";
  offers.reading = "The same purchases by what and where.";
  NamedSeries spent(report.problem.quarters.size());
  for (const PlannedPurchase& each : report.plan.purchases) {
    spent.of("hardware")[list_place(each.quarter)] += each.hardware / usd;
    spent.of("halls")[list_place(each.quarter)] += each.facility / usd;
  }
  PageFigure money = bars(report, spent, "BUSD", 1 / kBillion);
  money.id = "spending";
  money.title = "What the purchases cost";
  money.reading = "In the money of the quarter.";
  for (const YearLimit& budget : report.problem.budgets)
    money.reading +=
        fmt::format(" Budget of {}: {}.", budget.year, amount_text(budget.most, "USD"));
  FigureSection section{"Purchases", {}};
  if (report.plan.purchases.empty()) return section;
  section.figures = {std::move(vendors), std::move(offers), std::move(money)};
  return section;
}

PageFigure cost_parts(const PlanCost& cost) {
  std::vector<std::string> names;
  std::vector<double> amounts;
  const auto add = [&](const char* name, Usd amount) {
    if (amount == Usd()) return;
    names.emplace_back(name);
    amounts.push_back(rounded(amount / usd / kBillion));
  };
  add("hardware", cost.hardware);
  add("halls", cost.facility);
  add("upkeep of what is bought", cost.upkeep);
  add("electricity", cost.energy);
  add("use on demand", cost.on_demand);
  add("carbon at its price", cost.carbon);
  add("unmet demand at its value", cost.unmet);
  add("worth at the end", -cost.residual);
  PageFigure figure;
  figure.id = "present_cost";
  figure.title = "Present cost by part";
  figure.reading = fmt::format("Together {}; what things are worth at the end is subtracted.",
                               dollars(cost.total()));
  figure.data.word("part", names).number("present value", "BUSD", amounts);
  BarChart chart;
  chart.category = "part";
  chart.values = {"present value"};
  chart.horizontal = true;
  figure.chart = std::move(chart);
  return figure;
}

PageFigure work_of(const ProcurementReport& report) {
  NamedSeries series(report.plan.quarters.size());
  for (std::size_t q = 0; q < report.plan.quarters.size(); ++q) {
    const AllocationProblem& problem = report.problem.quarters[q].problem;
    for (std::size_t w = 0; w < report.plan.quarters[q].accelerators.size(); ++w) {
      for (std::size_t g = 0; g < problem.groups.size(); ++g) {
        const DeviceClass& of = report.model.classes[list_place(problem.groups[g].device_class)];
        series.of(of.vendor + " " + of.id)[q] +=
            report.plan.quarters[q].accelerators[w][g] * (of.provisioned / watt);
      }
    }
  }
  PageFigure figure = bars(report, series, "GW", watt / gigawatt);
  figure.id = "at_work";
  figure.title = "Which accelerators work";
  figure.reading = "Bought and standing ones that the plan gives work, by generation.";
  figure.assumptions = {"Accelerators count by their provisioned power at the meter."};
  return figure;
}

PageFigure energy_of(const ProcurementReport& report) {
  std::vector<double> energy, carbon, money;
  for (const PlannedQuarter& each : report.plan.quarters) {
    energy.push_back(rounded(each.drawn / (1e3 * megawatt_hour)));
    carbon.push_back(rounded(each.emitted / (1e9 * gram_co2e)));
    money.push_back(rounded(each.energy / usd / 1e6));
  }
  PageFigure figure;
  figure.id = "energy";
  figure.title = "Energy by quarter";
  figure.reading = "What everything at work and at rest draws; the table has carbon and cost.";
  figure.data.word("quarter", quarter_names(report)).number("energy", "GWh", energy);
  figure.data.number("carbon", "ktCO2e", carbon).number("electricity", "million USD", money);
  BarChart chart;
  chart.category = "quarter";
  chart.values = {"energy"};
  figure.chart = std::move(chart);
  return figure;
}

/// Share of each workload's demand that goes unmet; empty data where all is met.
PageFigure unmet_of(const ProcurementReport& report) {
  NamedSeries series(report.plan.quarters.size());
  for (std::size_t q = 0; q < report.plan.quarters.size(); ++q) {
    const std::vector<double>& unmet = report.plan.quarters[q].unmet;
    for (std::size_t w = 0; w < unmet.size(); ++w) {
      const double wanted = report.problem.quarters[q].problem.demands[w].per_second;
      if (wanted > 0 && unmet[w] / wanted > 1e-6)
        series.of(report.problem.names.workloads[w])[q] = 100 * unmet[w] / wanted;
    }
  }
  PageFigure figure;
  if (series.all().empty()) return figure;
  figure = bars(report, series, "%", 1);
  std::get<BarChart>(figure.chart).stacked = false;
  figure.id = "unmet";
  figure.title = "Demand that is not met";
  figure.reading = fmt::format("Share of each workload's demand; demand must be met from {} on.",
                               report.problem.quarters[list_place(report.problem.meet_from)].name);
  return figure;
}

PageFigure limits_of(const ProcurementReport& report) {
  std::vector<std::string> what, unit, saves;
  std::vector<double> price;
  for (const BindingLimit& each : report.plan.binding) {
    what.push_back(each.what);
    unit.push_back(each.unit);
    price.push_back(rounded(each.price));
    saves.push_back(each.saves);
  }
  PageFigure figure;
  figure.id = "limits";
  figure.title = report.plan.feasible ? "What limits" : "What forbids";
  figure.reading = "What one unit more of each limit would give, the most worthwhile first.";
  figure.data.word("limit", what).word("one more", unit).number("gives", "", price);
  figure.data.word("unit of the gain", saves);
  return figure;
}

std::vector<PageFact> facts_of(const ProcurementReport& report) {
  std::vector<PageFact> facts{
      {"present cost", dollars(report.plan.cost.total()),
       report.terms.meet_all ? "all demand met" : "what pays is met, the rest at its value"}};
  Watts all;
  for (const Watts& power : report.plan.vendor_power) all += power;
  facts.push_back({"bought", amount_text(all / gigawatt, "GW"), "as provisioned at the meter"});
  const std::vector<std::string> vendors = vendors_of(report.problem);
  for (std::size_t v = 0; v < vendors.size() && v < report.plan.vendor_power.size(); ++v) {
    const Watts power = report.plan.vendor_power[v];
    if (power > Watts())
      facts.push_back({vendors[v], amount_text(power / gigawatt, "GW"),
                       fmt::format("{:.1f} % of the power bought", 100 * (power / all))});
  }
  return facts;
}

std::vector<std::string> notices_of(const ProcurementReport& report) {
  std::vector<std::string> notices;
  if (report.interrupted)
    notices.emplace_back("Interrupted: the pictures show what was found so far.");
  if (!report.plan.feasible)
    notices.emplace_back(
        "Not all demand that must be met can be: the plan shown misses least of it.");
  for (const UnmetDemand& each : unmet_demands(report))
    notices.push_back(fmt::format("{}: {:.1f} % of the demand of {} is not met at the worst.",
                                  report.problem.names.workloads[list_place(each.workload)],
                                  100 * each.share,
                                  report.problem.quarters[list_place(each.quarter)].name));
  if (report.plan.gap)
    notices.push_back(fmt::format("Whole blocks of {:.4g} MW, within {:.2f} % of the best.",
                                  report.problem.block / megawatt, 100 * *report.plan.gap));
  return notices;
}

}  // namespace

FigurePage procurement_page(const ProcurementReport& report) {
  FigurePage page;
  page.title = report.model.name + ": what to buy";
  page.subtitle =
      fmt::format("{} to {}, {} offers from {} vendors", report.problem.quarters.front().name,
                  report.problem.quarters.back().name, report.problem.offers.size(),
                  vendors_of(report.problem).size());
  page.notices = notices_of(report);
  if (!report.plan.quarters.empty()) {
    page.facts = facts_of(report);
    page.sections.push_back(purchase_section(report));
    FigureSection use{"Cost and use", {cost_parts(report.plan.cost), work_of(report)}};
    if (PageFigure figure = unmet_of(report); figure.data.rows() > 0)
      use.figures.push_back(std::move(figure));
    use.figures.push_back(energy_of(report));
    if (!report.plan.binding.empty()) use.figures.push_back(limits_of(report));
    page.sections.push_back(std::move(use));
    page.sections.push_back(diversification_section(report));
    if (report.front) page.sections.push_back(front_section(report.model, *report.front));
  }
  std::vector<std::string> assumed = report.assumptions;
  assumed.insert(assumed.end(), report.model.assumptions.begin(), report.model.assumptions.end());
  if (!assumed.empty()) {
    PageFigure figure;
    figure.id = "assumptions";
    figure.title = "What the scenario leaves open";
    figure.reading = "Filled by data or a rule; each can be stated instead.";
    figure.data.word("assumed", std::move(assumed));
    page.sections.push_back({"Assumptions", {std::move(figure)}});
  }
  std::erase_if(page.sections, [](const FigureSection& each) { return each.figures.empty(); });
  return page;
}

}  // namespace polyfleet
