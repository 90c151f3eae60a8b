#include <fmt/format.h>

#include "report/fleet_table.hpp"
#include "report/plain_units.hpp"
#include "report/procurement_report.hpp"

namespace polyfleet {
namespace {

std::string gigawatt_hours(Joules energy) { return number_text(energy / (1e3 * megawatt_hour)); }
std::string tonnes(GramsCo2e carbon) { return number_text(carbon / (1e6 * gram_co2e)); }

std::string outputs_text(const FleetFront& front, PageStyle style) {
  TextTable table({"output, of the demand", "least GWh", "its USD", "GWh a unit", "least tCO2e",
                   "least USD", "its GWh"});
  const double first = front.least_energy.front().energy.base() / front.least_energy.front().output;
  for (std::size_t i = 0; i < front.least_energy.size(); ++i) {
    const FrontPoint &frugal = front.least_energy[i], &clean = front.least_carbon[i],
                     &cheap = front.least_cost[i];
    table.row({percent_text(frugal.output), gigawatt_hours(frugal.energy),
               amount_text(frugal.cost / usd, "USD"),
               fmt::format("{:.3f} x", frugal.energy.base() / frugal.output / first),
               tonnes(clean.carbon), amount_text(cheap.cost / usd, "USD"),
               gigawatt_hours(cheap.energy)});
  }
  return table.text(style);
}

std::string trade_text(const FleetFront& front, PageStyle style) {
  TextTable table({"GWh", "USD", "tCO2e"});
  for (const FrontPoint& point : front.trade)
    table.row(
        {gigawatt_hours(point.energy), amount_text(point.cost / usd, "USD"), tonnes(point.carbon)});
  return fmt::format("\nEnergy against cost at {} of the demand\n",
                     percent_text(front.traded_output)) +
         table.text(style);
}

std::string mix_text(const FleetModel& model, const FrontReport& report, const FrontPoint& point,
                     const std::string& title, PageStyle style) {
  TextTable table({"stage", "class", "accelerators", "MW at the racks", "of the stage's power"});
  for (const StageMix& stage : stage_mix(model, report.problem, point)) {
    Watts all;
    for (const Watts& power : stage.power) all += power;
    for (std::size_t c = 0; c < model.classes.size(); ++c) {
      if (stage.accelerators[c] < 0.5) continue;
      table.row({std::string(stage_name(stage.stage)), model.classes[c].id,
                 fmt::format("{:.0f}", stage.accelerators[c]),
                 number_text(stage.power[c] / megawatt), percent_text(stage.power[c] / all)});
    }
  }
  return table.empty() ? std::string() : '\n' + title + '\n' + table.text(style);
}

Value point_json(const FleetModel& model, const FrontReport& report, const FrontPoint& point) {
  Value one{Table{}};
  one.set("output", point.output);
  one.set("energy_mwh", point.energy / megawatt_hour);
  one.set("carbon_tonnes", point.carbon / (1e6 * gram_co2e));
  one.set("cost_usd", point.cost / usd);
  Value stages{Array{}};
  for (const StageMix& stage : stage_mix(model, report.problem, point)) {
    for (std::size_t c = 0; c < model.classes.size(); ++c) {
      if (stage.accelerators[c] <= 0) continue;
      Value each{Table{}};
      each.set("stage", stage_name(stage.stage));
      each.set("class", model.classes[c].id);
      each.set("vendor", model.classes[c].vendor);
      each.set("accelerators", stage.accelerators[c]);
      each.set("rack_megawatts", stage.power[c] / megawatt);
      stages.push(std::move(each));
    }
  }
  one.set("mix", std::move(stages));
  return one;
}

}  // namespace

std::string front_text(const FleetModel& model, const FrontReport& report, PageStyle style) {
  const FleetFront& front = report.front;
  if (front.least_energy.empty())
    return fmt::format(
        "\nNo front on {}: no accelerators in service, or no demand that they can "
        "serve.\n",
        report.day);
  std::string text = fmt::format(
      "\nWhat the scenario's fleet could do in the period of {}: up to {} of the demand, all "
      "workloads alike\n",
      report.day, percent_text(front.most_output));
  for (const int w : front.without_place)
    text += fmt::format("Left out: {}, which nothing in service can run.\n",
                        model.workloads[static_cast<std::size_t>(w)].id);
  text += outputs_text(front, style) + trade_text(front, style);
  if (front.trade.empty()) return text;
  if (front.trade.size() == 1)
    return text + mix_text(model, report, front.trade.front(),
                           "The mix that takes least energy, which costs least too", style);
  text += mix_text(model, report, front.trade.front(), "The mix that takes least energy", style);
  return text + mix_text(model, report, front.trade.back(), "The mix that costs least", style);
}

Value front_json(const FleetModel& model, const FrontReport& report) {
  const FleetFront& front = report.front;
  Value json{Table{}};
  json.set("day", report.day);
  json.set("most_output", front.most_output);
  json.set("traded_output", front.traded_output);
  const auto list = [&](const char* key, const std::vector<FrontPoint>& points) {
    Value all{Array{}};
    for (const FrontPoint& point : points) all.push(point_json(model, report, point));
    json.set(key, std::move(all));
  };
  list("least_energy", front.least_energy);
  list("least_carbon", front.least_carbon);
  list("least_cost", front.least_cost);
  list("energy_against_cost", front.trade);
  Value out{Array{}};
  for (const int w : front.without_place) out.push(model.workloads[static_cast<std::size_t>(w)].id);
  json.set("without_place", std::move(out));
  Value limits{Array{}};
  for (const BindingLimit& each : front.limits) limits.push(each.what);
  json.set("limits", std::move(limits));
  return json;
}

}  // namespace polyfleet
