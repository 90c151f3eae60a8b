#include "validation/corrections.hpp"

#include <fmt/format.h>

#include "config/fields.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

FieldTable<RowCorrection> correction_fields() {
  using C = RowCorrection;
  return {required(text_field("id", &C::id, "row id or pattern")),
          text_field("column", &C::column, "the cell"),
          text_field("when", &C::when, "only if the cell holds this"),
          text_field("value", &C::value, "new content"),
          number_field("factor", &C::factor, {0, 1e6}, "multiply the number in the cell"),
          bool_field("fill", &C::fill, "only if the cell is empty"),
          bool_field("exclude", &C::exclude, "leave the row out"),
          required(text_field("reason", &C::reason, "why")),
          required(text_field("source", &C::source, "where it stands"))};
}

bool applies(const RowCorrection& correction, const TruthRow& row) {
  if (!fits_pattern(row.text("id"), correction.id)) return false;
  if (correction.exclude) return true;
  const std::string_view now = row.text(correction.column);
  if (correction.fill && !now.empty()) return false;
  return correction.when.empty() || correction.when == now;
}

}  // namespace

Result<std::vector<RowCorrection>> read_corrections(const Value& document) {
  const Value* list = document.find("correction");
  if (list == nullptr || list->array() == nullptr)
    return problem_at(document.where(), "no [[correction]] in the file");
  std::vector<RowCorrection> corrections;
  Diagnostics problems;
  for (const Value& entry : *list->array()) {
    RowCorrection correction;
    read_fields(entry, correction_fields(), correction, "a correction", problems);
    const bool acts = correction.exclude || !correction.value.empty() || correction.factor > 0;
    if (!acts || (!correction.exclude && correction.column.empty()))
      problems.push_back(problem_at(entry.where(), "a correction that changes nothing",
                                    "give column and value, column and factor, or exclude"));
    corrections.push_back(std::move(correction));
  }
  if (!problems.empty()) return problems;
  return corrections;
}

std::vector<AppliedCorrection> correct(TruthRow& row,
                                       const std::vector<RowCorrection>& corrections) {
  std::vector<AppliedCorrection> applied;
  for (const RowCorrection& correction : corrections) {
    if (!applies(correction, row)) continue;
    std::string value = correction.value;
    if (correction.factor > 0 && !correction.exclude) {
      const std::optional<double> now = row.number(correction.column);
      if (!now) continue;
      value = fmt::format("{}", *now * correction.factor);
    }
    applied.push_back(
        {correction.column, value, correction.source, correction.exclude, correction.reason});
    if (!correction.exclude) row.cells[correction.column] = value;
  }
  return applied;
}

}  // namespace polyfleet
