// Published figures as pages of the catalogue need them: a number in the column's unit, its range,
// who states it and where it stands; every figure of a document, one row each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/catalogue.hpp"
#include "chart/figure.hpp"
#include "units/text.hpp"
#include "view/unknown.hpp"

namespace polyfleet {

struct Stated {
  double value = kUnknown, low = kUnknown, high = kUnknown;  ///< in the column's unit
  std::string text, status, source, note;
  bool known() const { return !text.empty(); }
};

/// `unit`: one of the column's unit in base units.
template <class Q>
Stated stated(const std::optional<Figure<Q>>& figure, double unit) {
  Stated found;
  if (!figure) return found;
  found.value = figure->value.base() / unit;
  found.low = figure->low.base() / unit;
  found.high = figure->high.base() / unit;
  found.text = print_quantity(figure->value);
  found.status = name_of(figure->status);
  found.source = figure->source;
  found.note = figure->note;
  return found;
}

/// A member of a document that states a value: "peak.bf16", "2516.6 TFLOP/s" as the file writes it.
/// `sourced`: a figure with a status; else a plain member, as a name.
struct StatedRow {
  std::string entry, key, value, status, source, note;
  bool sourced = false;
};

/// Every member of an entry's document in the file's order; lists and texts as they stand.
std::vector<StatedRow> stated_rows(const std::string& entry, const Value& document);

/// The rows as a table with titles of sources in place of their keys, and those sources. `entries`:
/// with a column that names the entry.
PageFigure stated_table(const std::vector<StatedRow>& rows, bool entries,
                        const Catalogue& catalogue);

/// How many figures stand on each kind of statement, surest first.
PageFigure statement_figure(const std::vector<StatedRow>& rows);

}  // namespace polyfleet
