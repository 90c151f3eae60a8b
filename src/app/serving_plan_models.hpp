// Replicas of a serving plan by the engine models: one machine an offer, one profile an engine and
// offer, engine models made when a kind is asked for.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/serving_transfer.hpp"
#include "app/workspace.hpp"
#include "planner/serving_replica.hpp"

namespace polyfleet {

/// What all replicas share beside their kind.
struct ReplicaSettings {
  const ModelSpec* model = nullptr;
  Speculation speculation;
  double expert_imbalance = 1;
};

class EngineReplica final : public ReplicaModel {
 public:
  EngineReplica(ResolvedEngine served, std::size_t offer);
  bool fits() const override { return served_.engine->fits_in_memory(); }
  const std::string& misfit() const override { return served_.engine->misfit(); }
  int accelerators() const override { return served_.engine->accelerators(); }
  SteadyState aggregated(const SteadyLoad& load) const override;
  SteadyState prefill(const SteadyLoad& load) const override;
  SteadyState decode(const SteadyLoad& load) const override;
  const ReplicaPower& power() const override { return served_.engine->power(); }
  const EngineTimes& times() const override { return *served_.engine; }
  const EngineSettings& settings() const override { return served_.engine->settings(); }

  const ResolvedEngine& served() const { return served_; }
  std::size_t offer() const { return offer_; }

 private:
  ResolvedEngine served_;
  std::size_t offer_;
};

class EngineReplicas final : public ReplicaModels {
 public:
  EngineReplicas(const PowerActivity& activity, CollectiveData links, ReplicaSettings settings)
      : activity_(activity), links_(std::move(links)), settings_(std::move(settings)) {}

  /// The machine of the next offer, and an engine that may run on the last one.
  void add_offer(const EngineMachine* machine) { machines_.push_back(machine); }
  void add_engine(const EngineProfile& profile);

  Result<std::unique_ptr<ReplicaModel>> make(const ReplicaKind& kind) const override;
  Result<CacheTransfer> transfer(const ReplicaModel& from, const ReplicaModel& to) const override;

  const EngineProfile& profile(std::size_t offer, const std::string& engine) const {
    return profiles_.at({offer, engine});
  }
  const EngineMachine& machine(std::size_t offer) const { return *machines_[offer]; }

 private:
  /// All that a transfer depends on: offers, accelerators and cache formats of both ends.
  using TransferKey = std::array<std::size_t, 6>;

  const PowerActivity& activity_;
  CollectiveData links_;
  ReplicaSettings settings_;
  std::vector<const EngineMachine*> machines_;  // by offer
  std::map<std::pair<std::size_t, std::string>, EngineProfile> profiles_;
  mutable std::map<TransferKey, CacheTransfer> transfers_;
};

}  // namespace polyfleet
