// Plans of pipelines over several pools, built under the bound of mixed_pipelines.cpp: for every
// order of the pools the cuts and stage counts that a coordinate search likes best, layers filled
// up to the least pace at which they add up, then timed exactly. Good, not proven best: the bound
// says how much better another plan could be.
#include <algorithm>
#include <numeric>

#include "planner/mixed_limits.hpp"
#include "planner/mixed_pipelines.hpp"

namespace polyfleet {
namespace {

/// Layers from `first` on that a stage of this pace can take, at most `cap`, leaving `after`.
int layers_at(const PoolCut& cut, int first, double pace, int cap, int after) {
  int low = 0, high = std::min(cap, cut.layers() - first - after);
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (cut.work(first, first + middle) <= pace) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

}  // namespace

/// Cuts and stage counts of one pool that are worth trying: all stages that the replicas leave
/// room for, or half of them, or a quarter, or one.
std::vector<PipelineGroups::Block> PipelineGroups::options(const PipelineShare& share,
                                                           std::size_t pool) const {
  std::vector<Block> blocks;
  for (const Offer& offer : offers_.at(share.micro_batch)) {
    if (offer.pool != pool || share.replicas % offer.cut->replica_step != 0) continue;
    const std::int64_t most = std::min<std::int64_t>(
        offer.cut->layers() - static_cast<std::int64_t>(pools_.size()) + 1,
        cuts_[pool]->devices() / (share.replicas * offer.cut->devices_per_stage));
    for (std::int64_t stages = most; stages > 0; stages /= 2)
      blocks.push_back({pool, offer.cut, static_cast<int>(stages)});
  }
  return blocks;
}

std::vector<int> PipelineGroups::memory_caps(const PipelineShare& share,
                                             const std::vector<Block>& blocks) {
  int behind = 0;
  for (const Block& block : blocks) behind += block.stages;
  std::vector<int> caps;
  for (const Block& block : blocks) {
    const LayerMemory memory = memory_of({block.pool, block.cut, 0, {}}, share.replicas);
    for (int s = 0; s < block.stages; ++s, --behind) {
      const double flight =
          std::min(static_cast<double>(behind), static_cast<double>(share.micro_batches));
      const double layers = memory.layers_in(limits_[block.pool], flight);
      caps.push_back(static_cast<int>(std::min(layers, static_cast<double>(block.cut->layers()))));
    }
  }
  return caps;
}

/// The least pace at which stages filled up in order hold the model, and the layers of each;
/// kInfinite where they do not.
double PipelineGroups::split(const PipelineShare& share, const std::vector<Block>& blocks,
                             const std::vector<int>& caps, std::vector<int>& layers) const {
  const int all = blocks.front().cut->layers();
  const auto stages = static_cast<int>(caps.size());
  counts_.work += 4 * stages;
  const auto fill = [&](double pace) {
    layers.clear();
    int first = 0, stage = 0;
    for (const Block& block : blocks)
      for (int s = 0; s < block.stages; ++s, ++stage) {
        const int cap = caps[static_cast<std::size_t>(stage)];
        const int own = layers_at(*block.cut, first, pace, cap, stages - 1 - stage);
        if (own < 1) return false;
        layers.push_back(own);
        first += own;
      }
    return first == all;
  };
  double low = 0, high = 0;
  for (const Block& block : blocks) high = std::max(high, block.cut->whole());
  if (stages > all || !fill(high)) return kInfinite;
  for (int step = 0; step < 30 && high - low > 1e-4 * high; ++step) {
    const double middle = (low + high) / 2;
    (fill(middle) ? high : low) = middle;
  }
  (void)share;
  fill(high);
  return high;
}

/// (m - 1) x pace + one pass through all stages: the time of equal stages.
double PipelineGroups::guess(const PipelineShare& share, const std::vector<Block>& blocks) {
  std::vector<int> layers;
  const double pace = split(share, blocks, memory_caps(share, blocks), layers);
  if (pace == kInfinite) return kInfinite;
  double through = 0;
  int first = 0;
  std::size_t stage = 0;
  for (const Block& block : blocks)
    for (int s = 0; s < block.stages; ++s, ++stage) {
      through += block.cut->work(first, first + layers[stage]);
      first += layers[stage];
    }
  return static_cast<double>(share.micro_batches - 1) * pace + through;
}

std::vector<PipelineGroups::Block> PipelineGroups::arranged(const PipelineShare& share,
                                                            const std::vector<std::size_t>& order,
                                                            double& guessed) {
  std::vector<std::vector<Block>> choices;
  std::vector<Block> blocks;
  guessed = kInfinite;
  for (const std::size_t pool : order) {
    choices.push_back(options(share, pool));
    if (choices.back().empty()) return {};
    // To begin with: what holds most layers, at whatever pace.
    const auto holds = [&](const Block& block) {
      return memory_of({block.pool, block.cut, 0, {}}, share.replicas)
                 .layers_in(limits_[block.pool], block.stages) *
             block.stages;
    };
    blocks.push_back(
        *std::max_element(choices.back().begin(), choices.back().end(),
                          [&](const Block& a, const Block& b) { return holds(a) < holds(b); }));
  }
  guessed = guess(share, blocks);
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) {
    bool improved = false;
    for (std::size_t k = 0; k < blocks.size(); ++k) {
      const Block kept = blocks[k];
      Block best = kept;
      for (const Block& choice : choices[k]) {
        blocks[k] = choice;
        const double time = guess(share, blocks);
        if (time < guessed) {
          guessed = time;
          best = choice;
          improved = true;
        }
      }
      blocks[k] = best;
    }
    if (!improved) break;
  }
  return guessed == kInfinite ? std::vector<Block>{} : blocks;
}

MixedPlan PipelineGroups::plan_of(const PipelineShare& share, const std::vector<Block>& blocks,
                                  const std::vector<int>& layers) const {
  MixedPlan plan;
  plan.sequence_length = question_.pools[0].question.scenario.plan.sequence_length;
  ReplicaGroup group;
  group.replicas = static_cast<int>(share.replicas);
  group.micro_batch = share.micro_batch;
  group.micro_batches = share.micro_batches;
  auto next = layers.begin();
  for (const Block& block : blocks) {
    StageGroup stages;
    stages.pool = pools_[block.pool];
    stages.plan = block.cut->plan;
    stages.plan.layout.pipeline = block.stages;
    stages.plan.layout.virtual_stages = 1;
    stages.plan.layout.data = group.replicas;
    stages.plan.global_batch = group.sequences();
    stages.stage_layers.assign(next, next + block.stages);
    next += block.stages;
    group.stages.push_back(std::move(stages));
  }
  plan.groups.push_back(std::move(group));
  return plan;
}

/// Stages that turn out too full give a layer away, then the split is made again.
std::optional<BuiltPipeline> PipelineGroups::evaluate(const PipelineShare& share,
                                                      const std::vector<Block>& blocks) {
  std::vector<int> caps = memory_caps(share, blocks);
  constexpr int kTries = 24;
  for (int turn = 0; turn < kTries; ++turn) {
    std::vector<int> layers;
    if (split(share, blocks, caps, layers) == kInfinite) return std::nullopt;
    const MixedPlan plan = plan_of(share, blocks, layers);
    if (!mixed_plan_problems(physics_.model, physics_.pools, plan).empty()) return std::nullopt;
    ++counts_.timed;
    counts_.work += 4 * share.micro_batches * static_cast<std::int64_t>(layers.size());
    const MixedStep step = mixed_step(physics_, plan, tables_);
    bool fits = true;
    std::size_t stage = 0;
    for (std::size_t k = 0; k < blocks.size(); ++k)
      for (const StageMemory& memory : step.groups[0].stages[k].memory) {
        if (memory.total / byte > limits_[blocks[k].pool]) {
          fits = false;
          caps[stage] = layers[stage] - 1;
        }
        ++stage;
      }
    if (fits) return BuiltPipeline{plan.groups[0], step.total / second};
  }
  return std::nullopt;
}

std::optional<BuiltPipeline> PipelineGroups::build(const PipelineShare& share) {
  struct Arrangement {
    double guessed;
    std::vector<Block> blocks;
  };
  std::vector<Arrangement> tried;
  std::vector<std::size_t> order(pools_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    double guessed = kInfinite;
    std::vector<Block> blocks = arranged(share, order, guessed);
    if (!blocks.empty()) tried.push_back({guessed, std::move(blocks)});
  } while (std::next_permutation(order.begin(), order.end()) && !(spent() && !tried.empty()));
  std::stable_sort(tried.begin(), tried.end(), [](const Arrangement& a, const Arrangement& b) {
    return a.guessed < b.guessed;
  });
  constexpr std::size_t kTimed = 6;
  std::optional<BuiltPipeline> best;
  for (std::size_t i = 0; i < tried.size() && (i < kTimed || !best); ++i) {
    std::optional<BuiltPipeline> own = evaluate(share, tried[i].blocks);
    if (own && (!best || own->time < best->time)) best = std::move(own);
  }
  return best || tried.empty() || spent() ? best : build_widely(share);
}

/// Where memory is so tight that the likeliest arrangements do not fit: every combination of
/// options (as many as are looked at), the most promising first, until one fits.
std::optional<BuiltPipeline> PipelineGroups::build_widely(const PipelineShare& share) {
  struct Arrangement {
    double guessed;
    std::vector<Block> blocks;
  };
  constexpr std::size_t kLookedAt = 4096, kTimed = 200;
  std::vector<Arrangement> found;
  std::vector<std::size_t> order(pools_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::size_t looked_at = 0;
  do {
    std::vector<std::vector<Block>> choices;
    for (const std::size_t pool : order) choices.push_back(options(share, pool));
    std::vector<std::size_t> turn(choices.size(), 0);
    for (bool more = true; more && ++looked_at < kLookedAt;) {
      std::vector<Block> blocks;
      for (std::size_t k = 0; k < choices.size(); ++k) blocks.push_back(choices[k][turn[k]]);
      const double guessed = guess(share, blocks);
      if (guessed < kInfinite) found.push_back({guessed, std::move(blocks)});
      more = false;
      for (std::size_t k = 0; k < turn.size() && !more; ++k) {
        more = ++turn[k] < choices[k].size();
        if (!more) turn[k] = 0;
      }
    }
  } while (std::next_permutation(order.begin(), order.end()));
  std::stable_sort(found.begin(), found.end(), [](const Arrangement& a, const Arrangement& b) {
    return a.guessed < b.guessed;
  });
  for (std::size_t i = 0; i < found.size() && i < kTimed; ++i)
    if (auto own = evaluate(share, found[i].blocks)) return own;
  return std::nullopt;
}

const std::optional<BuiltPipeline>& PipelineGroups::built(const PipelineShare& share) {
  const auto [slot, is_new] = built_.try_emplace(share);
  if (is_new) slot->second = build(share);
  return slot->second;
}

}  // namespace polyfleet
