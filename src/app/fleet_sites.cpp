#include "app/fleet_sites.hpp"

#include <fmt/format.h>

#include "app/fleet_sites_series.hpp"
#include "fleet/class_power.hpp"

namespace polyfleet {
namespace {

constexpr double kRoundTrip = 0.86;  // documented default of the key

FleetHour hour_from(const std::optional<CalendarDate>& from, const FleetTime& time) {
  return from ? time.hour_of(*from) : 0;
}

/// The region's figures; an empty one where no region is stated or the name is unknown.
Site region_of(const StatedFleetSite& stated, const SiteContext& context, Diagnostics& out) {
  if (stated.region.empty()) return {};
  const Result<Site> region = context.catalogue.site(stated.region);
  if (region) return *region;
  for (Diagnostic each : region.problems()) {
    if (each.where.line == 0) each.where = place_of(stated, "region");
    out.push_back(std::move(each));
  }
  return {};
}

void set_limits(const StatedFleetSite& stated, const FleetTime& time, SiteModel& site,
                Diagnostics& out) {
  for (const StatedPowerStep& step : stated.power) {
    if (!step.from || !step.limit) continue;
    const FleetHour from = time.hour_of(*step.from);
    if (!site.limits.empty() && from <= site.limits.back().from)
      out.push_back(problem_at(place_of(step, "from"),
                               fmt::format("power steps of '{}' are out of order at {}", stated.id,
                                           print_date(*step.from)),
                               "list them by date, each day once"));
    site.limits.push_back({from, step.limit->value, step.note});
  }
  if (site.limits.empty())
    out.push_back(problem_at(stated.where, fmt::format("site '{}' has no power", stated.id),
                             "add [[site.power]] with from = \"2026-07-01\" and limit = \"1 GW\""));
}

void set_plant(const StatedFleetSite& stated, const FleetTime& time, SiteModel& site) {
  if (stated.battery && stated.battery->power && stated.battery->energy) {
    const StatedBattery& battery = *stated.battery;
    site.battery = {battery.power->value, battery.energy->value,
                    battery.round_trip.value_or(kRoundTrip), hour_from(battery.from, time)};
  }
  if (stated.generation && stated.generation->power && stated.generation->cost &&
      stated.generation->carbon) {
    const StatedGeneration& generation = *stated.generation;
    site.generation = {generation.power->value, generation.cost->value, generation.carbon->value,
                       hour_from(generation.from, time)};
  }
}

void set_curtailment(const StatedFleetSite& stated, SiteModel& site, Diagnostics& out) {
  if (!stated.curtailment) return;
  const StatedCurtailment& written = *stated.curtailment;
  for (const char* key : {"share", "hours_a_year", "calls_a_year", "longest_call"}) {
    if (written.written.find(key) == nullptr)
      detail::missing_key(written.where, "curtailment", key,
                          field_named(curtailment_fields(), key)->type, out);
  }
  CurtailmentContract contract;
  contract.share = written.share.value_or(0);
  contract.hours_a_year = written.hours_a_year.value_or(0);
  contract.calls_a_year = written.calls_a_year.value_or(0);
  contract.longest_call = written.longest_call.value_or(Seconds());
  if (written.standing) contract.standing = written.standing->value;
  if (written.called) contract.called = written.called->value;
  if (contract.calls_a_year * contract.longest_call > 366 * day)
    out.push_back(problem_at(place_of(written, "calls_a_year"),
                             fmt::format("calls of '{}' would fill more than a year", stated.id),
                             "state fewer or shorter calls"));
  site.curtailment = contract;
}

void set_facility(const StatedFleetSite& stated, const SiteContext& context, SiteModel& site,
                  std::vector<std::string>& assumptions) {
  const FleetDefaults& defaults = context.defaults;
  site.delivery = stated.delivery ? stated.delivery->value : context.power_shares.delivery.value;
  if (!stated.delivery)
    assumptions.push_back(assumption_line(stated.id + ": power at the racks over the meter's",
                                          context.power_shares.delivery));
  const Figure<UsdPerWatt>& cost =
      stated.facility_cost ? *stated.facility_cost : *defaults.facility_cost;
  site.facility_per_watt = cost.value * watt;
  if (!stated.facility_cost)
    assumptions.push_back(assumption_line(stated.id + ": hall and plant", cost));
}

void set_growth(const StatedFleetSite& stated, SiteModel& site,
                std::vector<std::string>& assumptions) {
  site.price_growth = stated.price_growth.value_or(0);
  site.carbon_growth = stated.carbon_growth.value_or(0);
  site.carbon_free_share = stated.carbon_free_share.value_or(0);
  if (!stated.price_growth)
    assumptions.push_back(stated.id + ": the price of electricity stays as it is (default)");
  if (!stated.carbon_growth)
    assumptions.push_back(stated.id + ": the grid's carbon intensity stays as it is (default)");
  if (!stated.carbon_free_share)
    assumptions.push_back(stated.id + ": no purchases of carbon-free electricity (default)");
  if (!stated.utc_offset) assumptions.push_back(stated.id + ": local time is UTC (default)");
}

}  // namespace

SiteModel resolve_site(const StatedFleetSite& stated, const SiteContext& context,
                       std::vector<std::string>& assumptions, Diagnostics& out) {
  SiteModel site;
  site.id = stated.id;
  site.name = stated.name.empty() ? stated.id : stated.name;
  site.utc_offset_minutes = stated.utc_offset.value_or(0);
  const Site region = region_of(stated, context, out);
  site.region = region.id;
  set_limits(stated, context.time, site, out);
  set_plant(stated, context.time, site);
  set_curtailment(stated, site, out);
  set_facility(stated, context, site, assumptions);
  set_growth(stated, site, assumptions);
  set_series(stated, region, context, site, assumptions, out);
  return site;
}

}  // namespace polyfleet
