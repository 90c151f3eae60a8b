#include "fleet/cooling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/spelling.hpp"
#include "catalogue/figure_field.hpp"
#include "config/list_reader.hpp"

namespace polyfleet {
namespace {

/// Between a loop and its evaporator, and between the outside and the condenser: usual design
/// approaches of air-cooled chillers.
constexpr double kEvaporatorApproach = 5, kCondenserApproach = 10;  // kelvin
/// Chillers keep at least this lift by head-pressure control.
constexpr double kLeastLift = 10;  // kelvin

double chiller_efficiency(const CoolingLoop& loop, double outside) {
  const double evaporator = loop.supply - kEvaporatorApproach;
  const double lift = std::max(outside + kCondenserApproach - evaporator, kLeastLift);
  return loop.carnot_share * (evaporator + kZeroCelsius) / lift;
}

double loop_overhead(const CoolingLoop& loop, double outside) {
  const double free_until = loop.supply - loop.approach;
  const double chilled = std::clamp((outside - free_until) / loop.mixing, 0.0, 1.0);
  return loop.carry + chilled / chiller_efficiency(loop, outside);
}

struct StatedLoop {
  std::optional<Figure<double>> share, carry, supply, approach, mixing, carnot_share;
};

const FieldTable<StatedLoop>& loop_fields() {
  using L = StatedLoop;
  static const FieldTable<L> fields = {
      required(figure_field("share", &L::share, "of the racks' heat")),
      required(figure_field("carry", &L::carry, "fans and pumps, watts a watt of heat")),
      required(figure_field("supply", &L::supply, "temperature given to the racks, Celsius")),
      required(figure_field("approach", &L::approach, "below supply, to cool alone, kelvin")),
      required(figure_field("mixing", &L::mixing, "above that the outside still helps, kelvin")),
      required(figure_field("carnot_share", &L::carnot_share, "chiller over Carnot"))};
  return fields;
}

struct StatedKind {
  std::string id, name, basis;
  std::optional<Figure<double>> other, humid_effectiveness;
  std::vector<StatedLoop> loops;
};

const FieldTable<StatedKind>& kind_fields() {
  using K = StatedKind;
  static const FieldTable<K> fields = {
      required(text_field("id", &K::id, "")),
      required(text_field("name", &K::name, "")),
      required(text_field("basis", &K::basis, "which published PUE it is held against")),
      required(figure_field("other", &K::other, "light, offices, controls")),
      figure_field("humid_effectiveness", &K::humid_effectiveness, "of evaporation"),
      required(Field<K>{"loop", "list of tables", "", false,
                        [](K& into, const Value& value, Diagnostics& out) {
                          if (value.array() == nullptr)
                            return detail::not_an_array(value, "loop", out);
                          for (const Value& each : *value.array())
                            read_fields(each, loop_fields(), into.loops.emplace_back(), "loop",
                                        out);
                        },
                        [](const K&) { return Value(); }})};
  return fields;
}

CoolingKind kind_of(const StatedKind& stated) {
  CoolingKind kind;
  kind.id = stated.id;
  kind.name = stated.name;
  kind.basis = stated.basis;
  kind.other = stated.other->value;
  if (stated.humid_effectiveness) kind.humid_effectiveness = stated.humid_effectiveness->value;
  for (const StatedLoop& loop : stated.loops)
    kind.loops.push_back({loop.share->value, loop.carry->value, loop.supply->value,
                          loop.approach->value, loop.mixing->value, loop.carnot_share->value});
  return kind;
}

Result<std::vector<CoolingKind>> load_kinds(const std::filesystem::path& data_directory) {
  const Result<Value> document =
      read_document((data_directory / "power" / "cooling.toml").string());
  if (!document) return document.problems();
  Diagnostics problems;
  std::vector<CoolingKind> kinds;
  const auto stated = read_list(*document, "kind", kind_fields(), problems);
  if (!problems.empty()) return problems;
  for (const StatedKind& each : stated) {
    kinds.push_back(kind_of(each));
    double shares = 0;
    for (const CoolingLoop& loop : kinds.back().loops) shares += loop.share;
    if (std::abs(shares - 1) > 1e-9)
      problems.push_back(problem_at(
          document->where(),
          fmt::format("loops of '{}' carry {:.3f} of the heat, not all", each.id, shares)));
  }
  if (!problems.empty()) return problems;
  return kinds;
}

}  // namespace

double pue_at(const CoolingKind& kind, double celsius, double wet_bulb_celsius) {
  const double outside = celsius - kind.humid_effectiveness * (celsius - wet_bulb_celsius);
  double pue = 1 + kind.other;
  for (const CoolingLoop& loop : kind.loops) pue += loop.share * loop_overhead(loop, outside);
  return pue;
}

double wet_bulb(double celsius, double humidity) {
  const double t = celsius, rh = humidity;
  return t * std::atan(0.151977 * std::sqrt(rh + 8.313659)) + std::atan(t + rh) -
         std::atan(rh - 1.676331) + 0.00391838 * std::pow(rh, 1.5) * std::atan(0.023101 * rh) -
         4.686035;
}

HourlySeries pue_series(const CoolingKind& kind, const HourlySeries& temperature, double humidity) {
  const auto at = [&](double celsius) {
    const double wet =
        kind.humid_effectiveness > 0 ? std::min(celsius, wet_bulb(celsius, humidity)) : celsius;
    return pue_at(kind, celsius, wet);
  };
  if (temperature.is_constant()) return HourlySeries(at(temperature.at(0)));
  std::vector<double> by_hour;
  by_hour.reserve(temperature.by_hour().size());
  for (const double celsius : temperature.by_hour()) by_hour.push_back(at(celsius));
  return HourlySeries(std::move(by_hour));
}

Result<CoolingKind> load_cooling(const std::filesystem::path& data_directory, std::string_view id) {
  const auto kinds = load_kinds(data_directory);
  if (!kinds) return kinds.problems();
  std::vector<std::string> known;
  for (const CoolingKind& kind : *kinds) {
    if (kind.id == id) return kind;
    known.push_back(kind.id);
  }
  return problem(fmt::format("no kind of cooling '{}'", id), name_suggestion(id, known));
}

std::vector<std::string> cooling_ids(const std::filesystem::path& data_directory) {
  std::vector<std::string> ids;
  if (const auto kinds = load_kinds(data_directory)) {
    for (const CoolingKind& kind : *kinds) ids.push_back(kind.id);
  }
  return ids;
}

}  // namespace polyfleet
