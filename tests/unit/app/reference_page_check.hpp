// A page under docs/ that ends with field tables: the same that read and check documents. Run
// test_app with POLYFLEET_ACCEPT=1 to rewrite the pages.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "base/files.hpp"
#include "config/fields.hpp"

namespace polyfleet {

template <class T>
std::string reference_section(const std::string& title, const FieldTable<T>& fields) {
  return "### " + title + "\n\n" + reference_page(fields, T{}) + "\n";
}

/// `page`: below docs/. What stands behind the sentence about this test must be `reference`.
inline void check_reference_page(const std::string& page, const std::string& reference) {
  const std::string path = std::string(POLYFLEET_SOURCE_DIR) + "/docs/" + page;
  const auto text = read_file(path);
  REQUIRE(text.has_value());
  const std::string mark = "a test keeps them equal.\n\n";
  const std::size_t at = text->find(mark);
  REQUIRE(at != std::string::npos);
  const std::string before = text->substr(0, at + mark.size());
  if (std::getenv("POLYFLEET_ACCEPT") != nullptr) {
    REQUIRE(write_file(path, before + reference).has_value());
  } else {
    CHECK_MESSAGE(text->substr(before.size()) == reference,
                  "run POLYFLEET_ACCEPT=1 build/release/tests/test_app");
  }
}

}  // namespace polyfleet
