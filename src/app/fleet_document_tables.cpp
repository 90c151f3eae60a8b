#include "app/fleet_document_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace polyfleet {
namespace {

/// A table that another part of the program reads: kept as it is written.
Field<FleetScenario> kept_field(std::string key, Value FleetScenario::*member, std::string help) {
  return {key,
          "table",
          std::move(help),
          false,
          [=](FleetScenario& into, const Value& value, Diagnostics& out) {
            if (value.table() == nullptr) return detail::not_a_table(value, key, out);
            into.*member = value;
          },
          [=](const FleetScenario& from) { return from.*member; }};
}

/// Fields of the tables that a StatedFleet holds.
FieldTable<FleetScenario> table_fields() {
  using S = FleetScenario;
  return {
      entry_field<S, StatedStudy>("study", &S::study, &study_fields, "days and aim"),
      entry_field<S, StatedFinance>("finance", &S::finance, &finance_fields, "what money costs"),
      entry_field<S, StatedPolicy>("policy", &S::policy, &policy_fields, "limits of allocation"),
      entry_list_field<S, StatedFleetSite>("site", &S::sites, &fleet_site_fields, "sites"),
      entry_list_field<S, StatedHardware>("hardware", &S::hardware, &hardware_fields,
                                          "what is said of systems beside the catalogue"),
      entry_list_field<S, StatedFleetPool>("pool", &S::pools, &fleet_pool_fields,
                                           "accelerators that are there when the study begins"),
      entry_list_field<S, StatedPhase>("phase", &S::phases, &phase_fields,
                                       "accelerators that come"),
      entry_list_field<S, StatedWorkload>("workload", &S::workloads, &workload_fields,
                                          "what is computed"),
      entry_list_field<S, StatedDeal>("deal", &S::stated_deals, &named_deal_fields,
                                      "deals of data/deals that hang on these phases"),
  };
}

}  // namespace

const FieldTable<StatedDeal>& named_deal_fields() {
  using D = StatedDeal;
  static const FieldTable<D> fields = with_origin<D>({
      required(text_field("name", &D::name, "id of data/deals, or a file of the same form")),
      text_field("program", &D::program,
                 "of phases, whose gigawatts it counts; open: the name of the deal"),
      day_field("valued_on", &D::valued_on,
                "day of its value; open: the deal's own, else the study's first"),
  });
  return fields;
}

const FieldTable<FleetScenario>& fleet_scenario_fields() {
  using S = FleetScenario;
  static const FieldTable<S> fields = [] {
    FieldTable<S> table{
        required(text_field<S>("name", &S::name, "for reports")),
        text_field<S>("description", &S::description, "for reports"),
    };
    for (Field<S>& field : table_fields()) table.push_back(std::move(field));
    table.push_back(
        kept_field("uncertainty", &S::uncertainty, "what futures draw; see docs/fleet_futures.md"));
    table.push_back(
        kept_field("plan", &S::plan, "what `plan fleet` may buy; see docs/fleet_planning.md"));
    return table;
  }();
  return fields;
}

FleetScenario read_fleet_scenario(const Value& document, Diagnostics& out) {
  FleetScenario scenario;
  scenario.where = document.where();
  scenario.written = document;
  read_fields(document, fleet_scenario_fields(), scenario, "scenario", out);
  if (document.find("study") == nullptr)
    out.push_back(problem_at(document.where(), "the scenario has no [study]",
                             "add [study] with begin = \"2026-07-01\" and end = \"2030-07-01\""));
  for (const StatedDeal& each : scenario.stated_deals) {
    for (const NamedDeal& other : scenario.deals) {
      if (other.name == each.name)
        out.push_back(problem_at(place_of(each, "name"),
                                 fmt::format("the deal '{}' stands twice", each.name)));
    }
    scenario.deals.push_back({each.name, each.program, each.where, each.valued_on});
  }
  return scenario;
}

}  // namespace polyfleet
