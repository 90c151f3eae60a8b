#include <fmt/format.h>

#include "app/fleet_sites.hpp"

namespace polyfleet {
namespace {

constexpr Range kSiteWatts{1, 1e12}, kGrowth{-0.5, 0.5}, kPue{1, 3}, kHoursUpToAYear{0, 8784};
constexpr Range kEfficiency{0.01, 1}, kJoules{1, 1e18}, kUsdPerJoule{0, 1e-3}, kGridGrams{0, 1};
constexpr Range kUsdPerWatt{0, 1000}, kUsdPerSecond{0, 1e6}, kCall{60, 30 * 86400.0},
    kCalls{0, 1e4};

/// A number with its unit, negative allowed, or a table of value, profile or file.
template <class Q>
std::optional<double> read_number_of(const Value& value, std::string_view key, Diagnostics& out) {
  const auto number = detail::read_figure_number<Q>(value, key, out);
  return number ? std::optional<double>(number->base()) : std::nullopt;
}

HourlyFill fill_of(const std::string& text, const Value& value, Diagnostics& out) {
  if (text == "previous") return HourlyFill::previous;
  if (text == "interpolate") return HourlyFill::interpolate;
  if (text != "none")
    detail::unknown_choice("fill", text, value, {"none", "previous", "interpolate"}, out);
  return HourlyFill::none;
}

/// One key of the table of a series.
template <class Q>
void read_series_key(const std::string& key, const Value& value, StatedSeries& series,
                     Diagnostics& out) {
  static const std::vector<std::string> known{"value",  "profile", "mean",   "file",
                                              "column", "fill",    "repeat", "utc_offset",
                                              "source", "status",  "note"};
  if (key == "value") {
    series.constant = read_number_of<Q>(value, key, out);
  } else if (key == "mean") {
    series.mean = read_number_of<Q>(value, key, out);
  } else if (key == "repeat") {
    series.rules.repeat_year = detail::read_bool(value, key, out).value_or(false);
  } else if (key == "utc_offset") {
    series.rules.utc_offset_minutes = read_utc_offset(value, key, out);
  } else if (std::find(known.begin(), known.end(), key) == known.end()) {
    detail::unknown_key(key, value, known, out);
  } else if (const auto text = detail::read_text(value, key, out)) {
    if (key == "profile") series.profile = *text;
    if (key == "file") series.file = *text;
    if (key == "column") series.rules.column = *text;
    if (key == "fill") series.rules.fill = fill_of(*text, value, out);
  }
}

template <class Q>
void read_series(const Value& value, const std::string& key, StatedSeries& series,
                 Diagnostics& out) {
  series = {};
  series.where = value.where();
  if (value.table() == nullptr) {
    series.constant = read_number_of<Q>(value, key, out);
    return;
  }
  const std::size_t before = out.size();
  for (const auto& [inner, written] : *value.table())
    read_series_key<Q>(inner, written, series, out);
  const int ways =
      int{series.constant.has_value()} + int{!series.profile.empty()} + int{!series.file.empty()};
  if (out.size() == before && ways != 1)
    out.push_back(problem_at(value.where(),
                             key + " states not exactly one of value, profile and file",
                             "keep one of them"));
}

template <class Q>
Field<StatedFleetSite> series_field(std::string key, StatedSeries StatedFleetSite::*member,
                                    std::string help) {
  return {key,
          "quantity (" + unit_examples<Q>() +
              ") or table: value; profile and mean; or file, column, utc_offset, repeat and fill",
          std::move(help),
          false,
          [=](StatedFleetSite& into, const Value& value, Diagnostics& out) {
            read_series<Q>(value, key, into.*member, out);
          },
          [=](const StatedFleetSite& from) {
            const StatedSeries& series = from.*member;
            return series.constant ? Value(exact_text(Q::from_base(*series.constant))) : Value();
          }};
}

}  // namespace

const FieldTable<StatedPowerStep>& power_step_fields() {
  using P = StatedPowerStep;
  static const FieldTable<P> fields = with_origin<P>({
      required(day_field("from", &P::from, "from the begin of this day")),
      required(ranged_figure_field("limit", &P::limit, kSiteWatts, "may be drawn from the grid")),
  });
  return fields;
}

const FieldTable<StatedBattery>& battery_fields() {
  using B = StatedBattery;
  static const FieldTable<B> fields = with_origin<B>({
      required(ranged_figure_field("power", &B::power, kSiteWatts, "in and out, at the meter")),
      required(ranged_figure_field("energy", &B::energy, kJoules, "usable")),
      optional_number_field("round_trip", &B::round_trip, kEfficiency,
                            "energy out over energy in; open: 0.86"),
      day_field("from", &B::from, "stands from this day; open: from the begin"),
  });
  return fields;
}

const FieldTable<StatedGeneration>& generation_fields() {
  using G = StatedGeneration;
  static const FieldTable<G> fields = with_origin<G>({
      required(ranged_figure_field("power", &G::power, kSiteWatts, "of all units")),
      required(ranged_figure_field("cost", &G::cost, kUsdPerJoule, "fuel and upkeep")),
      required(ranged_figure_field("carbon", &G::carbon, kGridGrams, "of its electricity")),
      day_field("from", &G::from, "stands from this day; open: from the begin"),
  });
  return fields;
}

const FieldTable<StatedCurtailment>& curtailment_fields() {
  using C = StatedCurtailment;
  static const FieldTable<C> fields = with_origin<C>({
      optional_number_field("share", &C::share, kAnyShare,
                            "of the draw, that falls away when called"),
      optional_number_field("hours_a_year", &C::hours_a_year, kHoursUpToAYear, "at most"),
      optional_number_field("calls_a_year", &C::calls_a_year, kCalls, "expected"),
      span_field("longest_call", &C::longest_call, kCall, "of one call"),
      ranged_figure_field("standing", &C::standing, kUsdPerSecond,
                          "paid to the site all the time; open: nothing"),
      ranged_figure_field("called", &C::called, kUsdPerJoule,
                          "paid for energy not drawn when called; open: nothing"),
  });
  return fields;
}

const FieldTable<StatedFleetSite>& fleet_site_fields() {
  using S = StatedFleetSite;
  static const FieldTable<S> fields = with_origin<S>({
      required(text_field("id", &S::id, "what phases call it")),
      text_field("name", &S::name, "in words; open: the id"),
      text_field("region", &S::region, "id of data/sites: price and carbon where none are stated"),
      utc_offset_field("utc_offset", &S::utc_offset, "of its local time; open: UTC"),
      series_field<UsdPerJoule>("price", &S::price,
                                "of grid electricity; may be negative; open: the region's"),
      series_field<GramsCo2ePerJoule>("carbon", &S::carbon,
                                      "of grid electricity, by location; open: the region's"),
      optional_number_field("price_growth", &S::price_growth, kGrowth, "a year; open: none"),
      optional_number_field("carbon_growth", &S::carbon_growth, kGrowth, "a year; open: none"),
      optional_number_field("carbon_free_share", &S::carbon_free_share, kAnyShare,
                            "of purchases, for market-based emissions; open: none"),
      text_field("cooling", &S::cooling, "kind of cooling: PUE follows from it and the weather"),
      text_field("weather", &S::weather, "profile of data/weather: outside temperature"),
      text_field("temperature_file", &S::temperature_file,
                 "CSV of hours beside weather, which then gives the humidity alone"),
      ranged_figure_field("pue", &S::pue, kPue,
                          "instead of cooling and weather: a constant as published, losses of "
                          "power delivery included"),
      ranged_figure_field("delivery", &S::delivery, kEfficiency,
                          "power at the racks over power at the meter"),
      ranged_figure_field("facility_cost", &S::facility_cost, kUsdPerWatt,
                          "hall, power and cooling plant, per watt at the meter"),
      entry_list_field("power", &S::power, &power_step_fields,
                       "what the grid connection allows, from day to day"),
      entry_field("battery", &S::battery, &battery_fields, "on the site"),
      entry_field("generation", &S::generation, &generation_fields, "turbines or fuel cells"),
      entry_field("curtailment", &S::curtailment, &curtailment_fields,
                  "contract to draw less when the grid asks"),
  });
  return fields;
}

}  // namespace polyfleet
