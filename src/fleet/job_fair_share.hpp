// The fair division of several pools among gangs: the greatest least share, a linear program
// (Narayanan et al., "Heterogeneity-Aware Cluster Scheduling Policies for Deep Learning Workloads",
// OSDI 2020, section 4.1). Of its many solutions the one in the middle (analytic centre) is given,
// as interior-point solvers give it: alike jobs get alike shares, whatever their order. A
// primal-dual method of about twenty steps; a step costs jobs times pools cubed.
#pragma once

#include <vector>

namespace polyfleet {

struct FairShareQuestion {
  std::vector<std::vector<double>> rate;  ///< [job][pool]: worth of all the job's time there
  std::vector<double> gang;               ///< accelerators of each job
  std::vector<double> capacity;           ///< accelerators of each pool
};

struct FairShares {
  std::vector<std::vector<double>> share;  ///< [job][pool]: of the job's time, sum at most 1
  double least = 0;                        ///< the least worth of any job
};

/// Maximises the least sum over pools of rate x share, where a job's shares sum to at most 1 and a
/// pool's gangs to at most its capacity. Within 1e-6 of the optimum. Precondition: rates are not
/// negative and every job has a positive one; gangs and capacities are positive.
FairShares fair_shares(const FairShareQuestion& question);

}  // namespace polyfleet
