#include "planner/plan_space.hpp"

namespace polyfleet {

std::string_view name_of(Objective objective) {
  switch (objective) {
    case Objective::time:
      return "time";
    case Objective::cost:
      return "cost";
    case Objective::energy:
      return "energy";
    case Objective::tokens_per_second:
      return "tokens per second";
  }
  return "";
}

}  // namespace polyfleet
