// Work over threads, and bugs in the middle of it.
#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>

#include "base/broken_contract.hpp"
#include "base/check.hpp"
#include "base/parallel_work.hpp"

namespace polyfleet {

#ifndef POLYFLEET_ABORT_ON_BUG
TEST_CASE("a broken contract is thrown with its place, condition and message") {
  const int line = __LINE__ + 2;
  try {
    POLYFLEET_CHECK(1 + 1 == 3, "sums are right");
    FAIL("passed");
  } catch (const BrokenContract& bug) {
    const std::string wanted = std::string("internal error at ") + __FILE__ + ':' +
                               std::to_string(line) + ": 1 + 1 == 3: sums are right";
    CHECK(bug.what() == wanted);
    CHECK(internal_error_text(bug) == wanted);
  }
  CHECK(internal_error_text(std::runtime_error("oh")) == "internal error: oh");
}

TEST_CASE("a check tripped inside a parallel loop reaches the caller, and the threads have ended") {
  for (const unsigned threads : {1U, 2U, 7U}) {
    CAPTURE(threads);
    std::atomic<int> working{0}, begun{0};
    const auto work = [&](std::size_t i) {
      ++working;
      ++begun;
      if (i == 3) {
        --working;
        POLYFLEET_CHECK(false, "tripped");
      }
      --working;
    };
    CHECK_THROWS_AS(do_in_parallel(100'000, threads, nullptr, work), BrokenContract);
    CHECK(working == 0);
    CHECK(begun < 100'000);
  }
}

TEST_CASE("of several exceptions that of the lowest thread arrives") {
  const auto work = [](std::size_t i) {
    if (i > 1) throw std::runtime_error("of " + std::to_string(i));
  };
  try {
    on_threads(5, work);
    FAIL("passed");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()) == "of 2");
  }
}
#endif

TEST_CASE("every piece is done once, whatever the number of threads") {
  for (const unsigned threads : {0U, 1U, 3U, 50U}) {
    CAPTURE(threads);
    std::vector<std::atomic<int>> done(20);
    CHECK(do_in_parallel(done.size(), threads, nullptr, [&](std::size_t i) { ++done[i]; }));
    for (const auto& each : done) CHECK(each == 1);
  }
  CHECK(do_in_parallel(0, 4, nullptr, [](std::size_t) { FAIL("nothing to do"); }));
}

TEST_CASE("a raised stop begins nothing, and is told") {
  const std::atomic<bool> stop{true};
  CHECK_FALSE(do_in_parallel(5, 2, &stop, [](std::size_t) { FAIL("begun"); }));
}

TEST_CASE("each part has a number, and the first is the caller's own thread") {
  std::vector<std::thread::id> threads(4);
  on_threads(4, [&](std::size_t i) { threads[i] = std::this_thread::get_id(); });
  CHECK(threads[0] == std::this_thread::get_id());
  CHECK(std::set<std::thread::id>(threads.begin(), threads.end()).size() == 4);
  on_threads(0, [](std::size_t) { FAIL("no part"); });
}

}  // namespace polyfleet
