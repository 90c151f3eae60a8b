// Reads job traces: a CSV of one job a row with its arrival, working time or steps, and gang size.
// Understands our own column names and those of the public Philly, Helios and Acme tables. Rows
// that ask for no accelerator or did not run are left out and counted; everything else that is
// wrong is an error with its line.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "fleet/job_model.hpp"

namespace polyfleet {

/// How a job ended where it was recorded.
enum class RecordedState { completed, cancelled, failed, unknown };

struct JobTraceFile {
  JobTrace trace;
  /// As recorded, by job of the trace; empty where the table has no such column.
  std::vector<Seconds> waits;
  std::vector<RecordedState> states;
  std::int64_t rows = 0, without_accelerators = 0, without_time = 0;
  std::vector<std::string> remarks;  ///< what was left out and which columns were not used
};

/// Columns: arrival (or timestamp, submit_time: seconds or "2017-10-09 07:01:55", UTC); duration
/// in seconds, or steps with kind; accelerators (num_gpus, gpu_num); optional id (job_id), group
/// (vc, cluster), priority, queue, state. `kinds` are the known kinds of jobs (may be empty).
Result<JobTraceFile> read_job_trace(std::string_view text, std::string file,
                                    const std::vector<JobKind>& kinds);

/// Columns: kind, accelerators, then steps a second in each pool by name, and optionally
/// "<pool>_spread". Pools that the cluster does not have are left out; a pool without a column is
/// an error.
Result<std::vector<JobKind>> read_job_kinds(std::string_view text, std::string file,
                                            const std::vector<std::string>& pools);

}  // namespace polyfleet
