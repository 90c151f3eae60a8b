// docs/scenarios.md ends with the field tables of a scenario: the same that read and check it. Run
// with POLYFLEET_ACCEPT=1 to rewrite the page.
#include <doctest/doctest.h>

#include <cstdlib>

#include "app/scenario_document.hpp"
#include "base/files.hpp"
#include "training/plan_fields.hpp"

using namespace polyfleet;

namespace {

template <class T>
std::string section(const std::string& title, const FieldTable<T>& fields) {
  return "### " + title + "\n\n" + reference_page(fields, T{}) + "\n";
}

std::string reference() {
  std::string text = section("Scenario", scenario_fields());
  text += section("[plan]", plan_fields());
  text += section("[plan.layout]", layout_fields());
  text += section("[plan.overlap]", overlap_fields());
  text += section("[plan.precision]", precision_fields());
  text += section("[plan.lora]", lora_fields());
  return text;
}

}  // namespace

TEST_CASE("the reference of scenarios is what the program reads") {
  const std::string path = std::string(POLYFLEET_SOURCE_DIR) + "/docs/scenarios.md";
  const auto page = read_file(path);
  REQUIRE(page.has_value());
  const std::string mark = "a test keeps them equal.\n\n";
  const std::size_t at = page->find(mark);
  REQUIRE(at != std::string::npos);
  const std::string before = page->substr(0, at + mark.size());
  if (std::getenv("POLYFLEET_ACCEPT") != nullptr) {
    REQUIRE(write_file(path, before + reference()).has_value());
  } else {
    CHECK_MESSAGE(page->substr(before.size()) == reference(),
                  "run POLYFLEET_ACCEPT=1 build/release/tests/test_app");
  }
}
