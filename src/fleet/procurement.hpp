// What to buy, when, where and from whom: a linear program over the quarters of a study. Purchases
// of each offer (one class at one site) join what stands already; every quarter all of it is
// allocated to the workloads as in fleet/allocation. Least net present cost of meeting the demand,
// or of what is worth meeting, under budgets and carbon a year, power of sites by quarter,
// deliveries of vendors and shares of vendors; whole blocks by an integer program. It knows the
// future that the scenario states: it is wrong where delays, failures and prices surprise, which is
// what fleet/procurement_frontier and the futures of `simulate fleet` are for. Within a quarter all
// is steady; migration and gangs are left to the simulation.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fleet/allocation.hpp"

namespace polyfleet {

/// One class at one site that may be bought.
struct ProcurementOffer {
  int group = 0;  ///< of the quarters' allocation problems
  std::string vendor;
  std::string name;        ///< "amd_helios at milam"
  Watts provisioned;       ///< of one accelerator at the meter
  double in_service = 1;   ///< expected share that works
  Usd facility;            ///< hall and plant for one accelerator
  std::vector<Usd> price;  ///< of one accelerator with its share of all else, by quarter
  int first_quarter = 0;   ///< of delivery
};

/// One quarter of the plan. `problem` holds what stands without any purchase (in service), demand,
/// rates and prices of the quarter; groups are the same in all quarters.
struct ProcurementQuarter {
  std::string name;  ///< "2027 Q2"
  int year = 2026;
  AllocationProblem problem;
  std::vector<Watts> power_left;  ///< by site, at the meter: for purchases that work in it
  double present = 1;             ///< value at the begin of the plan of a dollar in the quarter
};

/// Deliveries of a vendor, or of one class of it.
struct DeliveryLimit {
  std::string name;         ///< "deliveries of AMD"
  std::vector<int> offers;  ///< together
  std::vector<Watts> most;  ///< by quarter, as provisioned
};

struct YearLimit {
  int year = 2026;
  double most = 0;  ///< USD of purchases, or grams emitted (location-based, without embodied)
};

/// Of the power bought over the whole plan.
struct BoughtShare {
  std::string vendor;
  double least = 0, most = 1;
};

struct ProcurementProblem {
  AllocationNames names;
  std::vector<ProcurementQuarter> quarters;
  std::vector<ProcurementOffer> offers;
  std::vector<DeliveryLimit> deliveries;
  std::vector<YearLimit> budgets, carbon;
  std::vector<BoughtShare> shares;
  double largest_share = 1;                        ///< of any vendor, of the power bought
  int quarters_to_work = 1;                        ///< from the quarter of delivery until it works
  double upkeep = 0;                               ///< a year, of capital
  double hardware_years = 5, facility_years = 20;  ///< straight-line value at the end of the plan
  /// All demand must be met; otherwise only what is a must, and the rest as far as it pays.
  bool meet_all = true;
  int meet_from = 0;   ///< quarter; before it nothing is a must, unmet demand costs its value
  Watts block;         ///< purchases are whole multiples; zero = any amount
  double gap = 0.005;  ///< of the answer in whole blocks
  /// What is decided already, [offer][quarter]; kFree where the plan decides. Empty = all free.
  std::vector<std::vector<Watts>> fixed;
  static constexpr Watts kFree = Watts::from_base(-1);
};

struct PlannedPurchase {
  int offer = 0, quarter = 0;
  Watts power;
  double accelerators = 0;
  Usd hardware, facility;  ///< in the money of the quarter
};

/// Present values.
struct PlanCost {
  Usd hardware, facility, upkeep, energy, on_demand, carbon, unmet, residual;  ///< residual: income
  Usd total() const {
    return hardware + facility + upkeep + energy + on_demand + carbon + unmet - residual;
  }
};

struct PlannedQuarter {
  Usd energy, on_demand;  ///< in the money of the quarter
  Joules drawn;
  GramsCo2e emitted;
  std::vector<Watts> bought;                      ///< by offer, working by then
  std::vector<std::vector<double>> accelerators;  ///< at work [workload][group]
  std::vector<double> unmet;                      ///< units a second, by workload
};

struct ProcurementPlan {
  bool feasible = false;
  bool interrupted = false;
  std::vector<PlannedPurchase> purchases;  ///< by quarter, then offer
  std::vector<PlannedQuarter> quarters;
  PlanCost cost;
  std::optional<double> gap;  ///< proven, of the answer in whole blocks
  /// Where feasible what limits, with USD of present cost saved; else what forbids, with percent of
  /// a quarter's demand that a unit more would serve. The most worthwhile first.
  std::vector<BindingLimit> binding;
  std::vector<Watts> vendor_power;  ///< by vendor of `vendors_of`
};

/// Vendors of the offers, in alphabetical order.
std::vector<std::string> vendors_of(const ProcurementProblem& problem);

class ProcurementPlanner {
 public:
  /// Precondition: quarters and offers are not empty and fit each other.
  explicit ProcurementPlanner(ProcurementProblem problem);
  ~ProcurementPlanner();
  ProcurementPlanner(ProcurementPlanner&&) noexcept;

  /// `stop` ends the search for whole blocks early.
  ProcurementPlan plan(const std::atomic<bool>* stop = nullptr) const;

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

}  // namespace polyfleet
