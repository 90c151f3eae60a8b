// The run history as the server uses it: opened when first needed, one caller at a time. A history
// that cannot be used never costs an answer; what went wrong is said beside it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "app/question.hpp"
#include "history/run_history.hpp"

namespace polyfleet {

class RunKeeper {
 public:
  /// `file` empty: nothing is kept. `data`: fingerprint of the program's data.
  RunKeeper(std::filesystem::path file, std::string data)
      : file_(std::move(file)), data_(std::move(data)) {}

  bool keeps() const { return !file_.empty(); }
  std::string file() const { return file_.string(); }
  /// What happened to the file, for the user; empty = nothing.
  std::string notice();

  /// Returns the run's id. Errors: as RunHistory; no file to keep it in.
  Result<std::int64_t> keep(const Question& question, const Reply& reply,
                            std::chrono::system_clock::time_point begun, const InputFiles& inputs);

  /// Calls `use` with the history. Errors: those of opening and of `use`.
  template <class T>
  Result<T> with(const std::function<Result<T>(RunHistory&)>& use) {
    const std::lock_guard lock(guard_);
    const Result<RunHistory*> history = opened();
    if (!history) return history.problems();
    return use(**history);
  }

 private:
  Result<RunHistory*> opened();

  std::filesystem::path file_;
  std::string data_;
  std::mutex guard_;
  std::optional<RunHistory> history_;
};

}  // namespace polyfleet
