// What the documents of several answers share: tables written in one go, quantities that may be
// missing, percentiles, layouts.
#pragma once

#include <initializer_list>
#include <optional>
#include <utility>

#include "config/value.hpp"

namespace polyfleet {

struct Percentiles;
struct ServingLayout;

/// A table of these keys, in this order.
Value json_table(std::initializer_list<std::pair<const char*, Value>> members);

/// A quantity in base units; null where there is none.
template <class Q>
Value base_or_null(const std::optional<Q>& quantity) {
  return quantity ? Value(quantity->base()) : Value();
}

/// {"p5", "p25", "p50", "p75", "p95"}, in the unit of the percentiles.
Value percentiles_json(const Percentiles& spread);

/// Parallel degrees of serving: {"tensor", "pipeline", "expert", "attention_data", "context"}.
Value layout_json(const ServingLayout& layout);

}  // namespace polyfleet
