// docs/planner.md ends with the field tables of a plan question: the same that read and check it.
// Run with POLYFLEET_ACCEPT=1 to rewrite the page.
#include <doctest/doctest.h>

#include "app/cluster_document.hpp"
#include "app/plan_wishes.hpp"
#include "reference_page_check.hpp"

using namespace polyfleet;

namespace {

std::string plan_reference() {
  std::string text = reference_section("Cluster", cluster_fields());
  text += reference_section("[[pool]]", pool_fields());
  text += reference_section("[[link]]", pool_link_fields());
  text += reference_section("[search]", wishes_fields());
  text += reference_section("[search.space]", space_fields());
  text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("the reference of plan questions is what the program reads") {
  check_reference_page("planner.md", plan_reference());
}
