// Draws correlated outages.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "fleet/availability.hpp"
#include "sim/random_stream.hpp"

namespace polyfleet {
namespace {

constexpr Seconds kYear = 365.25 * day;

/// A stream number that hangs on the names alone (FNV-1a, 64 bits).
std::uint64_t stream_of(std::string_view cause, std::string_view place) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&](char byte) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  };
  for (const char byte : cause) add(byte);
  add('\0');
  for (const char byte : place) add(byte);
  return hash;
}

void draw_at(const OutageRate& rate, const OutagePlaces& places, const std::string& place,
             Seconds horizon, std::uint64_t seed, std::vector<Outage>& into) {
  const double per_year = rate.per_year.value * places.rate_factor;
  if (per_year <= 0) return;
  RandomStream random(seed, stream_of(name_of(rate.cause), place));
  const double spread = rate.duration_spread.value;
  const double log_mean = std::log(rate.duration.value / second) - spread * spread / 2;
  Seconds at;
  for (;;) {
    at += random.exponential(kYear / second / per_year) * second;
    if (at >= horizon) return;
    Outage outage;
    outage.cause = rate.cause;
    (rate.cause == OutageCause::firmware ? outage.device_class : outage.site) = place;
    outage.begin = at;
    outage.duration = random.log_normal(log_mean, spread) * second;
    outage.capacity_lost = rate.capacity_lost.low +
                           random.uniform() * (rate.capacity_lost.high - rate.capacity_lost.low);
    into.push_back(std::move(outage));
  }
}

}  // namespace

std::string_view name_of(OutageCause cause) {
  switch (cause) {
    case OutageCause::grid:
      return "grid";
    case OutageCause::cooling:
      return "cooling";
    case OutageCause::power:
      return "power";
    case OutageCause::network:
      return "network";
    case OutageCause::firmware:
      return "firmware";
  }
  return "grid";
}

std::vector<Outage> draw_outages(const OutageData& data, const OutagePlaces& places,
                                 Seconds horizon, std::uint64_t seed) {
  std::vector<Outage> outages;
  for (const OutageRate& rate : data.rates) {
    const auto& struck = rate.cause == OutageCause::firmware ? places.classes : places.sites;
    for (const std::string& place : struck) draw_at(rate, places, place, horizon, seed, outages);
  }
  std::sort(outages.begin(), outages.end(), [](const Outage& a, const Outage& b) {
    return std::tie(a.begin, a.cause, a.site, a.device_class) <
           std::tie(b.begin, b.cause, b.site, b.device_class);
  });
  return outages;
}

double expected_outage_loss(const OutageData& data) {
  double lost = 0;
  for (const OutageRate& rate : data.rates) {
    const double share = (rate.capacity_lost.low + rate.capacity_lost.high) / 2;
    lost += rate.per_year.value * (rate.duration.value / kYear) * share;
  }
  return lost;
}

}  // namespace polyfleet
