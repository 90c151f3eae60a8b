// Numbers of a page held against those of the same answer's JSON: which column of which figure says
// what, in which unit. The two come to the same numbers on different ways.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "page_check.hpp"

namespace polyfleet {

/// Numbers below a place of a document: "memory/stages/*/total_bytes"; '*' stands for every element
/// of a list or member of a table, a number for one element. What is null or not there is NaN.
inline void collect_numbers(const Value* at, std::string_view path, std::vector<double>& into) {
  if (path.empty() || at == nullptr) {
    const auto number = at == nullptr ? std::nullopt : at->number();
    into.push_back(number ? *number : std::numeric_limits<double>::quiet_NaN());
    return;
  }
  const std::size_t slash = std::min(path.find('/'), path.size());
  const std::string key(path.substr(0, slash));
  const std::string_view rest = path.substr(std::min(slash + 1, path.size()));
  const Array* elements = at->array();
  if (key != "*") {
    const bool place = elements != nullptr;
    const Value* next = !place                               ? at->find(key)
                        : std::stoul(key) < elements->size() ? &(*elements)[std::stoul(key)]
                                                             : nullptr;
    return collect_numbers(next, rest, into);
  }
  if (elements != nullptr)
    for (const Value& element : *elements) collect_numbers(&element, rest, into);
  if (at->table() != nullptr)
    for (const auto& [name, member] : *at->table()) collect_numbers(&member, rest, into);
}

inline std::vector<double> numbers_at(const Value& json, std::string_view path) {
  std::vector<double> numbers;
  collect_numbers(&json, path, numbers);
  return numbers;
}

inline double number_at_path(const Value& json, std::string_view path) {
  const std::vector<double> numbers = numbers_at(json, path);
  REQUIRE_MESSAGE(numbers.size() == 1, std::string(path));
  return numbers.front();
}

/// Pages keep six digits of long series: half a unit of the sixth is 5e-6 of the least such number.
inline bool page_equal(double a, double b, double tolerance = 6e-6) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b)) + 1e-12;
}

/// Every row of the column is the number at the path times the factor, in order.
struct ColumnSource {
  std::string figure, column, unit, path;
  double factor = 1;
};

inline void check_columns(const FigurePage& page, const Value& json,
                          const std::vector<ColumnSource>& sources) {
  for (const ColumnSource& each : sources) {
    CAPTURE(each.figure);
    CAPTURE(each.column);
    const PageFigure& figure = figure_of(page, each.figure);
    const std::vector<double>& shown = numbers_of(figure, each.column);
    CHECK(figure.data.find(each.column)->unit == each.unit);
    const std::vector<double> said = numbers_at(json, each.path);
    REQUIRE(shown.size() == said.size());
    CHECK(!shown.empty());
    for (std::size_t row = 0; row < shown.size(); ++row) {
      CAPTURE(row);
      CAPTURE(shown[row]);
      CAPTURE(said[row] * each.factor);
      CHECK(page_equal(shown[row], said[row] * each.factor));
    }
  }
}

/// The row whose word in this column is `word`.
inline std::size_t row_of(const PageFigure& figure, std::string_view column,
                          std::string_view word) {
  const DataColumn* found = figure.data.find(column);
  REQUIRE(found != nullptr);
  const auto at = std::find(found->words.begin(), found->words.end(), word);
  REQUIRE_MESSAGE(at != found->words.end(), std::string(word));
  return static_cast<std::size_t>(at - found->words.begin());
}

inline double cell_of(const PageFigure& figure, std::string_view column, std::size_t row) {
  return numbers_of(figure, column)[row];
}

/// Rows of a stacked chart summed over its values.
inline std::vector<double> stack_sums(const PageFigure& figure,
                                      const std::vector<std::string>& values) {
  std::vector<double> sums(figure.data.rows(), 0.0);
  for (const std::string& name : values) {
    const std::vector<double>& column = numbers_of(figure, name);
    for (std::size_t row = 0; row < sums.size(); ++row) sums[row] += column[row];
  }
  return sums;
}

}  // namespace polyfleet
