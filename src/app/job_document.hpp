// The scenario of a job study as people write it (scenarios/jobs/*.toml, or a trace and flags) and
// what it becomes: a trace, pools and the question of one of the two simulations. What the
// scenario leaves open and data or a rule fills is named in `assumptions`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/workspace.hpp"
#include "config/value.hpp"
#include "fleet/job_rounds.hpp"
#include "fleet/job_simulation.hpp"
#include "fleet/job_trace.hpp"
#include "report/job_answer.hpp"

namespace polyfleet {

struct JobStudy {
  std::string name;
  JobTraceFile file;
  std::variant<JobQuestion, RoundQuestion> question;  ///< by policy
  std::vector<std::string> assumptions;
  const std::vector<JobPool>& pools() const;
  std::string policy() const;
};

/// Files are looked for in `folder`, then in data/. Errors, each with its place: unknown keys and
/// names, ranges and units, a trace that is wrong (with lines), a cluster without nodes, more
/// spares than nodes, both or neither of a trace and made-up jobs. `trace_text`, where given, is
/// what the trace's file holds: it is not read then.
Result<JobStudy> read_job_study(const Value& document, const std::filesystem::path& folder,
                                Workspace& workspace,
                                const std::optional<std::string>& trace_text = {});

struct JobRunOptions {
  const std::atomic<bool>* stop = nullptr;
  std::function<void(double share)> progress = {};
};
JobAnswer run_job_study(JobStudy study, const JobRunOptions& options);

}  // namespace polyfleet
