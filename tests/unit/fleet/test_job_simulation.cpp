#include <doctest/doctest.h>

#include "fleet/job_simulation.hpp"

using namespace polyfleet;

namespace {

Job job(std::int64_t id, JobTick arrival, int accelerators, JobTick work, int priority = 0) {
  Job each;
  each.id = id;
  each.arrival = arrival;
  each.accelerators = accelerators;
  each.work = static_cast<double>(work);
  each.priority = priority;
  return each;
}

JobQuestion one_pool(int nodes, int per_node, JobPolicy policy = JobPolicy::fifo) {
  JobQuestion question;
  question.pools = {{"pool", nodes, per_node, nodes, 0}};
  question.policy = policy;
  return question;
}

JobTrace trace_of(std::vector<Job> jobs) {
  JobTrace trace;
  trace.jobs = std::move(jobs);
  sort_jobs(trace.jobs);
  return trace;
}

}  // namespace

TEST_CASE("fifo: the first that does not fit blocks the others") {
  // Two nodes of 4: job 1 takes 6 of 8, job 2 wants a whole node, job 3 would fit.
  const JobTrace trace = trace_of({job(1, 0, 6, 100), job(2, 10, 4, 50), job(3, 20, 2, 10)});
  const JobRun run = simulate_jobs(trace, one_pool(2, 4));
  CHECK(run.outcomes[0].finished == 100);
  CHECK(run.outcomes[1].started == 100);
  CHECK(run.outcomes[1].finished == 150);
  CHECK(run.outcomes[2].started == 100);
  CHECK(run.outcomes[2].finished == 110);
  CHECK(run.account.useful == 600 + 200 + 20);
  CHECK(run.account.idle == 8 * 150 - 820);
  CHECK(run.account.total == 8 * 150);
}

TEST_CASE("backfill: a job passes where it ends before the first one's turn, else it waits") {
  const JobTrace trace =
      trace_of({job(1, 0, 6, 100), job(2, 10, 8, 50), job(3, 20, 2, 80), job(4, 21, 2, 81)});
  const JobRun run = simulate_jobs(trace, one_pool(2, 4, JobPolicy::backfill));
  CHECK(run.outcomes[2].started == 20);  // 20 + 80 = 100: blocked at t - 1, allowed at t
  CHECK(run.outcomes[1].started == 100);
  CHECK(run.outcomes[3].started == 150);
}

TEST_CASE("shortest first, and priority with preemption from the last checkpoint") {
  const JobTrace mixed = trace_of({job(1, 0, 8, 100), job(2, 1, 8, 90), job(3, 2, 8, 10)});
  const JobRun shortest = simulate_jobs(mixed, one_pool(2, 4, JobPolicy::shortest_first));
  CHECK(shortest.outcomes[2].started == 100);
  CHECK(shortest.outcomes[1].started == 110);
  const JobTrace urgent = trace_of({job(1, 0, 8, 100), job(2, 45, 8, 20, 1)});
  JobQuestion question = one_pool(2, 4, JobPolicy::priority);
  question.checkpoints = {20, 0, 5};  // saved at 20 and 40; five to start again
  const JobRun run = simulate_jobs(urgent, question);
  CHECK(run.outcomes[1].started == 45);
  CHECK(run.outcomes[1].finished == 65);
  CHECK(run.outcomes[0].preemptions == 1);
  CHECK(run.outcomes[0].finished == 65 + 5 + 60);
  CHECK(run.account.lost == 8 * 5);
  CHECK(run.account.overhead == 8 * 5);
  CHECK(run.account.useful == 8 * 120);
}

TEST_CASE("an outage sends jobs back to their last checkpoint; writes take time") {
  JobQuestion question = one_pool(1, 8);
  question.checkpoints = {30, 2, 7};
  question.outages = {{50, 80, -1, 1.0}};
  const JobRun run = simulate_jobs(trace_of({job(1, 0, 8, 100)}), question);
  // 0-30 work, 30-32 write, 32-50 lost, 50-80 out, 7 to start, 70 of work with writes after 30 and
  // 60 of them.
  CHECK(run.outcomes[0].finished == 80 + 7 + 70 + 4);
  CHECK(run.account.useful == 8 * 100);
  CHECK(run.account.lost == 8 * 18);
  CHECK(run.account.overhead == 8 * (2 + 7 + 4));
  CHECK(run.account.outage == 8 * 30);
  CHECK(run.account.sum() == run.account.total);
}

TEST_CASE("maintenance is announced: nothing is lost but the restart") {
  JobQuestion question = one_pool(2, 4);
  question.maintenance = {{1000, 100}};  // windows begin at 250 and 750
  question.checkpoints = {0, 0, 10};
  const JobRun run = simulate_jobs(trace_of({job(1, 0, 4, 300)}), question);
  // On node 0 until 250, then on node 1 after a restart: 50 of work are left.
  CHECK(run.outcomes[0].finished == 250 + 10 + 50);
  CHECK(run.account.lost == 0);
  CHECK(run.account.useful == 4 * 300);
  CHECK(run.account.maintenance == 4 * 60);
}

TEST_CASE("a spare takes the place of a node that is out; repairs join the spares") {
  JobQuestion question = one_pool(3, 4);
  question.pools[0].spare_nodes = 1;
  question.outages = {{100, 200, 0, 0.3}};  // node 0 of three
  question.horizon = 400;
  const JobRun run = simulate_jobs({}, question);
  CHECK(run.account.outage == 4 * 100);
  CHECK(run.account.spare == 4 * (100 + 200));  // node 2, then node 0 after its return
  CHECK(run.account.idle == 8 * 400);
}

TEST_CASE("gangs stay in one domain, or are spread at their cost, or are refused") {
  const JobTrace trace = trace_of({job(1, 0, 8, 100), job(2, 0, 4, 100), job(3, 0, 8, 100)});
  JobQuestion question = one_pool(4, 4);
  question.pools[0].nodes_per_domain = 2;
  question.spread_speed = 0.5;
  question.may_spread = false;
  const JobRun together = simulate_jobs(trace, question);
  CHECK(together.outcomes[2].started == 100);  // three of four nodes taken: no domain is free
  JobQuestion spread = question;
  spread.may_spread = true;
  const JobTrace wide = trace_of({job(1, 0, 4, 100), job(2, 0, 12, 100)});
  CHECK(simulate_jobs(wide, spread).outcomes[1].finished == 200);  // half the speed
  const JobRun refused = simulate_jobs(wide, question);
  CHECK(refused.outcomes[1].end == JobEnd::refused);
  CHECK(refused.refused == 1);
}

TEST_CASE("pools of different speed: the fastest that has room, or the one with the most") {
  JobTrace trace = trace_of({job(1, 0, 4, 1000)});
  trace.kinds = {{"kind", 4, {1.0, 5.0}, {}}};
  trace.jobs[0].kind = 0;  // 1000 steps
  JobQuestion question = one_pool(2, 4);
  question.pools = {{"slow", 2, 4, 2, 0}, {"fast", 1, 4, 1, 0}};
  CHECK(simulate_jobs(trace, question).outcomes[0].finished == 1'000'000);
  question.fastest_pool = true;
  CHECK(simulate_jobs(trace, question).outcomes[0].finished == 200'000);
}

TEST_CASE(
    "failures: the share of time in repair is that of the closed form, lemons are exchanged") {
  JobQuestion question = one_pool(400, 8);
  question.failures = {{job_ticks(99 * day), job_ticks(1 * day)}};
  question.horizon = job_ticks(1000 * day);
  const JobRun run = simulate_jobs({}, question);
  const double repair =
      static_cast<double>(run.account.repair) / static_cast<double>(run.account.total);
  CHECK(repair == doctest::Approx(0.01).epsilon(0.05));
  question.failures[0].lemon_share = 0.05;
  question.failures[0].lemon_factor = 100;
  question.failures[0].exchanged_after = 3;
  question.horizon = job_ticks(60 * day);
  const JobRun with_lemons = simulate_jobs({}, question);
  CHECK(with_lemons.exchanged == 20);
  // Three failures of each lemon before its exchange, beside 240 of all nodes in that time.
  CHECK(static_cast<double>(with_lemons.failures) == doctest::Approx(300).epsilon(0.15));
  question.failures[0].exchanged_after = 0;
  CHECK(simulate_jobs({}, question).failures > 2 * with_lemons.failures);
}
