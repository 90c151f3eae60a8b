// docs/serving.md ends with the field tables of serving documents: the same that read and check
// them. Run with POLYFLEET_ACCEPT=1 to rewrite the page.
#include <doctest/doctest.h>

#include <cstdlib>

#include "app/serving_document.hpp"
#include "app/serving_estimate.hpp"
#include "app/serving_settings.hpp"
#include "base/files.hpp"

using namespace polyfleet;

namespace {

template <class T>
std::string section(const std::string& title, const FieldTable<T>& fields) {
  return "### " + title + "\n\n" + reference_page(fields, T{}) + "\n";
}

std::string reference() {
  std::string text = section("A replica (estimate serve)", serving_estimate_fields());
  text += section("[load]", stated_load_fields());
  text += section("A service (simulate serve)", serving_fields());
  text += section("[[pool]]", serving_pool_fields());
  text += section("[pool.autoscaling]", autoscaling_fields());
  text += section("settings", engine_settings_fields());
  text += section("[[transfer]]", transfer_fields());
  text += section("[[class]]", class_fields());
  text += section("[[event]]", event_fields());
  text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("the reference of serving documents is what the program reads") {
  const std::string path = std::string(POLYFLEET_SOURCE_DIR) + "/docs/serving.md";
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
