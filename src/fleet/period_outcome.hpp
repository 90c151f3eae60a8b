// What one period's allocation comes to: units of every workload at every site, what the racks
// draw, and through fleet/site_energy what the site buys, emits and sheds. Output is mean demand as
// far as capacity serves it: where capacity falls short of the peak by a share, the mean is short
// by the same share (in truth only the peaks are cut, so this is low). Accelerators that change
// their workload lose their migration time.
#pragma once

#include <vector>

#include "fleet/campaign.hpp"
#include "fleet/fleet_variation.hpp"
#include "fleet/period_problem.hpp"
#include "fleet/site_energy.hpp"

namespace polyfleet {

/// One workload at one site in a period.
struct WorkloadAtSite {
  double accelerators = 0;
  double capacity = 0;  ///< units a second, arrivals' losses taken off
  Watts active;         ///< at the racks above idle, mean of what is wanted
  Watts active_paid;    ///< of these, where we pay the electricity
  double units = 0;     ///< output
  double shed = 0;      ///< units lost because load gave way
  Joules energy;        ///< at the racks
};

struct SiteOutcome {
  SiteEnergy energy;
  Watts base, base_paid;  ///< at the racks without work
  Joules base_energy;
  double paid_share = 1;  ///< of the site's bill that is ours
};

struct PeriodOutcome {
  std::vector<WorkloadAtSite> work;  ///< [workload x sites + site]
  std::vector<SiteOutcome> sites;
  std::vector<double> use;    ///< by workload: share of its capacity that works, mean
  std::vector<double> unmet;  ///< by workload: units of a stream that had no capacity
};

/// What capacity serves of a stream whose demand varies over the week.
class WeekDemand {
 public:
  /// `shape` with mean 1; null where constant.
  WeekDemand(const WeekShape* shape, double peak_over_mean);
  /// Share of mean demand that a capacity of this many times the mean serves: the mean over the
  /// week of min(shape, capacity / headroom), headroom = peak_over_mean / the shape's maximum. 1 at
  /// the peak. Hand case: half the week 1.5, half 0.5, peak 1.5, capacity 1: (1 + 0.5) / 2.
  double served(double capacity_over_mean) const;
  /// What is served over the week relative to its mean.
  WeekShape cut(double capacity_over_mean) const;
  const WeekShape* shape() const { return shape_; }

 private:
  const WeekShape* shape_ = nullptr;
  double peak_ = 1, headroom_ = 1;
};

/// Carries what sites keep from period to period.
class PeriodPlayer {
 public:
  PeriodPlayer(const FleetModel& model, const FleetVariation& variation);
  /// `hourly`: grid draw by site, appended; may be null.
  void play(int period, const FleetPeriod& from, const Allocation& allocation,
            const CampaignBook& campaigns, PeriodOutcome& into,
            std::vector<std::vector<double>>* hourly);

 private:
  void gather(const FleetPeriod& from, const Allocation& allocation, PeriodOutcome& into) const;
  void set_use(const FleetPeriod& from, const CampaignBook& campaigns, PeriodOutcome& into);
  void serve_stream(int workload, const AllocationProblem& problem, double capacity,
                    PeriodOutcome& into);
  void draw(int period, int site, PeriodOutcome& into, std::vector<double>* hourly);
  void share_energy(int site, Seconds length, PeriodOutcome& into) const;

  const FleetModel* model_;
  const FleetVariation* variation_;
  std::vector<WeekDemand> weeks_;         ///< by workload
  std::vector<const WeekShape*> shapes_;  ///< by workload, of this period's load; null: constant
  std::vector<WeekShape> cut_;            ///< by workload: where capacity cuts the peaks
  std::vector<SiteState> states_;
  std::vector<SiteFactors> factors_;
  SiteLoad load_;
  /// By workload at the site in hand: shares of its load that ran and of its output.
  std::vector<double> served_, kept_;
};

}  // namespace polyfleet
