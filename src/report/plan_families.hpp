// The parts of a plan report that choose what to show: a readable selection of the Pareto front,
// and per degree of freedom the families of plans that lost or do not fit. JSON has all of them.
#pragma once

#include <string>
#include <vector>

#include "report/plan_answer.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// Which plans of the front to show (indices), and what each is best in ("time", "energy", ...; the
/// rest are spread evenly between them by time).
struct FrontChoice {
  std::vector<std::size_t> shown;
  std::vector<std::string> best_in;
};
FrontChoice chosen_front(const std::vector<PlannedPlan>& front, std::size_t most);

std::string front_text(const PlanSearchResult& result, PageStyle style);

/// Starts with an empty line; empty when there are no families.
std::string families_text(const PlanAnswer& answer, PageStyle style);

}  // namespace polyfleet
