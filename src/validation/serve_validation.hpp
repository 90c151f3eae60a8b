// Re-predicts every row of a table of published serving runs and compares: each configuration is
// simulated once and gives all that its rows measured, each as its source defines it.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "validation/serve_case.hpp"
#include "validation/serve_tables.hpp"
#include "validation/statistics.hpp"
#include "validation/train_validation.hpp"

namespace polyfleet {

struct ServeValidationOptions {
  bool strict = false;  ///< nothing that was fitted to end-to-end rows: no host times
  ValidationSplit split = ValidationSplit::all;
  unsigned threads = 1;
  std::function<void(double share)> progress = {};  ///< called from any thread
  const std::atomic<bool>* stop = nullptr;  ///< set: what was not begun is skipped, with the reason
};

/// One predicted row and what its error may come from.
struct ServeRowResult {
  PredictedRow prediction;  ///< seconds, tokens per second or watts
  std::string configuration, engine, harness, date, metric;
  ServeKind kind = ServeKind::other;
  double log_sigma = 0;
  bool in_fit_half = false;
  std::vector<Assumption> assumptions;
};

/// A row left out, with the groups that it counts in.
struct ServeSkippedRow {
  SkippedRow row;
  std::string engine, harness, metric;
  ServeKind kind = ServeKind::other;
};

struct ServeValidation {
  std::vector<ServeRowResult> rows;
  std::vector<ServeSkippedRow> skipped;
  std::vector<ServeHarness> harnesses;
  std::size_t configurations = 0, simulated = 0;
  bool interrupted = false;  ///< rows were skipped because of the stop
};

/// `table` is CSV text with the columns of validation/inference.csv. Faults of the file are
/// diagnosed; rows are skipped only with a reason.
Result<ServeValidation> validate_serve(std::string_view table, const std::string& file,
                                       const Catalogue& catalogue,
                                       const std::filesystem::path& validation_directory,
                                       const ServeValidationOptions& options);

/// Every row as CSV: prediction, interval, what was assumed; skipped rows with their reason.
std::string serve_rows_csv(const ServeValidation& validation);

}  // namespace polyfleet
