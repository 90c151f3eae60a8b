// Several processes with one history, and processes that are killed.
#include <algorithm>
#include <chrono>
#include <thread>

#include "history_scratch.hpp"

namespace polyfleet {
namespace {

namespace fs = std::filesystem;

/// Adds `runs` runs, opening the file anew for each as commands do; 0 = all were acknowledged.
int add_runs(const fs::path& file, int runs, const std::string& title) {
  for (int i = 0; i < runs; ++i) {
    auto history = RunHistory::open(file);
    if (!history || !history->add(small_run(title + std::to_string(i)))) return 1;
  }
  return 0;
}

}  // namespace

TEST_CASE("two processes that add at once lose nothing, from the first moment of the file") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  constexpr int kRuns = 200;
  const pid_t one = begun_child([&] { return add_runs(file, kRuns, "one "); });
  const pid_t two = begun_child([&] { return add_runs(file, kRuns, "two "); });
  CHECK(ended(one) == 0);
  CHECK(ended(two) == 0);
  const RunHistory history = opened(file);
  CHECK(history.notice().empty());
  CHECK(*history.count({}) == 2 * kRuns);
  CHECK(*history.count({.text = "one "}) == kRuns);
}

TEST_CASE("a process killed while adding leaves every acknowledged run") {
  const HistoryScratch scratch;
  for (int round = 0; round < 8; ++round) {
    const auto file = scratch / ("r" + std::to_string(round) + ".sqlite");
    int line[2];
    REQUIRE(::pipe(line) == 0);
    const pid_t child = begun_child([&] {
      ::close(line[0]);
      for (;;) {
        auto history = RunHistory::open(file);
        for (int i = 0; history && i < 5; ++i) {  // some runs end while the file stays open
          const auto id = history->add(small_run());
          if (!id || ::write(line[1], &*id, sizeof *id) != sizeof *id) return 1;
        }
      }
    });
    ::close(line[1]);
    // After a number of runs, and a moment that ends anywhere within the next one.
    std::int64_t acknowledged = 0;
    while (acknowledged < 3 * round + 1 &&
           ::read(line[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
    }
    std::this_thread::sleep_for(std::chrono::microseconds(300 * round));
    ::kill(child, SIGKILL);
    CHECK(ended(child) == -SIGKILL);
    for (std::int64_t id = 0; ::read(line[0], &id, sizeof id) == sizeof id;) acknowledged = id;
    ::close(line[0]);
    RunHistory history = opened(file);
    CHECK(history.notice().empty());
    CHECK(acknowledged > 0);
    CHECK(*history.count({}) >= acknowledged);
    CHECK(*history.count({}) <= acknowledged + 1);
    CHECK(history.find(acknowledged).has_value());
    CHECK(history.add(small_run()).has_value());
  }
}

TEST_CASE("processes that find a damaged file at once set it aside once and lose no run") {
  const HistoryScratch scratch;
  for (int round = 0; round < 10; ++round) {
    const auto file = scratch / ("r" + std::to_string(round) + ".sqlite");
    std::ofstream(file) << std::string(3000, 'x');
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i)
      children.push_back(begun_child([&] { return add_runs(file, 5, "x"); }));
    for (const pid_t child : children) CHECK(ended(child) == 0);
    CHECK(*opened(file).count({}) == 20);
    CHECK(bytes_of(file.string() + ".damaged-1") == std::string(3000, 'x'));
    CHECK(!fs::exists(file.string() + ".damaged-2"));
  }
}

TEST_CASE("a file that another process has open is not renamed under it") {
  const HistoryScratch scratch;
  const auto file = scratch / "r.sqlite";
  RunHistory other = opened(scratch / "neighbour.sqlite");
  std::ofstream(file) << std::string(3000, 'x');
  const auto refused = RunHistory::open(file);
  REQUIRE(!refused.has_value());
  CHECK(to_text(refused.problems()).find("another process uses its folder") != std::string::npos);
  CHECK(fs::exists(file));
}

}  // namespace polyfleet
