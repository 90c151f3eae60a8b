// A function of one positive number, known at points of a geometric grid that are filled when first
// asked for, and linear between them. Every whole number up to 16 is a point, then four a factor of
// two (16, 20, 24, 28, 32, 40, ...), so that powers of two (token budgets, graph sizes) are exact.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

namespace polyfleet {

/// The points around a position: value = (1 - share) * at(lower) + share * at(lower + 1).
struct GridPlace {
  std::size_t lower = 0;
  double share = 0;
};

inline constexpr std::size_t kGridWhole = 16;
inline constexpr std::size_t kGridSteps = 4;

/// The number that a point of the grid stands for.
inline double grid_number(std::size_t index) {
  if (index <= kGridWhole) return static_cast<double>(index);
  const std::size_t step = index - kGridWhole;
  const double base =
      std::ldexp(static_cast<double>(kGridWhole), static_cast<int>(step / kGridSteps));
  return base * (1 + static_cast<double>(step % kGridSteps) / kGridSteps);
}

inline GridPlace grid_place(double number) {
  if (number <= 0) return {};
  if (number < kGridWhole) {
    const double floor = std::floor(number);
    return {static_cast<std::size_t>(floor), number - floor};
  }
  int exponent = 0;
  const double mantissa = std::frexp(number, &exponent);  // in [0.5, 1)
  const double steps = (2 * mantissa - 1) * kGridSteps;
  const double whole = std::floor(steps);
  constexpr int kFirstExponent = 5;  // frexp(16) = 0.5 x 2^5
  const auto index = kGridWhole + static_cast<std::size_t>(exponent - kFirstExponent) * kGridSteps +
                     static_cast<std::size_t>(whole);
  return {index, steps - whole};
}

/// Values at grid points, computed on first use. Not for concurrent use.
template <class Value>
class LazyGrid {
 public:
  template <class Compute>
  const Value& at(std::size_t index, Compute&& compute) {
    if (index >= values_.size()) values_.resize(index + 1);
    if (!values_[index]) values_[index] = compute(grid_number(index));
    return *values_[index];
  }

 private:
  std::vector<std::optional<Value>> values_;
};

}  // namespace polyfleet
