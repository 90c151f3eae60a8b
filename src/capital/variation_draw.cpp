#include "capital/variation_draw.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.hpp"
#include "fleet/clock_units.hpp"
#include "sim/random_stream.hpp"

namespace polyfleet {
namespace {

/// So far below the median that no event of a chance below 1 happens.
constexpr double kNoEvent = -8;
constexpr double kDaysAQuarter = 365.25 / 4;
/// A factor on the share out of service leaves at least this share working.
constexpr double kLeastInService = 0.1;

/// A seed that hangs on the names alone (FNV-1a, 64 bits), mixed with the reader's.
std::uint64_t named_seed(std::uint64_t seed, const std::string& input, const std::string& member) {
  std::uint64_t hash = 14695981039346656037ULL ^ (seed * 0x9e3779b97f4a7c15ULL);
  const auto add = [&](char byte) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  };
  for (const char byte : input) add(byte);
  add('\0');
  for (const char byte : member) add(byte);
  return hash;
}

double normal_of(std::uint64_t seed, std::uint64_t future, const std::string& input,
                 const std::string& member) {
  return RandomStream(named_seed(seed, input, member), future).normal(0, 1);
}

double normal_share(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

/// Fills a variation member by member.
class VariationMaker {
 public:
  VariationMaker(const VariationContext& context, FleetVariation& into)
      : context_(context), model_(*context.model), into_(into) {}

  void apply(const UncertainInput& input, const std::vector<double>& normals) {
    for (std::size_t i = 0; i < input.members.size(); ++i)
      apply(input, i, static_cast<std::size_t>(input.members[i]), normals[i]);
  }

  double outage_rate() const { return outage_rate_; }

 private:
  static double& factor(std::vector<double>& factors, std::size_t count, std::size_t at) {
    if (factors.empty()) factors.assign(count, 1.0);
    return factors[at];
  }

  void cancel(std::size_t phase) {
    if (into_.cancelled.empty()) into_.cancelled.assign(model_.phases.size(), false);
    into_.cancelled[phase] = true;
  }

  void delay(std::size_t phase, double z) {
    if (into_.delay_hours.empty()) into_.delay_hours.assign(model_.phases.size(), 0);
    into_.delay_hours[phase] = delay_quantile(model_.phases[phase].delay, normal_share(z));
  }

  /// The day is where the draw stands among those that hit. Delays come before losses in the list.
  void lose(const VendorLoss& loss, double hit_share) {
    const FleetHour from = loss.from ? model_.time.hour_of(*loss.from) : 0;
    const FleetHour until = loss.until ? model_.time.hour_of(*loss.until) : from;
    const FleetHour at = from + static_cast<FleetHour>(std::floor(hit_share * (until - from)));
    for (std::size_t i = 0; i < model_.phases.size(); ++i) {
      const FleetPhase& phase = model_.phases[i];
      const DeviceClass& part = model_.classes[static_cast<std::size_t>(phase.device_class)];
      if (phase.existing || part.vendor != loss.vendor) continue;
      if (!loss.program.empty() && phase.program != loss.program) continue;
      const int late = into_.delay_hours.empty() ? 0 : into_.delay_hours[i];
      if (phase.first_delivery + late >= at) cancel(i);
    }
  }

  void fail(std::size_t device_class, double more) {
    const double share = model_.classes[device_class].in_service;
    const double left = std::max(std::min(share, kLeastInService), 1 - (1 - share) * more);
    factor(into_.in_service, model_.classes.size(), device_class) *= left / share;
  }

  void apply(const UncertainInput& input, std::size_t i, std::size_t member, double z) {
    const double value = std::exp((z < 0 ? input.below[i] : input.above[i]) * z);
    const std::size_t workloads = model_.workloads.size(), sites = model_.sites.size(),
                      classes = model_.classes.size();
    const double above = normal_share(z) - (1 - input.probability);
    switch (input.kind) {
      case DrawnInputKind::delay:
        return delay(member, z);
      case DrawnInputKind::cancellation:
        if (event_happens(input, z)) cancel(member);
        return;
      case DrawnInputKind::vendor_loss:
        if (event_happens(input, z)) lose(context_.spec->losses[member], above / input.probability);
        return;
      case DrawnInputKind::demand:
        factor(into_.demand, workloads, member) *= value;
        return;
      case DrawnInputKind::demand_growth:
        factor(into_.demand_growth, workloads, member) *= value;
        return;
      case DrawnInputKind::value_growth:
        factor(into_.value_growth, workloads, member) *= value;
        return;
      case DrawnInputKind::price:
        factor(into_.price, sites, member) *= value;
        return;
      case DrawnInputKind::price_growth:
        factor(into_.price_growth, sites, member) *= value;
        return;
      case DrawnInputKind::carbon:
        factor(into_.carbon, sites, member) *= value;
        return;
      case DrawnInputKind::failures:
        return fail(member, value);
      case DrawnInputKind::prediction:
        factor(into_.speed, classes, member) *= value;
        return;
      case DrawnInputKind::maturity:
        factor(into_.maturity, classes, member) *= value;
        return;
      case DrawnInputKind::hardware_price:
        factor(into_.hardware_price, classes, member) *= value;
        return;
      case DrawnInputKind::outages:
        outage_rate_ = value;
        return;
    }
  }

  const VariationContext& context_;
  const FleetModel& model_;
  FleetVariation& into_;
  double outage_rate_ = 1;
};

}  // namespace

InputDraw median_draw(const std::vector<UncertainInput>& inputs) {
  InputDraw draw;
  for (const UncertainInput& input : inputs)
    draw.emplace_back(input.members.size(), input.event ? kNoEvent : 0.0);
  return draw;
}

InputDraw random_draw(const std::vector<UncertainInput>& inputs, std::uint64_t seed,
                      std::uint64_t future) {
  InputDraw draw;
  for (const UncertainInput& input : inputs) {
    const double common = normal_of(seed, future, input.id, ""),
                 joint = std::sqrt(input.correlation), own = std::sqrt(1 - input.correlation);
    std::vector<double> normals;
    for (const std::string& member : input.member_ids)
      normals.push_back(joint * common + own * normal_of(seed, future, input.id, member));
    draw.push_back(std::move(normals));
  }
  return draw;
}

bool event_happens(const UncertainInput& input, double normal) {
  return normal_share(normal) > 1 - input.probability;
}

int delay_quantile(const DelayDistribution& delay, double share) {
  double sum = 0;
  std::size_t quarter = 0, last = 0;
  for (; quarter < delay.quarters.size(); ++quarter) {
    if (delay.quarters[quarter] <= 0) continue;
    last = quarter;
    sum += delay.quarters[quarter];
    if (share < sum) break;
  }
  return static_cast<int>(std::lround(static_cast<double>(last) * kDaysAQuarter)) * kHoursADay;
}

std::uint64_t outage_seed(std::uint64_t seed, std::uint64_t future) {
  return named_seed(seed, "outages", "draw") ^ ((future + 1) * 0xbf58476d1ce4e5b9ULL);
}

std::vector<Outage> future_outages(const VariationContext& context, double rate) {
  OutagePlaces places;
  for (const SiteModel& site : context.model->sites) places.sites.push_back(site.id);
  for (const DeviceClass& each : context.model->classes) places.classes.push_back(each.id);
  places.rate_factor = rate;
  return draw_outages(*context.outages, places, context.model->time.hours() * hour,
                      context.outage_seed);
}

FleetVariation variation_of(const VariationContext& context,
                            const std::vector<UncertainInput>& inputs, const InputDraw& draw) {
  POLYFLEET_CHECK(draw.size() == inputs.size(), "one row of normals an input");
  FleetVariation variation;
  VariationMaker maker(context, variation);
  bool outages = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    maker.apply(inputs[i], draw[i]);
    outages = outages || inputs[i].kind == DrawnInputKind::outages;
  }
  if (outages && context.with_outages)
    apply_outages(
        *context.model,
        context.given != nullptr ? *context.given : future_outages(context, maker.outage_rate()),
        variation);
  return variation;
}

}  // namespace polyfleet
