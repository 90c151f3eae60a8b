// The linear program behind fleet/procurement.hpp: what each column and row stands for. Purchases
// and stocks count in units of kPowerUnit (or of one block) as provisioned, work in thousands of
// accelerators, service in shares of each quarter's demand.
#pragma once

#include <vector>

#include "fleet/allocation_program.hpp"
#include "fleet/procurement.hpp"
#include "solver/integer_program.hpp"

namespace polyfleet {

inline constexpr Watts kPowerUnit = 100 * megawatt;

/// Columns and rows by number.
struct ProcurementLayout {
  explicit ProcurementLayout(const ProcurementProblem& problem);

  int quarters = 0, offers = 0, workloads = 0, groups = 0, sites = 0, vendors = 0;
  std::vector<std::vector<AllocationPair>> pairs;  ///< by quarter
  std::vector<int> first_pair;                     ///< column, by quarter

  int buys(int offer, int quarter) const { return offer * quarters + quarter; }
  int stands(int offer, int quarter) const { return (offers + offer) * quarters + quarter; }
  int unmet(int workload, int quarter) const {
    return (2 * offers + workload) * quarters + quarter;
  }
  int missed(int workload, int quarter) const { return unmet(workloads + workload, quarter); }
  int works(int pair, int quarter) const { return first_pair[std::size_t(quarter)] + pair; }
  int columns = 0;

  int stock(int offer, int quarter) const { return offer * quarters + quarter; }
  int capacity(int group, int quarter) const { return (offers + group) * quarters + quarter; }
  int demand(int workload, int quarter) const {
    return (offers + groups + workload) * quarters + quarter;
  }
  int power(int site, int quarter) const {
    return (offers + groups + workloads + site) * quarters + quarter;
  }
  int delivery(int limit, int quarter) const { return first_delivery + limit * quarters + quarter; }
  int first_delivery = 0, first_budget = 0, first_carbon = 0, first_most = 0, first_least = 0;
  int missed_total = 0;
  int rows = 0;
};

/// Numbers of the program that its answers are read with.
struct ProcurementNumbers {
  Watts unit;                                 ///< of purchases and stocks
  double scale = 1;                           ///< USD of present value a unit of cost
  double above_all = 1;                       ///< cost of missing one quarter's demand
  std::vector<std::vector<PlanCost>> buying;  ///< present value of a unit, [offer][quarter]
  /// Present value of what one unit that stands draws without work, [offer][quarter].
  std::vector<std::vector<double>> idle;
  std::vector<std::vector<double>> unmet;   ///< of all demand, [workload][quarter]
  std::vector<std::vector<double>> demand;  ///< units a second that share 1 is
  double standing = 0;                      ///< present value of what is drawn whatever the plan
};

/// Thousands of accelerators in a unit of purchase; in service.
double thousands_in_unit(const ProcurementOffer& offer, Watts unit);

ProcurementNumbers numbers_of(const ProcurementProblem& problem, const ProcurementLayout& layout);
/// The program with the costs of everything and what is missed above all.
LinearParts parts_of(const ProcurementProblem& problem, const ProcurementLayout& layout,
                     const ProcurementNumbers& numbers);

}  // namespace polyfleet
