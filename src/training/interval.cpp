#include "training/interval.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "training/interval_file.hpp"
#include "training/maturity.hpp"

namespace polyfleet {
namespace {

constexpr double kNormalQuantile90 = 1.2816;  // one-sided 90 % of the normal distribution

FieldTable<IntervalEntry> interval_fields() {
  using E = IntervalEntry;
  return {required(text_field("vendor", &E::vendor, "accelerator vendor or *")),
          required(text_field("family", &E::family, "accelerator family or *")),
          required(text_field("framework", &E::framework, "profile id or *")),
          required(text_field("workload", &E::workload, "workload class or *")),
          required(
              number_field("low", &E::low, {0.05, 20}, "10 % quantile of measured over predicted")),
          required(number_field("high", &E::high, {0.05, 20},
                                "90 % quantile of measured over predicted")),
          integer_field("rows", &E::rows, {0, 1e9}, "measurements behind it"),
          integer_field("sources", &E::sources, {0, 1e9}, "sources behind it")};
}

int specificity(const IntervalEntry& entry) {
  return (entry.family != "*" ? 8 : 0) + (entry.workload != "*" ? 4 : 0) +
         (entry.framework != "*" ? 2 : 0) + (entry.vendor != "*" ? 1 : 0);
}

}  // namespace

Result<IntervalTable> IntervalTable::load(const std::filesystem::path& data_directory) {
  const std::string path = (data_directory / "training" / "intervals.toml").string();
  Result<IntervalFile<IntervalEntry>> file = read_interval_file(path, interval_fields());
  if (!file) return file.problems();
  IntervalTable table;
  table.known_sigma_ = file->known_sigma;
  table.entries_ = std::move(file->entries);
  return table;
}

IntervalBasis IntervalTable::interval(const std::string& vendor, const std::string& family,
                                      const std::string& framework, WorkloadClass workload,
                                      double model_sigma) const {
  const IntervalEntry* best = nullptr;
  for (const IntervalEntry& entry : entries_) {
    const bool fits = matches_pattern(entry.vendor, vendor) &&
                      matches_pattern(entry.family, family) &&
                      matches_pattern(entry.framework, framework) &&
                      matches_pattern(entry.workload, name_of(workload));
    if (fits && (best == nullptr || specificity(entry) > specificity(*best))) best = &entry;
  }
  IntervalBasis basis;
  if (best == nullptr) {
    basis.basis = "no validation row of this kind: the cost models' own uncertainty only";
  } else {
    basis.low = best->low;
    basis.high = best->high;
    basis.basis =
        fmt::format("{} rows of {} sources ({})", best->rows, best->sources,
                    kind_of_entry({best->vendor, best->family, best->framework, best->workload}));
  }
  const double excess =
      std::sqrt(std::max(0.0, model_sigma * model_sigma - known_sigma_ * known_sigma_));
  if (excess > 0) {
    const double middle = std::sqrt(basis.low * basis.high);
    const double half = std::log(basis.high / basis.low) / 2;
    const double wide = std::hypot(half, kNormalQuantile90 * excess);
    basis.low = middle * std::exp(-wide);
    basis.high = middle * std::exp(wide);
    basis.basis += fmt::format("; widened by {:.0f}% model uncertainty", 100 * excess);
  }
  return basis;
}

}  // namespace polyfleet
