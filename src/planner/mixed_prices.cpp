// The second bound on pipelines over several pools, by prices. Whatever prices devices have, a
// replica must pay for its stages: at place n from the end a stage of a cut holds at most so many
// layers (by time and by the micro-batches that wait there), and all places together hold the
// model. For any mu >= 0 the cheapest such choice costs at least
//   mu x layers - max over p of the sum over places 0 .. p - 1 of max over cuts of
//   (mu x held - price),
// the Lagrangian of "hold all layers": the best mu is searched, every mu is valid. One bound serves
// every number of replicas and every subset of the pools.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "planner/mixed_limits.hpp"
#include "planner/mixed_pipelines.hpp"

namespace polyfleet {
namespace {

/// std::floor of what is not negative, without its call.
double whole_part(double value) {
  constexpr double kAllWhole = 4503599627370496.0;  // from 2^52 on there are no fractions
  return value < kAllWhole ? static_cast<double>(static_cast<std::int64_t>(value)) : value;
}

}  // namespace

PipelineGroups::Places PipelineGroups::places_of(int micro_batch, std::int64_t micro_batches,
                                                 double time, const std::vector<double>& prices) {
  Places places;
  places.count = unit_.size();
  const double m = static_cast<double>(micro_batches);
  const double least_work = fastest_.at(micro_batch);
  std::vector<double> tau(places.count);
  for (std::size_t n = 0; n < places.count; ++n) {
    const auto behind = static_cast<double>(n);
    tau[n] = time / m;
    if (m > behind + 1) tau[n] = std::min(tau[n], (time - least_work) / (m - 1 - behind / 2));
  }
  const std::vector<Offer>& offers = offers_.at(micro_batch);
  places.units.reserve(offers.size() * places.count);
  for (const Offer& offer : offers) {
    places.price.push_back(prices[pools_[offer.pool]] * offer.cut->devices_per_stage);
    const double rate = offer.rate * (1 + kBoundRounding);
    double units = 0;
    for (std::size_t n = 0; n < places.count; ++n) {
      if (n == 0 || tau[n] != tau[n - 1])
        units = whole_layers_ ? whole_part(tau[n] * rate) : tau[n] * rate;
      places.units.push_back(
          std::min(units, offer.room[std::min(n, static_cast<std::size_t>(micro_batches - 1))]));
    }
  }
  return places;
}

PipelineGroups::DistinctPlaces PipelineGroups::distinct(const Places& places) {
  const std::size_t count = places.count, cuts = places.price.size();
  std::vector<char> differs(count, 0);
  for (std::size_t c = 0; c < cuts; ++c) {
    const double* units = places.units.data() + c * count;
    for (std::size_t n = 1; n < count; ++n) differs[n] |= units[n] != units[n - 1] ? 1 : 0;
  }
  DistinctPlaces own;
  std::vector<std::size_t> firsts;
  for (std::size_t n = 0; n < count; ++n) {
    if (n == 0 || differs[n] != 0) {
      firsts.push_back(n);
      own.repeats.push_back(0);
    }
    ++own.repeats.back();
  }
  std::vector<std::size_t> order(cuts);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return places.price[a] < places.price[b]; });
  std::vector<double> row(firsts.size());
  for (const std::size_t c : order) {
    for (std::size_t i = 0; i < firsts.size(); ++i) row[i] = places.units[c * count + firsts[i]];
    bool matched = false;
    for (std::size_t k = 0; k < own.price.size() && !matched; ++k) {
      const double* other = own.units.data() + k * row.size();
      matched = std::equal(row.begin(), row.end(), other, std::less_equal<>());
    }
    if (matched) continue;
    own.units.insert(own.units.end(), row.begin(), row.end());
    own.price.push_back(places.price[c]);
  }
  return own;
}

double PipelineGroups::least_price(int micro_batch, std::int64_t micro_batches, double time,
                                   const std::vector<double>& prices) {
  if (fastest_.at(micro_batch) > time) return kInfinite;
  const Places all_places = places_of(micro_batch, micro_batches, time, prices);
  counts_.work += static_cast<std::int64_t>(all_places.count * all_places.price.size()) / 4;
  const DistinctPlaces places = distinct(all_places);
  const std::size_t count = places.repeats.size();
  std::vector<double> gain(count);
  const auto bound = [&](double mu) {
    const double sum = mu * need_;
    std::fill(gain.begin(), gain.end(), -kInfinite);
    for (std::size_t c = 0; c < places.price.size(); ++c) {
      const double* units = places.units.data() + c * count;
      const double price = places.price[c];
      for (std::size_t n = 0; n < count; ++n) gain[n] = std::max(gain[n], mu * units[n] - price);
    }
    double all = 0, most = -kInfinite;  // a pipeline of p stages has the places 0 .. p - 1
    for (std::size_t n = 0; n < count; ++n) {
      for (std::size_t i = 0; i < places.repeats[n]; ++i) most = std::max(most, all += gain[n]);
    }
    return sum - most;
  };
  // Beyond the price of a stage per layer held nothing is gained by a larger mu, unless the places
  // do not hold the model at any price.
  double held = 0;
  for (std::size_t n = 0; n < count; ++n) {
    double most = 0;
    for (std::size_t c = 0; c < places.price.size(); ++c)
      most = std::max(most, places.units[c * count + n]);
    for (std::size_t i = 0; i < places.repeats[n]; ++i) held += most;
  }
  if (held < need_ * (1 - kBoundRounding)) return kInfinite;
  double most_price = 0;
  for (const double price : all_places.price) most_price = std::max(most_price, price);
  double low = 0, high = most_price;
  constexpr int kSteps = 14;
  constexpr double kGolden = 0.381966;
  double a = low + kGolden * (high - low), b = high - kGolden * (high - low);
  double at_a = bound(a), at_b = bound(b), best = std::max({0.0, at_a, at_b});
  for (int step = 0; step < kSteps; ++step) {
    if (at_a < at_b) {
      low = a;
      a = b;
      at_a = at_b;
      b = high - kGolden * (high - low);
      best = std::max(best, at_b = bound(b));
    } else {
      high = b;
      b = a;
      at_b = at_a;
      a = low + kGolden * (high - low);
      best = std::max(best, at_a = bound(a));
    }
  }
  last_mu_ = (low + high) / 2;
  return best * (1 - kBoundRounding);
}

/// More micro-batches never cost less, so that first's price serves up to last; split until that
/// is close enough.
double PipelineGroups::segment(int micro_batch, std::int64_t first, std::int64_t last, double time,
                               const std::vector<double>& prices, Found& found) {
  const double price = least_price(micro_batch, first, time, prices);
  if (price == kInfinite) return 0;
  if (!(price > 0)) return kInfinite;
  const double here = static_cast<double>(micro_batch) * static_cast<double>(first) / price;
  if (here > found.per_price) found = {here, last_mu_, micro_batch, first};
  const double most = static_cast<double>(micro_batch) * static_cast<double>(last) / price;
  constexpr double kClose = 1.005;
  if (most <= found.per_price * kClose || first == last) return most;
  const std::int64_t middle = first + (last - first) / 2;
  return std::max(segment(micro_batch, middle + 1, last, time, prices, found),
                  segment(micro_batch, first, middle, time, prices, found));
}

PipelineGroups::PerPrice PipelineGroups::most_per_price(double time,
                                                        const std::vector<double>& prices) {
  const std::int64_t batch = question_.pools[0].question.scenario.plan.global_batch;
  PerPrice most;
  Found found;
  for (const int micro_batch : micro_batches_)
    most.sequences = std::max(
        most.sequences, segment(micro_batch, 1, std::max<std::int64_t>(1, batch / micro_batch),
                                time, prices, found));
  most.parts.assign(prices.size(), 0);
  if (found.per_price <= 0) return most;
  const Places places = places_of(found.micro_batch, found.micro_batches, time, prices);
  const std::vector<Offer>& offers = offers_.at(found.micro_batch);
  double sum = 0, held = 0;
  for (std::size_t n = 0; n < places.count; ++n) {
    double gain = -kInfinite;
    std::size_t chosen = 0;
    for (std::size_t c = 0; c < offers.size(); ++c) {
      const double own = found.mu * places.units[c * places.count + n] - places.price[c];
      if (own > gain) {
        gain = own;
        chosen = c;
      }
    }
    held += places.units[chosen * places.count + n];
    if (held > need_) break;
    most.parts[pools_[offers[chosen].pool]] += places.price[chosen];
    sum += places.price[chosen];
  }
  for (double& part : most.parts) part = sum > 0 ? part / sum : 0;
  return most;
}

}  // namespace polyfleet
