// What the planner asks of one replica of a kind: does it fit, what does it do under a load, what
// does it draw. The real answers come from EngineModel and the closed form of
// serving/steady_state.hpp (planner/serving_engine_replica.hpp); tests answer from formulas.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "planner/serving_question.hpp"

namespace polyfleet {

class ReplicaModel {
 public:
  virtual ~ReplicaModel() = default;
  virtual bool fits() const = 0;
  virtual const std::string& misfit() const = 0;  ///< by how much; empty when it fits
  virtual int accelerators() const = 0;
  /// Steady states under `load.requests_per_second` of this one replica, whole or of one phase.
  virtual SteadyState aggregated(const SteadyLoad& load) const = 0;
  virtual SteadyState prefill(const SteadyLoad& load) const = 0;
  virtual SteadyState decode(const SteadyLoad& load) const = 0;
  virtual const ReplicaPower& power() const = 0;
  /// For the simulation.
  virtual const EngineTimes& times() const = 0;
  virtual const EngineSettings& settings() const = 0;
};

/// Makes replicas, and what lies between two of them.
class ReplicaModels {
 public:
  virtual ~ReplicaModels() = default;
  /// Errors: a cut that does not divide the model (the text says why).
  virtual Result<std::unique_ptr<ReplicaModel>> make(const ReplicaKind& kind) const = 0;
  /// Moving a prompt's cache from a prefill to a decode replica; errors: no path between the two.
  /// Precondition: both were made here.
  virtual Result<CacheTransfer> transfer(const ReplicaModel& from,
                                         const ReplicaModel& to) const = 0;
};

}  // namespace polyfleet
