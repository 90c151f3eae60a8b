// What a row of published training runs means: a model, a machine and a complete plan, with every
// choice that the source does not state written down. Stated settings come first, then corrections,
// then sibling rows of the same source, then the framework's documented default at that date, last
// an inference. A row is left out only when the source leaves its workload undefined; why is
// counted.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/accelerator.hpp"
#include "planner/plan_space.hpp"
#include "training/scenario.hpp"
#include "units/quantity.hpp"
#include "validation/truth_row.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// A measured step time; `uncertainty` is its own relative error (0 = as printed).
struct MeasuredStep {
  Seconds time;
  double uncertainty = 0;
};

struct RowInterpretation {
  std::string id, source, vendor, accelerator, model;  ///< as the table names them
  std::optional<TrainingScenario> scenario;            ///< with its assumptions
  /// Not empty where the source names only "the best mapping": the fastest of these that fits is
  /// meant, and the scenario's plan is the first.
  std::vector<TrainingPlan> alternatives;
  int accelerators_per_node = 0;                 ///< 0 = the catalogue's
  std::optional<BytesPerSecond> scale_out_rate;  ///< per accelerator, where the row states it
  std::string workload;                          ///< dense, moe, lora or sft
  MeasuredStep measured;
  std::string skip;  ///< why there is no scenario; empty when there is one
  /// What the row's settings and its framework make of another cut; only where it was asked for.
  /// Safe for concurrent calls; the interpreter must outlive it.
  PlanTemplate replan;
};

/// How the interpreter finds catalogue entries; null pointer = not known. Names are ids, full names
/// or aliases, in any spelling the catalogue knows.
struct CatalogueLookup {
  std::function<const ModelSpec*(std::string_view)> model;
  std::function<const Accelerator*(std::string_view)> accelerator;
};

class TruthInterpreter {
 public:
  /// Reads data/frameworks and the mapping files beside the shipped tables (validation/*.toml,
  /// aliases.csv).
  static Result<TruthInterpreter> load(const std::string& data_folder,
                                       const std::string& validation_folder,
                                       CatalogueLookup lookup);
  TruthInterpreter(TruthInterpreter&&) noexcept;
  TruthInterpreter& operator=(TruthInterpreter&&) noexcept;
  ~TruthInterpreter();

  /// One result per row, in order; `with_templates` fills `replan`.
  std::vector<RowInterpretation> interpret(const std::vector<TruthRow>& rows,
                                           bool with_templates = false) const;
  /// The source a row counts under: its id up to the first dash, or the second one for series of
  /// independent publications (validation/split.toml).
  std::string source_of(std::string_view id) const;
  /// Whether the source belongs to the half that software-maturity factors are fitted on.
  bool fits_maturity(std::string_view source) const;

 private:
  struct Knowledge;
  explicit TruthInterpreter(std::unique_ptr<Knowledge> knowledge);
  std::unique_ptr<Knowledge> knowledge_;
};

}  // namespace polyfleet
