// From a scenario and what a user asks of its run (`polyfleet estimate run`) to the forecast:
// texts of the command line or a form become a RunQuestion, the step is estimated, the run forecast
// and, where asked, simulated.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/training_run.hpp"
#include "report/run_report.hpp"

namespace polyfleet {

/// A run's question as written; an empty text was not stated.
struct RunTexts {
  std::string tokens;            ///< "15e12"
  std::string start;             ///< "2026-12-01"
  std::string checkpoint_write;  ///< "60 s"
  std::string storage;           ///< "2 TB/s"
  std::string interval;          ///< "30 min"
  std::string spares;            ///< nodes
  std::string failures;          ///< id of a failure record
  bool asynchronous = false, in_memory = false;
};

/// Errors: every text that cannot be read, what contradicts, question_problems().
Result<RunQuestion> run_question(const RunTexts& texts, const ReliabilityData& data);

/// How often to play the run.
struct SimulationRequest {
  std::int64_t runs = 0;  ///< 0 = not at all
  std::int64_t seed = 1;
};

struct RunEstimate {
  std::unique_ptr<const ReliabilityData> data;  ///< the forecast points into it
  RunQuestion question;
  TrainingRun training;
  RunForecast forecast;
  std::optional<SimulatedRuns> simulated;
};

/// Errors: those of the question; fewer tokens than a step has; simulating more runs than a million
/// or a run longer than the simulated clock.
Result<std::unique_ptr<RunEstimate>> run_estimate(Workspace& workspace, ResolvedTraining resolved,
                                                  const RunTexts& texts,
                                                  const SimulationRequest& simulation, bool strict);

}  // namespace polyfleet
