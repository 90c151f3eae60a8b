#include "validation/train_validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "training/plan_check.hpp"
#include "validation/row_machines.hpp"

namespace polyfleet {
namespace {

class TrainValidator {
 public:
  TrainValidator(const Catalogue& catalogue, const TrainingModels& models,
                 const TruthInterpreter& interpreter, const TrainValidationOptions& options)
      : machines_(catalogue), models_(models), interpreter_(interpreter), options_(options) {}

  void add(const RowInterpretation& row) {
    const bool fits = interpreter_.fits_maturity(row.source);
    if (options_.split == ValidationSplit::train && !fits) return;
    if (options_.split == ValidationSplit::test && fits) return;
    if (!row.scenario) return skip(row, row.skip);
    if (options_.stop != nullptr && options_.stop->load()) {
      result_.interrupted = true;
      return skip(row, std::string(kStoppedBefore));
    }
    const Result<const Machine*> machine = machines_.machine(row);
    if (!machine) return skip(row, to_text(machine.problems().front()));
    TrainingScenario scenario = *row.scenario;
    std::vector<TrainingPlan> plans = row.alternatives;
    if (plans.empty()) plans.push_back(scenario.plan);
    std::optional<TrainingEstimate> best;
    std::string fault = "no mapping of the row can run";
    for (const TrainingPlan& plan : plans) {
      const Diagnostics problems = plan_problems(scenario.model, plan, scenario.devices);
      if (!problems.empty()) {
        fault = "contradicts itself: " + problems.front().what;
        continue;
      }
      scenario.plan = plan;
      TrainingEstimate estimate = estimate_training(scenario, **machine, models_, {},
                                                    {.software_maturity = !options_.strict,
                                                     .with_memory = plans.size() > 1,
                                                     .with_energy = false});
      const bool better =
          !best || (estimate.fits_in_memory && !best->fits_in_memory) ||
          (estimate.fits_in_memory == best->fits_in_memory && estimate.time < best->time);
      if (better) best = std::move(estimate);
    }
    if (!best) return skip(row, fault);
    keep(row, **machine, *best, fits);
  }

  TrainValidation take() { return std::move(result_); }

 private:
  void skip(const RowInterpretation& row, std::string reason) {
    result_.skipped.push_back(
        {row.id, row.source, row.vendor, row.accelerator, row.model, std::move(reason)});
  }

  void keep(const RowInterpretation& row, const Machine& machine, const TrainingEstimate& estimate,
            bool in_fit_half) {
    TrainRow kept;
    kept.prediction = {.id = row.id,
                       .source = row.source,
                       .vendor = row.vendor,
                       .accelerator = row.accelerator,
                       .model = row.model,
                       .measured = row.measured.time / second,
                       .predicted = estimate.time / second,
                       .low = estimate.time_low / second,
                       .high = estimate.time_high / second};
    kept.framework = row.scenario->framework;
    kept.family = machine.accelerator.family;
    kept.workload = name_of(row.scenario->workload_class());
    kept.date = row.scenario->release_date;
    kept.maturity = estimate.maturity.factor;
    kept.log_sigma = estimate.step.log_sigma;
    kept.fits_in_memory = estimate.fits_in_memory;
    kept.in_fit_half = in_fit_half;
    kept.where = estimate.step.where;
    kept.assumptions = row.scenario->assumptions;
    result_.rows.push_back(std::move(kept));
  }

  RowMachines machines_;
  const TrainingModels& models_;
  const TruthInterpreter& interpreter_;
  const TrainValidationOptions& options_;
  TrainValidation result_;
};

}  // namespace

std::vector<Prediction> TrainValidation::predictions() const {
  std::vector<Prediction> all;
  all.reserve(rows.size());
  for (const TrainRow& row : rows) all.push_back(row.prediction);
  return all;
}

Result<TrainValidation> validate_train(std::string_view table, const std::string& file,
                                       const Catalogue& catalogue, const TrainingModels& models,
                                       const std::filesystem::path& validation_directory,
                                       const TrainValidationOptions& options) {
  const Result<std::vector<TruthRow>> rows = read_truth(table, file);
  if (!rows) return rows.problems();
  RowShelves shelves(catalogue);
  const Result<TruthInterpreter> interpreter = TruthInterpreter::load(
      catalogue.directory().string(), validation_directory.string(), shelves.lookup());
  if (!interpreter) return interpreter.problems();
  TrainValidator validator(catalogue, models, *interpreter, options);
  const std::vector<RowInterpretation> read = interpreter->interpret(*rows);
  for (std::size_t i = 0; i < read.size(); ++i) {
    validator.add(read[i]);
    if (options.progress)
      options.progress(static_cast<double>(i + 1) / static_cast<double>(read.size()));
  }
  return validator.take();
}

}  // namespace polyfleet
