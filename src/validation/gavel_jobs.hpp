// The jobs of Gavel's continuous experiments (Narayanan et al., OSDI 2020): Poisson arrivals of
// kinds and sizes drawn as its public generator draws them, from Python's random numbers, so that
// the published averages can be compared job sequence by job sequence.
#pragma once

#include <cstdint>
#include <vector>

#include "fleet/job_model.hpp"

namespace polyfleet {

/// `count` jobs at this rate; `gangs`: one in three asks for 2, 4 or 8 accelerators. `kinds` are
/// those of data/jobtraces/gavel_kinds.csv. Precondition: every kind of the generator is among
/// them.
JobTrace gavel_poisson_jobs(const std::vector<JobKind>& kinds, std::uint32_t seed, double per_hour,
                            bool gangs, int count);

}  // namespace polyfleet
