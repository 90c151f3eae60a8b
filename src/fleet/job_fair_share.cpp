#include "fleet/job_fair_share.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace polyfleet {
namespace {

using Row = std::vector<double>;

/// Solves A x = b for a small symmetric positive definite A (Cholesky in place).
class SmallSystem {
 public:
  explicit SmallSystem(std::size_t size) : size_(size), a_(size * size) {}
  double& at(std::size_t row, std::size_t column) { return a_[row * size_ + column]; }

  void factor() {
    for (std::size_t j = 0; j < size_; ++j) {
      for (std::size_t k = 0; k < j; ++k) at(j, j) -= at(j, k) * at(j, k);
      at(j, j) = std::sqrt(std::max(at(j, j), 1e-300));
      for (std::size_t i = j + 1; i < size_; ++i) {
        for (std::size_t k = 0; k < j; ++k) at(i, j) -= at(i, k) * at(j, k);
        at(i, j) /= at(j, j);
      }
    }
  }
  void solve(double* b) {
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t k = 0; k < i; ++k) b[i] -= at(i, k) * b[k];
      b[i] /= at(i, i);
    }
    for (std::size_t i = size_; i-- > 0;) {
      for (std::size_t k = i + 1; k < size_; ++k) b[i] -= at(k, i) * b[k];
      b[i] /= at(i, i);
    }
  }

 private:
  std::size_t size_;
  std::vector<double> a_;
};

/// A slack and its multiplier.
struct Pair {
  double slack = 1, price = 1, change = 0;  ///< change: of the slack, by the step
  double weight() const { return price / slack; }
};

/// Primal-dual steps towards slack x price = mu for all constraints, mu falling. A job's block of
/// the system is pools x pools; jobs meet only in the least worth and in the pools' capacities,
/// pools + 1 unknowns.
class InteriorPoint {
 public:
  explicit InteriorPoint(const FairShareQuestion& question)
      : q_(question), pools_(question.capacity.size()), room_(pools_), block_(pools_) {
    double asked = 0;
    for (const double gang : q_.gang) asked += gang;
    jobs_.resize(q_.rate.size());
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      JobPart& job = jobs_[i];
      job.share.resize(pools_);
      job.gradient.resize(pools_);
      job.least.resize(pools_);
      job.pool.assign(pools_, Row(pools_));
      for (std::size_t j = 0; j < pools_; ++j)
        job.share[j].slack = 0.5 * std::min(1.0 / static_cast<double>(pools_ + 1),
                                            q_.capacity[j] / (asked + q_.capacity[j]));
      least_ = i == 0 ? worth(i) : std::min(least_, worth(i));
    }
    least_ *= 0.5;
    measure_slacks();
    start_prices();
  }

  FairShares solve() {
    constexpr double kGap = 1e-7, kCentring = 0.15;
    constexpr int kMostSteps = 100;  // twenty are usual
    for (int step = 0; step < kMostSteps && gap() > kGap * least_; ++step) {
      const double mu = kCentring * gap() / count();
      find_direction(mu);
      if (!direction_is_finite()) break;  // the last digits are gone: this is the optimum
      move(mu);
    }
    FairShares shares;
    shares.least = least_;
    for (const JobPart& job : jobs_) {
      Row& share = shares.share.emplace_back();
      for (const Pair& each : job.share) share.push_back(each.slack);
    }
    return shares;
  }

 private:
  struct JobPart {
    std::vector<Pair> share;  ///< share > 0
    Pair unused, over;        ///< shares sum below 1; worth above the least
    Row gradient, least;      ///< the block's answers to the gradient and to the least worth
    std::vector<Row> pool;    ///< and to each pool
  };

  double worth(std::size_t i) const {
    double sum = 0;
    for (std::size_t j = 0; j < pools_; ++j) sum += q_.rate[i][j] * jobs_[i].share[j].slack;
    return sum;
  }
  double count() const { return static_cast<double>(jobs_.size() * (pools_ + 2) + pools_); }
  void measure_slacks();
  void start_prices();
  double gap() const;
  template <class Visit>
  void visit_pairs(const Visit& visit);
  void answer_blocks(std::size_t i, double mu);
  void find_direction(double mu);
  void change_slacks(const Row& use);
  void move(double mu);
  bool direction_is_finite();

  const FairShareQuestion& q_;
  std::size_t pools_;
  std::vector<JobPart> jobs_;
  std::vector<Pair> room_;  ///< capacity not used
  double least_ = 0, least_step_ = 0;
  SmallSystem block_;
};

template <class Visit>
void InteriorPoint::visit_pairs(const Visit& visit) {
  for (JobPart& job : jobs_) {
    for (Pair& each : job.share) visit(each);
    visit(job.unused);
    visit(job.over);
  }
  for (Pair& each : room_) visit(each);
}

void InteriorPoint::measure_slacks() {
  for (std::size_t j = 0; j < pools_; ++j) room_[j].slack = q_.capacity[j];
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    JobPart& job = jobs_[i];
    job.unused.slack = 1;
    for (std::size_t j = 0; j < pools_; ++j) {
      job.unused.slack -= job.share[j].slack;
      room_[j].slack -= q_.gang[i] * job.share[j].slack;
    }
    job.over.slack = worth(i) - least_;
  }
}

/// All products alike, the prices of the worths summing to about 1 as the objective wants.
void InteriorPoint::start_prices() {
  double inverse = 0;
  for (const JobPart& job : jobs_) inverse += 1 / job.over.slack;
  visit_pairs([&](Pair& each) { each.price = 1 / inverse / each.slack; });
}

double InteriorPoint::gap() const {
  double sum = 0;
  for (const JobPart& job : jobs_) {
    for (const Pair& each : job.share) sum += each.slack * each.price;
    sum += job.unused.slack * job.unused.price + job.over.slack * job.over.price;
  }
  for (const Pair& each : room_) sum += each.slack * each.price;
  return sum;
}

/// One job's block: its answers to its gradient, to the least worth and to each pool.
void InteriorPoint::answer_blocks(std::size_t i, double mu) {
  JobPart& job = jobs_[i];
  const Row& rate = q_.rate[i];
  for (std::size_t j = 0; j < pools_; ++j) {
    for (std::size_t k = 0; k <= j; ++k)
      block_.at(j, k) = job.unused.weight() + rate[j] * rate[k] * job.over.weight();
    block_.at(j, j) += job.share[j].weight();
    job.gradient[j] = mu * (1 / job.share[j].slack - 1 / job.unused.slack -
                            q_.gang[i] / room_[j].slack + rate[j] / job.over.slack);
    job.least[j] = rate[j] * job.over.weight();
    std::fill(job.pool[j].begin(), job.pool[j].end(), 0.0);
    job.pool[j][j] = q_.gang[i];
  }
  block_.factor();
  block_.solve(job.gradient.data());
  block_.solve(job.least.data());
  for (Row& each : job.pool) block_.solve(each.data());
}

/// Newton's direction towards products of mu. With t the least worth, q a pool's use times its
/// weight, D a job's block, l and s what ties it to t and to the pools:
///   dx = D^-1 (g + l dt - s q),  a dt + b q = c,  C q = h + b dt.
void InteriorPoint::find_direction(double mu) {
  double a = 0, c = 1;
  Row of_least(pools_, 0.0), of_gradient(pools_, 0.0);  // b and h, then C^-1 b and C^-1 h
  SmallSystem pools(pools_);
  for (std::size_t j = 0; j < pools_; ++j) pools.at(j, j) = 1 / room_[j].weight();
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    answer_blocks(i, mu);
    const JobPart& job = jobs_[i];
    a += job.over.weight();
    c -= mu / job.over.slack;
    for (std::size_t j = 0; j < pools_; ++j) {
      const double tie = q_.rate[i][j] * job.over.weight();
      a -= tie * job.least[j];
      c += tie * job.gradient[j];
      of_least[j] += q_.gang[i] * job.least[j];
      of_gradient[j] += q_.gang[i] * job.gradient[j];
      for (std::size_t k = 0; k <= j; ++k) pools.at(j, k) += q_.gang[i] * job.pool[k][j];
    }
  }
  pools.factor();
  const Row b = of_least;
  pools.solve(of_least.data());
  pools.solve(of_gradient.data());
  for (std::size_t j = 0; j < pools_; ++j) {
    a += b[j] * of_least[j];
    c -= b[j] * of_gradient[j];
  }
  least_step_ = c / a;
  for (std::size_t j = 0; j < pools_; ++j) of_gradient[j] += of_least[j] * least_step_;
  change_slacks(of_gradient);
}

/// The changes of all slacks, `use` being what q is above.
void InteriorPoint::change_slacks(const Row& use) {
  for (Pair& each : room_) each.change = 0;
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    JobPart& job = jobs_[i];
    job.unused.change = 0;
    job.over.change = -least_step_;
    for (std::size_t j = 0; j < pools_; ++j) {
      double step = job.gradient[j] + job.least[j] * least_step_;
      for (std::size_t k = 0; k < pools_; ++k) step -= job.pool[k][j] * use[k];
      job.share[j].change = step;
      job.unused.change -= step;
      job.over.change += q_.rate[i][j] * step;
      room_[j].change -= q_.gang[i] * step;
    }
  }
}

bool InteriorPoint::direction_is_finite() {
  double sum = least_step_;
  visit_pairs([&](const Pair& each) { sum += std::abs(each.change); });
  return std::isfinite(sum);
}

/// As far as slacks and prices stay positive, each with its own length.
void InteriorPoint::move(double mu) {
  constexpr double kToBoundary = 0.99;
  double slack_length = 1, price_length = 1;
  const auto price_change = [mu](const Pair& each) {
    return mu / each.slack - each.price - each.weight() * each.change;
  };
  visit_pairs([&](Pair& each) {
    if (each.change < 0)
      slack_length = std::min(slack_length, -kToBoundary * each.slack / each.change);
    const double change = price_change(each);
    if (change < 0) price_length = std::min(price_length, -kToBoundary * each.price / change);
  });
  visit_pairs([&](Pair& each) {
    const double change = price_change(each);
    each.price += price_length * change;
    each.slack += slack_length * each.change;
  });
  least_ += slack_length * least_step_;
}

}  // namespace

FairShares fair_shares(const FairShareQuestion& question) {
  if (question.rate.empty()) return {};
  POLYFLEET_CHECK(question.gang.size() == question.rate.size(), "a gang for every job");
  return InteriorPoint(question).solve();
}

}  // namespace polyfleet
