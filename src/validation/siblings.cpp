#include <cmath>
#include <tuple>

#include "base/csv.hpp"
#include "validation/row_mapping.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

std::string_view series_of(const TruthRow& row) {
  const std::string_view id = row.text("id");
  return id.substr(0, id.find('-'));
}

bool same_kind(const TruthRow& a, const TruthRow& b) {
  return series_of(a) == series_of(b) && a.text("model") == b.text("model") &&
         a.text("accelerator") == b.text("accelerator") && a.text("id") != b.text("id");
}

/// 0 for the same size, growing with the ratio; far away when a size is not stated.
double distance(const TruthRow& a, const TruthRow& b, std::string_view column) {
  const auto x = a.number(column), y = b.number(column);
  constexpr double kUnknown = 100;
  if (!x || !y || *x <= 0 || *y <= 0) return kUnknown;
  return std::abs(std::log2(*x / *y));
}

/// Orders candidates: size first, then batch, then the release.
std::tuple<double, double, double> nearness(const TruthRow& row, const TruthRow& other) {
  const auto here = month_of(row.text("date")), there = month_of(other.text("date"));
  const double months = here && there ? std::abs(*here - *there) : 1000.0;
  return {distance(row, other, "num_accelerators"), distance(row, other, "global_batch_size"),
          months};
}

}  // namespace

Siblings::Siblings(const std::vector<TruthRow>& corrected_rows) {
  for (const TruthRow& row : corrected_rows) rows_.push_back(&row);
}

const TruthRow* Siblings::with_mapping(const TruthRow& row,
                                       std::optional<double> replica_devices) const {
  const TruthRow* best = nullptr;
  for (const TruthRow* other : rows_) {
    if (!same_kind(row, *other)) continue;
    const auto tensor = other->number("tp");
    if (!tensor) continue;
    const double replica =
        *tensor * other->number("pp").value_or(1) * other->number("cp").value_or(1);
    if (replica_devices && replica != *replica_devices) continue;
    if (best == nullptr || nearness(row, *other) < nearness(row, *best)) best = other;
  }
  return best;
}

const TruthRow* Siblings::with_column(const TruthRow& row, std::string_view column) const {
  const TruthRow* best = nullptr;
  for (const TruthRow* other : rows_) {
    if (!same_kind(row, *other) || other->text(column).empty()) continue;
    if (best == nullptr || nearness(row, *other) < nearness(row, *best)) best = other;
  }
  return best;
}

}  // namespace polyfleet
