#include "server/jobs.hpp"

#include <fmt/format.h>

#include "base/broken_contract.hpp"

namespace polyfleet {
namespace {

using Clock = std::chrono::steady_clock;

bool is_over(JobState state) { return state != JobState::queued && state != JobState::running; }

std::size_t bytes_of(const std::shared_ptr<const Answer>& answer) {
  return answer == nullptr ? 0
                           : answer->result.size() + answer->page.size() + answer->report.size();
}

}  // namespace

/// Guarded by Jobs::guard_ but for `stop`.
struct Jobs::Job {
  JobStatus status;
  std::atomic<bool> stop{false};
  Clock::time_point begun;
  std::shared_ptr<const Answer> answer;
};

std::string_view name_of(JobState state) {
  switch (state) {
    case JobState::queued:
      return "queued";
    case JobState::running:
      return "running";
    case JobState::done:
      return "done";
    case JobState::failed:
      return "failed";
    case JobState::cancelled:
      return "cancelled";
  }
  return "";
}

Value status_json(const JobStatus& status) {
  Value progress{Table{}};
  progress.set("what", status.what);
  progress.set("share", status.share < 0 ? Value() : Value(status.share));
  Value document{Table{}};
  document.set("job", fmt::format("{}", status.job));
  document.set("command", status.command);
  document.set("state", name_of(status.state));
  document.set("progress", std::move(progress));
  document.set("seconds", status.seconds);
  document.set("run", status.run == 0 ? Value() : Value(fmt::format("{}", status.run)));
  document.set("problems",
               *problems_document(status.problems, status.scenario_file).find("problems"));
  return document;
}

std::optional<std::int64_t> Jobs::add(const std::string& command, const std::string& scenario_file,
                                      unsigned threads, Work work) {
  auto job = std::make_shared<Job>();
  job->status.command = command;
  job->status.scenario_file = scenario_file;
  {
    const std::lock_guard lock(guard_);
    job->status.job = ++last_;
    jobs_.emplace(job->status.job, job);
  }
  const bool taken =
      lane_.push([this, job, threads, work = std::move(work)] { run(job, threads, work); });
  if (taken) return job->status.job;
  const std::lock_guard lock(guard_);
  jobs_.erase(job->status.job);
  return std::nullopt;
}

void Jobs::run(const std::shared_ptr<Job>& job, unsigned threads, const Work& work) {
  {
    const std::lock_guard lock(guard_);
    if (is_over(job->status.state)) return;
    job->status.state = JobState::running;
    job->begun = Clock::now();
  }
  RunControl control;
  control.stop = &job->stop;
  control.threads = threads;
  control.progress = [this, &job](const std::string& what, double share) {
    const std::lock_guard lock(guard_);
    job->status.what = what;
    job->status.share = share;
  };
  try {
    finish(*job, work(control));
  } catch (const std::exception& error) {
    finish(*job, problem(internal_error_text(error),
                         "please report this with the question that led here"));
  }
}

void Jobs::finish(Job& job, Result<Answer> result) {
  const std::lock_guard lock(guard_);
  job.status = status_of(job);
  if (result) {
    const bool stopped = result->verdict == Verdict::interrupted;
    job.status.state = stopped ? JobState::cancelled : JobState::done;
    job.status.run = result->run;
    if (!stopped) job.status.share = 1;
    job.answer = std::make_shared<const Answer>(*std::move(result));
  } else {
    job.status.state = job.stop ? JobState::cancelled : JobState::failed;
    job.status.problems = result.problems();
  }
  drop_oldest();
}

/// Answers that are over beyond the number and size that are kept; the newest stays in any case.
void Jobs::drop_oldest() {
  std::size_t count = 0, bytes = 0;
  for (const auto& [id, job] : jobs_) {
    if (!is_over(job->status.state)) continue;
    ++count;
    bytes += bytes_of(job->answer);
  }
  for (auto at = jobs_.begin(); at != jobs_.end() && count > 1;) {
    if (count <= limits_.kept && bytes <= limits_.kept_bytes) return;
    if (!is_over(at->second->status.state)) {
      ++at;
      continue;
    }
    --count;
    bytes -= bytes_of(at->second->answer);
    at = jobs_.erase(at);
  }
}

JobStatus Jobs::status_of(const Job& job) {
  JobStatus status = job.status;
  if (status.state == JobState::running)
    status.seconds = std::chrono::duration<double>(Clock::now() - job.begun).count();
  return status;
}

std::vector<JobStatus> Jobs::list() const {
  const std::lock_guard lock(guard_);
  std::vector<JobStatus> all;
  for (auto at = jobs_.rbegin(); at != jobs_.rend(); ++at) all.push_back(status_of(*at->second));
  return all;
}

std::optional<JobStatus> Jobs::find(std::int64_t job) const {
  const std::lock_guard lock(guard_);
  const auto found = jobs_.find(job);
  if (found == jobs_.end()) return std::nullopt;
  return status_of(*found->second);
}

std::optional<JobStatus> Jobs::cancel(std::int64_t job) {
  const std::lock_guard lock(guard_);
  const auto found = jobs_.find(job);
  if (found == jobs_.end()) return std::nullopt;
  Job& each = *found->second;
  if (!is_over(each.status.state)) each.stop = true;
  if (each.status.state == JobState::queued) each.status.state = JobState::cancelled;
  return status_of(each);
}

void Jobs::cancel_all() {
  const std::lock_guard lock(guard_);
  for (const auto& [id, job] : jobs_) {
    if (!is_over(job->status.state)) job->stop = true;
    if (job->status.state == JobState::queued) job->status.state = JobState::cancelled;
  }
}

std::shared_ptr<const Answer> Jobs::answer(std::int64_t job) const {
  const std::lock_guard lock(guard_);
  const auto found = jobs_.find(job);
  return found == jobs_.end() ? nullptr : found->second->answer;
}

}  // namespace polyfleet
