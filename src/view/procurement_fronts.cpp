// The trades of a procurement plan (declared in view/procurement_page.hpp).
#include <fmt/format.h>

#include "report/fleet_table.hpp"
#include "report/plain_units.hpp"
#include "view/fleet_series.hpp"
#include "view/procurement_page.hpp"

namespace polyfleet {
namespace {

PageFigure cost_of_diversification(const ProcurementReport& report) {
  const auto& frontier = report.frontier;
  std::vector<double> allowed, bought, cost, worst;
  std::vector<std::string> met;
  for (const FrontierPoint& point : frontier) {
    allowed.push_back(rounded(100 * point.largest_share));
    bought.push_back(rounded(100 * point.share_bought));
    cost.push_back(rounded(point.plan.cost.total() / usd / kBillion));
    worst.push_back(rounded(point.worst() / usd / kBillion));
    met.emplace_back(point.plan.feasible ? "yes" : "no");
  }
  PageFigure figure;
  figure.id = "diversification";
  figure.title = "What not depending on one vendor costs";
  figure.reading = fmt::format(
      "Present cost of the best plan in which no vendor has more than a share of the power bought, "
      "undisturbed and where one vendor delivers nothing from {} on. Where the lines "
      "come close, a loss changes little.",
      report.problem.quarters[list_place(report.lost_from)].name);
  figure.data.number("largest share allowed", "%", allowed).number("undisturbed", "BUSD", cost);
  figure.data.number("the worst loss", "BUSD", worst).number("largest share bought", "%", bought);
  figure.data.word("all demand is met", met);
  for (std::size_t v = 0; v < frontier.front().losses.size(); ++v) {
    std::vector<double> unmet, after;
    for (const FrontierPoint& point : frontier) {
      after.push_back(rounded(point.losses[v].cost / usd / kBillion));
      unmet.push_back(rounded(100 * point.losses[v].unmet));
    }
    const std::string& vendor = frontier.front().losses[v].vendor;
    figure.data.number("without " + vendor, "BUSD", std::move(after));
    figure.data.number("unmet without " + vendor, "%", std::move(unmet));
  }
  LineChart chart;
  chart.x = "largest share allowed";
  chart.values = {"undisturbed"};
  for (const LostVendor& loss : frontier.front().losses)
    chart.values.push_back("without " + loss.vendor);
  figure.chart = std::move(chart);
  figure.assumptions = {
      "Purchases in any amount; after a loss what was bought before stands and the rest is planned "
      "anew; unmet demand counts at its value.",
      "The worst loss is what the dearest loss adds."};
  return figure;
}

PageFigure output_front(const FrontReport& report) {
  const FleetFront& front = report.front;
  std::vector<double> output, least, of_cheap, carbon, cost;
  for (std::size_t i = 0; i < front.least_energy.size(); ++i) {
    output.push_back(rounded(100 * front.least_energy[i].output));
    least.push_back(rounded(front.least_energy[i].energy / (1e3 * megawatt_hour)));
    of_cheap.push_back(rounded(front.least_cost[i].energy / (1e3 * megawatt_hour)));
    carbon.push_back(rounded(front.least_carbon[i].carbon / (1e9 * gram_co2e)));
    cost.push_back(rounded(front.least_cost[i].cost / usd / 1e6));
  }
  PageFigure figure;
  figure.id = "front_output";
  figure.title = "Least energy for each output";
  figure.reading = fmt::format(
      "The fleet of {} at a multiple of all demand, up to {:.1f} %: the least energy that does it, "
      "and the energy of the way that costs least. The table has least carbon and least cost.",
      report.day, 100 * front.most_output);
  figure.data.number("output", "% of demand", output).number("least energy", "GWh", least);
  figure.data.number("at least cost", "GWh", of_cheap).number("least carbon", "ktCO2e", carbon);
  figure.data.number("least cost", "million USD", cost);
  LineChart chart;
  chart.x = "output";
  chart.values = {"least energy", "at least cost"};
  figure.chart = std::move(chart);
  return figure;
}

PageFigure trade_front(const FrontReport& report) {
  std::vector<double> energy, cost, carbon, joined;
  for (const FrontPoint& point : report.front.trade) {
    energy.push_back(rounded(point.energy / (1e3 * megawatt_hour)));
    cost.push_back(rounded(point.cost / usd / 1e6));
    carbon.push_back(rounded(point.carbon / (1e9 * gram_co2e)));
    joined.push_back(1);
  }
  PageFigure figure;
  figure.id = "front_trade";
  figure.title = "Energy against cost";
  figure.reading = fmt::format(
      "At {:.1f} % of the demand: each point costs least of all that draw no more energy.",
      100 * report.front.traded_output);
  figure.data.number("energy", "GWh", energy).number("cost", "million USD", cost);
  figure.data.number("carbon", "ktCO2e", carbon).number("on the front", "", joined);
  ScatterChart chart;
  chart.x = "energy";
  chart.y = "cost";
  chart.joined = "on the front";
  figure.chart = chart;
  return figure;
}

/// Which class does how much of each stage at one point.
PageFigure mix_of(const FleetModel& model, const FrontReport& report, const FrontPoint& point,
                  const std::string& id, const std::string& title) {
  const std::vector<StageMix> stages = stage_mix(model, report.problem, point);
  std::vector<std::string> names;
  for (const StageMix& stage : stages) names.emplace_back(stage_name(stage.stage));
  NamedSeries series(stages.size());
  for (std::size_t c = 0; c < model.classes.size(); ++c) {
    std::vector<double>& megawatts = series.of(model.classes[c].id);
    for (std::size_t s = 0; s < stages.size(); ++s) megawatts[s] = stages[s].power[c] / watt;
  }
  PageFigure figure;
  figure.id = id;
  figure.title = title;
  figure.reading = "Power at the racks of each class by stage of the computation.";
  figure.data.word("stage", names);
  BarChart chart;
  chart.category = "stage";
  chart.values = series.add_to(figure.data, "MW", watt / megawatt);
  chart.stacked = true;
  figure.chart = std::move(chart);
  return figure;
}

}  // namespace

FigureSection diversification_section(const ProcurementReport& report) {
  FigureSection section{"Diversification", {}};
  if (!report.frontier.empty()) section.figures.push_back(cost_of_diversification(report));
  return section;
}

FigureSection front_section(const FleetModel& model, const FrontReport& report) {
  FigureSection section{"What the fleet could do on " + report.day, {}};
  if (report.front.least_energy.empty()) return section;
  section.figures.push_back(output_front(report));
  if (report.front.trade.empty()) return section;
  if (report.front.trade.size() > 1) section.figures.push_back(trade_front(report));
  section.figures.push_back(mix_of(model, report, report.front.trade.front(), "mix_energy",
                                   "The mix that takes least energy"));
  if (report.front.trade.size() > 1)
    section.figures.push_back(
        mix_of(model, report, report.front.trade.back(), "mix_cost", "The mix that costs least"));
  return section;
}

}  // namespace polyfleet
