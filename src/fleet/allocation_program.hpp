// The linear program behind fleet/allocation.hpp: which column and row stands for what, and the
// numbers of one period. Variables are thousands of accelerators (those that stay with a workload
// and those that come to it, because arrivals lose time) and shares of demand that go unserved;
// rows are thousands of accelerators, megawatts at the meter and shares of demand. That keeps all
// coefficients within a few orders of magnitude, so that the solver's tolerances do not matter.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "fleet/allocation.hpp"
#include "solver/linear_program.hpp"

namespace polyfleet {

inline constexpr double kThousand = 1e3;  ///< accelerators a unit of a variable

/// A workload that a group can run.
struct AllocationPair {
  int workload = 0, group = 0;
  bool operator==(const AllocationPair&) const = default;
};

/// Share of a demand below which it counts as served: many times the solver's tolerance.
inline constexpr double kUnservedShare = 1e-7;
/// The solver's tolerance (solver/linear_program.hpp).
inline constexpr double kSolverTolerance = 1e-9;
/// Factor on what an earlier goal reached, which a later one may not worsen.
inline constexpr double kGoalSlack = 1 + 1e-9;
/// Of the whole cost: a price below it names no limit; ties are decided by less.
inline constexpr double kNoticeableCost = 1e-5;

/// What may not change between two solves of one program: where its coefficients stand.
struct AllocationShape {
  std::vector<AllocationPair> pairs;
  std::vector<int> site_of;  ///< by group
  std::vector<std::string> share_vendors, vendor_of;
  int groups = 0, sites = 0, demands = 0;
  bool limits_totals = false;  ///< energy or carbon of the period
  bool operator==(const AllocationShape&) const = default;

  int pair_count() const { return static_cast<int>(pairs.size()); }
  int stays(int pair) const { return 2 * pair; }
  int comes(int pair) const { return 2 * pair + 1; }
  int unmet(int workload) const { return 2 * pair_count() + workload; }
  int missed(int workload) const { return unmet(demands + workload); }
  int off(int group) const { return unmet(2 * demands + group); }
  int variables() const { return off(groups); }

  int capacity(int group) const { return group; }
  int power(int site) const { return groups + site; }
  int demand(int workload) const { return groups + sites + workload; }
  int most(int share) const { return groups + sites + demands + 2 * share; }
  int least(int share) const { return most(share) + 1; }
  int missed_value() const { return most(static_cast<int>(share_vendors.size())); }
  int lost_value() const { return missed_value() + 1; }
  int energy() const { return lost_value() + 1; }  ///< these two only where totals are limited
  int carbon() const { return lost_value() + 2; }
  int rows() const { return lost_value() + (limits_totals ? 3 : 1); }
};
AllocationShape shape_of(const AllocationProblem& problem);

/// What a solve minimises. A must or a least that goes unserved is `missed`, other demand `lost`.
enum class AllocationGoal {
  all,        ///< the objective, with what is missed at a price above everything
  missed,     ///< value missed
  lost,       ///< value lost, with what is missed at a price above everything
  objective,  ///< the objective alone, under the limits set on missed and lost
};

class AllocationProgram {
 public:
  explicit AllocationProgram(AllocationShape shape);
  const AllocationShape& shape() const { return shape_; }

  /// Takes the numbers of one period; removes the limits on missed and lost value.
  /// Precondition: shape_of(problem) == shape().
  void update(const AllocationProblem& problem);
  /// `again`: of the numbers of the last call, with another goal.
  LinearAnswer minimise(AllocationGoal goal, bool again = false);
  void limit_missed(double most);
  void limit_lost(double most);
  void forget() { program_.forget(); }

  /// Sums over an answer, in the weights of the goals `missed` and `lost`.
  double missed_of(const LinearAnswer& answer) const;
  double lost_of(const LinearAnswer& answer) const;
  /// Objective units (USD, J, g) of one unit of the goal's cost; 0 where it has no unit (no value
  /// is stated).
  double unit_of(AllocationGoal goal) const;
  double missed_weight(int workload) const { return missed_weight_[index(workload)]; }
  /// Units a second that share 1 of a workload's demand is; 0 = no demand.
  double demand_of(int workload) const { return demand_[index(workload)]; }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  void update_demands(const AllocationProblem& problem);
  void update_pairs(const AllocationProblem& problem);
  void update_limits(const AllocationProblem& problem);
  void update_weights(const AllocationProblem& problem);
  void update_totals(const AllocationProblem& problem);

  AllocationShape shape_;
  LinearProgram program_;
  std::vector<double> demand_;
  std::vector<double> pair_cost_;  ///< of the objective, a thousand accelerators, scaled
  std::vector<double> pair_tie_;   ///< decides between equals
  std::vector<double> value_;      ///< by workload: of all its demand in the period, scaled
  std::vector<double> missed_weight_, lost_weight_;
  double scale_ = 1;          ///< objective units a unit of cost
  double value_unit_ = 0;     ///< USD a unit of missed and lost weight
  double above_all_ = 0;      ///< scaled price of missing
  bool values_cost_ = false;  ///< lost value is part of the objective
};

/// Objective units a thousand accelerators of one group at work on one workload add in a period to
/// what they draw, emit and cost without work.
double added_by_work(const AllocationProblem& problem, int workload, int group,
                     FleetObjective objective);
/// Units of the rows that limit a period's energy and carbon.
inline constexpr double kEnergyUnit = 3.6e12;  ///< 1 GWh
inline constexpr double kCarbonUnit = 1e9;     ///< 1,000 t

/// The same of everything that draws power whatever the answer.
double without_any_work(const AllocationProblem& problem, FleetObjective objective);

}  // namespace polyfleet
