#include "fleet/site_energy_dispatch.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fleet/clock_units.hpp"

namespace polyfleet {
namespace {

/// Below this share of the load a shortage is rounding, not a shortage.
constexpr double kEnergyRounding = 1e-12;

/// What the site may draw from where in every hour of the period, in watts at the meter.
struct Supply {
  std::vector<double> grid;     ///< the connection, less outages
  std::vector<double> allowed;  ///< of it, less what a call takes
  std::vector<double> called;   ///< share that the call takes
  std::vector<double> gas;      ///< what turbines can give
  std::vector<bool> short_day;  ///< by hour: this day or the next lacks power
};

/// The part of a call that binds: the contract's longest call, its hours a year.
void take_call(const SiteModel& site, const SupplyEvent& event, int year, SiteState& state,
               double& share) {
  const CurtailmentContract& contract = *site.curtailment;
  if (state.year != year) {
    state.year = year;
    state.curtailed_hours = 0;
  }
  if (state.curtailed_hours + 1 > contract.hours_a_year) return;
  state.curtailed_hours += 1;
  share = std::max(share, std::min(event.share, contract.share));
}

void take_events(const SiteModel& site, const FleetTime& time, FleetHour first,
                 const std::vector<SupplyEvent>& events, SiteState& state, Supply& supply) {
  const int hours = static_cast<int>(supply.grid.size());
  std::vector<bool> counted(supply.grid.size(), false);
  for (const SupplyEvent& event : events) {
    if (event.begin >= first + hours) break;
    int length = event.hours;
    if (!event.outage) {
      if (!site.curtailment) continue;  // nobody may call a site without a contract
      length =
          std::min(length, static_cast<int>(std::floor(site.curtailment->longest_call / hour)));
    }
    for (int at = std::max(event.begin, first); at < std::min(event.begin + length, first + hours);
         ++at) {
      const auto i = static_cast<std::size_t>(at - first);
      if (event.outage) {
        supply.grid[i] *= 1 - event.share;
      } else if (!counted[i]) {  // two calls in one hour are one hour of the contract
        counted[i] = true;
        take_call(site, event, time.date_of(at).year, state, supply.called[i]);
      }
    }
  }
}

/// The connection in every hour; it changes at few of them.
std::vector<double> grid_by_hour(const SiteModel& site, FleetHour first, int hours) {
  std::vector<FleetHour> changes{first};
  for (const PowerStep& step : site.limits) {
    if (step.from > first && step.from < first + hours) changes.push_back(step.from);
  }
  std::sort(changes.begin(), changes.end());
  std::vector<double> grid(static_cast<std::size_t>(hours));
  std::size_t next = 0;
  double limit = 0;
  for (int h = 0; h < hours; ++h) {
    for (; next < changes.size() && changes[next] <= first + h; ++next)
      limit = site.grid_limit_at(changes[next]) / watt;
    grid[static_cast<std::size_t>(h)] = limit;
  }
  return grid;
}

Supply supply_of(const SiteModel& site, const FleetTime& time, int period,
                 const std::vector<SupplyEvent>& events, const SiteHours& hours, SiteState& state) {
  const FleetHour first = time.first_hour(period);
  const auto count = static_cast<std::size_t>(hours.hours);
  Supply supply;
  supply.grid = grid_by_hour(site, first, hours.hours);
  supply.called.assign(count, 0);
  supply.gas.assign(count, 0);
  for (std::size_t i = 0; i < count && site.generation; ++i) {
    if (site.generation->from <= first + static_cast<int>(i))
      supply.gas[i] = site.generation->power / watt;
  }
  take_events(site, time, first, events, state, supply);
  supply.allowed.resize(count);
  std::vector<bool> lacks(count / kHoursADay + 2, false);
  for (std::size_t i = 0; i < count; ++i) {
    const double wanted = hours.racks[i] * hours.meter_per_rack[i];
    supply.allowed[i] = supply.called[i] > 0
                            ? std::min(supply.grid[i], wanted * (1 - supply.called[i]))
                            : supply.grid[i];
    if (wanted > supply.allowed[i] + supply.gas[i]) lacks[i / kHoursADay] = true;
  }
  supply.short_day.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    supply.short_day[i] = lacks[i / kHoursADay] || lacks[i / kHoursADay + 1];
  return supply;
}

/// Prices of one day between which the battery trades.
struct DayTrade {
  bool on = false;
  double buy = 0, sell = 0;
};

DayTrade trade_of_day(const Battery& battery, const double* prices, int count) {
  std::vector<double> sorted(prices, prices + count);
  std::sort(sorted.begin(), sorted.end());
  const double full = battery.energy / (battery.power * hour);
  const int most = count / 2;
  const auto hours_for = [&](double needed) {
    return std::clamp(static_cast<int>(std::ceil(std::min(needed, 1.0 * most))), 1, most);
  };
  DayTrade trade;
  if (most < 1) return trade;
  trade.buy = sorted[static_cast<std::size_t>(hours_for(full / battery.round_trip) - 1)];
  trade.sell = sorted[static_cast<std::size_t>(count - hours_for(full))];
  trade.on = trade.sell * battery.round_trip > trade.buy;
  return trade;
}

/// The flows of one hour in watts at the meter.
struct Flow {
  double wanted = 0, grid = 0, gas = 0, discharge = 0, charge = 0;
};

void charge_battery(const Battery& battery, double headroom, double price, SiteState& state,
                    Flow& flow) {
  const double room = (battery.energy - state.charge) / joule / battery.round_trip / kSecondsAnHour;
  flow.charge = std::max(0.0, std::min({battery.power / watt, headroom, room}));
  if (flow.charge <= 0) return;
  const Joules stored = Joules::from_base(flow.charge * kSecondsAnHour * battery.round_trip);
  const double spent = flow.charge * kSecondsAnHour * price;
  const double before = state.paid.base() * state.charge.base();
  state.charge = min(state.charge + stored, battery.energy);
  state.paid = UsdPerJoule::from_base((before + spent) / state.charge.base());
}

double discharge_battery(const Battery& battery, double wanted, SiteState& state) {
  const double power =
      std::max(0.0, std::min({wanted, battery.power / watt, state.charge.base() / kSecondsAnHour}));
  state.charge = max(state.charge - Joules::from_base(power * kSecondsAnHour), Joules());
  return power;
}

/// Battery in one hour after grid and gas are known.
void use_battery(const Battery& battery, const Supply& supply, std::size_t i, double price,
                 const DayTrade& trade, SiteState& state, Flow& flow) {
  const double lacking = flow.wanted - flow.gas - supply.allowed[i];
  if (lacking > 0) {
    flow.discharge = discharge_battery(battery, lacking, state);
  } else if (supply.short_day[i]) {
    charge_battery(battery, -lacking, price, state, flow);
  } else if (trade.on && price <= trade.buy) {
    charge_battery(battery, -lacking, price, state, flow);
  } else if (trade.on && price >= trade.sell && price > state.paid.base()) {
    flow.discharge = discharge_battery(battery, flow.wanted - flow.gas, state);
  }
}

/// Takes watts at the racks from the load, part by part.
struct Shedder {
  std::vector<std::size_t> order;  ///< parts, most sheddable first
  std::vector<double> left;
  std::vector<double> output;  ///< of each, as load that would give it unthrottled

  explicit Shedder(const SiteLoad& load)
      : order(load.parts.size()), left(load.parts.size()), output(load.parts.size()) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return load.parts[a].sheddable > load.parts[b].sheddable;
    });
  }
  /// True: what may give way was not enough.
  bool take(const SiteLoad& load, double excess) {
    const double tolerance = excess * kEnergyRounding;
    output = left;
    for (const std::size_t part : order) {
      const double given = std::min(excess, left[part] * load.parts[part].sheddable);
      if (given <= 0) continue;
      left[part] -= given;
      excess -= given;
      output[part] *= std::pow(left[part] / output[part], 1 / load.parts[part].throttle);
    }
    if (excess <= tolerance) return false;
    const double rest = std::accumulate(left.begin(), left.end(), 0.0);
    const double keep = rest > 0 ? std::max(0.0, 1 - excess / rest) : 0;
    for (double& load_left : left) load_left *= keep;
    for (double& of_part : output) of_part *= keep;
    return true;
  }
};

/// Running sums in watts (an hour each), USD and grams a second.
struct Sums {
  double racks = 0, loss = 0, cooling = 0, grid = 0, gas = 0, discharge = 0, charge = 0, shed = 0;
  double cost = 0, carbon = 0, paid = 0, peak = 0;
};

/// The hours of one period, one after the other.
class PeriodDispatch {
 public:
  PeriodDispatch(const SiteModel& site, const SiteLoad& load, const SiteHours& hours,
                 const Supply& supply, std::vector<int> week_hours)
      : site_(site),
        load_(load),
        hours_(hours),
        supply_(supply),
        week_hours_(std::move(week_hours)),
        shedder_(load),
        lost_(load.parts.size(), 0),
        lost_output_(load.parts.size(), 0) {}

  void play_hour(int h, bool has_battery, SiteState& state);
  void write(SiteEnergy& out) const;
  double last_grid() const { return flow_.grid; }

 private:
  void dispatch(int h, bool has_battery, SiteState& state);
  double shed(int h);
  double part_load(std::size_t part, int h) const;
  void add(std::size_t i, double racks);

  const SiteModel& site_;
  const SiteLoad& load_;
  const SiteHours& hours_;
  const Supply& supply_;
  std::vector<int> week_hours_;  ///< hour of the week of each part at the period's begin
  Shedder shedder_;
  std::vector<double> lost_, lost_output_;  ///< watt-hours by part
  DayTrade trade_;
  Flow flow_;
  Sums sums_;
  double limited_ = 0, unmet_ = 0;
};

void PeriodDispatch::dispatch(int h, bool has_battery, SiteState& state) {
  const auto i = static_cast<std::size_t>(h);
  if (has_battery && h % kHoursADay == 0)
    trade_ = trade_of_day(*site_.battery, &hours_.price[i], std::min(kHoursADay, hours_.hours - h));
  flow_ = Flow();
  flow_.wanted = hours_.racks[i] * hours_.meter_per_rack[i];
  const bool gas_first = site_.generation && hours_.price[i] > site_.generation->cost.base();
  flow_.gas =
      std::clamp(gas_first ? flow_.wanted : flow_.wanted - supply_.allowed[i], 0.0, supply_.gas[i]);
  if (has_battery) use_battery(*site_.battery, supply_, i, hours_.price[i], trade_, state, flow_);
}

double PeriodDispatch::part_load(std::size_t p, int h) const {
  const SiteLoadPart& part = load_.parts[p];
  if (part.shape == nullptr) return part.active / watt;
  const int week = static_cast<int>(part.shape->size());
  return part.active / watt * (*part.shape)[static_cast<std::size_t>((week_hours_[p] + h) % week)];
}

/// What the racks draw after shedding.
double PeriodDispatch::shed(int h) {
  const auto i = static_cast<std::size_t>(h);
  const double lacking = flow_.wanted - flow_.gas - flow_.discharge - supply_.allowed[i];
  if (lacking <= flow_.wanted * kEnergyRounding) return hours_.racks[i];
  const double excess = std::min(lacking / hours_.meter_per_rack[i], hours_.racks[i]);
  for (std::size_t p = 0; p < lost_.size(); ++p) {
    shedder_.left[p] = part_load(p, h);
    lost_[p] += shedder_.left[p];
    lost_output_[p] += shedder_.left[p];
  }
  sums_.shed += excess;
  limited_ += 1;
  if (shedder_.take(load_, excess)) unmet_ += 1;
  for (std::size_t p = 0; p < lost_.size(); ++p) {
    lost_[p] -= shedder_.left[p];
    lost_output_[p] -= shedder_.output[p];
  }
  return hours_.racks[i] - excess;
}

void PeriodDispatch::add(std::size_t i, double racks) {
  const double used = racks * hours_.meter_per_rack[i];
  flow_.grid = std::max(0.0, used + flow_.charge - flow_.gas - flow_.discharge);
  sums_.racks += racks;
  sums_.loss += racks / site_.delivery - racks;
  sums_.cooling += racks * (hours_.pue[i] - 1);
  sums_.grid += flow_.grid;
  sums_.gas += flow_.gas;
  sums_.discharge += flow_.discharge;
  sums_.charge += flow_.charge;
  sums_.cost += flow_.grid * hours_.price[i];
  sums_.carbon += flow_.grid * hours_.carbon[i];
  sums_.peak = std::max(sums_.peak, flow_.grid + flow_.gas);
  if (supply_.called[i] > 0)
    sums_.paid += std::clamp(flow_.wanted - flow_.grid, 0.0, flow_.wanted * supply_.called[i]) *
                  site_.curtailment->called.base();
}

void PeriodDispatch::play_hour(int h, bool has_battery, SiteState& state) {
  dispatch(h, has_battery, state);
  add(static_cast<std::size_t>(h), shed(h));
}

void PeriodDispatch::write(SiteEnergy& out) const {
  const auto joules = [](double watts) { return Joules::from_base(watts * kSecondsAnHour); };
  out.racks = joules(sums_.racks);
  out.delivery_loss = joules(sums_.loss);
  out.cooling = joules(sums_.cooling);
  out.grid = joules(sums_.grid);
  out.generation = joules(sums_.gas);
  out.discharge = joules(sums_.discharge);
  out.charge = joules(sums_.charge);
  out.shed = joules(sums_.shed);
  out.grid_cost = Usd::from_base(sums_.cost * kSecondsAnHour);
  out.curtailment_paid += Usd::from_base(sums_.paid * kSecondsAnHour);
  GramsCo2e gas;
  if (site_.generation) {
    out.generation_cost = out.generation * site_.generation->cost;
    gas = out.generation * site_.generation->carbon;
  }
  const GramsCo2e grid = GramsCo2e::from_base(sums_.carbon * kSecondsAnHour);
  out.location = grid + gas;
  out.market = grid * (1 - site_.carbon_free_share) + gas;
  out.peak = Watts::from_base(sums_.peak);
  out.limited_hours = limited_;
  out.unmet_hours = unmet_;
  for (std::size_t p = 0; p < lost_.size() && limited_ > 0; ++p) {
    double demanded = 0;
    for (int h = 0; h < hours_.hours; ++h) demanded += part_load(p, h);
    if (demanded <= 0) continue;
    out.served[p] = std::clamp(1 - lost_[p] / demanded, 0.0, 1.0);
    out.output[p] = std::clamp(1 - lost_output_[p] / demanded, 0.0, 1.0);
  }
}

}  // namespace

void dispatch_hours(const SiteModel& site, const SiteLoad& load, const FleetTime& time, int period,
                    const std::vector<SupplyEvent>& events, const SiteHours& hours,
                    SiteState& state, SiteEnergy& out, std::vector<double>* hourly) {
  const FleetHour first = time.first_hour(period);
  const Supply supply = supply_of(site, time, period, events, hours, state);
  std::vector<int> week_hours;
  for (const SiteLoadPart& part : load.parts)
    week_hours.push_back(time.hour_of_week(first, part.shape_offset_minutes));
  PeriodDispatch dispatch(site, load, hours, supply, std::move(week_hours));
  for (int h = 0; h < hours.hours; ++h) {
    const bool has_battery = site.battery && site.battery->from <= first + h;
    dispatch.play_hour(h, has_battery, state);
    if (hourly != nullptr) hourly->push_back(dispatch.last_grid());
  }
  dispatch.write(out);
}

}  // namespace polyfleet
