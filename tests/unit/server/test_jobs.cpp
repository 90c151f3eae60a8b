#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <thread>

#include "base/broken_contract.hpp"
#include "base/check.hpp"
#include "base/parallel_work.hpp"
#include "server/jobs.hpp"

using namespace polyfleet;
using namespace std::chrono_literals;

namespace {

/// Waits until the claim holds; false after five seconds.
bool comes_true(const std::function<bool()>& claim) {
  for (int i = 0; i < 500; ++i) {
    if (claim()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

Answer answer_of(std::size_t bytes, Verdict verdict = Verdict::ok) {
  Answer answer;
  answer.verdict = verdict;
  answer.result = std::string(bytes, 'x');
  return answer;
}

JobState state_of(const Jobs& jobs, std::int64_t job) { return jobs.find(job)->state; }

/// Works until it is told to stop, then answers with what it has.
Result<Answer> patient(const RunControl& control) {
  control.progress("searching", 0.25);
  while (!*control.stop) std::this_thread::sleep_for(1ms);
  return answer_of(3, Verdict::interrupted);
}

}  // namespace

TEST_CASE("a job is watched, and its answer fetched when it is done") {
  Lane lane(1, 8);
  Jobs jobs(lane);
  const auto job = jobs.add("plan train", "", 3, [](const RunControl& control) -> Result<Answer> {
    CHECK(control.threads == 3);
    return answer_of(5);
  });
  REQUIRE(job);
  CHECK(comes_true([&] { return state_of(jobs, *job) == JobState::done; }));
  REQUIRE(jobs.answer(*job));
  CHECK(jobs.answer(*job)->result == "xxxxx");
  CHECK(jobs.answer(77) == nullptr);
  CHECK_FALSE(jobs.find(77));
  lane.stop();
}

TEST_CASE("a job that is stopped keeps what it had found; a queued one never runs") {
  Lane lane(1, 8);
  Jobs jobs(lane);
  const auto first = jobs.add("plan train", "", 1, patient);
  const auto second = jobs.add("plan train", "", 1, [](const RunControl&) -> Result<Answer> {
    FAIL("was cancelled before it began");
    return answer_of(1);
  });
  CHECK(comes_true([&] { return jobs.find(*first)->share == 0.25; }));
  CHECK(jobs.find(*first)->what == "searching");
  CHECK(state_of(jobs, *second) == JobState::queued);
  CHECK(jobs.cancel(*second)->state == JobState::cancelled);
  CHECK(jobs.cancel(*first)->state == JobState::running);
  CHECK(comes_true([&] { return state_of(jobs, *first) == JobState::cancelled; }));
  REQUIRE(jobs.answer(*first));
  CHECK(jobs.answer(*first)->verdict == Verdict::interrupted);
  CHECK(jobs.list().front().job == *second);
  lane.stop();
}

TEST_CASE("problems and exceptions end a job as failed") {
  Lane lane(1, 8);
  Jobs jobs(lane);
  const auto faulty =
      jobs.add("plan train", "mine.toml", 1, [](const RunControl&) -> Result<Answer> {
        return problem_at({"mine.toml", 3, 1}, "no such model");
      });
  const auto thrown = jobs.add("plan train", "", 1, [](const RunControl&) -> Result<Answer> {
    throw std::runtime_error("oh");
  });
  CHECK(comes_true([&] { return state_of(jobs, *thrown) == JobState::failed; }));
  const Value status = status_json(*jobs.find(*faulty));
  CHECK(*status.find("state")->text() == "failed");
  const Value& first = status.find("problems")->array()->front();
  CHECK(*first.find("field")->text() == "scenario");
  CHECK(*first.find("line")->integer() == 3);
  CHECK(jobs.find(*thrown)->problems.front().what.find("oh") != std::string::npos);
  lane.stop();
}

#ifndef POLYFLEET_ABORT_ON_BUG
TEST_CASE("a bug of ours fails its job, and the lane does the next") {
  Lane lane(1, 8);
  Jobs jobs(lane);
  const auto broken = jobs.add("plan train", "", 1, [](const RunControl&) -> Result<Answer> {
    do_in_parallel(4, 2, nullptr, [](std::size_t i) { POLYFLEET_CHECK(i != 2, "tripped"); });
    return answer_of(1);
  });
  const auto next = jobs.add("plan train", "", 1,
                             [](const RunControl&) -> Result<Answer> { return answer_of(5); });
  CHECK(comes_true([&] { return state_of(jobs, *next) == JobState::done; }));
  CHECK(state_of(jobs, *broken) == JobState::failed);
  const Diagnostics problems = jobs.find(*broken)->problems;
  REQUIRE(problems.size() == 1);
  CHECK(problems.front().what.starts_with("internal error at "));
  CHECK(problems.front().what.ends_with(": i != 2: tripped"));
  CHECK(problems.front().fix == "please report this with the question that led here");
  CHECK(jobs.answer(*broken) == nullptr);
  lane.stop();
}

TEST_CASE("what throws in a lane costs that work alone") {
  Lane lane(1, 8);
  std::atomic<bool> done{false};
  CHECK(lane.push([] { POLYFLEET_CHECK(false, "tripped in a lane"); }));
  CHECK(lane.push([&] { done = true; }));
  CHECK(comes_true([&] { return done.load(); }));
  lane.stop();
}

TEST_CASE("a workspace that something broke in is not lent again, nor one that knows files") {
  int opened = 0;
  WorkspacePool pool(
      [&]() -> Result<std::unique_ptr<Workspace>> {
        POLYFLEET_CHECK(++opened != 2, "the second cannot be opened");
        return Workspace::open(std::filesystem::path(POLYFLEET_SOURCE_DIR) / "data");
      },
      1);
  { REQUIRE(pool.take().has_value()); }
  { REQUIRE(pool.take().has_value()); }
  CHECK(opened == 1);
  try {
    const auto loan = pool.take();
    POLYFLEET_CHECK(false, "in the middle of a question");
  } catch (const BrokenContract&) {
  }
  CHECK_THROWS_AS(pool.take(), BrokenContract);  // and the place in the pool is free again
  {
    const auto loan = pool.take();
    REQUIRE(loan.has_value());
    (*loan)->use_up();
  }
  CHECK(opened == 3);
  CHECK(pool.take().has_value());
  CHECK(opened == 4);
}
#endif

TEST_CASE("a full queue refuses, old answers give way by number and by size") {
  Lane lane(1, 1);
  Jobs jobs(lane, {.kept = 3, .kept_bytes = 1000});
  const auto holds = jobs.add("x", "", 1, patient);
  CHECK(comes_true([&] { return state_of(jobs, *holds) == JobState::running; }));
  const auto waits = jobs.add("x", "", 1, patient);
  CHECK(waits);
  CHECK_FALSE(jobs.add("x", "", 1, patient));
  jobs.cancel_all();
  CHECK(comes_true([&] { return state_of(jobs, *holds) == JobState::cancelled; }));
  std::int64_t last = 0;
  for (int i = 0; i < 6; ++i) {
    const auto job =
        jobs.add("x", "", 1, [](const RunControl&) -> Result<Answer> { return answer_of(10); });
    REQUIRE(job);
    last = *job;
    CHECK(comes_true([&] { return jobs.find(last)->state == JobState::done; }));
  }
  CHECK(jobs.list().size() == 3);
  const auto large =
      jobs.add("x", "", 1, [](const RunControl&) -> Result<Answer> { return answer_of(5000); });
  CHECK(comes_true([&] { return jobs.find(*large)->state == JobState::done; }));
  CHECK(jobs.list().size() == 1);
  CHECK(jobs.answer(*large) != nullptr);
  lane.stop();
}
