#include <fmt/format.h>

#include "base/csv.hpp"
#include "report/procurement_report.hpp"

namespace polyfleet {
namespace {

Value cost_json(const PlanCost& cost) {
  Value json{Table{}};
  json.set("hardware", cost.hardware / usd);
  json.set("facility", cost.facility / usd);
  json.set("upkeep", cost.upkeep / usd);
  json.set("energy", cost.energy / usd);
  json.set("on_demand", cost.on_demand / usd);
  json.set("carbon", cost.carbon / usd);
  json.set("unmet", cost.unmet / usd);
  json.set("residual", cost.residual / usd);
  json.set("total", cost.total() / usd);
  return json;
}

Value purchases_json(const ProcurementReport& report) {
  Value list{Array{}};
  for (const PlannedPurchase& each : report.plan.purchases) {
    const ProcurementOffer& offer = report.problem.offers[list_place(each.offer)];
    const ProcurementQuarter& quarter = report.problem.quarters[list_place(each.quarter)];
    const AllocationGroup& group = quarter.problem.groups[list_place(offer.group)];
    Value one{Table{}};
    one.set("quarter", quarter.name);
    one.set("system", report.model.classes[list_place(group.device_class)].id);
    one.set("site", report.model.sites[list_place(group.site)].id);
    one.set("vendor", offer.vendor);
    one.set("megawatts", each.power / megawatt);
    one.set("accelerators", each.accelerators);
    one.set("hardware_usd", each.hardware / usd);
    one.set("facility_usd", each.facility / usd);
    list.push(std::move(one));
  }
  return list;
}

Value quarters_json(const ProcurementReport& report) {
  Value list{Array{}};
  for (std::size_t q = 0; q < report.plan.quarters.size(); ++q) {
    const PlannedQuarter& each = report.plan.quarters[q];
    Value one{Table{}};
    one.set("quarter", report.problem.quarters[q].name);
    one.set("energy_mwh", each.drawn / megawatt_hour);
    one.set("carbon_tonnes", each.emitted / (1e6 * gram_co2e));
    one.set("energy_usd", each.energy / usd);
    Value unmet{Table{}}, groups{Array{}};
    for (std::size_t w = 0; w < each.unmet.size(); ++w) {
      unmet.set(report.problem.names.workloads[w], each.unmet[w]);
      for (std::size_t g = 0; g < each.accelerators[w].size(); ++g) {
        if (each.accelerators[w][g] <= 0) continue;
        Value use{Table{}};
        use.set("workload", report.problem.names.workloads[w]);
        use.set("group", report.problem.names.groups[g]);
        use.set("accelerators", each.accelerators[w][g]);
        groups.push(std::move(use));
      }
    }
    one.set("unmet_per_second", std::move(unmet));
    one.set("work", std::move(groups));
    list.push(std::move(one));
  }
  return list;
}

Value limits_json(const std::vector<BindingLimit>& binding) {
  Value list{Array{}};
  for (const BindingLimit& each : binding) {
    Value one{Table{}};
    one.set("what", each.what);
    one.set("unit", each.unit);
    one.set("price", each.price);
    one.set("saves", each.saves);
    one.set("worth", each.worth);
    list.push(std::move(one));
  }
  return list;
}

Value frontier_json(const ProcurementReport& report) {
  Value list{Array{}};
  for (const FrontierPoint& point : report.frontier) {
    Value one{Table{}}, losses{Array{}};
    one.set("largest_share", point.largest_share);
    one.set("share_bought", point.share_bought);
    one.set("feasible", point.plan.feasible);
    one.set("cost_usd", point.plan.cost.total() / usd);
    for (const LostVendor& loss : point.losses) {
      Value each{Table{}};
      each.set("vendor", loss.vendor);
      each.set("from", report.problem.quarters[list_place(report.lost_from)].name);
      each.set("cost_usd", loss.cost / usd);
      each.set("more_usd", loss.more / usd);
      each.set("largest_unmet", loss.unmet);
      losses.push(std::move(each));
    }
    one.set("losses", std::move(losses));
    list.push(std::move(one));
  }
  return list;
}

std::string purchases_csv(const ProcurementReport& report) {
  std::string text =
      "# purchases by quarter of delivery; power as provisioned at the meter; prices of the "
      "quarter\nquarter,system,site,vendor,megawatts,accelerators,hardware_usd,facility_usd\n";
  for (const PlannedPurchase& each : report.plan.purchases) {
    const ProcurementOffer& offer = report.problem.offers[list_place(each.offer)];
    const ProcurementQuarter& quarter = report.problem.quarters[list_place(each.quarter)];
    const AllocationGroup& group = quarter.problem.groups[list_place(offer.group)];
    text += fmt::format("{},{},{},{},{},{},{},{}\n", quarter.name,
                        csv_cell(report.model.classes[list_place(group.device_class)].id),
                        csv_cell(report.model.sites[list_place(group.site)].id),
                        csv_cell(offer.vendor), each.power / megawatt, each.accelerators,
                        each.hardware / usd, each.facility / usd);
  }
  return text;
}

std::string work_csv(const ProcurementReport& report) {
  std::string text =
      "# accelerators at work by quarter, workload and group; unmet demand in units a second "
      "(group empty)\nquarter,workload,group,accelerators,unmet_per_second\n";
  for (std::size_t q = 0; q < report.plan.quarters.size(); ++q) {
    const PlannedQuarter& each = report.plan.quarters[q];
    for (std::size_t w = 0; w < each.unmet.size(); ++w) {
      const std::string head =
          report.problem.quarters[q].name + ',' + csv_cell(report.problem.names.workloads[w]) + ',';
      if (each.unmet[w] > 0) text += fmt::format("{},,{}\n", head, each.unmet[w]);
      for (std::size_t g = 0; g < each.accelerators[w].size(); ++g) {
        if (each.accelerators[w][g] > 0)
          text += fmt::format("{}{},{},\n", head, csv_cell(report.problem.names.groups[g]),
                              each.accelerators[w][g]);
      }
    }
  }
  return text;
}

std::string limits_csv(const ProcurementReport& report) {
  std::string text = "# limits that bind, and what one unit more saves\nwhat,unit,price,saves\n";
  for (const BindingLimit& each : report.plan.binding)
    text += fmt::format("{},{},{},{}\n", csv_cell(each.what), csv_cell(each.unit), each.price,
                        csv_cell(each.saves));
  return text;
}

std::string frontier_csv(const ProcurementReport& report) {
  std::string text =
      "# present cost by largest share of a vendor, and after a vendor is lost\n"
      "largest_share,share_bought,feasible,cost_usd,lost,lost_from,cost_after_usd,largest_unmet\n";
  for (const FrontierPoint& point : report.frontier) {
    for (const LostVendor& loss : point.losses)
      text += fmt::format("{},{},{},{},{},{},{},{}\n", point.largest_share, point.share_bought,
                          point.plan.feasible, point.plan.cost.total() / usd, csv_cell(loss.vendor),
                          report.problem.quarters[list_place(report.lost_from)].name,
                          loss.cost / usd, loss.unmet);
  }
  return text;
}

std::string front_csv(const ProcurementReport& report) {
  std::string text =
      "# what the fleet could do in one period; output as multiple of the demand\n"
      "least,output,energy_mwh,carbon_tonnes,cost_usd\n";
  const auto list = [&](const char* of, const std::vector<FrontPoint>& points) {
    for (const FrontPoint& point : points)
      text += fmt::format("{},{},{},{},{}\n", of, point.output, point.energy / megawatt_hour,
                          point.carbon / (1e6 * gram_co2e), point.cost / usd);
  };
  const FleetFront& front = report.front->front;
  list("energy", front.least_energy);
  list("carbon", front.least_carbon);
  list("cost", front.least_cost);
  list("cost under a limit of energy", front.trade);
  return text;
}

}  // namespace

Value procurement_json(const ProcurementReport& report) {
  Value json{Table{}};
  json.set("scenario", report.model.name);
  json.set("feasible", report.plan.feasible);
  json.set("interrupted", report.interrupted);
  if (report.plan.gap) json.set("gap", *report.plan.gap);
  json.set("present_cost_usd", cost_json(report.plan.cost));
  json.set("purchases", purchases_json(report));
  json.set("quarters", quarters_json(report));
  json.set("limits", limits_json(report.plan.binding));
  if (!report.frontier.empty()) json.set("diversification", frontier_json(report));
  if (report.front) json.set("front", front_json(report.model, *report.front));
  Value assumptions{Array{}};
  for (const std::string& line : report.assumptions) assumptions.push(line);
  for (const std::string& line : report.model.assumptions) assumptions.push(line);
  json.set("assumptions", std::move(assumptions));
  return json;
}

std::vector<std::pair<std::string, std::string>> procurement_csv(const ProcurementReport& report) {
  std::vector<std::pair<std::string, std::string>> files{{"purchases.csv", purchases_csv(report)},
                                                         {"plan_work.csv", work_csv(report)},
                                                         {"plan_limits.csv", limits_csv(report)}};
  if (!report.frontier.empty()) files.emplace_back("diversification.csv", frontier_csv(report));
  if (report.front) files.emplace_back("front.csv", front_csv(report));
  return files;
}

}  // namespace polyfleet
