#include "fleet/demand_response.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "catalogue/catalogue.hpp"
#include "catalogue/figure_field.hpp"
#include "config/list_reader.hpp"
#include "training/energy.hpp"

namespace polyfleet {
namespace {

constexpr int kHalvings = 60;  // to the last bit of a double

/// All tiers slowed by `loss`, each no further than it may: the cut. With one law for all this is
/// the least loss for a cut, because draw saved grows ever slower with loss.
double cut_at(const std::vector<FlexTier>& tiers, const ThrottleLaw& law, double loss) {
  double cut = 0;
  for (const FlexTier& tier : tiers)
    cut += tier.share * (1 - law.draw(1 - std::min(loss, tier.most_loss)));
  return cut;
}

double largest_loss(const std::vector<FlexTier>& tiers) {
  double largest = 0;
  for (const FlexTier& tier : tiers) largest = std::max(largest, tier.most_loss);
  return largest;
}

struct StatedTier {
  std::string name;
  std::optional<Figure<double>> share, most_loss;
};

const FieldTable<StatedTier>& tier_fields() {
  using T = StatedTier;
  static const FieldTable<T> fields = {required(text_field("name", &T::name, "")),
                                       required(figure_field("share", &T::share, "")),
                                       required(figure_field("most_loss", &T::most_loss, ""))};
  return fields;
}

/// The figure at table.key.
template <class Q>
Figure<Q> figure_at(const Value& document, const char* table, const char* key, Diagnostics& out) {
  const Value* where = *table == '\0' ? &document : document.find(table);
  const Value* value = where == nullptr ? nullptr : where->find(key);
  if (value == nullptr) {
    out.push_back(problem_at(document.where(), fmt::format("lacks {}.{}", table, key)));
    return {};
  }
  return read_figure<Q>(*value, key, out).value_or(Figure<Q>{});
}

std::string text_at(const Value& document, const char* table, const char* key) {
  const Value* where = document.find(table);
  const Value* value = where == nullptr ? nullptr : where->find(key);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
}

/// London: whole nodes of the system named in the file.
Result<ThrottleLaw> london_law(const std::filesystem::path& data_directory, const Value& document,
                               double exponent) {
  const auto catalogue = load_catalogue(data_directory);
  if (!catalogue) return catalogue.problems();
  const auto system = catalogue->system(text_at(document, "london", "system"));
  if (!system) return system.problems();
  const auto accelerator = catalogue->accelerator_of(*system);
  if (!accelerator) return accelerator.problems();
  const auto activity = load_power_activity(data_directory);
  if (!activity) return activity.problems();
  if (!accelerator->tdp || !system->host_power)
    return problem_at(document.where(), "the system of [london] publishes no power");
  const Watts tdp = accelerator->tdp->value;
  const Watts idle =
      accelerator->idle ? accelerator->idle->value : tdp * activity->idle_of_tdp.value;
  const Watts busy = idle + (tdp - idle) * activity->compute_of_span.value;
  const Watts host = system->host_power->value * activity->host_use_of_rating.value;
  return node_throttle_law(busy, idle, busy + host, exponent);
}

}  // namespace

double ThrottleLaw::draw(double throughput) const {
  return 1 - following + following * std::pow(throughput, exponent);
}

ThrottleLaw node_throttle_law(Watts accelerator_busy, Watts accelerator_idle, Watts node_share,
                              double exponent) {
  return {(accelerator_busy - accelerator_idle) / node_share, exponent};
}

DemandResponse demand_response(const std::vector<FlexTier>& tiers, const ThrottleLaw& law,
                               double cut) {
  double shares = 0;
  for (const FlexTier& tier : tiers) shares += tier.share;
  POLYFLEET_CHECK(std::abs(shares - 1) < 1e-9, "the shares of the tiers sum to one");
  POLYFLEET_CHECK(cut >= 0 && cut < 1, "a cut is a share of the draw");
  DemandResponse answer;
  double high = largest_loss(tiers), low = 0;
  answer.reachable = cut_at(tiers, law, high);
  answer.reached = cut <= answer.reachable;
  answer.cut = std::min(cut, answer.reachable);
  if (answer.reached) {
    for (int i = 0; i < kHalvings; ++i) {
      const double middle = (low + high) / 2;
      (cut_at(tiers, law, middle) < cut ? low : high) = middle;
    }
  }
  for (const FlexTier& tier : tiers) {
    answer.loss.push_back(std::min(high, tier.most_loss));
    answer.lost += tier.share * answer.loss.back();
  }
  return answer;
}

double most_untouched(const std::vector<FlexTier>& tiers, const ThrottleLaw& law, double cut) {
  const double reachable = cut_at(tiers, law, largest_loss(tiers));
  return reachable < cut ? 0 : 1 - cut / reachable;
}

Result<DemandResponseCase> demand_response_case(const std::filesystem::path& data_directory) {
  const Result<Value> document =
      read_document((data_directory / "power" / "demand_response.toml").string());
  if (!document) return document.problems();
  Diagnostics problems;
  DemandResponseCase found;
  for (const StatedTier& tier : read_list(*document, "tier", tier_fields(), problems)) {
    if (tier.share && tier.most_loss)
      found.tiers.push_back({tier.name, tier.share->value, tier.most_loss->value});
  }
  const double exponent = figure_at<double>(*document, "", "exponent", problems).value;
  const auto reduction = figure_at<double>(*document, "phoenix", "reduction", problems);
  const auto power = figure_at<Watts>(*document, "phoenix", "power", problems);
  const auto idle = figure_at<Watts>(*document, "phoenix", "idle", problems);
  found.duration = figure_at<Seconds>(*document, "phoenix", "duration", problems).value;
  found.measured_loss = 1 - figure_at<double>(*document, "phoenix", "performance", problems).value;
  const auto london = figure_at<double>(*document, "london", "reduction", problems);
  if (!problems.empty()) return problems;
  const ThrottleLaw law{1 - idle.value / power.value, exponent};
  found.phoenix = demand_response(found.tiers, law, reduction.value);
  found.most_untouched = most_untouched(found.tiers, law, reduction.value);
  found.london_low = london.low;
  found.london_high = london.high;
  const auto nodes = london_law(data_directory, *document, exponent);
  if (!nodes) return nodes.problems();
  found.london = demand_response(found.tiers, *nodes, london.high);
  return found;
}

}  // namespace polyfleet
