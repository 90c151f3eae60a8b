#include "mixed_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <numeric>

#include "catalogue/catalogue.hpp"
#include "shipped_data.hpp"

namespace polyfleet {
namespace {

ModelSpec tiny_model(const WorldSpec& spec) {
  ModelSpec model;
  model.id = "tiny";
  model.layers = spec.layers;
  model.hidden = spec.hidden;
  model.ffn = 4 * spec.hidden;
  model.heads = 8;
  model.kv_heads = 8;
  model.head_dim = spec.hidden / 8;
  model.vocab = 4096;
  return model;
}

/// One machine for each part and place in the cluster, loaded once; its memory is set anew for each
/// world, so that one world lives at a time.
Machine& machine_of(const WorldPool& pool, std::size_t place) {
  static const auto catalogue = load_catalogue(kData);
  static std::map<std::pair<std::string, std::size_t>, Machine> known;
  const std::pair<std::string, std::size_t> key{pool.accelerator, place};
  auto found = known.find(key);
  if (found == known.end()) {
    const Accelerator part = *catalogue->accelerator(pool.accelerator);
    const System system = *catalogue->system(part.default_system);
    found = known.emplace(key, *load_machine(part, system, kData)).first;
  }
  Machine& machine = found->second;
  machine.accelerator.usable_memory = machine.accelerator.memory;
  if (pool.memory_gigabytes > 0)
    machine.accelerator.usable_memory->value = pool.memory_gigabytes * gigabyte;
  return machine;
}

/// One group plan: what it is, its sequences and its time alone.
struct Candidate {
  ReplicaGroup group;
  double time = 0;
};

class MixedBruteForce {
 public:
  explicit MixedBruteForce(const MixedSearchQuestion& question) : question_(question) {
    physics_.model = question.pools[0].question.scenario.model;
    physics_.pools = pools_of(question.pools);
    physics_.network = question.network;
    physics_.models = question.pools[0].question.models;
    physics_.with_energy = physics_.with_interval = false;
    for (const SearchedPool& pool : question.pools)
      evaluators_.push_back(std::make_unique<PlanEvaluator>(pool.question));
    tables_ = [this](std::size_t pool, const TrainingPlan& plan) -> LayerTable& {
      return evaluators_[pool]->table(plan);
    };
    batch_ = question.pools[0].question.scenario.plan.global_batch;
  }

  std::optional<double> run() {
    for (std::size_t k = 0; k < question_.pools.size(); ++k) add_singles(k);
    std::vector<std::size_t> order(question_.pools.size());
    for (unsigned mask = 1; mask < (1U << order.size()); ++mask) {
      std::vector<std::size_t> pools;
      for (std::size_t k = 0; k < order.size(); ++k)
        if ((mask >> k & 1U) != 0) pools.push_back(k);
      if (pools.size() < 2 || !pipelines_allowed()) continue;
      do add_pipelines(mask, pools);
      while (std::next_permutation(pools.begin(), pools.end()));
    }
    for (auto& [mask, list] : candidates_)
      std::stable_sort(list.begin(), list.end(),
                       [](const auto& a, const auto& b) { return a.time < b.time; });
    std::vector<ReplicaGroup> groups;
    combine(0, 0, groups);
    if (best_ == kNever) return std::nullopt;
    return best_;
  }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  bool pipelines_allowed() const {
    const std::vector<MixKind>& kinds = question_.constraints.kinds;
    return kinds.empty() || std::find(kinds.begin(), kinds.end(), MixKind::pipeline) != kinds.end();
  }

  double time_of(const std::vector<ReplicaGroup>& groups) {
    MixedPlan plan;
    plan.sequence_length = question_.pools[0].question.scenario.plan.sequence_length;
    plan.groups = groups;
    if (!mixed_plan_problems(physics_.model, physics_.pools, plan).empty()) return kNever;
    const MixedStep step = mixed_step(physics_, plan, tables_);
    return step.fits_in_memory ? step.total / second : kNever;
  }

  void add(unsigned mask, const ReplicaGroup& group) {
    const double time = time_of({group});
    if (time < kNever) candidates_[mask].push_back({group, time});
  }

  StageGroup stage_group(std::size_t pool, int tensor, int stages, int virtual_stages,
                         int micro_batch, Recompute recompute, std::int64_t replicas) const {
    ParallelLayout layout;
    layout.tensor = tensor;
    layout.pipeline = stages;
    layout.virtual_stages = virtual_stages;
    layout.data = static_cast<int>(replicas);
    StageGroup out;
    out.pool = pool;
    out.plan = question_.pools[pool].plan_template(layout, micro_batch, recompute);
    out.plan.schedule =
        virtual_stages > 1 ? Schedule::interleaved : Schedule::one_forward_one_backward;
    return out;
  }

  void add_singles(std::size_t k) {
    const SearchedPool& pool = question_.pools[k];
    const std::int64_t devices = pool.question.scenario.devices;
    for (const int tensor : pool.space.tensor)
      for (int stages = 1; stages <= physics_.model.layers; ++stages)
        for (int chunks = 1; chunks * stages <= physics_.model.layers; ++chunks) {
          if (chunks > 1 && (stages == 1 || physics_.model.layers % (chunks * stages) != 0))
            continue;
          for (const int micro_batch : pool.space.micro_batch)
            for (const Recompute recompute : pool.space.recompute)
              for (std::int64_t replicas = 1; replicas * tensor * stages <= devices; ++replicas)
                for (std::int64_t m = 1; replicas * micro_batch * m <= batch_; ++m) {
                  ReplicaGroup group;
                  group.replicas = static_cast<int>(replicas);
                  group.micro_batch = micro_batch;
                  group.micro_batches = m;
                  group.stages = {
                      stage_group(k, tensor, stages, chunks, micro_batch, recompute, replicas)};
                  group.stages[0].plan.global_batch = group.sequences();
                  add(1U << k, group);
                }
        }
  }

  void add_pipelines(unsigned mask, const std::vector<std::size_t>& pools) {
    for (const int micro_batch : question_.pools[0].space.micro_batch)
      for (std::int64_t replicas = 1; replicas * micro_batch <= batch_; ++replicas) {
        ReplicaGroup group;
        group.replicas = static_cast<int>(replicas);
        group.micro_batch = micro_batch;
        extend(mask, pools, 0, static_cast<int>(physics_.model.layers), group);
      }
  }

  /// Every cut, stage count and split of the pools from `next` on.
  void extend(unsigned mask, const std::vector<std::size_t>& pools, std::size_t next, int left,
              ReplicaGroup& group) {
    if (next == pools.size()) {
      if (left > 0) return;
      for (std::int64_t m = 1; group.replicas * group.micro_batch * m <= batch_; ++m) {
        group.micro_batches = m;
        for (StageGroup& stages : group.stages) stages.plan.global_batch = group.sequences();
        add(mask, group);
      }
      return;
    }
    const SearchedPool& pool = question_.pools[pools[next]];
    for (const int tensor : pool.space.tensor)
      for (const Recompute recompute : pool.space.recompute)
        for (int stages = 1; stages <= left && std::int64_t{stages} * tensor * group.replicas <=
                                                   pool.question.scenario.devices;
             ++stages) {
          StageGroup own = stage_group(pools[next], tensor, stages, 1, group.micro_batch, recompute,
                                       group.replicas);
          const std::function<void(int, int)> split = [&](int stage, int layers_left) {
            if (stage == stages) {
              group.stages.push_back(own);
              extend(mask, pools, next + 1, layers_left, group);
              group.stages.pop_back();
              return;
            }
            for (int layers = 1; layers <= layers_left; ++layers) {
              own.stage_layers.push_back(layers);
              split(stage + 1, layers_left - layers);
              own.stage_layers.pop_back();
            }
          };
          split(0, left);
        }
  }

  void combine(unsigned used, std::int64_t sequences, std::vector<ReplicaGroup>& groups) {
    if (sequences == batch_) {
      best_ = std::min(best_, time_of(groups));
      return;
    }
    const unsigned all = (1U << question_.pools.size()) - 1;
    // Groups in ascending order of their masks: each combination once.
    for (const auto& [mask, list] : candidates_) {
      if ((mask & used) != 0 || (mask & ~all) != 0 || mask < last_) continue;
      const unsigned kept = last_;
      last_ = mask;
      for (const Candidate& candidate : list) {
        if (candidate.time >= best_) break;
        if (sequences + candidate.group.sequences() > batch_) continue;
        groups.push_back(candidate.group);
        combine(used | mask, sequences + candidate.group.sequences(), groups);
        groups.pop_back();
      }
      last_ = kept;
    }
  }

  const MixedSearchQuestion& question_;
  MixedQuestion physics_;
  MixedTables tables_;
  std::vector<std::unique_ptr<PlanEvaluator>> evaluators_;
  std::int64_t batch_ = 0;
  std::map<unsigned, std::vector<Candidate>> candidates_;
  unsigned last_ = 0;
  double best_ = kNever;
};

}  // namespace

World::World(const WorldSpec& spec) : models_(*load_training_models(kData)) {
  for (std::size_t k = 0; k < spec.pools.size(); ++k) {
    SearchedPool pool;
    pool.name = std::string(1, static_cast<char>('a' + k));
    TrainingScenario& scenario = pool.question.scenario;
    scenario.model = tiny_model(spec);
    scenario.devices = spec.pools[k].devices;
    scenario.plan.global_batch = spec.global_batch;
    scenario.plan.sequence_length = 4096;
    pool.question.machine = &machine_of(spec.pools[k], k);
    pool.question.models = &models_;
    pool.space.tensor = {1, 2};
    pool.space.micro_batch = {1, 2};
    pool.space.recompute = {Recompute::none, Recompute::full};
    pool.plan_template = [plan = scenario.plan](const ParallelLayout& layout, int micro_batch,
                                                Recompute recompute) {
      TrainingPlan own = plan;
      own.layout = layout;
      own.micro_batch = micro_batch;
      own.recompute = recompute;
      return own;
    };
    question.pools.push_back(std::move(pool));
  }
  std::vector<StatedLink> links;
  for (std::size_t a = 0; a < spec.pools.size() && spec.link_gigabits > 0; ++a)
    for (std::size_t b = a + 1; b < spec.pools.size(); ++b) {
      StatedLink link;
      link.a = a;
      link.b = b;
      link.rate = spec.link_gigabits * gigabit_per_second;
      links.push_back(link);
    }
  network_ = *CrossNetwork::make(pools_of(question.pools), links, kData);
  question.network = &*network_;
}

std::optional<double> brute_force(const MixedSearchQuestion& question) {
  return MixedBruteForce(question).run();
}

}  // namespace polyfleet
