#include "capital/warrant_paths.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.hpp"
#include "capital/deal_date.hpp"
#include "sim/running_statistics.hpp"

namespace polyfleet {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kTradingDays = 252;  // a year on United States exchanges, by convention
/// Uniform draws are multiples of 2^-53, so that -2 log(u) stays below this.
constexpr double kHighestLog = 2 * 38.0;
constexpr double kSamePoint = 1e-9;                        // years
constexpr std::uint64_t kShiftStream = ~std::uint64_t{0};  // no chunk has this number

/// The point of a Kronecker sequence moved by a shift, as a standard normal.
double spread_normal(double shift, double step, std::int64_t point) {
  const double at = shift + step * static_cast<double>(point);
  return normal_quantile(std::clamp(at - std::floor(at), 0x1p-53, 1 - 0x1p-53));
}

double log_price(const ShareModel& share, Usd price) { return std::log(price / share.price); }

}  // namespace

WarrantPaths::WarrantPaths(const std::vector<WarrantPosition>& positions, const ShareModel& share,
                           const ValuationOptions& options)
    : positions_(positions), share_(share), seed_(options.seed), years_(positions.size()) {
  std::int64_t combinations = 1;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    add_tranches(positions[i], i, options);
    combinations =
        std::lcm(combinations, static_cast<std::int64_t>(positions[i].deployments.size()));
  }
  const std::int64_t wanted = (options.paths + 1) / 2;
  pairs_ = (wanted + combinations - 1) / combinations * combinations;
  RandomStream random(seed_, kShiftStream);
  for (std::int64_t i = 0; i < combinations; ++i) {
    const double first = random.uniform();
    shifts_.push_back({first, random.uniform()});
  }
  steps_a_year_ = averages_ ? kTradingDays : options.steps_a_year;
  set_correlation();
}

void WarrantPaths::add_tranches(const WarrantPosition& position, std::size_t index,
                                const ValuationOptions& options) {
  const WarrantTerms& warrant = *position.deal->warrant;
  const std::vector<Watts> powers = milestones(*position.deal);
  for (const WarrantTranche& terms : warrant.tranches) {
    Tranche tranche;
    tranche.position = index;
    tranche.milestone = milestone_of(powers, terms.delivered);
    tranche.log_hurdle = log_price(share_, terms.hurdle.value);
    tranche.shares = terms.shares.value;
    tranche.conditions = terms.conditions.value;
    tranche.expiry = years_between(options.valued_on, warrant.expiry.value);
    tranche.strike = warrant.exercise_price.value;
    tranche.rule = warrant.rule;
    tranche.window = std::max(1, static_cast<int>(warrant.window_days.value));
    tranche.met_before =
        warrant.rule == HurdleRule::once && warrant.highest.value >= terms.hurdle.value;
    tranches_.push_back(tranche);
    horizon_ = std::max(horizon_, tranche.expiry);
  }
  averages_ = averages_ || warrant.rule == HurdleRule::average;
  from_start_ = from_start_ || warrant.rule != HurdleRule::spot;
  for (std::size_t path = 0; path < position.deployments.size(); ++path) {
    std::vector<double>& years = years_[index].emplace_back();
    for (const auto& date : position.deployments[path].reached)
      years.push_back(date ? std::max(0.0, years_between(options.valued_on, *date)) : kInfinity);
  }
}

void WarrantPaths::set_correlation() {
  const std::vector<DeploymentPath>& deployments = positions_.front().deployments;
  const bool scored = std::any_of(deployments.begin(), deployments.end(),
                                  [](const DeploymentPath& path) { return path.score != 0; });
  correlation_ = scored ? positions_.front().deal->correlation.value : 0;
  // Scores of finitely many paths are not quite normal, and their news come at different times: the
  // price is moved so that its mean after the news stays the forward.
  double mean = 0;
  for (std::size_t i = 0; i < deployments.size(); ++i) {
    const double deviation =
        share_.volatility * std::sqrt(news_time(years_.front()[i])) * correlation_;
    mean += std::exp(deviation * deployments[i].score - deviation * deviation / 2);
  }
  forward_shift_ = -std::log(mean / static_cast<double>(deployments.size()));
}

double WarrantPaths::news_time(const std::vector<double>& years) const {
  double first = horizon_;
  for (const double delivery : years) {
    if (delivery > 0) first = std::min(first, delivery);
  }
  return first;
}

std::vector<double> WarrantPaths::deliveries_of(std::int64_t pair) const {
  std::vector<double> deliveries;
  for (const Tranche& tranche : tranches_) {
    const auto& paths = years_[tranche.position];
    deliveries.push_back(paths[static_cast<std::size_t>(pair) % paths.size()][tranche.milestone]);
  }
  return deliveries;
}

std::vector<WarrantPaths::Step> WarrantPaths::steps_of(const std::vector<double>& deliveries,
                                                       double news) const {
  std::vector<double> points{news};
  for (const double delivery : deliveries) {
    if (delivery > 0 && delivery < horizon_) points.push_back(delivery);
  }
  for (const Tranche& tranche : tranches_) points.push_back(tranche.expiry);
  std::sort(points.begin(), points.end());
  const double first = *std::min_element(deliveries.begin(), deliveries.end());
  const double begin = from_start_ ? 0 : std::min(first, horizon_);
  std::vector<Step> steps;
  double here = 0;
  const auto go_to = [&](double there, bool trading_day) {
    if (there - here < kSamePoint) {
      if (!steps.empty()) steps.back().trading_day |= trading_day;
      return;
    }
    const bool late = here > news - kSamePoint;
    const double target = late ? horizon_ : news;
    const double length = there - here, left = target - here;
    const double after = std::max(0.0, target - there);
    steps.push_back({here, there, length / left,
                     share_.volatility * std::sqrt(length * after / left),
                     share_.volatility * share_.volatility * length, trading_day, late});
    here = there;
  };
  auto regular = static_cast<std::int64_t>(begin * steps_a_year_) + 1;
  for (const double point : points) {
    for (; static_cast<double>(regular) / steps_a_year_ <= point; ++regular)
      go_to(static_cast<double>(regular) / steps_a_year_, true);
    go_to(point, false);
  }
  return steps;
}

void WarrantPaths::start(Leg& leg, const Ends& ends, const std::vector<double>& granted,
                         const std::vector<double>& deliveries) const {
  const double drift =
      share_.rate - share_.dividend_yield - share_.volatility * share_.volatility / 2;
  const double rest = horizon_ - ends.news;
  leg.x = 0;
  leg.at_delivery = drift * ends.news + forward_shift_ +
                    share_.volatility * std::sqrt(ends.news) * ends.at_delivery;
  leg.terminal = leg.at_delivery + drift * rest + share_.volatility * std::sqrt(rest) * ends.rest;
  leg.open_count = 0;
  for (std::size_t i = 0; i < tranches_.size(); ++i) {
    leg.open[i] = deliveries[i] <= tranches_[i].expiry;
    leg.open_count += leg.open[i];
    leg.met[i] = tranches_[i].met_before;
    leg.granted[i] = granted[i] < tranches_[i].conditions;
    leg.value[i] = 0;
    leg.days[i] = -1;
  }
  leg.prices.assign(averages_ ? 1 : 0, 1.0);
  check_point(leg, 0, averages_, deliveries);
}

bool WarrantPaths::average_met(const Leg& leg, const Tranche& tranche) const {
  const std::size_t days = leg.prices.size();
  const auto window = static_cast<std::size_t>(tranche.window);
  double sum = leg.prices.back();
  if (days > window) {
    sum -= leg.prices[days - 1 - window];
  } else {
    sum += static_cast<double>(window - days);  // days before the valuation, at its price
  }
  return sum >= static_cast<double>(window) * std::exp(tranche.log_hurdle);
}

void WarrantPaths::check_point(Leg& leg, double time, bool trading_day,
                               const std::vector<double>& deliveries) const {
  for (std::size_t i = 0; i < tranches_.size(); ++i) {
    const Tranche& tranche = tranches_[i];
    if (!leg.open[i]) continue;
    if (std::abs(deliveries[i] - time) < kSamePoint) note_control(leg, i, time);
    if (tranche.rule == HurdleRule::average) {
      leg.met[i] = trading_day && average_met(leg, tranche);
    } else {
      const bool above = leg.x >= tranche.log_hurdle;
      leg.met[i] = above || (tranche.rule == HurdleRule::once && leg.met[i]);
    }
    if (leg.met[i] && deliveries[i] <= time + kSamePoint) {
      settle(leg, i, time, time);
    } else if (time >= tranche.expiry - kSamePoint) {
      leg.open[i] = 0;
      --leg.open_count;
    }
  }
}

void WarrantPaths::note_control(Leg& leg, std::size_t i, double time) const {
  leg.control[i] = share_.price / usd * std::exp(leg.x - share_.rate * time);
}

void WarrantPaths::settle(Leg& leg, std::size_t i, double time, double vested_at) const {
  const Tranche& tranche = tranches_[i];
  leg.open[i] = 0;
  --leg.open_count;
  ShareModel then = share_;
  then.price = share_.price * std::exp(leg.x);
  leg.value[i] = call_value(then, tranche.strike, std::max(0.0, tranche.expiry - time)) / usd *
                 tranche.shares * std::exp(-share_.rate * time);
  leg.days[i] = vested_at * (year_of_365 / day);
}

void WarrantPaths::walk(Leg& leg, const Step& step, double z, double u,
                        const std::vector<double>& deliveries) const {
  const double before = leg.x;
  leg.x += ((step.late ? leg.terminal : leg.at_delivery) - leg.x) * step.pull + step.spread * z;
  double highest = -kInfinity;
  for (std::size_t i = 0; i < tranches_.size(); ++i) {
    const Tranche& tranche = tranches_[i];
    if (!leg.open[i] || tranche.rule == HurdleRule::average) continue;
    const bool delivered = deliveries[i] <= step.begin + kSamePoint;
    if (!delivered && tranche.rule == HurdleRule::spot) continue;
    const double under = tranche.log_hurdle - before, over = tranche.log_hurdle - leg.x;
    if (under > 0 && over > 0 && 2 * under * over > kHighestLog * step.variance) continue;
    if (highest == -kInfinity) highest = bridge_maximum(before, leg.x, step.variance, u);
    if (highest < tranche.log_hurdle) continue;
    leg.met[i] = 1;
    if (delivered) settle(leg, i, step.end, (step.begin + step.end) / 2);
  }
  if (averages_ && step.trading_day) leg.prices.push_back(leg.prices.back() + std::exp(leg.x));
  check_point(leg, step.end, step.trading_day, deliveries);
}

WarrantPaths::Pair WarrantPaths::empty_pair() const {
  Leg leg;
  for (auto* list : {&leg.open, &leg.met, &leg.granted}) list->resize(tranches_.size());
  leg.value.resize(tranches_.size());
  leg.days.resize(tranches_.size());
  leg.control.resize(tranches_.size());
  return {{}, {}, 0, {}, std::vector<Leg>(2, leg)};
}

void WarrantPaths::set_control_means(std::int64_t number, Pair& pair) const {
  const std::vector<DeploymentPath>& scored = positions_.front().deployments;
  const double score = scored[static_cast<std::size_t>(number) % scored.size()].score;
  const double deviation = share_.volatility * std::sqrt(pair.news) * correlation_;
  pair.control_means.assign(tranches_.size(), 0);
  for (std::size_t i = 0; i < tranches_.size(); ++i) {
    // Of a bridge to the news the part f has been walked: mean f (shift + deviation * score), and
    // the variance lacks (f deviation)^2.
    const double part = std::min(1.0, pair.deliveries[i] / pair.news);
    const double tilt =
        part * (forward_shift_ + deviation * score) - part * part * deviation * deviation / 2;
    pair.control_means[i] =
        share_.price / usd * std::exp(tilt - share_.dividend_yield * pair.deliveries[i]);
  }
}

void WarrantPaths::draw_start(std::int64_t number, RandomStream& random, Pair& pair) const {
  std::vector<double> granted, opposite;
  for (std::size_t i = 0; i < tranches_.size(); ++i) {
    granted.push_back(random.uniform());
    opposite.push_back(1 - granted.back());
  }
  const std::vector<DeploymentPath>& scored = positions_.front().deployments;
  const std::size_t at = static_cast<std::size_t>(number) % scored.size();
  const double common = correlation_ * scored[at].score;
  // The two ends of a path carry most of its variance: for each deployment they cover the square
  // evenly, a sequence whose steps are powers of the inverse of x^3 = x + 1 (Roberts 2018).
  constexpr double kFirstStep = 0.7548776662466927, kSecondStep = 0.5698402909980532;
  const auto combinations = static_cast<std::int64_t>(shifts_.size());
  const auto& shift = shifts_[static_cast<std::size_t>(number % combinations)];
  const std::int64_t point = number / combinations;
  const double own =
      std::sqrt(1 - correlation_ * correlation_) * spread_normal(shift[0], kFirstStep, point);
  const double rest = spread_normal(shift[1], kSecondStep, point);
  const double news = news_time(years_.front()[at]);
  start(pair.legs[0], {news, common + own, rest}, granted, pair.deliveries);
  start(pair.legs[1], {news, common - own, -rest}, opposite, pair.deliveries);
}

ChunkSums WarrantPaths::run(std::int64_t chunk, PathTotals& totals) const {
  constexpr double kLeast = 0x1p-54;
  RandomStream random(seed_, static_cast<std::uint64_t>(chunk));
  ChunkSums sums;
  sums.tranches.resize(tranches_.size());
  sums.exercise_cash.resize(positions_.size());
  for (auto* list : {&sums.value, &sums.unforeseen, &sums.shares})
    list->resize(positions_.size() + 1);
  Pair pair = empty_pair();
  const auto& first = years_.front();
  for (std::int64_t i = chunk * kChunk; i < std::min(pairs_, (chunk + 1) * kChunk); ++i) {
    std::vector<double> deliveries = deliveries_of(i);
    const double news = news_time(first[static_cast<std::size_t>(i) % first.size()]);
    if (deliveries != pair.deliveries || news != pair.news) {
      pair.deliveries = std::move(deliveries);
      pair.news = news;
      pair.steps = steps_of(pair.deliveries, news);
    }
    set_control_means(i, pair);
    draw_start(i, random, pair);
    for (const Step& step : pair.steps) {
      if (pair.legs[0].open_count + pair.legs[1].open_count == 0) break;
      const double z = random.normal(0, 1), u = random.uniform();
      if (pair.legs[0].open_count > 0) walk(pair.legs[0], step, z, 1 - u, pair.deliveries);
      if (pair.legs[1].open_count > 0)
        walk(pair.legs[1], step, -z, std::max(u, kLeast), pair.deliveries);
      sums.steps += 2;
    }
    add_pair(pair, sums);
    add_totals(pair, i, sums, totals);
    ++sums.pairs;
  }
  return sums;
}

}  // namespace polyfleet
