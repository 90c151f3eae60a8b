// Reads data/reliability/outages.toml.
#include <fmt/format.h>

#include <optional>

#include "catalogue/figure_field.hpp"
#include "config/list_reader.hpp"
#include "fleet/availability.hpp"

namespace polyfleet {
namespace {

using OptionalNumber = std::optional<Figure<double>>;
using OptionalTime = std::optional<Figure<Seconds>>;

struct WrittenOutage {
  OutageCause cause = OutageCause::grid;
  OptionalNumber per_year, duration_spread, capacity_lost;
  OptionalTime duration;
};
struct WrittenLemons {
  OptionalNumber share, factor, detected_after;
};
struct WrittenMaintenance {
  OptionalTime every, length;
};

const FieldTable<WrittenOutage>& outage_fields() {
  using W = WrittenOutage;
  static const FieldTable<W> fields{
      required(choice_field("cause", &W::cause,
                            {{"grid", OutageCause::grid},
                             {"cooling", OutageCause::cooling},
                             {"power", OutageCause::power},
                             {"network", OutageCause::network},
                             {"firmware", OutageCause::firmware}},
                            "what strikes")),
      required(figure_field("per_year", &W::per_year, "outages of one site or class in a year")),
      required(figure_field("duration", &W::duration, "mean length")),
      required(figure_field("duration_spread", &W::duration_spread,
                            "standard deviation of the logarithm of the length")),
      required(figure_field("capacity_lost", &W::capacity_lost, "share of the accelerators lost"))};
  return fields;
}

const FieldTable<WrittenLemons>& lemon_fields() {
  using W = WrittenLemons;
  static const FieldTable<W> fields{
      required(figure_field("share", &W::share, "share of the nodes as delivered")),
      required(figure_field("factor", &W::factor, "factor on the failure rate")),
      required(figure_field("detected_after", &W::detected_after, "failures until exchanged"))};
  return fields;
}

const FieldTable<WrittenMaintenance>& maintenance_fields() {
  using W = WrittenMaintenance;
  static const FieldTable<W> fields{
      required(figure_field("every", &W::every, "from one window of a node to its next")),
      required(figure_field("length", &W::length, "the node is out"))};
  return fields;
}

template <class T>
T read_table(const Value& document, std::string_view key, const FieldTable<T>& fields,
             Diagnostics& problems) {
  T into;
  const Value* found = document.find(key);
  if (found == nullptr) {
    problems.push_back(problem_at(document.where(), fmt::format("lacks [{}]", key)));
  } else {
    read_fields(*found, fields, into, key, problems);
  }
  return into;
}

/// Shares may not leave [0, 1].
void check_share(const Value& document, std::string_view what, const Figure<double>& figure,
                 Diagnostics& problems) {
  if (figure.low < 0 || figure.high > 1)
    problems.push_back(
        problem_at(document.where(), fmt::format("{} must lie between 0 and 1", what)));
}

}  // namespace

Result<OutageData> load_outages(const std::filesystem::path& data_directory) {
  const Result<Value> document =
      read_document((data_directory / "reliability" / "outages.toml").string());
  if (!document) return document.problems();
  Diagnostics problems;
  const auto lemons = read_table(*document, "lemons", lemon_fields(), problems);
  const auto upkeep = read_table(*document, "maintenance", maintenance_fields(), problems);
  const auto outages = read_list(*document, "outage", outage_fields(), problems);
  if (!problems.empty()) return problems;
  OutageData data;
  data.lemon_share = *lemons.share;
  data.lemon_factor = *lemons.factor;
  data.lemon_detected_after = *lemons.detected_after;
  data.maintenance_every = *upkeep.every;
  data.maintenance_length = *upkeep.length;
  check_share(*document, "lemons.share", data.lemon_share, problems);
  for (const WrittenOutage& each : outages) {
    check_share(*document, "outage.capacity_lost", *each.capacity_lost, problems);
    data.rates.push_back(
        {each.cause, *each.per_year, *each.duration, *each.duration_spread, *each.capacity_lost});
  }
  if (!problems.empty()) return problems;
  return data;
}

}  // namespace polyfleet
