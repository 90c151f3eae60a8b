#include "fleet/job_rounds.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "fleet/job_division.hpp"
#include "sim/random_stream.hpp"

namespace polyfleet {
namespace {

/// A job that is there, with what it had in each pool since the last division.
struct Present {
  int job = 0;
  int gang = 1;
  const std::vector<double>* rate = nullptr;  ///< steps a second by pool
  double remaining = 0;                       ///< steps
  std::vector<double> share;                  ///< of the last division; empty: came after it
  std::vector<double> had;                    ///< seconds in each pool since then
  std::vector<double> behind;                 ///< seconds that it should have had more, so far
  double attained = 0;                        ///< accelerator-seconds in all
};

/// A job that could run in a pool this round; the order of taking them.
struct Candidate {
  double priority = 0, behind = 0, share = 0;
  std::size_t present = 0;
  friend bool operator<(const Candidate& a, const Candidate& b) {
    return std::tie(b.priority, b.behind, b.share, a.present) <
           std::tie(a.priority, a.behind, a.share, b.present);
  }
};

class Rounds {
 public:
  Rounds(const JobTrace& trace, const RoundQuestion& question)
      : trace_(trace),
        question_(question),
        policy_(division_policy(question)),
        random_(question.seed, 2),
        pools_(question.pools.size()),
        pool_time_(pools_, 0.0) {
    run_.outcomes.resize(trace.jobs.size());
    if (!trace.jobs.empty()) now_ = run_.begin = trace.jobs.front().arrival;
    const bool all = question.end_measured == 0;
    measured_from_ = all ? 0 : question.first_measured;
    measured_to_ = all ? trace.jobs.size() : question.end_measured;
    unmeasured_ = measured_to_ - measured_from_;
  }

  JobRun play() {
    while (unmeasured_ > 0) {
      arrive();
      divide_if_due();
      const JobTick end = run_round();
      if (run_.interrupted) break;
      if (end > now_) {
        now_ = end;
      } else if (next_ < trace_.jobs.size()) {
        pass_idle(std::max(now_, trace_.jobs[next_].arrival));
      } else {
        last_division_ = run_.begin;  // nothing ran and nobody comes: divide at once
        if (present_.empty()) break;
      }
    }
    run_.end = now_;
    return std::move(run_);
  }

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }
  double seconds(JobTick ticks) const { return static_cast<double>(ticks) / kJobTicksPerSecond; }
  bool runs_somewhere(const Job& job) const;
  void arrive();
  void divide_if_due();
  void restart_counts();
  JobTick run_round();
  std::vector<std::size_t> pool_order();
  JobTick run_pool(std::size_t pool, const std::vector<Candidate>& queue, std::vector<bool>& taken);
  std::vector<std::vector<Candidate>> candidates() const;
  JobTick run_job(Present& present, std::size_t pool);
  void end_job(const Present& present, JobTick finish);
  void settle(int job);
  void pass_idle(JobTick until) {
    for (const JobPool& pool : question_.pools)
      run_.account.idle += pool.accelerators() * (until - now_);
    for (const JobPool& pool : question_.pools)
      run_.account.total += pool.accelerators() * (until - now_);
    now_ = until;
  }

  const JobTrace& trace_;
  const RoundQuestion& question_;
  std::unique_ptr<DivisionPolicy> policy_;
  RandomStream random_;
  std::size_t pools_;
  std::vector<double> pool_time_;  ///< seconds of jobs in each pool since the last division
  std::vector<Present> present_;   ///< in order of arrival
  std::size_t next_ = 0;
  std::size_t measured_from_ = 0, measured_to_ = 0, unmeasured_ = 0;
  JobTick now_ = 0, last_division_ = 0;
  JobTick busy_ = 0;  ///< accelerator-time of this round
  bool changed_ = false, divided_ = false;
  JobRun run_;
};

bool Rounds::runs_somewhere(const Job& job) const {
  const auto& rate = trace_.kinds[at(job.kind)].rate;
  for (std::size_t pool = 0; pool < pools_; ++pool) {
    if (rate[pool] > 0 && question_.pools[pool].accelerators() >= job.accelerators) return true;
  }
  return false;
}

void Rounds::settle(int job) {
  if (at(job) < measured_from_ || at(job) >= measured_to_) return;
  --unmeasured_;
  if (question_.progress)
    question_.progress(1 - static_cast<double>(unmeasured_) /
                               static_cast<double>(measured_to_ - measured_from_));
}

void Rounds::arrive() {
  for (; next_ < trace_.jobs.size() && trace_.jobs[next_].arrival <= now_; ++next_) {
    const Job& job = trace_.jobs[next_];
    ++run_.decisions;
    const int index = static_cast<int>(next_);
    if (job.kind < 0 || !runs_somewhere(job)) {
      run_.outcomes[next_].end = JobEnd::refused;
      ++run_.refused;
      settle(index);
      continue;
    }
    Present present{index,
                    job.accelerators,
                    &trace_.kinds[at(job.kind)].rate,
                    job.work,
                    {},
                    {},
                    std::vector<double>(pools_, 0.0)};
    present.had.assign(pools_, seconds(question_.round) / 2);
    present_.push_back(std::move(present));
    changed_ = true;
  }
}

/// New shares once jobs have come or gone, not more often than the question says.
void Rounds::divide_if_due() {
  const bool due = !divided_ || now_ - last_division_ >= question_.between_divisions ||
                   last_division_ == run_.begin;
  if (!changed_ || !due) return;
  restart_counts();
  std::vector<DividedJob> jobs;
  for (const Present& each : present_) jobs.push_back({each.job, each.gang, each.rate});
  Division division = policy_->divide(jobs);
  for (std::size_t i = 0; i < present_.size(); ++i) present_[i].share = std::move(division[i]);
  last_division_ = now_;
  divided_ = true;
  changed_ = false;
}

/// What jobs had too little of is carried over; every count starts at half a round.
void Rounds::restart_counts() {
  const double passed = seconds(now_ - last_division_), half = seconds(question_.round) / 2;
  std::fill(pool_time_.begin(), pool_time_.end(), 0.0);
  for (Present& each : present_) {
    for (std::size_t pool = 0; pool < pools_; ++pool) {
      const double due = each.share.empty() ? 0 : each.share[pool] * passed;
      each.behind[pool] += due - (each.had[pool] - half);
      each.had[pool] = half;
      pool_time_[pool] += half;
    }
  }
}

/// Who may run where, in the order of each pool: furthest behind his share first.
std::vector<std::vector<Candidate>> Rounds::candidates() const {
  constexpr double kNeverRan = 1e9;  // above any share over a fraction of time
  std::vector<std::vector<Candidate>> all(pools_);
  for (std::size_t i = 0; i < present_.size(); ++i) {
    const Present& each = present_[i];
    for (std::size_t pool = 0; pool < pools_; ++pool) {
      if ((*each.rate)[pool] <= 0) continue;
      Candidate candidate{0, each.behind[pool], 0, i};
      if (question_.policy == RoundPolicy::least_attained) {
        candidate.priority = -each.attained;
        candidate.behind = 0;
      } else if (!each.share.empty()) {
        candidate.share = each.share[pool];
        const double fraction = pool_time_[pool] > 0 ? each.had[pool] / pool_time_[pool] : 0;
        candidate.priority =
            fraction > 0 ? candidate.share / fraction : candidate.share * kNeverRan;
      }
      if (policy_->only_divided() && candidate.priority <= 0) continue;
      all[pool].push_back(candidate);
    }
  }
  for (auto& each : all) std::sort(each.begin(), each.end());
  return all;
}

/// One round of a job in a pool; returns when it is done with it.
JobTick Rounds::run_job(Present& present, std::size_t pool) {
  const double rate = (*present.rate)[pool];
  const double steps = std::min(std::floor(rate * seconds(question_.round)), present.remaining);
  const JobTick time =
      std::max<JobTick>(1, static_cast<JobTick>(std::llround(steps / rate * kJobTicksPerSecond)));
  present.remaining -= steps;
  present.had[pool] += seconds(time);
  pool_time_[pool] += seconds(time);
  present.attained += seconds(time) * present.gang;
  JobOutcome& outcome = run_.outcomes[at(present.job)];
  if (outcome.started < 0) outcome.started = now_;
  outcome.running += time;
  run_.account.useful += time * present.gang;
  ++run_.decisions;
  return now_ + time;
}

void Rounds::end_job(const Present& present, JobTick finish) {
  JobOutcome& outcome = run_.outcomes[at(present.job)];
  outcome.end = JobEnd::finished;
  outcome.finished = finish;
  changed_ = true;
  settle(present.job);
}

/// The pools as the policy fills them this round.
std::vector<std::size_t> Rounds::pool_order() {
  std::vector<std::size_t> order(pools_);
  for (std::size_t pool = 0; pool < pools_; ++pool) order[pool] = pool;
  if (!policy_->ordered_pools()) {
    for (std::size_t i = pools_; i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
  }
  return order;
}

/// Runs what a pool has room for; returns the end of the last and adds the busy accelerator-time.
JobTick Rounds::run_pool(std::size_t pool, const std::vector<Candidate>& queue,
                         std::vector<bool>& taken) {
  std::int64_t room = question_.pools[pool].accelerators();
  JobTick end = now_;
  for (const Candidate& candidate : queue) {
    Present& present = present_[candidate.present];
    if (room == 0) break;
    if (taken[candidate.present] || present.gang > room) continue;
    taken[candidate.present] = true;
    room -= present.gang;
    if (present.share.empty()) continue;  // holds its room until the next division
    const JobTick finish = run_job(present, pool);
    busy_ += (finish - now_) * present.gang;
    end = std::max(end, finish);
    if (present.remaining <= 0) end_job(present, finish);
  }
  return end;
}

JobTick Rounds::run_round() {
  if (question_.stop != nullptr && question_.stop->load(std::memory_order_relaxed)) {
    run_.interrupted = true;
    return now_;
  }
  const std::vector<std::size_t> order = pool_order();
  const auto queues = candidates();
  std::vector<bool> taken(present_.size(), false);
  JobTick end = now_;
  busy_ = 0;
  for (const std::size_t pool : order) end = std::max(end, run_pool(pool, queues[pool], taken));
  JobTick all = 0;
  for (const JobPool& pool : question_.pools) all += pool.accelerators() * (end - now_);
  run_.account.idle += all - busy_;
  run_.account.total += all;
  const auto gone = [](const Present& each) { return each.remaining <= 0; };
  present_.erase(std::remove_if(present_.begin(), present_.end(), gone), present_.end());
  return end;
}

}  // namespace

JobRun simulate_rounds(const JobTrace& trace, const RoundQuestion& question) {
  POLYFLEET_CHECK(!question.pools.empty(), "a cluster without pools");
  return Rounds(trace, question).play();
}

}  // namespace polyfleet
