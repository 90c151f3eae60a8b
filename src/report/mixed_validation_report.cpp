#include "report/mixed_validation_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/csv.hpp"

namespace polyfleet {
namespace {

std::string missing_text(const MixedValidationRow& row) {
  return fmt::format("{}", fmt::join(row.missing, "; "));
}

Value texts(const std::vector<std::string>& list) {
  Array array;
  for (const std::string& each : list) array.push_back(Value(each));
  return Value(std::move(array));
}

Value ratio_json(const MixedValidationRow& row) {
  Value one{Table{}};
  one.set("source", row.source);
  one.set("url", row.url);
  one.set("workload", row.workload);
  one.set("compared", row.compared);
  one.set("published", row.published);
  one.set("predicted", row.predicted);
  one.set("points", row.points);
  one.set("low", row.low);
  one.set("high", row.high);
  one.set("catalogue_alone", row.bound);
  one.set("limit", row.limit);
  one.set("assumptions", texts(row.assumptions));
  return one;
}

}  // namespace

std::string mixed_validation_text(const MixedValidation& validation, PageStyle style) {
  TextTable ratios({"run", "throughput", "published", "predicted", "points", "other readings",
                    "catalogue alone", "points"});
  TextTable missing({"not set up", "what is missing"});
  for (const MixedValidationRow& row : validation.rows) {
    if (!row.set_up()) {
      missing.row({row.source + ": " + row.workload, missing_text(row)});
      continue;
    }
    ratios.row({row.workload, "over " + row.compared, fmt::format("{:.3f}", row.published),
                fmt::format("{:.3f}", row.predicted), fmt::format("{:+.1f}", row.points),
                fmt::format("{:.3f} to {:.3f}", row.low, row.high),
                fmt::format("{:.3f}", row.bound),
                fmt::format("{:+.1f}", 100 * (row.bound - row.published))});
  }
  std::string text = fmt::format(
      "throughput of mixed pools over that of one kind alone: {} of {} comparisons set up; within "
      "5 "
      "points: {} from catalogue data alone, {} with the software-maturity factors of each stack\n",
      validation.set_up, validation.rows.size(), validation.bound_within_five_points,
      validation.within_five_points);
  if (!ratios.empty()) text += '\n' + ratios.text(style);
  if (!missing.empty()) text += '\n' + missing.text(style);
  return text +
         "\nOther readings: the range over what the sources leave open, such as batch and sequence "
         "(validation/mixed_rows.toml).\n";
}

Value mixed_validation_json(const MixedValidation& validation) {
  Array ratios, missing;
  for (const MixedValidationRow& row : validation.rows) {
    if (row.set_up()) {
      ratios.push_back(ratio_json(row));
      continue;
    }
    Value one{Table{}};
    one.set("source", row.source);
    one.set("workload", row.workload);
    one.set("missing", texts(row.missing));
    missing.push_back(std::move(one));
  }
  Value json{Table{}};
  json.set("rows", validation.rows.size());
  json.set("set_up", validation.set_up);
  json.set("within_five_points", validation.within_five_points);
  json.set("catalogue_alone_within_five_points", validation.bound_within_five_points);
  json.set("ratios", Value(std::move(ratios)));
  json.set("not_set_up", Value(std::move(missing)));
  return json;
}

std::string mixed_validation_csv(const MixedValidation& validation) {
  std::string csv =
      "source,workload,compared,published,predicted,points,low,high,catalogue_alone,missing\n";
  for (const MixedValidationRow& row : validation.rows) {
    const std::string key = fmt::format("{},{},{}", csv_cell(row.source), csv_cell(row.workload),
                                        csv_cell(row.compared));
    csv += row.set_up() ? fmt::format("{},{},{},{},{},{},{},\n", key, row.published, row.predicted,
                                      row.points, row.low, row.high, row.bound)
                        : fmt::format("{},,,,,,,{}\n", key, csv_cell(missing_text(row)));
  }
  return csv;
}

}  // namespace polyfleet
