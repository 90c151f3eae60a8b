#include <doctest/doctest.h>

#include "fleet/job_fair_share.hpp"
#include "fleet/job_nodes.hpp"
#include "fleet/job_progress.hpp"
#include "fleet/job_rounds.hpp"
#include "fleet/job_statistics.hpp"
#include "fleet/job_synthetic.hpp"
#include "fleet/job_trace.hpp"

using namespace polyfleet;

TEST_CASE("a set of indices finds its least element over three levels") {
  IndexSet set(300'000);
  CHECK(set.empty());
  for (const int index : {299'999, 70'000, 64, 5}) set.insert(index);
  CHECK(set.first() == 5);
  CHECK(set.first(6) == 64);
  CHECK(set.first(65) == 70'000);
  CHECK(set.first(70'001) == 299'999);
  set.erase(5);
  CHECK(set.first() == 64);
  CHECK_FALSE(set.contains(5));
  set.erase(299'999);
  CHECK(set.first(70'001) == -1);
}

TEST_CASE("placement leaves the least: the fullest node and the fullest domain that hold it") {
  JobNodes nodes({"p", 6, 8, 3, 0});
  const auto first = nodes.place(5, true);
  CHECK(first->shares[0].node == 0);
  CHECK(nodes.place(3, true)->shares[0].node == 0);   // fills the rest of node 0
  CHECK(nodes.place(16, true)->shares[0].node == 1);  // domain 0 has two empty nodes: enough
  CHECK_FALSE(nodes.could_hold(32, false));
  CHECK(nodes.place(24, false)->shares[0].node == 3);
  CHECK_FALSE(nodes.place(1, true).has_value());
}

TEST_CASE("progress: work is safe at the end of a write, not before") {
  const JobCheckpoints checkpoints{100, 10, 30};
  const JobStretch stretch{0, 30, 1, 1000};
  CHECK(stretch_length(stretch, checkpoints) == 30 + 1000 + 9 * 10);
  CHECK(progress_after(30 + 109, stretch, checkpoints, false).saved == 0);
  CHECK(progress_after(30 + 110, stretch, checkpoints, false).saved == 100);
  CHECK(progress_after(30 + 150, stretch, checkpoints, false).lost == 40);
  CHECK(progress_after(30 + 150, stretch, checkpoints, true).saved == 140);
  CHECK(progress_after(20, stretch, checkpoints, false).overhead == 20);
}

TEST_CASE("fair shares by hand: two jobs, a fast pool and a slow one") {
  // Both may have half of each; job 0 gains three-fold on pool 0, job 1 nothing.
  FairShareQuestion question{{{3, 1}, {1, 1}}, {1, 1}, {1, 1}};
  const FairShares shares = fair_shares(question);
  CHECK(shares.least == doctest::Approx(1).epsilon(1e-4));  // job 1 cannot have more than its time
  FairShareQuestion crowded{{{1}, {1}, {1}, {2}}, {1, 1, 1, 1}, {1}};
  const FairShares four = fair_shares(crowded);  // 3 t + t / 2 = 1
  CHECK(four.least == doctest::Approx(2.0 / 7).epsilon(1e-5));
  CHECK(four.share[3][0] == doctest::Approx(1.0 / 7).epsilon(1e-4));
}

TEST_CASE("rounds by hand: whole steps, a round ends with its last job") {
  JobTrace trace;
  trace.kinds = {{"kind", 1, {0.9}, {}}};  // 324 steps a round of 360 s
  for (int id = 0; id < 2; ++id) {
    Job job;
    job.id = id;
    job.work = id == 0 ? 324 : 400;
    job.kind = 0;
    trace.jobs.push_back(job);
  }
  RoundQuestion question;
  question.pools = {{"p", 1, 1, 1, 0}};
  const JobRun run = simulate_rounds(trace, question);
  CHECK(run.outcomes[0].finished == 360'000);
  // The freed place is divided again at once: no job ran before.
  CHECK(run.outcomes[1].started == 360'000);
  CHECK(run.outcomes[1].finished == 360'000 + 360'000 + 84'444);
}

TEST_CASE("public tables are read: Philly's dates, Helios' columns, rows that say nothing") {
  const auto read = read_job_trace(
      "job_id,vc,gpu_num,state,submit_time,duration,queue\n"
      "7,a,8,COMPLETED,2020-03-01 00:00:10,100,5\n"
      "8,b,0,FAILED,2020-03-01 00:00:11,100,0\n"
      "9,a,1,CANCELLED,2020-02-29 23:59:50,60,15\n"
      "10,a,1,FAILED,2020-03-01 00:00:00,0,0\n",
      "t.csv", {});
  REQUIRE(read);
  REQUIRE(read->trace.jobs.size() == 2);
  CHECK(read->trace.jobs[0].id == 9);
  CHECK(read->trace.jobs[1].arrival == 20'000);  // over the leap day's midnight
  CHECK(read->without_accelerators == 1);
  CHECK(read->without_time == 1);
  CHECK(read->remarks.size() == 2);
  const JobTraceSummary summary = summarize_trace(*read);
  CHECK(summary.accelerator_seconds == 860);
  CHECK(summary.wait_seconds[0] == 10);
  CHECK(summary.state_time[0] == doctest::Approx(800.0 / 860));
}

TEST_CASE("what is wrong with a trace is said with its line") {
  const auto problems = [](const std::string& text) {
    const auto read = read_job_trace(text, "t.csv", {});
    return read ? std::string() : to_text(read.problems());
  };
  CHECK(problems("arrival,duration\n0,1\n").find("no column accelerators") != std::string::npos);
  CHECK(problems("arrival,steps,accelerators\n0,1,1\n").find("kind") != std::string::npos);
  const std::string rows = problems("arrival,duration,accelerators\n0,1,1\nsoon,1,1\n0,-1,1\n");
  CHECK(rows.find("t.csv:3") != std::string::npos);
  CHECK(rows.find("t.csv:4") != std::string::npos);
  const auto kinds = read_job_kinds("kind,accelerators,a\nx,1,-2\n", "k.csv", {"a"});
  REQUIRE_FALSE(kinds);
  CHECK(to_text(kinds.problems()).find("k.csv:2") != std::string::npos);
  CHECK_FALSE(read_job_kinds("kind,accelerators,a\nx,1,2\n", "k.csv", {"b"}));
}

TEST_CASE("made-up jobs follow their distributions and their seed") {
  const SyntheticJobs question{20'000, 60, 1 * minute, 100 * minute, {1, 8}, {3, 1}};
  const JobTrace trace = synthetic_jobs(question, 5);
  double eights = 0, logs = 0;
  for (const Job& each : trace.jobs) {
    eights += each.accelerators == 8 ? 1 : 0;
    logs += each.work > 10 * 60'000.0 ? 1 : 0;  // above the middle of the logarithm
  }
  CHECK(eights / 20'000 == doctest::Approx(0.25).epsilon(0.05));
  CHECK(logs / 20'000 == doctest::Approx(0.5).epsilon(0.05));
  CHECK(seconds_of_job_ticks(trace.jobs.back().arrival) / hour ==
        doctest::Approx(20'000 / 60.0).epsilon(0.05));
  CHECK(synthetic_jobs(question, 5).jobs[777].work == trace.jobs[777].work);
  CHECK(synthetic_jobs(question, 6).jobs[777].work != trace.jobs[777].work);
}
