#include "fleet/job_division.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "fleet/job_fair_share.hpp"
#include "sim/random_stream.hpp"

namespace polyfleet {
namespace {

std::vector<double> capacities(const std::vector<JobPool>& pools) {
  std::vector<double> all;
  for (const JobPool& pool : pools) all.push_back(static_cast<double>(pool.accelerators()));
  return all;
}

/// In order of arrival until one fits nowhere; one whole pool each.
class FifoFastest final : public DivisionPolicy {
 public:
  explicit FifoFastest(const std::vector<JobPool>& pools) : room_(capacities(pools)) {}
  bool only_divided() const override { return true; }
  bool ordered_pools() const override { return true; }

  Division divide(const std::vector<DividedJob>& jobs) override {
    std::vector<double> room = room_;
    Division division(jobs.size(), std::vector<double>(room.size(), 0.0));
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      int best = -1;
      // Slower pools first, so that of equals the last in the cluster's order loses.
      for (std::size_t pool = room.size(); pool-- > 0;) {
        if (room[pool] < jobs[i].gang) continue;
        if (best < 0 || (*jobs[i].rate)[pool] > (*jobs[i].rate)[static_cast<std::size_t>(best)])
          best = static_cast<int>(pool);
      }
      if (best < 0) break;
      if ((*jobs[i].rate)[static_cast<std::size_t>(best)] <= 0) continue;  // waits for another pool
      division[i][static_cast<std::size_t>(best)] = 1;
      room[static_cast<std::size_t>(best)] -= jobs[i].gang;
    }
    return division;
  }

 private:
  std::vector<double> room_;
};

/// In order of arrival; the first or a random pool with room, kept until the job ends.
class Fifo final : public DivisionPolicy {
 public:
  Fifo(const std::vector<JobPool>& pools, bool random_pool, std::uint64_t seed)
      : room_(capacities(pools)), random_pool_(random_pool), random_(seed, 1) {}
  bool only_divided() const override { return true; }

  Division divide(const std::vector<DividedJob>& jobs) override {
    std::vector<double> room = room_;
    std::map<int, std::size_t> kept;
    for (const DividedJob& each : jobs) {
      const auto found = pool_of_.find(each.job);
      if (found == pool_of_.end()) continue;
      kept.insert(*found);
      room[found->second] -= each.gang;
    }
    Division division(jobs.size(), std::vector<double>(room.size(), 0.0));
    bool blocked = false;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (kept.count(jobs[i].job) == 0 && !blocked) blocked = !place(jobs[i], room, kept);
      const auto found = kept.find(jobs[i].job);
      if (found != kept.end()) division[i][found->second] = 1;
    }
    pool_of_ = std::move(kept);
    return division;
  }

 private:
  /// False where the job has room nowhere: it blocks those behind it.
  bool place(const DividedJob& job, std::vector<double>& room, std::map<int, std::size_t>& kept) {
    std::vector<std::size_t> fitting;
    for (std::size_t pool = 0; pool < room.size(); ++pool) {
      if (room[pool] >= job.gang) fitting.push_back(pool);
    }
    if (fitting.empty()) return false;
    const std::size_t pool = fitting[random_pool_ ? random_.below(fitting.size()) : 0];
    if ((*job.rate)[pool] <= 0) return true;  // a pool that does not run it: another time
    kept.emplace(job.job, pool);
    room[pool] -= job.gang;
    return true;
  }

  std::vector<double> room_;
  bool random_pool_;
  RandomStream random_;
  std::map<int, std::size_t> pool_of_;
};

/// The greatest least share; aware: of throughput relative to an equal split, else of time.
class MaxMin final : public DivisionPolicy {
 public:
  MaxMin(const std::vector<JobPool>& pools, bool aware)
      : capacity_(capacities(pools)), aware_(aware) {}
  bool ordered_pools() const override { return aware_; }

  Division divide(const std::vector<DividedJob>& jobs) override {
    FairShareQuestion question;
    question.capacity = capacity_;
    for (const DividedJob& each : jobs) {
      question.gang.push_back(each.gang);
      question.rate.emplace_back(capacity_.size(), static_cast<double>(each.gang));
    }
    FairShares shares = fair_shares(question);
    if (!aware_) return rounded(std::move(shares.share));
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      double split = 0;  // throughput with the shares of the equal split
      for (std::size_t pool = 0; pool < capacity_.size(); ++pool)
        split += (*jobs[i].rate)[pool] * shares.share[i][pool];
      for (std::size_t pool = 0; pool < capacity_.size(); ++pool)
        question.rate[i][pool] = (*jobs[i].rate)[pool] / split * jobs[i].gang;
    }
    return rounded(fair_shares(question).share);
  }

 private:
  /// Beyond the solver's accuracy digits mean nothing, but would decide who goes first.
  static Division rounded(Division shares) {
    constexpr double kSteps = 1e6;
    for (auto& job : shares) {
      for (double& share : job) share = std::round(share * kSteps) / kSteps;
    }
    return shares;
  }

  std::vector<double> capacity_;
  bool aware_;
};

/// Everybody may run everywhere; the rounds order jobs by what they had.
class Everybody final : public DivisionPolicy {
 public:
  explicit Everybody(std::size_t pools) : pools_(pools) {}
  bool ordered_pools() const override { return true; }
  Division divide(const std::vector<DividedJob>& jobs) override {
    return Division(jobs.size(), std::vector<double>(pools_, 1.0));
  }

 private:
  std::size_t pools_;
};

}  // namespace

std::string_view name_of(RoundPolicy policy) {
  switch (policy) {
    case RoundPolicy::fifo:
      return "rounds-fifo";
    case RoundPolicy::fifo_random:
      return "rounds-fifo-random";
    case RoundPolicy::fifo_fastest:
      return "rounds-fifo-fastest";
    case RoundPolicy::max_min_fairness:
      return "max-min-fairness";
    case RoundPolicy::max_min_aware:
      return "max-min-aware";
    case RoundPolicy::least_attained:
      return "least-attained";
  }
  return "rounds-fifo";
}

std::unique_ptr<DivisionPolicy> division_policy(const RoundQuestion& question) {
  switch (question.policy) {
    case RoundPolicy::fifo:
      return std::make_unique<Fifo>(question.pools, false, question.seed);
    case RoundPolicy::fifo_random:
      return std::make_unique<Fifo>(question.pools, true, question.seed);
    case RoundPolicy::fifo_fastest:
      return std::make_unique<FifoFastest>(question.pools);
    case RoundPolicy::max_min_fairness:
      return std::make_unique<MaxMin>(question.pools, false);
    case RoundPolicy::max_min_aware:
      return std::make_unique<MaxMin>(question.pools, true);
    case RoundPolicy::least_attained:
      return std::make_unique<Everybody>(question.pools.size());
  }
  return nullptr;
}

}  // namespace polyfleet
