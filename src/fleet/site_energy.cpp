#include "fleet/site_energy.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "fleet/clock_units.hpp"
#include "fleet/site_energy_dispatch.hpp"

namespace polyfleet {
namespace {

constexpr double kHoursAYear = 8765.82;  // tropical year of 365.2425 days

/// A series over the hours of a period without its branch: a constant repeats.
struct View {
  const double* values;
  int step;
  double operator[](int i) const { return values[i * step]; }
};

View view_of(const HourlySeries& series, FleetHour first, double& constant) {
  if (!series.is_constant()) return {series.by_hour().data() + first, 1};
  constant = series.at(first);
  return {&constant, 0};
}

/// Compound growth from the study's begin to each day of the period.
struct Growth {
  double factor, a_day;
  Growth(double now, double a_year, FleetHour first)
      : factor(now * std::pow(1 + a_year, first / kHoursAYear)),
        a_day(std::pow(1 + a_year, kHoursADay / kHoursAYear)) {}
};

struct Period {
  FleetHour first;
  int hours;
};

/// Load at the racks in every hour.
void fill_racks(const SiteLoad& load, const FleetTime& time, Period period,
                std::vector<double>& racks) {
  double constant = load.base / watt;
  for (const SiteLoadPart& part : load.parts) {
    if (part.shape == nullptr) constant += part.active / watt;
  }
  racks.assign(static_cast<std::size_t>(period.hours), constant);
  for (const SiteLoadPart& part : load.parts) {
    if (part.shape == nullptr) continue;
    const double active = part.active / watt;
    const double* shape = part.shape->data();
    const int week = static_cast<int>(part.shape->size());
    int from = time.hour_of_week(period.first, part.shape_offset_minutes);
    for (int h = 0; h < period.hours;) {
      const int run = std::min(week - from, period.hours - h);
      double* into = racks.data() + h;
      for (int i = 0; i < run; ++i) into[i] += active * shape[from + i];
      h += run;
      from = 0;
    }
  }
}

/// Sums of a period in which the grid gives everything.
struct GridSums {
  double racks = 0, cooling = 0, grid = 0, cost = 0, carbon = 0, peak = 0;
  double dearest = -std::numeric_limits<double>::infinity();
};

GridSums sum_on_grid(const SiteModel& site, const SiteFactors& factors, Period period,
                     const std::vector<double>& racks) {
  double constants[3];
  const View pue = view_of(site.pue, period.first, constants[0]);
  const View price = view_of(site.price, period.first, constants[1]);
  const View carbon = view_of(site.carbon, period.first, constants[2]);
  const double delivered = 1 / site.delivery;
  Growth money(factors.price, site.price_growth, period.first);
  Growth grams(factors.carbon, site.carbon_growth, period.first);
  GridSums sums;
  for (int day = 0; day < period.hours; day += kHoursADay) {
    double cost = 0, emitted = 0, dearest = price[day];
    for (int h = day; h < std::min(day + kHoursADay, period.hours); ++h) {
      const double at_racks = racks[static_cast<std::size_t>(h)];
      const double cooling = at_racks * (pue[h] - 1);
      const double meter = at_racks * delivered + cooling;
      sums.racks += at_racks;
      sums.cooling += cooling;
      sums.grid += meter;
      sums.peak = std::max(sums.peak, meter);
      cost += meter * price[h];
      emitted += meter * carbon[h];
      dearest = std::max(dearest, price[h]);
    }
    sums.cost += cost * money.factor;
    sums.carbon += emitted * grams.factor;
    sums.dearest = std::max(sums.dearest, dearest * money.factor);
    money.factor *= money.a_day;
    grams.factor *= grams.a_day;
  }
  return sums;
}

/// The lowest grid connection of the period.
Watts lowest_limit(const SiteModel& site, Period period) {
  Watts lowest = site.grid_limit_at(period.first);
  for (const PowerStep& step : site.limits) {
    if (step.from > period.first && step.from < period.first + period.hours)
      lowest = min(lowest, site.grid_limit_at(step.from));
  }
  return lowest;
}

bool has_event(const std::vector<SupplyEvent>& events, Period period) {
  return std::any_of(events.begin(), events.end(), [&](const SupplyEvent& event) {
    return event.begin < period.first + period.hours && event.begin + event.hours > period.first;
  });
}

/// Nothing but the grid is needed or worth using.
bool grid_suffices(const SiteModel& site, const std::vector<SupplyEvent>& events, Period period,
                   const GridSums& sums) {
  if (Watts::from_base(sums.peak) > lowest_limit(site, period)) return false;
  if (site.battery && site.battery->from < period.first + period.hours) return false;
  if (site.generation && site.generation->from < period.first + period.hours &&
      sums.dearest > site.generation->cost.base())
    return false;
  return !has_event(events, period);
}

SiteHours hours_of(const SiteModel& site, const SiteFactors& factors, Period period,
                   std::vector<double> racks) {
  double constants[3];
  const View pue = view_of(site.pue, period.first, constants[0]);
  const View price = view_of(site.price, period.first, constants[1]);
  const View carbon = view_of(site.carbon, period.first, constants[2]);
  SiteHours hours;
  hours.hours = period.hours;
  hours.racks = std::move(racks);
  for (std::vector<double>* by_hour :
       {&hours.pue, &hours.meter_per_rack, &hours.price, &hours.carbon})
    by_hour->resize(static_cast<std::size_t>(period.hours));
  Growth money(factors.price, site.price_growth, period.first);
  Growth grams(factors.carbon, site.carbon_growth, period.first);
  for (int h = 0; h < period.hours; ++h) {
    const auto i = static_cast<std::size_t>(h);
    hours.pue[i] = pue[h];
    hours.meter_per_rack[i] = 1 / site.delivery + pue[h] - 1;
    hours.price[i] = price[h] * money.factor;
    hours.carbon[i] = carbon[h] * grams.factor;
    if (h % kHoursADay == kHoursADay - 1) {
      money.factor *= money.a_day;
      grams.factor *= grams.a_day;
    }
  }
  return hours;
}

void write(const GridSums& sums, const SiteModel& site, SiteEnergy& out) {
  const auto joules = [](double watts) { return Joules::from_base(watts * kSecondsAnHour); };
  out.racks = joules(sums.racks);
  out.cooling = joules(sums.cooling);
  out.grid = joules(sums.grid);
  out.delivery_loss = joules(sums.racks * (1 / site.delivery - 1));
  out.grid_cost = Usd::from_base(sums.cost * kSecondsAnHour);
  out.location = GramsCo2e::from_base(sums.carbon * kSecondsAnHour);
  out.market = out.location * (1 - site.carbon_free_share);
  out.peak = Watts::from_base(sums.peak);
}

void append_draw(const SiteModel& site, Period period, const std::vector<double>& racks,
                 std::vector<double>& hourly) {
  for (int h = 0; h < period.hours; ++h)
    hourly.push_back(racks[static_cast<std::size_t>(h)] * site.meter_per_rack(period.first + h));
}

}  // namespace

SiteEnergy site_energy(const SiteModel& site, const SiteLoad& load, const FleetTime& time,
                       int period, const SiteFactors& factors, SiteState& state,
                       std::vector<double>* hourly) {
  const Period span{time.first_hour(period), time.end_hour(period) - time.first_hour(period)};
  POLYFLEET_CHECK(span.hours > 0, "the period lies in the study");
  const std::vector<SupplyEvent>& events = factors.events ? *factors.events : site.events;
  SiteEnergy out;
  out.served.assign(load.parts.size(), 1.0);
  out.output = out.served;
  if (site.curtailment) out.curtailment_paid = site.curtailment->standing * (span.hours * hour);
  std::vector<double> racks;
  fill_racks(load, time, span, racks);
  const GridSums sums = sum_on_grid(site, factors, span, racks);
  if (grid_suffices(site, events, span, sums)) {
    write(sums, site, out);
    if (hourly != nullptr) append_draw(site, span, racks, *hourly);
    return out;
  }
  const SiteHours hours = hours_of(site, factors, span, std::move(racks));
  dispatch_hours(site, load, time, period, events, hours, state, out, hourly);
  return out;
}

}  // namespace polyfleet
