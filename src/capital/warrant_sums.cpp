// What one pair of paths adds to the sums of its chunk (declared in capital/warrant_paths.hpp).
#include <array>

#include "capital/warrant_paths.hpp"

namespace polyfleet {
namespace {

void add(PairSums& sums, double value, double control) {
  sums.value += value;
  sums.square += value * value;
  sums.control += control;
  sums.control_square += control * control;
  sums.with_control += value * control;
}

}  // namespace

double WarrantPaths::control_of(const Pair& pair, std::size_t i) const {
  if (pair.deliveries[i] > tranches_[i].expiry) return 0;
  return (pair.legs[0].control[i] + pair.legs[1].control[i]) / 2 - pair.control_means[i];
}

void WarrantPaths::add_pair(const Pair& pair, ChunkSums& sums) const {
  const std::vector<Leg>& legs = pair.legs;
  for (std::size_t i = 0; i < tranches_.size(); ++i) {
    TrancheSums& tranche = sums.tranches[i];
    const double control = control_of(pair, i);
    const Tranche& terms = tranches_[i];
    int vested = 0;
    for (const Leg& leg : legs) {
      if (leg.days[i] < 0) continue;
      ++vested;
      tranche.days += leg.days[i];
      const auto step = static_cast<std::size_t>(leg.days[i] / WarrantValue::kVestingDays);
      if (tranche.vested_in.size() <= step) tranche.vested_in.resize(step + 1);
      ++tranche.vested_in[step];
    }
    tranche.count += vested;
    // The conditions enter means as a factor and single paths as a draw: less noise, same mean.
    const double vests = terms.conditions * vested / 2.0;
    sums.exercise_cash[terms.position] += terms.strike / usd * terms.shares * vests;
    add(tranche.value, terms.conditions * (legs[0].value[i] + legs[1].value[i]) / 2, control);
    add(tranche.vests, vests, control);
    add(tranche.delivered, pair.deliveries[i] <= tranches_[i].expiry ? 1 : 0, control);
  }
}

void WarrantPaths::add_totals(const Pair& pair, std::int64_t number, ChunkSums& sums,
                              PathTotals& totals) const {
  const std::vector<Leg>& legs = pair.legs;
  const std::size_t count = positions_.size();
  // By leg, then position; the last place holds the sum of all positions.
  std::array<std::vector<double>, 2> value, shares;
  std::vector<double> mean_value(count + 1), mean_shares(count + 1);
  for (std::size_t l = 0; l < 2; ++l) {
    value[l].assign(count + 1, 0);
    shares[l].assign(count + 1, 0);
    for (std::size_t i = 0; i < tranches_.size(); ++i) {
      const Tranche& tranche = tranches_[i];
      if (legs[l].days[i] < 0) continue;
      for (const std::size_t at : {tranche.position, count}) {
        mean_value[at] += tranche.conditions * legs[l].value[i] / 2;
        mean_shares[at] += tranche.conditions * tranche.shares / 2;
        if (!legs[l].granted[i]) continue;
        value[l][at] += legs[l].value[i];
        shares[l][at] += tranche.shares;
      }
    }
    sums.dilution += shares[l][count] / (share_.outstanding + shares[l][count]) / 2;
    for (std::size_t p = 0; p < count; ++p) {
      const auto path = static_cast<std::size_t>(2 * number) + l;
      totals.values[p][path] = value[l][p];
      totals.shares[p][path] = shares[l][p];
    }
  }
  const auto kept = [&](std::size_t l) {
    return share_.outstanding / (share_.outstanding + shares[l][count]);
  };
  std::vector<double> control(count + 1);
  for (std::size_t i = 0; i < tranches_.size(); ++i) {
    const double own = tranches_[i].conditions * tranches_[i].shares * control_of(pair, i);
    control[tranches_[i].position] += own;
    control[count] += own;
  }
  for (std::size_t p = 0; p <= count; ++p) {
    add(sums.value[p], mean_value[p], control[p]);
    add(sums.unforeseen[p], (value[0][p] * kept(0) + value[1][p] * kept(1)) / 2, control[p]);
    add(sums.shares[p], mean_shares[p], control[p]);
  }
}

}  // namespace polyfleet
