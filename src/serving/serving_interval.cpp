#include "serving/serving_interval.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "training/interval_file.hpp"

namespace polyfleet {
namespace {

constexpr double kNormalQuantile90 = 1.2816;  // one-sided 90 % of the normal distribution

FieldTable<ServingIntervalEntry> entry_fields() {
  using E = ServingIntervalEntry;
  constexpr Range kFactor{0.01, 100};
  return {required(text_field("kind", &E::kind, "kind of run or *")),
          required(text_field("metric", &E::metric, "quantity or *")),
          required(text_field("vendor", &E::vendor, "accelerator vendor or *")),
          required(number_field("low", &E::low, kFactor, "10 % quantile, measured / predicted")),
          required(number_field("high", &E::high, kFactor, "90 % quantile, measured / predicted")),
          integer_field("rows", &E::rows, {0, 1e9}, "measurements behind it"),
          integer_field("sources", &E::sources, {0, 1e9}, "sources behind it")};
}

int specificity(const ServingIntervalEntry& entry) {
  return (entry.kind != "*" ? 4 : 0) + (entry.metric != "*" ? 2 : 0) +
         (entry.vendor != "*" ? 1 : 0);
}

bool matches(const std::string& pattern, std::string_view name) {
  return pattern == "*" || pattern == name;
}

}  // namespace

Result<ServingIntervalTable> ServingIntervalTable::load(
    const std::filesystem::path& data_directory) {
  const std::string path = (data_directory / "engines" / "intervals.toml").string();
  Result<IntervalFile<ServingIntervalEntry>> file = read_interval_file(path, entry_fields());
  if (!file) return file.problems();
  ServingIntervalTable table;
  table.known_sigma_ = file->known_sigma;
  table.entries_ = std::move(file->entries);
  return table;
}

ServingInterval ServingIntervalTable::interval(std::string_view kind, std::string_view metric,
                                               std::string_view vendor, double model_sigma) const {
  const ServingIntervalEntry* best = nullptr;
  for (const ServingIntervalEntry& entry : entries_) {
    const bool fits =
        matches(entry.kind, kind) && matches(entry.metric, metric) && matches(entry.vendor, vendor);
    if (fits && (best == nullptr || specificity(entry) > specificity(*best))) best = &entry;
  }
  ServingInterval interval;
  if (best == nullptr) {
    interval.basis = "no validation row of this kind: the cost models' own uncertainty only";
  } else {
    interval.low = best->low;
    interval.high = best->high;
    interval.basis = fmt::format("{} measurements of {} {} ({})", best->rows, best->kind,
                                 best->metric, best->vendor);
  }
  const double beyond =
      std::sqrt(std::max(0.0, model_sigma * model_sigma - known_sigma_ * known_sigma_));
  const double spread = kNormalQuantile90 * beyond;
  const double down = std::log(std::min(interval.low, 1.0));
  const double up = std::log(std::max(interval.high, 1.0));
  if (spread > 0) {
    interval.low = std::min(interval.low, std::exp(-std::hypot(down, spread)));
    interval.high = std::max(interval.high, std::exp(std::hypot(up, spread)));
  }
  return interval;
}

}  // namespace polyfleet
