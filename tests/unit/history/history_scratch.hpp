// What the tests of the run history share: a folder of their own, a small run, and child processes
// that do something to a history while the test looks on.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "history/run_history.hpp"

/// An empty folder, removed at the end.
class HistoryScratch {
 public:
  HistoryScratch() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "polyfleet_history_XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
    // The tests of permissions run as another user, who has to be able to come here.
    std::filesystem::permissions(path_, std::filesystem::perms(0777));
  }
  ~HistoryScratch() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms(0777), ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  HistoryScratch(const HistoryScratch&) = delete;
  HistoryScratch& operator=(const HistoryScratch&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline polyfleet::RunRecord small_run(const std::string& title = "a run") {
  using polyfleet::Array;
  using polyfleet::Table;
  using polyfleet::Value;
  polyfleet::RunRecord run;
  run.summary = {.id = 0,
                 .begun = "2026-11-22T18:00:00Z",
                 .seconds = 0.25,
                 .command = "estimate train",
                 .title = title,
                 .verdict = "ok",
                 .program = "0.1.0",
                 .data = "00112233445566ff"};
  run.question = Value(Table{{"command", "estimate train"}, {"text", "model = \"x\"\n"}});
  run.result = Value(Table{{"step", Value(Table{{"time", 1.5}, {"name", title}})},
                           {"list", Value(Array{Value(1), Value("two")})}});
  return run;
}

inline polyfleet::RunHistory opened(const std::filesystem::path& file) {
  auto history = polyfleet::RunHistory::open(file);
  REQUIRE_MESSAGE(history.has_value(), (history ? "" : polyfleet::to_text(history.problems())));
  return *std::move(history);
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A child process that runs `work` and ends with what it returns, without the test's own ending.
inline pid_t begun_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(work());
  return child;
}

/// The exit code of the child, or minus the signal that ended it.
inline int ended(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// In a child process: gives up the right of root to write everywhere.
inline void become_nobody() {
  constexpr uid_t kNobody = 65534;
  if (::geteuid() != 0) return;
  if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) ::_exit(99);
}
