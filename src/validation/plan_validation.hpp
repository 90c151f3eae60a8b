// The planner against people: for every published plan that was tuned for its machine, the best
// plan that the planner finds for the same model, devices, batch, sequence, precision and
// framework, and where the published one stands among all plans that fit. Both are predicted by the
// same model, so a published plan that stands badly points at what the model misses (or at what its
// authors did).
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planner/plan_search.hpp"
#include "validation/row_machines.hpp"
#include "validation/statistics.hpp"

namespace polyfleet {

struct PlanValidationOptions {
  bool strict = false;     ///< software-maturity factor off
  std::size_t limit = 0;   ///< most configurations, evenly spread over the table; 0 = all
  std::size_t sample = 0;  ///< plans evaluated for a standing; a larger space is sampled
  unsigned threads = 1;
  /// Called from any thread with the share that is done.
  std::function<void(double)> progress = {};
  const std::atomic<bool>* stop = nullptr;  ///< set: further plans are skipped, with the reason
};

/// Plans of one space by their predicted time against the published one.
struct PlanStanding {
  std::int64_t plans = 0;      ///< in the space, on all devices
  std::int64_t evaluated = 0;  ///< of them, drawn without regard to anything (all: exact)
  std::int64_t fitting = 0;    ///< of the evaluated ones
  std::int64_t faster = 0;     ///< of the fitting ones, faster than the published plan

  bool exact() const { return evaluated == plans; }
  /// Share of the fitting plans that are faster; 0 when none fits.
  double share_faster() const;
  /// Standard error of that share; 0 where it is exact.
  double error() const;
};

/// One distinct published configuration.
struct JudgedPlan {
  std::string id, source, vendor, accelerator, model, framework, workload;
  std::vector<std::string> equal_rows;  ///< further rows with this configuration
  std::int64_t devices = 0;
  TrainingPlan published;
  Seconds measured, predicted;  ///< of the published plan
  StepBreakdown where;
  Bytes memory, capacity;  ///< of the fullest device; capacity 0 = not published
  bool fits = true;
  /// Empty when the planner could have chosen the published plan; else what stands against it.
  std::string outside;
  std::optional<PlannedPlan> best;  ///< nothing: no plan fits
  StepBreakdown best_where;
  PlanCounts counts;
  PlanStanding standing;

  /// Predicted time of the published plan over that of the planner's; 1 without a plan.
  double ratio() const;
  /// The planner's plan is no slower. Always so when the published plan fits and lies in the space.
  bool planner_holds() const;
};

struct PlanValidation {
  std::vector<JudgedPlan> plans;
  std::vector<SkippedRow> skipped;
  std::size_t rows = 0;      ///< of the table
  std::size_t repeated = 0;  ///< rows whose configuration an earlier row has
  bool interrupted = false;  ///< plans were skipped because of the stop
};

/// `table` is CSV text as validate_train takes it. Rows are skipped only with a reason.
Result<PlanValidation> validate_plans(std::string_view table, const std::string& file,
                                      const Catalogue& catalogue, const TrainingModels& models,
                                      const std::filesystem::path& validation_directory,
                                      const PlanValidationOptions& options);

/// "TP8 PP4x2 CP1 EP1 DP16, micro-batch 1, recompute none".
std::string plan_in_words(const TrainingPlan& plan);

}  // namespace polyfleet
