// docs/serving.md ends with the field tables of serving documents: the same that read and check
// them. Run with POLYFLEET_ACCEPT=1 to rewrite the page.
#include <doctest/doctest.h>

#include "app/serving_document.hpp"
#include "app/serving_estimate.hpp"
#include "app/serving_settings.hpp"
#include "reference_page_check.hpp"

using namespace polyfleet;

namespace {

std::string serving_reference() {
  std::string text = reference_section("A replica (estimate serve)", serving_estimate_fields());
  text += reference_section("[load]", stated_load_fields());
  text += reference_section("A service (simulate serve)", serving_fields());
  text += reference_section("[[pool]]", serving_pool_fields());
  text += reference_section("[pool.autoscaling]", autoscaling_fields());
  text += reference_section("settings", engine_settings_fields());
  text += reference_section("[[transfer]]", transfer_fields());
  text += reference_section("[[class]]", class_fields());
  text += reference_section("[[event]]", event_fields());
  text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("the reference of serving documents is what the program reads") {
  check_reference_page("serving.md", serving_reference());
}
