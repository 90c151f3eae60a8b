// docs/scenarios.md ends with the field tables of a scenario: the same that read and check it. Run
// with POLYFLEET_ACCEPT=1 to rewrite the page.
#include <doctest/doctest.h>

#include "app/scenario_document.hpp"
#include "reference_page_check.hpp"
#include "training/plan_fields.hpp"

using namespace polyfleet;

namespace {

std::string scenario_reference() {
  std::string text = reference_section("Scenario", scenario_fields());
  text += reference_section("[plan]", plan_fields());
  text += reference_section("[plan.layout]", layout_fields());
  text += reference_section("[plan.overlap]", overlap_fields());
  text += reference_section("[plan.precision]", precision_fields());
  text += reference_section("[plan.lora]", lora_fields());
  return text;
}

}  // namespace

TEST_CASE("the reference of scenarios is what the program reads") {
  check_reference_page("scenarios.md", scenario_reference());
}
