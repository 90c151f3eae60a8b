// What `simulate jobs` tells: the trace, the cluster, what happened.
#pragma once

#include <string>
#include <vector>

#include "fleet/job_statistics.hpp"

namespace polyfleet {

struct JobAnswer {
  std::string name, policy;
  JobTraceFile file;
  std::vector<JobPool> pools;
  JobTraceSummary trace;
  JobRun run;
  JobRunSummary summary;
  std::vector<std::string> assumptions;  ///< what nobody stated, one sentence each
};

}  // namespace polyfleet
