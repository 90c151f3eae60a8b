#include "capital/deal_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "base/parallel_work.hpp"
#include "capital/deal_date.hpp"
#include "capital/warrant_paths.hpp"
#include "sim/running_statistics.hpp"

namespace polyfleet {
namespace {

constexpr std::int64_t kMostPaths = 2'000'000;  // two numbers a path and position are kept
constexpr std::size_t kBins = 41;  // of values: forty up to the percentile below, one above
constexpr double kLastBin = 0.99;
constexpr double kLeastVolatility = 0.05;  // below it the closed forms overflow

Diagnostics faults_of(const WarrantPosition& position, const ValuationOptions& options) {
  Diagnostics out;
  const Deal& deal = *position.deal;
  if (!deal.warrant) {
    out.push_back(problem(fmt::format("'{}' has no warrant", deal.id)));
    return out;
  }
  if (!is_before(options.valued_on, deal.warrant->expiry.value))
    out.push_back(problem(
        fmt::format("the warrant of '{}' expires on {}, not after the valuation "
                    "on {}",
                    deal.id, print_date(deal.warrant->expiry.value), print_date(options.valued_on)),
        "value it on an earlier day"));
  if (position.deployments.empty())
    out.push_back(problem(fmt::format("'{}' has no deployment to be valued over", deal.id)));
  const std::size_t wanted = milestones(deal).size();
  for (const DeploymentPath& path : position.deployments) {
    if (path.reached.size() == wanted) continue;
    out.push_back(problem(fmt::format("a deployment of '{}' has {} dates for {} milestones",
                                      deal.id, path.reached.size(), wanted)));
    break;
  }
  return out;
}

Diagnostics faults_of(const std::vector<WarrantPosition>& positions, const ShareModel& share,
                      const ValuationOptions& options) {
  Diagnostics out;
  if (positions.empty()) out.push_back(problem("no warrant to value"));
  for (const WarrantPosition& position : positions) {
    const Diagnostics own = faults_of(position, options);
    out.insert(out.end(), own.begin(), own.end());
  }
  const auto above_zero = [&](double value, const char* what) {
    if (!(value > 0)) out.push_back(problem(fmt::format("{} must be above zero", what)));
  };
  above_zero(share.price / usd, "the share price");
  above_zero(share.outstanding, "the number of shares outstanding");
  if (!(share.volatility >= kLeastVolatility))
    out.push_back(problem(fmt::format("the volatility must be at least {}", kLeastVolatility)));
  if (options.paths < 2 || options.paths > kMostPaths)
    out.push_back(
        problem(fmt::format("paths = {} must be between 2 and {}", options.paths, kMostPaths)));
  if (options.steps_a_year < 1 || options.steps_a_year > 10000)
    out.push_back(problem("steps a year must be between 1 and 10000"));
  return out;
}

void add(PairSums& into, const PairSums& part) {
  into.value += part.value;
  into.square += part.square;
  into.control += part.control;
  into.control_square += part.control_square;
  into.with_control += part.with_control;
}

void add(std::vector<PairSums>& into, const std::vector<PairSums>& part) {
  for (std::size_t i = 0; i < part.size(); ++i) add(into[i], part[i]);
}

void add(ChunkSums& into, const ChunkSums& part) {
  for (std::size_t i = 0; i < part.tranches.size(); ++i) {
    TrancheSums& tranche = into.tranches[i];
    add(tranche.value, part.tranches[i].value);
    add(tranche.vests, part.tranches[i].vests);
    add(tranche.delivered, part.tranches[i].delivered);
    tranche.days += part.tranches[i].days;
    tranche.count += part.tranches[i].count;
    const std::vector<std::int64_t>& vested = part.tranches[i].vested_in;
    tranche.vested_in.resize(std::max(tranche.vested_in.size(), vested.size()));
    for (std::size_t step = 0; step < vested.size(); ++step)
      tranche.vested_in[step] += vested[step];
  }
  add(into.value, part.value);
  add(into.unforeseen, part.unforeseen);
  add(into.shares, part.shares);
  for (std::size_t p = 0; p < part.exercise_cash.size(); ++p)
    into.exercise_cash[p] += part.exercise_cash[p];
  into.dilution += part.dilution;
  into.pairs += part.pairs;
  into.steps += part.steps;
}

/// All chunks, in whatever order, summed in theirs.
/// Nothing: stopped.
std::optional<ChunkSums> run_all(const WarrantPaths& paths, const ValuationOptions& options,
                                 PathTotals& totals) {
  std::vector<ChunkSums> chunks(static_cast<std::size_t>(paths.chunks()));
  std::atomic<std::size_t> next{0}, done{0};
  const auto stopped = [&] { return options.stop != nullptr && options.stop->load(); };
  const auto work = [&](std::size_t thread) {
    for (std::size_t at = next++; at < chunks.size() && !stopped(); at = next++) {
      chunks[at] = paths.run(static_cast<std::int64_t>(at), totals);
      ++done;
      if (thread == 0 && options.progress)
        options.progress(static_cast<double>(at + 1) / static_cast<double>(chunks.size()));
    }
  };
  on_threads(std::clamp<std::size_t>(chunks.size(), 1, stated_threads(options.threads)), work);
  if (done < chunks.size()) return std::nullopt;
  ChunkSums sums = std::move(chunks.front());
  for (std::size_t i = 1; i < chunks.size(); ++i) add(sums, chunks[i]);
  return sums;
}

/// Means over pairs, plain or with the control variate (Glasserman 2003, section 4.1).
class Estimator {
 public:
  explicit Estimator(std::int64_t pairs) : pairs_(static_cast<double>(pairs)) {}

  Sampled plain(const PairSums& sums) const {
    const double mean = sums.value / pairs_;
    return {mean, error(sums.square / pairs_ - mean * mean)};
  }
  /// The control's true mean is zero.
  Sampled controlled(const PairSums& sums) const {
    const Sampled simple = plain(sums);
    const double control = sums.control / pairs_;
    const double spread = sums.control_square / pairs_ - control * control;
    if (!(spread > 0)) return simple;
    const double covariance = sums.with_control / pairs_ - simple.mean * control;
    const double slope = covariance / spread;
    const double variance = sums.square / pairs_ - simple.mean * simple.mean;
    return {simple.mean - slope * control, error(variance - slope * covariance)};
  }

 private:
  double error(double variance) const {
    return std::sqrt(std::max(0.0, variance) / std::max(1.0, pairs_ - 1));
  }
  double pairs_;
};

ValueBins bins_of(const std::vector<double>& values) {
  ValueBins bins;
  bins.counts.assign(kBins, 0);
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  bins.width = quantile(sorted, kLastBin) / static_cast<double>(kBins - 1);
  for (const double value : values) {
    const double at = bins.width > 0 ? value / bins.width : 0;
    ++bins.counts[at < kBins - 1 ? static_cast<std::size_t>(at) : kBins - 1];
  }
  return bins;
}

double share_of_zeros(const std::vector<double>& values) {
  return static_cast<double>(std::count(values.begin(), values.end(), 0.0)) /
         static_cast<double>(values.size());
}

/// Adds what one tranche vests to the running means.
void add_vesting(const WarrantTranche& terms, const TrancheSums& sums, double paths,
                 std::vector<double>& vested_by) {
  if (sums.vested_in.empty()) return;
  if (vested_by.size() < sums.vested_in.size())
    vested_by.resize(sums.vested_in.size(), vested_by.empty() ? 0 : vested_by.back());
  double so_far = 0;
  for (std::size_t step = 0; step < vested_by.size(); ++step) {
    if (step < sums.vested_in.size()) so_far += static_cast<double>(sums.vested_in[step]);
    vested_by[step] += terms.conditions.value * terms.shares.value * so_far / paths;
  }
}

TrancheValue tranche_value(const WarrantTranche& terms, const TrancheSums& sums,
                           const Estimator& estimator, const CalendarDate& valued_on) {
  TrancheValue value;
  value.delivered = terms.delivered;
  value.shares = terms.shares.value;
  value.hurdle = terms.hurdle.value;
  value.vests = estimator.plain(sums.vests);
  value.delivered_in_time = estimator.plain(sums.delivered);
  value.value = estimator.controlled(sums.value);
  if (sums.count > 0)
    value.vest_date = add_days(
        valued_on, static_cast<int>(std::lround(sums.days / static_cast<double>(sums.count))));
  return value;
}

}  // namespace

Percentiles percentiles_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {quantile(values, 0.05), quantile(values, 0.25), quantile(values, 0.5),
          quantile(values, 0.75), quantile(values, 0.95)};
}

Result<WarrantValuation> warrant_valuation(const std::vector<WarrantPosition>& positions,
                                           const ShareModel& share,
                                           const ValuationOptions& options) {
  if (const Diagnostics faults = faults_of(positions, share, options); !faults.empty())
    return faults;
  const WarrantPaths paths(positions, share, options);
  if (2 * paths.pairs() > 2 * kMostPaths)
    return problem("the deployments of the deals are too many to be combined",
                   "give all deals the same number of deployments");
  PathTotals totals;
  const std::vector<double> room(static_cast<std::size_t>(2 * paths.pairs()));
  totals.values.assign(positions.size(), room);
  totals.shares.assign(positions.size(), room);
  const std::optional<ChunkSums> all = run_all(paths, options, totals);
  if (!all)
    return problem("stopped before every path of the share price was played",
                   "let it run, or ask for fewer --paths");
  const ChunkSums& sums = *all;
  const Estimator estimator(sums.pairs);
  const double pairs = static_cast<double>(sums.pairs);
  WarrantValuation answer;
  double every_share = 0;
  std::size_t next = 0;
  for (std::size_t p = 0; p < positions.size(); ++p) {
    const WarrantTerms& warrant = *positions[p].deal->warrant;
    WarrantValue value;
    value.deal = positions[p].deal->id;
    for (const WarrantTranche& terms : warrant.tranches) {
      add_vesting(terms, sums.tranches[next], 2 * pairs, value.vested_by);
      value.tranches.push_back(
          tranche_value(terms, sums.tranches[next++], estimator, options.valued_on));
      every_share += terms.shares.value;
    }
    // Tranche by tranche each has its own control; the error is that of their sum.
    value.value = estimator.controlled(sums.value[p]);
    value.value.mean = 0;
    for (const TrancheValue& tranche : value.tranches) value.value.mean += tranche.value.mean;
    answer.value.mean += value.value.mean;
    value.value_bins = bins_of(totals.values[p]);
    value.value_spread = percentiles_of(std::move(totals.values[p]));
    value.shares = estimator.plain(sums.shares[p]);
    value.nothing_vests = share_of_zeros(totals.shares[p]);
    value.shares_spread = percentiles_of(std::move(totals.shares[p]));
    value.per_gigawatt = value.value.mean * usd / (warrant.tranches.back().delivered / gigawatt);
    value.exercise_cash = sums.exercise_cash[p] / pairs * usd;
    value.value_if_unforeseen = estimator.controlled(sums.unforeseen[p]);
    answer.positions.push_back(std::move(value));
  }
  answer.value.error = estimator.controlled(sums.value.back()).error;
  answer.shares = estimator.plain(sums.shares.back());
  answer.per_share_outstanding = answer.value.mean * usd / share.outstanding;
  answer.of_market_value = answer.per_share_outstanding / share.price;
  answer.dilution = sums.dilution / pairs;
  answer.greatest_dilution = every_share / (share.outstanding + every_share);
  answer.paths = 2 * sums.pairs;
  answer.steps = sums.steps;
  return answer;
}

}  // namespace polyfleet
