// A fleet study from its document to its answer: rates are predicted (or found where they are
// kept), the plan is played out, its deals are valued on the plan's deliveries, and the futures are
// played where asked for. What `polyfleet simulate fleet` and `polyfleet main-job` run.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "app/fleet_document.hpp"
#include "app/question.hpp"
#include "app/scenario_document.hpp"
#include "report/fleet_answer.hpp"

namespace polyfleet {

struct FleetStudyOptions {
  int futures = 0;                   ///< 0 = the plan alone
  std::uint64_t seed = 1;            ///< of the futures and of share prices
  std::filesystem::path store;       ///< of futures: to resume from and append to; empty = none
  bool with_tornado = false;         ///< what matters, one input at a time
  bool with_tree = false;            ///< the scenario's branches
  bool with_hourly = false;          ///< every hour of every site
  std::filesystem::path rates;       ///< folder in which predictions are kept; empty = none
  std::int64_t share_paths = 20000;  ///< of share prices
  unsigned threads = 2;
  const std::atomic<bool>* stop = nullptr;
  /// What is being done and the share done (below 0 = unknown).
  std::function<void(const std::string& what, double share)> progress = {};
};

/// The fleet that is asked about: the question's scenario with its settings laid over it, read and
/// checked.
Result<FleetDocument> fleet_document_of(const Question& question, const RunControl& control,
                                        Workspace& workspace);
/// The same of the file at a path.
Result<FleetDocument> fleet_document_at(const std::string& path,
                                        const std::vector<Setting>& settings, Workspace& workspace);

/// Fills in the rates of the document's model. Errors: unknown names, faulty questions.
Diagnostics fill_rates(FleetDocument& document, const Workspace& workspace,
                       const FleetStudyOptions& options);

/// The whole study. A study without capacity for what must be met is an answer (FleetRun).
Result<FleetAnswer> run_fleet(FleetDocument document, const Workspace& workspace,
                              const FleetStudyOptions& options);

}  // namespace polyfleet
