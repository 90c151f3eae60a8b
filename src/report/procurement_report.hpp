// Everything that `polyfleet plan fleet` has to say, and its pages: text for people, JSON for
// programs, CSV for spreadsheets.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/value.hpp"
#include "fleet/pareto.hpp"
#include "fleet/procurement_frontier.hpp"
#include "fleet/procurement_problem.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// What the fleet of the scenario could do on one day.
struct FrontReport {
  FleetFront front;
  AllocationProblem problem;
  std::string day;
};

struct ProcurementReport {
  FleetModel model;  ///< with its rates, phases as the scenario states them
  ProcurementTerms terms;
  ProcurementProblem problem;
  ProcurementPlan plan;
  std::vector<FrontierPoint> frontier;  ///< empty where it was not asked for
  int lost_from = 0;                    ///< quarter
  std::optional<FrontReport> front;
  std::vector<std::string> assumptions;  ///< of the plan; those of the scenario are the model's
  bool interrupted = false;
};

std::string procurement_text(const ProcurementReport& report, bool explain, PageStyle style);
Value procurement_json(const ProcurementReport& report);
/// Names and contents: purchases.csv, plan_work.csv, plan_limits.csv, and where asked for
/// diversification.csv and front.csv.
std::vector<std::pair<std::string, std::string>> procurement_csv(const ProcurementReport& report);

/// The front's tables, for other pages too.
std::string front_text(const FleetModel& model, const FrontReport& report, PageStyle style);
Value front_json(const FleetModel& model, const FrontReport& report);

/// The number of a quarter, phase or workload as a place in its list.
inline std::size_t list_place(int number) { return static_cast<std::size_t>(number); }

/// Largest unmet share of each workload's demand with its quarter, from the quarter on in which it
/// must be met; those above 1e-6.
struct UnmetDemand {
  int workload = 0, quarter = 0;
  double share = 0;
};
std::vector<UnmetDemand> unmet_demands(const ProcurementReport& report);
/// "pre-training", "chat"
std::string_view stage_name(WorkloadKind kind);

}  // namespace polyfleet
