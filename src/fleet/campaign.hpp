// Runs that must be done between two days: what each asks of a period, what it has done, and the
// group on which a gang runs. One campaign of a workload at a time, in order; the next begins in
// the period after the one in which the last ended. The pace is what the deadline asks, spread
// evenly over the time left, so that what a period loses later ones make up.
#pragma once

#include <vector>

#include "fleet/allocation.hpp"
#include "fleet/fleet_variation.hpp"
#include "fleet/rollout.hpp"

namespace polyfleet {

struct CampaignOutcome {
  int workload = 0;
  std::string id;
  FleetHour deadline = 0, finished = kNoHour;
  double done = 0, amount = 0;
  std::string where;  ///< groups that it ran on, in order
};

/// The campaign of one workload in one period.
struct CampaignWindow {
  int campaign = -1;     ///< -1: none runs
  FleetHour begin = 0;   ///< of the hours in which it may work
  Seconds length;        ///< of them
  double remaining = 0;  ///< units
  FleetHour deadline = 0;
};

class CampaignBook {
 public:
  /// A future's demand factor scales the amounts. Keeps references.
  CampaignBook(const FleetModel& model, const FleetVariation& variation);

  /// Opens a period: writes the demand of every running campaign. A late one asks for all that
  /// remains at once.
  void open(int period, AllocationProblem& problem);
  const CampaignWindow& window(int workload) const {
    return windows_[static_cast<std::size_t>(workload)];
  }
  /// Closes the period of one workload: units done at an even rate, of which the whole window would
  /// have seen `possible`; on these groups. True: the campaign is done.
  bool credit(int workload, double units, double possible, const std::vector<int>& groups);
  std::vector<CampaignOutcome> outcomes(const std::vector<FleetGroup>& groups) const;

 private:
  struct Progress {
    int workload = 0, campaign = 0;
    double amount = 0, done = 0;
    FleetHour finished = kNoHour;
    std::vector<int> groups;
    void note(const std::vector<int>& where);
  };
  Progress* current(int workload);
  CampaignWindow window_of(const Progress& progress, int period) const;

  const FleetModel* model_;
  const FleetVariation* variation_;
  std::vector<Progress> progress_;  ///< campaigns of the first workload, then of the next, ...
  std::vector<CampaignWindow> windows_;
};

/// Where gangs run: the group picked when they begin, kept until it cannot carry them any more.
class GangPlaces {
 public:
  GangPlaces(const FleetModel& model, int groups);
  /// Sets `only_group` of every gang with demand.
  void place(AllocationProblem& problem, Allocator& allocator);
  /// After an answer that misses what must be served: other places, where there are any, looked
  /// for once for every group that could carry the gang. True: solve again.
  bool replace(AllocationProblem& problem, Allocator& allocator);
  void release(int workload);

 private:
  int pick(AllocationProblem& problem, int workload, Allocator& allocator) const;
  bool has_new_choice(const AllocationProblem& problem, std::size_t workload);

  const FleetModel* model_;
  int groups_ = 0;
  std::vector<int> place_;                ///< by workload; -1 = none
  std::vector<std::vector<bool>> tried_;  ///< [workload][group]: stood for choice in a search
};

}  // namespace polyfleet
