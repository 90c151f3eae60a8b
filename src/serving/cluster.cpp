#include "serving/cluster.hpp"

#include "serving/cluster_check.hpp"
#include "serving/cluster_run.hpp"

namespace polyfleet {

Result<SimulationReport> simulate_serving(const ServingCluster& cluster, RequestSource& source,
                                          const SimulationOptions& options) {
  if (Diagnostics found = problems_of(cluster); !found.empty()) return found;
  return ClusterRun(cluster, source, options).run();
}

}  // namespace polyfleet
