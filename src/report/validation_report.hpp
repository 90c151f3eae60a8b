// Errors of a validation as tables and JSON: overall, by vendor, by accelerator, by source, by
// model, what was skipped and why, and the worst rows. ape = |predicted / measured - 1|, a
// fraction.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/value.hpp"
#include "report/table.hpp"
#include "validation/statistics.hpp"

namespace polyfleet {

/// A further table of a validation, with the same content as JSON under `key`.
struct ValidationTable {
  std::string key;
  TextTable table;
  Value json;
};

struct ValidationReport {
  std::string title;  ///< "training (default)"
  std::string unit;   ///< of measured and predicted in `worst rows`: "s", "us", "bytes"
  std::vector<PredictedRow> predictions;
  std::vector<SkippedRow> skipped;
  /// Rows of the file that ask for something else (a GEMM in a validation of collectives): not part
  /// of `rows`, but counted by reason.
  std::map<std::string, std::size_t> other_rows;
  bool has_intervals = true;  ///< false: predictions come without an interval, no coverage is shown
  std::vector<ValidationTable> more;
  std::string remark;        ///< one sentence below the tables; may be empty
  bool interrupted = false;  ///< stopped: rows that were not predicted are among the skipped
};

/// {rows, predicted, median_ape, p90_ape, median_bias, coverage80, source_median_ape, overall,
/// by_vendor, by_accelerator, by_source, by_model, skipped: [{reason, count}]}. The overall figures
/// stand at the top and under "overall". A group without a predicted row has null errors.
Value validation_json(const ValidationReport& report);

/// The same as tables; `worst` rows by absolute error at the end.
std::string validation_text(const ValidationReport& report, PageStyle style,
                            std::size_t worst = 10);

/// "INTERRUPTED: ..." with how many rows the errors are of; empty where nothing is missing.
std::string validation_interrupted_text(const ValidationReport& report);

/// One line: rows, predicted, median, p90, bias, coverage, median over sources.
std::string validation_summary(const ValidationReport& report);

}  // namespace polyfleet
