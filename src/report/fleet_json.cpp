#include "report/fleet_json.hpp"

#include "report/fleet_costs.hpp"
#include "report/fleet_limits.hpp"
#include "report/fleet_lines.hpp"
#include "report/fleet_spread.hpp"
#include "report/futures_text.hpp"
#include "report/json_parts.hpp"

namespace polyfleet {
namespace {

Value day_json(const FleetTime& time, FleetHour at) {
  return at == kNoHour ? Value() : Value(print_date(time.date_of(at)));
}

Value period_json(const FleetTime& time, int period) {
  return print_date(time.date_of(time.first_hour(period)));
}

Value spread_json(const OutcomeSpread& spread) {
  return json_table({{"mean", spread.mean},
                     {"p5", spread.p5},
                     {"p25", spread.p25},
                     {"p50", spread.p50},
                     {"p75", spread.p75},
                     {"p95", spread.p95}});
}

Value study_json(const FleetAnswer& answer) {
  const FleetModel& model = answer.model;
  const Ledger& ledger = answer.run.ledger;
  return json_table({{"name", model.name},
                     {"begin", print_date(model.time.begin())},
                     {"end", print_date(model.time.end())},
                     {"period_days", model.time.period_days()},
                     {"periods", model.time.periods()},
                     {"objective", name_of(model.policy.objective)},
                     {"feasible", answer.run.feasible()},
                     {"interrupted", answer.run.interrupted},
                     {"ledger_rows", ledger.rows().size()},
                     {"energy_imbalance", ledger.energy_imbalance()}});
}

Value lines_json(const FleetAnswer& answer, FleetSliceKind kind) {
  const std::vector<FleetSlice> slices = fleet_slices(answer.model.time, kind);
  Value lines{Table{}};
  for (const FleetLine& line : fleet_lines(answer.model, answer.run, slices)) {
    Value values{Table{}};
    for (std::size_t i = 0; i < slices.size(); ++i) values.set(slices[i].name, line.values[i]);
    Value json = json_table({{"unit", line.unit},
                             {"how", name_of(line.kind)},
                             {"all", line.total},
                             {"by", values},
                             {"from", line.from}});
    if (answer.futures) {
      if (const auto spread = spread_of(*answer.futures, line))
        json.set("futures", spread_json(*spread));
    }
    lines.set(line.key, json);
  }
  return lines;
}

Value programs_json(const FleetAnswer& answer) {
  Value programs{Array{}};
  for (const ProgramMilestones& each : answer.run.programs) {
    Value days{Array{}};
    for (const FleetHour at : each.gigawatts) days.push(day_json(answer.model.time, at));
    programs.push(json_table({{"program", each.program},
                              {"accepted_gw", each.accepted_at_end},
                              {"gigawatt_passed", days}}));
  }
  return programs;
}

Value campaigns_json(const FleetAnswer& answer, const FleetCosts& costs) {
  Value campaigns{Array{}};
  for (const CampaignOutcome& each : answer.run.campaigns) {
    const FleetWorkload& workload = answer.model.workloads[static_cast<std::size_t>(each.workload)];
    Value json = json_table({{"id", each.id},
                             {"workload", workload.id},
                             {"unit", workload.unit},
                             {"amount", each.amount},
                             {"done", each.done},
                             {"flop", each.done * workload.flops_per_unit}});
    for (const Campaign& campaign : workload.campaigns) {
      if (campaign.id != each.id) continue;
      json.set("begins", day_json(answer.model.time, campaign.start));
      json.set("deadline", day_json(answer.model.time, campaign.deadline));
    }
    json.set("ends", day_json(answer.model.time, each.finished));
    json.set("where", each.where);
    json.set("cost_usd", cost_of(costs, answer.run, each) / usd);
    campaigns.push(json);
  }
  return campaigns;
}

Value phase_cost_json(const PhaseCost& cost) {
  return json_table({{"hardware_usd", cost.capital / usd},
                     {"building_usd", cost.facility / usd},
                     {"energy_usd", cost.energy / usd},
                     {"upkeep_usd", cost.upkeep / usd},
                     {"rent_usd", cost.rent / usd},
                     {"cost_usd", cost.total() / usd},
                     {"gigawatt_years", cost.gigawatt_years},
                     {"accelerator_hours", cost.accelerator_hours}});
}

Value costs_json(const FleetAnswer& answer, const FleetCosts& costs) {
  const FleetModel& model = answer.model;
  Value phases{Array{}}, workloads{Array{}}, owners{Table{}};
  for (std::size_t i = 0; i < costs.phases.size(); ++i) {
    Value json = phase_cost_json(costs.phases[i]);
    json.set("phase", model.phases[i].id);
    json.set("program", model.phases[i].program);
    json.set("ownership", name_of(model.phases[i].ownership));
    phases.push(json);
  }
  for (const Ownership each : {Ownership::owned, Ownership::take_or_pay, Ownership::on_demand})
    owners.set(std::string(name_of(each)), phase_cost_json(cost_of(costs, model, each)));
  for (std::size_t i = 0; i < costs.workloads.size(); ++i) {
    const WorkloadCost& cost = costs.workloads[i];
    workloads.push(
        json_table({{"workload", model.workloads[i].id},
                    {"cost_usd", cost.cost / usd},
                    {"accelerator_hours", cost.accelerator_hours},
                    {"unit", model.workloads[i].unit},
                    {"units", cost.units},
                    {"tokens", cost.tokens},
                    {"usd_per_million_tokens",
                     cost.tokens == 0 ? Value() : Value(cost.cost / usd / cost.tokens * 1e6)}}));
  }
  return json_table({{"total_usd", costs.total() / usd},
                     {"net_present_value_usd", net_present_value(model, answer.run.ledger) / usd},
                     {"idle_usd", costs.idle / usd},
                     {"unplaced_usd", costs.unplaced / usd},
                     {"by_ownership", owners},
                     {"by_phase", phases},
                     {"by_workload", workloads}});
}

Value binding_json(const std::vector<BindingLimit>& binding) {
  Value limits{Array{}};
  for (const BindingLimit& each : binding)
    limits.push(json_table(
        {{"what", each.what}, {"unit", each.unit}, {"price", each.price}, {"saves", each.saves}}));
  return limits;
}

Value limits_json(const FleetAnswer& answer) {
  const FleetTime& time = answer.model.time;
  Value limits{Array{}}, missed{Array{}};
  for (const LimitSummary& each : limit_summaries(answer.run.binding))
    limits.push(json_table({{"what", each.what},
                            {"unit", each.unit},
                            {"periods", each.periods},
                            {"first", period_json(time, each.first)},
                            {"last", period_json(time, each.last)},
                            {"price_mean", each.mean},
                            {"price_most", each.most},
                            {"saves", each.saves},
                            {"worth", each.worth}}));
  for (const MissedDemand& each : missed_demands(answer.model, answer.run)) {
    const FleetWorkload& workload = answer.model.workloads[static_cast<std::size_t>(each.workload)];
    missed.push(json_table({{"workload", workload.id},
                            {"unit", workload.unit},
                            {"periods", each.periods},
                            {"first", period_json(time, each.first)},
                            {"last", period_json(time, each.last)},
                            {"worst", period_json(time, each.worst)},
                            {"unmet_per_second", each.most},
                            {"binding", binding_json(each.binding)}}));
  }
  return json_table({{"binding", limits}, {"missed", missed}});
}

Value rates_json(const FleetModel& model) {
  Value rates{Array{}};
  for (std::size_t w = 0; w < model.rates.size(); ++w) {
    for (std::size_t c = 0; c < model.rates[w].size(); ++c) {
      const WorkloadRate& rate = model.rates[w][c];
      Value json = json_table({{"workload", model.workloads[w].id},
                               {"class", model.classes[c].id},
                               {"possible", rate.possible}});
      if (rate.possible) {
        json.set("unit", model.workloads[w].unit);
        json.set("per_second", rate.per_second);
        json.set("active_w", rate.active / watt);
        json.set("low", rate.low);
        json.set("high", rate.high);
        json.set("goodput", rate.goodput);
        json.set("basis", rate.basis);
      } else {
        json.set("reason", rate.reason);
      }
      rates.push(json);
    }
  }
  return rates;
}

Value classes_json(const FleetModel& model) {
  Value classes{Array{}};
  for (const DeviceClass& each : model.classes)
    classes.push(json_table(
        {{"class", each.id},
         {"vendor", each.vendor},
         {"accelerator", each.accelerator},
         {"system", each.system},
         {"idle_w", each.idle / watt},
         {"rated_w", each.rated / watt},
         {"provisioned_w", each.provisioned / watt},
         {"accelerators_a_gigawatt", each.provisioned == Watts{} ? 0 : gigawatt / each.provisioned},
         {"power_basis", each.power_basis}}));
  return classes;
}

}  // namespace

Value fleet_json(const FleetAnswer& answer, FleetSliceKind slices) {
  const FleetCosts costs = fleet_costs(answer.model, answer.run);
  Value assumptions{Array{}};
  for (const std::string& each : answer.model.assumptions) assumptions.push(each);
  Value json = json_table({{"study", study_json(answer)},
                           {"programs", programs_json(answer)},
                           {"lines", lines_json(answer, slices)},
                           {"campaigns", campaigns_json(answer, costs)},
                           {"costs", costs_json(answer, costs)},
                           {"limits", limits_json(answer)},
                           {"deals", deals_json(answer.deals)},
                           {"classes", classes_json(answer.model)},
                           {"rates", rates_json(answer.model)},
                           {"assumptions", assumptions}});
  if (answer.futures) json.set("futures", futures_document(*answer.futures));
  return json;
}

}  // namespace polyfleet
