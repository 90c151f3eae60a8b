// The checkpoint-restart process of training/goodput.hpp played event by event: failures, announced
// stops, recoveries, nodes in repair and their return. Between two events training is periodic, so
// position and last safe snapshot follow from the time passed and cost does not grow with the
// number of checkpoints. Same seed, same result, on any number of threads. Repairs are exponential
// here; the closed form holds for any distribution of them.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/running_statistics.hpp"
#include "training/goodput.hpp"

namespace polyfleet {

/// Where the time of one simulated run went.
struct SimulatedRun {
  Seconds length;
  Seconds training;  ///< snapshots and work done again included
  Seconds recovery, planned, waiting;
  std::int64_t failures = 0, planned_stops = 0;
  bool finished = true;  ///< false: given up at `kLongestStretch` times the productive time
};
/// A run that would take longer than this many times its productive time, or 63 years, is given
/// up.
inline constexpr double kLongestStretch = 1000;

/// One run; `stream` numbers it among those of the seed. Precondition: productive time, interval,
/// snapshot and recoveries are each shorter than 63 years.
SimulatedRun simulate_run(const RunProcess& process, std::uint64_t seed, std::uint64_t stream);

struct SimulatedRuns {
  RunningStatistics ettr;
  RunningStatistics length;  ///< seconds
  RunningStatistics failures;
  std::vector<double> lengths;  ///< seconds, sorted
  std::int64_t given_up = 0;
  Seconds length_quantile(double p) const { return quantile(lengths, p) * second; }
};

/// `runs` independent runs on `threads` threads (0 = as many as the machine has).
SimulatedRuns simulate_runs(const RunProcess& process, std::int64_t runs, std::uint64_t seed,
                            unsigned threads = 0);

}  // namespace polyfleet
