// The search of planner/serving_search.hpp in steps: what each kind of replica can do, plans of one
// kind, pairs of a prefill and a decode kind, mixtures, and what is within reach where nothing
// fits.
#pragma once

#include <atomic>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "planner/serving_mixture.hpp"
#include "planner/serving_ranking.hpp"
#include "planner/serving_search.hpp"

namespace polyfleet {

class ServingSearcher {
 public:
  ServingSearcher(const ServingPlanQuestion& question, const ReplicaModels& models,
                  const std::function<void(const ServingPlan&)>& on_plan,
                  const std::atomic<bool>* stop);
  ServingPlanResult search();

 private:
  /// A kind that fits, with what it can do in each role that was asked of it.
  struct Candidate {
    std::size_t kind = 0;
    std::unique_ptr<ReplicaModel> model;
    ReplicaCapacity aggregated, prefill, decode;
  };
  /// One load of one kind in one role, with the replicas that then serve the demand.
  struct Part {
    const Candidate* candidate = nullptr;
    PlannedPool pool;
    std::int64_t accelerators = 0;
  };

  /// Looked at between kinds, rows of pairs and mixtures; once seen it stays.
  bool stopped();
  void make_candidates();
  void add_candidate(std::size_t kind);
  void plan_one_kind();
  /// Caches travel between replicas of one engine: connectors are the engines' own.
  void plan_pairs();
  void plan_pairs_of(const std::string& engine);
  void plan_pair(const Part& prefill, const Part& decode);
  void plan_mixtures();
  void plan_mixture(const std::vector<PoolRole>& roles, const std::string& engine);
  void add_best_effort();
  double most_requests();

  bool wants(ServingArrangement arrangement) const {
    return question_.arrangement == ServingArrangement::either ||
           question_.arrangement == arrangement;
  }
  const ReplicaCapacity& capacity_of(const Candidate& candidate, PoolRole role) const;
  std::vector<Part> parts_of(PoolRole role);
  std::vector<Part> undominated(std::vector<Part> parts);
  bool replaces(const Part& one, const Part& other) const;
  std::vector<MixtureColumn> columns_of(const std::vector<PoolRole>& roles,
                                        const std::string& engine) const;
  std::vector<std::string> engines() const;
  const ReplicaModel& model_of(std::size_t kind) const;
  PlannedPool rescaled(const PlannedPool& pool, double factor) const;
  std::optional<CacheTransfer> slowest_transfer(const std::vector<PlannedPool>& pools);
  const Result<CacheTransfer>& transfer(std::size_t from, std::size_t to);
  void judge(ServingPlan plan);
  void refuse(const PlanRefusal& refusal, std::int64_t configurations = 1);
  void refuse_targets(const Candidate& candidate, const ReplicaCapacity& capacity);
  double excess_of(const LatencyFigures& latency, PoolRole role) const;

  const ServingPlanQuestion& question_;
  const ReplicaModels& models_;
  const std::function<void(const ServingPlan&)>& on_plan_;
  const std::atomic<bool>* stop_;
  std::vector<Candidate> candidates_;  // in the order of their names
  ServingRanking ranking_;
  ServingFront front_;
  std::map<std::pair<int, std::string>, RefusedConfigurations> refused_;
  std::map<std::pair<std::size_t, std::size_t>, Result<CacheTransfer>> transfers_;
  double mixture_bound_ = std::numeric_limits<double>::infinity();  // of programs cut short
  ServingPlanResult result_;
};

}  // namespace polyfleet
