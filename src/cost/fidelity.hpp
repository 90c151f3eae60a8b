// Where a cost comes from: the first thing to ask of any predicted time.
#pragma once

#include <string_view>

namespace polyfleet {

/// measured_table: interpolated between measurements of this very part and shape family.
/// analytic_fit: a closed form whose constants were fitted on this part.
/// transferred: a closed form or table of the nearest measured relative; the interval is widened.
enum class Fidelity { measured_table, analytic_fit, transferred };

constexpr std::string_view name_of(Fidelity fidelity) {
  switch (fidelity) {
    case Fidelity::measured_table:
      return "measured table";
    case Fidelity::analytic_fit:
      return "analytic fit";
    case Fidelity::transferred:
      return "transferred";
  }
  return "transferred";
}

}  // namespace polyfleet
