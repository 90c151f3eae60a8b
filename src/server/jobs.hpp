// Questions that take longer than a request: queued, worked on by a lane of their own, watched,
// stopped, and their answers kept until newer ones need the room. Ids count from 1 and are not used
// twice while the server runs; what outlives it is the run history.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/answering.hpp"
#include "server/lane.hpp"

namespace polyfleet {

enum class JobState { queued, running, done, failed, cancelled };
std::string_view name_of(JobState state);

/// What one sees of a job.
struct JobStatus {
  std::int64_t job = 0;
  std::string command;
  JobState state = JobState::queued;
  std::string what;    ///< is being done
  double share = -1;   ///< done; below 0 = unknown
  double seconds = 0;  ///< of work so far
  std::int64_t run = 0;
  Diagnostics problems;
  std::string scenario_file;  ///< of its question, to place the problems
};
Value status_json(const JobStatus& status);

struct JobLimits {
  std::size_t kept = 64;                           ///< jobs that are over
  std::size_t kept_bytes = std::size_t{64} << 20;  ///< of their answers
};

class Jobs {
 public:
  /// Works on a question under the control; its result ends the job.
  using Work = std::function<Result<Answer>(const RunControl& control)>;

  Jobs(Lane& lane, JobLimits limits = {}) : lane_(lane), limits_(limits) {}
  /// The lane is stopped by then.
  ~Jobs() = default;

  /// The id, or nothing where the lane is full.
  std::optional<std::int64_t> add(const std::string& command, const std::string& scenario_file,
                                  unsigned threads, Work work);
  /// Newest first.
  std::vector<JobStatus> list() const;
  std::optional<JobStatus> find(std::int64_t job) const;
  /// Tells it to stop; a job that is over stays as it is. Nothing where there is no such job.
  std::optional<JobStatus> cancel(std::int64_t job);
  void cancel_all();
  /// Of a job that is done, or was stopped and has an answer all the same; else null pointer.
  std::shared_ptr<const Answer> answer(std::int64_t job) const;

 private:
  struct Job;
  void run(const std::shared_ptr<Job>& job, unsigned threads, const Work& work);
  void finish(Job& job, Result<Answer> result);
  void drop_oldest();
  static JobStatus status_of(const Job& job);

  Lane& lane_;
  JobLimits limits_;
  mutable std::mutex guard_;
  std::int64_t last_ = 0;
  std::map<std::int64_t, std::shared_ptr<Job>> jobs_;
};

}  // namespace polyfleet
