// Re-predicts every row of a table of published training runs and compares: the mirror of the
// training model.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "training/estimate.hpp"
#include "validation/interpretation.hpp"
#include "validation/statistics.hpp"

namespace polyfleet {

/// Which half of the sources: software-maturity factors and intervals are fitted on one, judged on
/// the other.
enum class ValidationSplit { all, train, test };

struct TrainValidationOptions {
  bool strict = false;  ///< software-maturity factor off
  ValidationSplit split = ValidationSplit::all;
  std::function<void(double share)> progress = {};
  const std::atomic<bool>* stop = nullptr;  ///< set: further rows are skipped, with the reason
};

/// One predicted row with what its error may come from.
struct TrainRow {
  Prediction prediction;  ///< step time in seconds
  std::string framework;  ///< profile id
  std::string family;     ///< accelerator family
  std::string workload;   ///< workload class
  std::string date;
  double maturity = 1;
  double log_sigma = 0;  ///< of the cost models
  bool fits_in_memory = true;
  bool in_fit_half = false;
  StepBreakdown where;
  std::vector<Assumption> assumptions;
};

struct TrainValidation {
  std::vector<TrainRow> rows;
  std::vector<SkippedRow> skipped;
  bool interrupted = false;  ///< rows were skipped because of the stop
  std::vector<Prediction> predictions() const;
};

/// `table` is CSV text with the columns of validation/training.csv. Faults of the file are
/// diagnosed; rows are skipped only with a reason.
Result<TrainValidation> validate_train(std::string_view table, const std::string& file,
                                       const Catalogue& catalogue, const TrainingModels& models,
                                       const std::filesystem::path& validation_directory,
                                       const TrainValidationOptions& options);

}  // namespace polyfleet
