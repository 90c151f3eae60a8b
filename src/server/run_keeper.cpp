#include "server/run_keeper.hpp"

#include "app/run_record.hpp"

namespace polyfleet {

Result<RunHistory*> RunKeeper::opened() {
  if (file_.empty())
    return problem("no run history: neither --store nor a home folder says where",
                   "start with --store FILE");
  if (!history_) {
    Result<RunHistory> history = RunHistory::open(file_);
    if (!history) return history.problems();
    history_.emplace(*std::move(history));
  }
  return &*history_;
}

std::string RunKeeper::notice() {
  const std::lock_guard lock(guard_);
  return history_ ? history_->notice() : "";
}

Result<std::int64_t> RunKeeper::keep(const Question& question, const Reply& reply,
                                     std::chrono::system_clock::time_point begun,
                                     const InputFiles& inputs) {
  const std::chrono::duration<double> took = std::chrono::system_clock::now() - begun;
  const RunRecord record = run_record(question, reply, {begun, took.count(), data_, &inputs});
  return with<std::int64_t>([&](RunHistory& history) { return history.add(record); });
}

}  // namespace polyfleet
