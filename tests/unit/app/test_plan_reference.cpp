// docs/planner.md ends with the field tables of a plan question: the same that read and check it.
// Run with POLYFLEET_ACCEPT=1 to rewrite the page.
#include <doctest/doctest.h>

#include <cstdlib>

#include "app/cluster_document.hpp"
#include "app/plan_wishes.hpp"
#include "base/files.hpp"

using namespace polyfleet;

namespace {

template <class T>
std::string section(const std::string& title, const FieldTable<T>& fields) {
  return "### " + title + "\n\n" + reference_page(fields, T{}) + "\n";
}

std::string reference() {
  std::string text = section("Cluster", cluster_fields());
  text += section("[[pool]]", pool_fields());
  text += section("[[link]]", pool_link_fields());
  text += section("[search]", wishes_fields());
  text += section("[search.space]", space_fields());
  text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("the reference of plan questions is what the program reads") {
  const std::string path = std::string(POLYFLEET_SOURCE_DIR) + "/docs/planner.md";
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
