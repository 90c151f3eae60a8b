// Properties of the job simulations: the books of accelerator-time close to the millisecond under
// everything that can happen, reruns and permuted input give the same, nothing beats its bounds.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "fleet/job_fair_share.hpp"
#include "fleet/job_nodes.hpp"
#include "fleet/job_rounds.hpp"
#include "fleet/job_simulation.hpp"
#include "fleet/job_trace.hpp"

using namespace polyfleet;

namespace {

void holds(bool passed) { CHECK(passed); }

JobTrace any_trace(int most_gang, int kinds, int pools) {
  JobTrace trace;
  for (int i = 0; i < kinds; ++i) {
    JobKind kind{"kind", 1, {}, {}};
    for (int pool = 0; pool < pools; ++pool) {
      kind.rate.push_back(*rc::gen::inRange(pool == 0 ? 1 : 0, 50) / 3.0);
      kind.spread.push_back(*rc::gen::inRange(0, 20) / 7.0);
    }
    trace.kinds.push_back(kind);
  }
  const int jobs = *rc::gen::inRange(0, 60);
  for (int i = 0; i < jobs; ++i) {
    Job job;
    job.id = i;
    job.arrival = *rc::gen::inRange(0, 2'000'000);
    job.accelerators = *rc::gen::inRange(1, most_gang + 1);
    job.work = *rc::gen::inRange(1, 5'000'000);
    job.kind = kinds > 0 ? *rc::gen::inRange(0, kinds) : -1;
    job.priority = *rc::gen::inRange(0, 3);
    trace.jobs.push_back(job);
  }
  sort_jobs(trace.jobs);
  return trace;
}

JobQuestion any_question() {
  JobQuestion question;
  const int pools = *rc::gen::inRange(1, 3);
  for (int i = 0; i < pools; ++i) {
    JobPool pool{"p", *rc::gen::inRange(2, 12), *rc::gen::inRange(1, 9), *rc::gen::inRange(1, 5),
                 0};
    pool.spare_nodes = *rc::gen::inRange(0, pool.nodes);
    question.pools.push_back(pool);
  }
  question.policy = *rc::gen::element(JobPolicy::fifo, JobPolicy::shortest_first,
                                      JobPolicy::backfill, JobPolicy::priority);
  question.fastest_pool = *rc::gen::arbitrary<bool>();
  question.may_spread = *rc::gen::arbitrary<bool>();
  question.spread_speed = *rc::gen::element(1.0, 0.5);
  question.checkpoints = {*rc::gen::inRange(0, 300'000), *rc::gen::inRange(0, 20'000),
                          *rc::gen::inRange(0, 60'000)};
  if (question.checkpoints.interval == 0) question.checkpoints.write = 0;
  if (*rc::gen::arbitrary<bool>()) {
    for (int i = 0; i < pools; ++i)
      question.failures.push_back(
          {*rc::gen::inRange(500'000, 50'000'000), *rc::gen::inRange(1, 2'000'000), 0.3, 4, 2});
  }
  if (*rc::gen::arbitrary<bool>()) {
    for (int i = 0; i < pools; ++i)
      question.maintenance.push_back({*rc::gen::inRange(400'000, 5'000'000), 100'000});
  }
  const int outages = *rc::gen::inRange(0, 4);
  for (int i = 0; i < outages; ++i) {
    const int begin = *rc::gen::inRange(0, 3'000'000);
    question.outages.push_back({begin, begin + *rc::gen::inRange(1, 2'000'000),
                                *rc::gen::inRange(-1, pools), *rc::gen::inRange(0, 11) / 10.0});
  }
  // Failures can keep a job from ever ending: play for a day and a half.
  question.horizon = 130'000'000;
  question.seed = static_cast<std::uint64_t>(*rc::gen::inRange(1, 1000));
  return question;
}

bool same(const JobRun& a, const JobRun& b) {
  for (std::size_t i = 0; i < a.outcomes.size(); ++i) {
    if (a.outcomes[i].started != b.outcomes[i].started ||
        a.outcomes[i].finished != b.outcomes[i].finished ||
        a.outcomes[i].running != b.outcomes[i].running)
      return false;
  }
  return a.account.useful == b.account.useful && a.account.lost == b.account.lost &&
         a.account.idle == b.account.idle && a.account.repair == b.account.repair &&
         a.end == b.end && a.failures == b.failures;
}

}  // namespace

TEST_CASE("accelerator-time adds up exactly, whatever happens, and jobs keep their bounds") {
  holds(rc::check([] {
    const JobQuestion question = any_question();
    const int pools = static_cast<int>(question.pools.size());
    const JobTrace trace = any_trace(30, *rc::gen::inRange(0, 3), pools);
    const JobRun run = simulate_jobs(trace, question);
    const JobAccount& account = run.account;
    RC_ASSERT(account.sum() == account.total);
    std::int64_t all = 0;
    for (const JobPool& pool : question.pools) all += pool.accelerators();
    RC_ASSERT(account.total == all * question.horizon);
    for (const JobTick part : {account.useful, account.lost, account.overhead, account.idle,
                               account.spare, account.repair, account.outage, account.maintenance})
      RC_ASSERT(part >= 0);
    JobTick busy = 0;
    for (std::size_t i = 0; i < trace.jobs.size(); ++i) {
      const Job& job = trace.jobs[i];
      const JobOutcome& outcome = run.outcomes[i];
      busy += outcome.running * job.accelerators;
      if (outcome.end != JobEnd::finished) continue;
      JobTick least = kLongestJobSpan;
      for (int pool = 0; pool < pools; ++pool) {
        const JobTick time = working_time_in(job, trace.kinds, pool);
        if (time >= 0) least = std::min(least, time);
      }
      RC_ASSERT(outcome.started >= job.arrival);
      bool spread_is_faster = job.kind >= 0;  // measured spread rates may be higher
      RC_ASSERT(spread_is_faster || outcome.running >= least);
      RC_ASSERT(outcome.finished >= outcome.started + (spread_is_faster ? 0 : least));
    }
    RC_ASSERT(busy == account.useful + account.lost + account.overhead);
  }));
}

TEST_CASE("the same question gives the same answer, and so do permuted jobs") {
  holds(rc::check([] {
    const JobQuestion question = any_question();
    JobTrace trace = any_trace(20, 0, static_cast<int>(question.pools.size()));
    const JobRun first = simulate_jobs(trace, question);
    RC_ASSERT(same(first, simulate_jobs(trace, question)));
    std::reverse(trace.jobs.begin(), trace.jobs.end());
    sort_jobs(trace.jobs);
    RC_ASSERT(same(first, simulate_jobs(trace, question)));
  }));
}

TEST_CASE("without trouble every possible job ends, and nothing is lost") {
  holds(rc::check([] {
    JobQuestion question = any_question();
    question.failures.clear();
    question.maintenance.clear();
    question.outages.clear();
    question.horizon = 0;
    const JobTrace trace = any_trace(30, 0, static_cast<int>(question.pools.size()));
    const JobRun run = simulate_jobs(trace, question);
    RC_ASSERT(run.account.sum() == run.account.total);
    std::int64_t refused = 0;
    for (const JobOutcome& each : run.outcomes) {
      RC_ASSERT(each.end != JobEnd::unfinished);
      refused += each.end == JobEnd::refused ? 1 : 0;
      RC_ASSERT(each.interruptions == 0);
    }
    RC_ASSERT(refused == run.refused);
    if (question.policy != JobPolicy::priority) RC_ASSERT(run.account.lost == 0);
    RC_ASSERT(run.account.repair + run.account.outage + run.account.maintenance == 0);
  }));
}

TEST_CASE("rounds: books, reruns and bounds under every policy") {
  holds(rc::check([] {
    RoundQuestion question;
    const int pools = *rc::gen::inRange(1, 4);
    for (int i = 0; i < pools; ++i)
      question.pools.push_back({"p", *rc::gen::inRange(4, 20), 1, 1, 0});
    question.policy = *rc::gen::element(RoundPolicy::fifo, RoundPolicy::fifo_random,
                                        RoundPolicy::fifo_fastest, RoundPolicy::max_min_fairness,
                                        RoundPolicy::max_min_aware, RoundPolicy::least_attained);
    JobTrace trace = any_trace(4, 2, pools);
    for (Job& job : trace.jobs) job.work = std::floor(job.work / 1000);
    const JobRun run = simulate_rounds(trace, question);
    RC_ASSERT(run.account.sum() == run.account.total);
    RC_ASSERT(same(run, simulate_rounds(trace, question)));
    JobTick busy = 0;
    for (std::size_t i = 0; i < trace.jobs.size(); ++i) {
      const Job& job = trace.jobs[i];
      busy += run.outcomes[i].running * job.accelerators;
      if (run.outcomes[i].end == JobEnd::refused) continue;
      RC_ASSERT(run.outcomes[i].end == JobEnd::finished);
      const auto& rate = trace.kinds[static_cast<std::size_t>(job.kind)].rate;
      const double least =
          job.work / *std::max_element(rate.begin(), rate.end()) * kJobTicksPerSecond;
      RC_ASSERT(static_cast<double>(run.outcomes[i].finished - job.arrival) >=
                least * (1 - 1e-3) - 1000);
    }
    RC_ASSERT(busy == run.account.useful);
  }));
}

TEST_CASE("fair shares fit, nobody is below the least, alike jobs get alike shares") {
  holds(rc::check([] {
    FairShareQuestion question;
    const int jobs = *rc::gen::inRange(2, 40), pools = *rc::gen::inRange(1, 4);
    for (int j = 0; j < pools; ++j) question.capacity.push_back(*rc::gen::inRange(1, 40));
    for (int i = 0; i < jobs; ++i) {
      std::vector<double> rate;
      for (int j = 0; j < pools; ++j) rate.push_back(*rc::gen::inRange(1, 100) / 10.0);
      question.rate.push_back(rate);
      question.gang.push_back(*rc::gen::inRange(1, 9));
    }
    question.rate.back() = question.rate.front();
    question.gang.back() = question.gang.front();
    const FairShares shares = fair_shares(question);
    std::vector<double> used(question.capacity.size(), 0.0);
    for (std::size_t i = 0; i < question.rate.size(); ++i) {
      double worth = 0, all = 0;
      for (std::size_t j = 0; j < used.size(); ++j) {
        RC_ASSERT(shares.share[i][j] > 0);
        worth += question.rate[i][j] * shares.share[i][j];
        all += shares.share[i][j];
        used[j] += question.gang[i] * shares.share[i][j];
      }
      RC_ASSERT(all <= 1 + 1e-9);
      RC_ASSERT(worth >= shares.least * (1 - 1e-9));
    }
    for (std::size_t j = 0; j < used.size(); ++j)
      RC_ASSERT(used[j] <= question.capacity[j] * (1 + 1e-9));
    for (std::size_t j = 0; j < used.size(); ++j)
      RC_ASSERT(std::abs(shares.share.front()[j] - shares.share.back()[j]) < 1e-6);
    // Dropping a job never lowers what the others can be given.
    FairShareQuestion fewer = question;
    fewer.rate.pop_back();
    fewer.gang.pop_back();
    RC_ASSERT(fair_shares(fewer).least >= shares.least * (1 - 1e-5));
  }));
}

TEST_CASE("free nodes: what is placed is what is released, gangs stay in their domain") {
  holds(rc::check([] {
    const JobPool pool{"p", *rc::gen::inRange(1, 200), *rc::gen::inRange(1, 9),
                       *rc::gen::inRange(1, 17), 0};
    JobNodes nodes(pool);
    const std::int64_t all = nodes.free();
    RC_ASSERT(all == pool.accelerators());
    std::vector<Placement> held;
    for (int step = 0; step < 100; ++step) {
      if (!held.empty() && *rc::gen::arbitrary<bool>()) {
        nodes.release(held.back());
        held.pop_back();
        continue;
      }
      const int gang = *rc::gen::inRange(1, 4 * pool.per_node + 1);
      const bool may_spread = *rc::gen::arbitrary<bool>();
      const bool could = nodes.could_hold(gang, may_spread);
      const std::int64_t before = nodes.free();
      const auto placed = nodes.place(gang, may_spread);
      RC_ASSERT(could == placed.has_value());
      if (!placed) continue;
      int sum = 0;
      bool one_domain = true;
      for (const NodeShare& share : placed->shares) {
        sum += share.accelerators;
        RC_ASSERT(nodes.free_of(share.node) >= 0);
        one_domain = one_domain &&
                     nodes.domain_of(share.node) == nodes.domain_of(placed->shares.front().node);
      }
      RC_ASSERT(sum == gang);
      RC_ASSERT(nodes.free() == before - gang);
      if (!may_spread) RC_ASSERT(one_domain);
      RC_ASSERT(placed->spread == !one_domain || (placed->spread && one_domain));
      held.push_back(*placed);
    }
    for (const Placement& each : held) nodes.release(each);
    RC_ASSERT(nodes.free() == all);
  }));
}

TEST_CASE("any text is a trace or a list of problems, never more") {
  holds(rc::check([](const std::string& text) {
    const auto read = read_job_trace("arrival,duration,accelerators\n" + text, "t.csv", {});
    if (read) {
      for (const Job& job : read->trace.jobs) RC_ASSERT(job.accelerators >= 1 && job.work > 0);
    } else {
      RC_ASSERT(!read.problems().empty());
    }
  }));
}
