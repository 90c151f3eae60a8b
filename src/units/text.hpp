// Quantities as text: "450 GB/s", "23.3 TB/s", "400 Gbit/s", "1.4 kW", "2.35 USD/h". A number
// without a unit is an error. Decimal prefixes are powers of ten (GB = 1e9), binary ones powers of
// two (GiB = 2^30), "bit" is an eighth of a byte.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

namespace detail {
struct Dimension {
  int time = 0, data = 0, work = 0, energy = 0, money = 0, carbon = 0, token = 0;
  friend bool operator==(const Dimension&, const Dimension&) = default;
};
Result<double> parse_in(std::string_view text, Dimension wanted);
std::string print_in(double base, Dimension dimension);
std::string exact_in(double base, Dimension dimension);
std::string unit_examples(Dimension dimension);

template <class Q>
struct DimensionOf;
template <int T, int D, int W, int E, int M, int C, int K>
struct DimensionOf<Quantity<T, D, W, E, M, C, K>> {
  static constexpr Dimension value{T, D, W, E, M, C, K};
};
}  // namespace detail

/// Reads "number unit". Errors: no number, no unit, unknown unit (with a suggestion), unit of
/// another dimension.
template <class Q>
Result<Q> parse_quantity(std::string_view text) {
  const Result<double> base = detail::parse_in(text, detail::DimensionOf<Q>::value);
  if (!base) return base.problems();
  return Q::from_base(*base);
}

/// Four significant digits (whole digits from 10,000 on) in the largest unit that keeps the number
/// at least 1. For people; exact_text is for documents.
template <class Q>
std::string print_quantity(Q quantity) {
  return detail::print_in(quantity.base(), detail::DimensionOf<Q>::value);
}

/// The shortest text that parse_quantity reads back to exactly this (finite) quantity.
template <class Q>
std::string exact_text(Q quantity) {
  return detail::exact_in(quantity.base(), detail::DimensionOf<Q>::value);
}

/// Units a reader may write for this dimension, for help texts.
template <class Q>
std::string unit_examples() {
  return detail::unit_examples(detail::DimensionOf<Q>::value);
}

}  // namespace polyfleet
