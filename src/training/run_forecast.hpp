// A whole training run from one step: failures, checkpoints, restarts, spares and stragglers
// between the first token and the last; end date, energy and cost. For any caller that holds an
// estimate of the step (estimate train, the planner). Deterministic; the simulation of the same
// process is training/goodput_simulation.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "training/calendar.hpp"
#include "training/checkpoint.hpp"
#include "training/checkpoint_interval.hpp"
#include "training/estimate.hpp"
#include "training/goodput.hpp"
#include "training/reliability.hpp"

namespace polyfleet {

/// What is asked of a run beside its scenario.
struct RunQuestion {
  double tokens = 0;
  std::optional<CalendarDate> start;
  CheckpointRequest checkpoint;
  std::optional<int> spare_nodes;  ///< unstated: what `spare_availability` needs
  double spare_availability = 0.999;
  std::string failure_record;  ///< id of data/reliability/failures.toml; empty = by accelerator
};

/// Every mistake in a question: tokens below one step's, negative spares, an interval or write
/// time that is not positive, an unknown record.
Diagnostics question_problems(const RunQuestion& question, const ReliabilityData& data);

/// Where the run's time goes; `time` of all rows sums to the run.
struct RunPart {
  std::string name;
  Seconds time;
};

/// The run at one corner of what is uncertain.
struct RunCase {
  Seconds step;  ///< with stragglers
  Hertz failure_rate;
  Seconds length;
  double ettr = 0;     ///< productive over all time
  double goodput = 0;  ///< against the step estimate: stragglers count as loss too
  std::optional<CalendarDate> end;
  std::optional<Joules> energy;  ///< at the meter, spares and waiting included
  std::optional<Usd> cost;
  std::optional<Usd> electricity;
  std::optional<GramsCo2e> carbon;
};

struct SpareNodes {
  int nodes = 0;
  int needed = 0;  ///< for the question's availability
  int accelerators_per_node = 1;
  double waiting_share = 0;
  bool stated = false;
};

struct RunForecast {
  double tokens = 0;
  double steps = 0;
  double straggler_factor = 1;
  FailureModel failures;  ///< points into the ReliabilityData
  CheckpointCost checkpoint;
  IntervalChoice interval;
  SpareNodes spares;
  double expected_failures = 0, expected_planned = 0;
  std::vector<RunPart> parts;
  RunCase expected;
  RunCase best, worst;  ///< ends of the step's 80 % interval with the ends of the failure rates
  RunProcess process;   ///< of the expected case
  std::vector<Assumption> assumptions;
  std::vector<std::string> warnings;  ///< where the forecast is outside its validity
};

/// The forecast; `data` must outlive it. Precondition: question_problems() is empty; the estimate
/// is that of the scenario on this machine, with energy.
RunForecast forecast_run(const TrainingEstimate& estimate, const TrainingScenario& scenario,
                         const Machine& machine, const RunQuestion& question,
                         const ReliabilityData& data);

}  // namespace polyfleet
