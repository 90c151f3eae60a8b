// The units in which reports show outcomes of futures, the same as those of fleet lines.
#pragma once

#include <string>

#include "report/futures_answer.hpp"

namespace polyfleet {

/// A plain unit and what a value in base units is multiplied by. Days: "date", factor 1.
struct OutcomeUnit {
  std::string name;
  double factor = 1;
};
OutcomeUnit unit_of(const FuturesAnswer& answer, const Outcome& outcome);

/// "2028-03-05", "later" (than the end of the study, or never).
std::string day_text(const FuturesAnswer& answer, double hours);
/// "net present value", "cost in 2027".
std::string title_of(const Outcome& outcome);

}  // namespace polyfleet
