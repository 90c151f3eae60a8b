// Mixtures: pools of different kinds share the load where stock, power or vendor shares bind, or
// where a smaller replica covers the last of the demand. Replicas are whole numbers; each point of
// each kind is a column of an integer program (planner/serving_program.hpp). Cost and accelerators
// are exact; energy, carbon and latency are those of the points, worked out again at the load that
// the chosen replicas really have.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "planner/serving_fleet.hpp"

namespace polyfleet {

struct ServingMixture {
  bool found = false;
  std::vector<PlannedPool> pools;  ///< loads as at their points
  double bound = 0;                ///< no mixture of these points has less of the objective
  bool complete = true;
  std::int64_t nodes = 0;
};

/// Relaxations that one program may take: some tens of columns take a few hundred.
inline constexpr std::int64_t kMostProgramNodes = 2000;

/// One load of one kind as the program sees it.
struct MixtureColumn {
  PlannedPool pool;  ///< replicas not read
  const ServingOffer* offer = nullptr;
};

/// The least objective below `cutoff` among mixtures that serve `requests_per_second`, every
/// column's role on its own. Precondition: columns in an order that does not depend on that of the
/// offers.
ServingMixture best_mixture(const ServingPlanQuestion& question,
                            const std::vector<MixtureColumn>& columns, double requests_per_second,
                            double cutoff = std::numeric_limits<double>::infinity());

}  // namespace polyfleet
