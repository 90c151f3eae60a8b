// What a run reports of its requests: counts, latencies and objectives, per class and in all, from
// outcomes as they come. Constant memory.
#pragma once

#include <vector>

#include "serving/cluster.hpp"

namespace polyfleet {

class ClusterStatistics {
 public:
  ClusterStatistics(const std::vector<SloClass>& classes, Picos warm_up);
  void arrived(const ServingRequest& request);
  void ended(const RequestOutcome& outcome);
  std::int64_t finished() const { return report_.finished; }
  Picos first_arrival() const { return first_arrival_ == kNever ? 0 : first_arrival_; }
  Picos last_end() const { return last_end_; }
  /// Everything about requests; `lost` included.
  SimulationReport report() const;

 private:
  struct Latencies {
    LatencyHistogram ttft, tpot, end_to_end, queueing;
    void add(const RequestOutcome& outcome);
  };
  void count_objectives(const RequestOutcome& outcome, ClassReport& report) const;
  std::vector<SloClass> objectives_;
  Picos warm_up_;
  SimulationReport report_;
  Latencies all_;
  std::vector<Latencies> by_class_;
  Picos first_arrival_ = kNever, last_end_ = 0;
  Picos first_counted_ = kNever, last_counted_ = 0;
};

}  // namespace polyfleet
