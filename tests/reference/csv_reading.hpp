// Tables of reference figures: files of tests/reference/data and others, read whole.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "base/csv.hpp"
#include "base/files.hpp"

namespace polyfleet {

inline CsvTable csv_at(const std::string& path) {
  const auto text = read_file(path);
  REQUIRE(text);
  const auto parsed = CsvTable::parse(*text, path);
  if (!parsed) FAIL(to_text(parsed.problems()));
  return *parsed;
}

/// A file of tests/reference/data.
inline CsvTable csv_named(const std::string& name) {
  return csv_at(POLYFLEET_SOURCE_DIR "/tests/reference/data/" + name);
}

inline double number(const CsvTable& csv, const CsvRow& row, std::string_view column) {
  return *parse_number(row.cells[*csv.column(column)]);
}

}  // namespace polyfleet
