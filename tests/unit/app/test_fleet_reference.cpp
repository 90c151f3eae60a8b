// docs/fleet_scenarios.md ends with the field tables of fleet documents: the same that read and
// check them. Run with POLYFLEET_ACCEPT=1 to rewrite the page.
#include <doctest/doctest.h>

#include "app/fleet_document_tables.hpp"
#include "reference_page_check.hpp"

using namespace polyfleet;

namespace {

std::string fleet_reference() {
  std::string text = reference_section("A fleet (simulate fleet)", fleet_scenario_fields());
  text += reference_section("[study]", study_fields());
  text += reference_section("[[site]]", fleet_site_fields());
  text += reference_section("[[site.power]]", power_step_fields());
  text += reference_section("[site.battery]", battery_fields());
  text += reference_section("[site.generation]", generation_fields());
  text += reference_section("[site.curtailment]", curtailment_fields());
  text += reference_section("[[hardware]]", hardware_fields());
  text += reference_section("[[phase]]", phase_fields());
  text += reference_section("[[pool]]", fleet_pool_fields());
  text += reference_section("[[workload]]", workload_fields());
  text += reference_section("[[workload.demand]]", demand_fields());
  text += reference_section("[[workload.campaign]]", campaign_fields());
  text += reference_section("[[deal]]", named_deal_fields());
  text += reference_section("[finance]", finance_fields());
  text += reference_section("[policy]", policy_fields());
  text += reference_section("[[policy.share]]", vendor_share_fields());
  text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("the reference of fleet documents is what the program reads") {
  check_reference_page("fleet_scenarios.md", fleet_reference());
}
