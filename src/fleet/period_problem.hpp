// The allocation problem of one period, made from the model: accelerators in service, rates with
// maturity and prediction error, demand, prices and power. The one place where a fleet becomes
// coefficients, for the simulation, the Pareto fronts and the procurement plan alike. Within a
// period all is its mean; the power limit is its lowest, at the site's worst cooling; price and
// carbon are those of the site's full draw from grid and generation, batteries left out (the hours
// are played out after the decision). Of on-demand capacity only what is used draws power.
#pragma once

#include <vector>

#include "fleet/allocation.hpp"
#include "fleet/fleet_variation.hpp"
#include "fleet/rollout.hpp"

namespace polyfleet {

/// One period before it is decided.
struct FleetPeriod {
  AllocationProblem problem;      ///< without campaigns and without history
  std::vector<double> installed;  ///< by group: accepted, mean
  /// By group, at the racks: delivered ones that are not in service (in test: idle; out of
  /// service: parked).
  std::vector<Watts> beside;
};

class PeriodProblems {
 public:
  /// Keeps references to all three.
  PeriodProblems(const FleetModel& model, const FleetVariation& variation, const Rollout& rollout);

  const AllocationNames& names() const { return names_; }
  /// Rewrites `period` in place; its `previous` is left as it is.
  void fill(int period, FleetPeriod& into) const;
  /// Of electricity at the site, mean over the periods [from, to). Precondition: from < to.
  UsdPerJoule price(int site, int from, int to) const;

 private:
  struct SitePeriod {
    Watts available;
    double facility_per_rack = 1;
    UsdPerJoule price;
    GramsCo2ePerJoule carbon;
  };
  void set_sites();
  void fill_sites(int period, FleetPeriod& into) const;
  void fill_groups(int period, FleetPeriod& into) const;
  void fill_rates(int period, FleetPeriod& into) const;
  void fill_demands(int period, FleetPeriod& into) const;

  const FleetModel* model_;
  const FleetVariation* variation_;
  const Rollout* rollout_;
  AllocationNames names_;
  std::vector<std::vector<SitePeriod>> site_periods_;  ///< [site][period]
  std::vector<std::vector<double>> rate_;              ///< [workload][group], mature; 0 = cannot
  std::vector<std::vector<double>> active_;            ///< [workload][group]
  std::vector<double> in_service_;                     ///< by class
};

/// The problem of one period for fronts and plans: campaigns at the even pace of their whole
/// length, gangs without a place yet, no history.
FleetPeriod period_problem(const FleetModel& model, int period,
                           const FleetVariation& variation = {});
/// Names in the order of the problems.
AllocationNames allocation_names(const FleetModel& model, const std::vector<FleetGroup>& groups);

}  // namespace polyfleet
