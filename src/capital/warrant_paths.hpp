// The simulation behind capital/deal_value.hpp: pairs of antithetic price paths, each pair on one
// deployment path. The price at the first delivery and at the last expiry are drawn first and the
// steps are bridges to them, so that the first can be correlated with how early the path is. Chunks
// of pairs draw from streams of their own: the answer does not depend on who runs which.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "capital/deal_value.hpp"
#include "sim/random_stream.hpp"

namespace polyfleet {

/// Sums of one quantity over pairs (a pair counts as one value, the mean of its two paths) and of
/// its control, whose mean is known to be zero: discounted prices at deliveries less their means.
struct PairSums {
  double value = 0, square = 0, control = 0, control_square = 0, with_control = 0;
};

/// One tranche of one position over the pairs of a chunk.
struct TrancheSums {
  PairSums value, vests, delivered;
  double days = 0;                      ///< from the valuation to vesting, over paths that vest
  std::int64_t count = 0;               ///< those paths
  std::vector<std::int64_t> vested_in;  ///< of them by step of WarrantValue::kVestingDays
};

struct ChunkSums {
  std::vector<TrancheSums> tranches;
  std::vector<PairSums> value, unforeseen, shares;  ///< by position, and of all at the end
  std::vector<double> exercise_cash;                ///< by position
  double dilution = 0;
  std::int64_t pairs = 0, steps = 0;
};

/// By position, then path: what vests on that path.
struct PathTotals {
  std::vector<std::vector<double>> values, shares;
};

class WarrantPaths {
 public:
  static constexpr std::int64_t kChunk = 256;  ///< pairs

  /// Precondition: what warrant_valuation checks.
  WarrantPaths(const std::vector<WarrantPosition>& positions, const ShareModel& share,
               const ValuationOptions& options);

  /// Pairs that use every combination of deployments equally often.
  std::int64_t pairs() const { return pairs_; }
  std::int64_t chunks() const { return (pairs_ + kChunk - 1) / kChunk; }
  /// Simulates a chunk; its part of `totals` (sized 2 * pairs()) is written.
  ChunkSums run(std::int64_t chunk, PathTotals& totals) const;

 private:
  struct Tranche {
    std::size_t position = 0, milestone = 0;
    double log_hurdle = 0, shares = 0, conditions = 1, expiry = 0;
    Usd strike;
    HurdleRule rule = HurdleRule::spot;
    int window = 1;
    bool met_before = false;  ///< rule `once`: by the highest price since issue
  };
  struct Step {
    double begin = 0, end = 0;
    double pull = 0, spread = 0, variance = 0;
    bool trading_day = false;  ///< its end is one of the regular points
    bool late = false;         ///< after the first delivery
  };
  /// What is drawn before the steps.
  struct Ends {
    double news = 0;                   ///< years
    double at_delivery = 0, rest = 0;  ///< standard normal
  };
  /// One price path on its way.
  struct Leg {
    /// Logarithms of price over today's: now, at the first delivery, at the horizon.
    double x = 0, at_delivery = 0, terminal = 0;
    int open_count = 0;
    std::vector<char> open, met, granted;  ///< by tranche; granted: its conditions will hold
    std::vector<double> value, days;       ///< of vested tranches: USD of today; days < 0: not
    std::vector<double> control;           ///< USD a share: price at its delivery less the mean
    std::vector<double> prices;            ///< running sums by trading day, for `average`
  };

  /// Two antithetic paths and the steps that they share.
  struct Pair {
    std::vector<double> deliveries, control_means;
    double news = 0;
    std::vector<Step> steps;
    std::vector<Leg> legs;
  };

  Pair empty_pair() const;
  /// Means of the discounted price on the delivery days, for this deployment.
  void set_control_means(std::int64_t number, Pair& pair) const;
  void draw_start(std::int64_t number, RandomStream& random, Pair& pair) const;
  void add_tranches(const WarrantPosition& position, std::size_t index,
                    const ValuationOptions& options);
  void set_correlation();
  std::vector<Step> steps_of(const std::vector<double>& deliveries, double news) const;
  std::vector<double> deliveries_of(std::int64_t pair) const;
  /// Of the deployment of the first position: years to the first delivery that is still to come,
  /// by which the price has taken in how early it is; at most the horizon.
  double news_time(const std::vector<double>& years) const;
  void start(Leg& leg, const Ends& ends, const std::vector<double>& granted,
             const std::vector<double>& deliveries) const;
  void walk(Leg& leg, const Step& step, double z, double u,
            const std::vector<double>& deliveries) const;
  void check_point(Leg& leg, double time, bool trading_day,
                   const std::vector<double>& deliveries) const;
  void note_control(Leg& leg, std::size_t tranche, double time) const;
  bool average_met(const Leg& leg, const Tranche& tranche) const;
  void settle(Leg& leg, std::size_t tranche, double time, double vested_at) const;
  void add_pair(const Pair& pair, ChunkSums& sums) const;
  void add_totals(const Pair& pair, std::int64_t number, ChunkSums& sums, PathTotals& totals) const;
  double control_of(const Pair& pair, std::size_t tranche) const;

  const std::vector<WarrantPosition>& positions_;
  ShareModel share_;
  std::uint64_t seed_ = 0;
  std::vector<Tranche> tranches_;
  /// By position, deployment and milestone: years to the delivery; infinite = never.
  std::vector<std::vector<std::vector<double>>> years_;
  std::vector<std::array<double, 2>> shifts_;  ///< of the evenly spread ends, by deployments
  std::int64_t pairs_ = 0;
  double horizon_ = 0, steps_a_year_ = 0, correlation_ = 0, forward_shift_ = 0;
  bool from_start_ = false;  ///< a rule watches the price before the first delivery
  bool averages_ = false;    ///< a rule needs daily prices
};

}  // namespace polyfleet
