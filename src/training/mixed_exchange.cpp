// The exchange of gradients between groups of replicas. Each group first reduces inside itself, so
// that each of its devices is left with its share of what its stage owns; devices that hold shares
// of the same layers then form rings across the groups. A stage's NICs carry its own shares; it is
// done when the slowest of the stages that it shares layers with is done.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "training/mixed_parts.hpp"

namespace polyfleet {
namespace {

bool same_layers(const ChunkLayers& a, const ChunkLayers& b) {
  return a.narrow == b.narrow && a.wide == b.wide && a.embedding == b.embedding &&
         a.head == b.head && a.mtp_modules == b.mtp_modules;
}

/// Bytes of one layer's gradients that one device of a group holds after the reduction inside, by
/// layer of the model; embedding counts with the first, head and prediction modules with the last.
std::vector<Bytes> layer_shares(const MixedGroup& group, const ModelSpec& model,
                                const std::vector<std::size_t>& owners, Bytes element) {
  std::vector<Bytes> shares;
  TrainingPlan each = group.plans.front();
  each.layout.pipeline = static_cast<int>(model.layers);
  each.layout.virtual_stages = 1;
  each.stage_layers.assign(static_cast<std::size_t>(model.layers), 1);
  const std::vector<ChunkLayers> layers = split_layers(model, each);
  std::size_t before = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const std::size_t part = group.stages[owners[l]].stage_group;
    if (l > 0 && part == before && same_layers(layers[l], layers[l - 1])) {
      shares.push_back(shares.back());
      continue;
    }
    before = part;
    const TrainingPlan& plan = group.plans[part];
    const StageParameters held =
        chunk_time(layers[l], plan, 0 * second, *group.tables[part]).detail.parameters;
    TrainingPlan sharded = plan;
    sharded.sharding = Sharding::zero1;
    sharded.hybrid_shard = 0;
    shares.push_back(optimizer_shard(held, sharded) * element);
  }
  return shares;
}

/// The stage that owns each layer of the model.
std::vector<std::size_t> layer_owners(const MixedGroup& group, const ModelSpec& model) {
  const std::vector<int> counts = chunk_layer_counts(model.layers, group.plans.front());
  std::vector<std::size_t> owners;
  for (std::size_t c = 0; c < counts.size(); ++c)
    owners.insert(owners.end(), static_cast<std::size_t>(counts[c]),
                  c % static_cast<std::size_t>(group.shape.stages));
  return owners;
}

/// The widest format that any group reduces in: both sides of a ring add the same numbers.
Bytes element_of(std::span<const MixedGroup> groups) {
  Bytes widest;
  for (const MixedGroup& group : groups) {
    for (const TrainingPlan& plan : group.plans)
      widest = max(widest, bytes_per_element(plan.gradient_reduce_dtype));
  }
  return widest;
}

/// Layers that the same stages own in every group.
struct Bundle {
  std::vector<std::size_t> owners;  ///< stage by group
  std::vector<Bytes> shares;        ///< of one device, by group
};

std::vector<Bundle> bundles_of(std::span<const MixedGroup> groups, const ModelSpec& model) {
  const Bytes element = element_of(groups);
  std::vector<std::vector<std::size_t>> owners;
  std::vector<std::vector<Bytes>> shares;
  for (const MixedGroup& group : groups) {
    owners.push_back(layer_owners(group, model));
    shares.push_back(layer_shares(group, model, owners.back(), element));
  }
  std::map<std::vector<std::size_t>, std::vector<Bytes>> bundles;
  for (std::size_t l = 0; l < owners.front().size(); ++l) {
    std::vector<std::size_t> key;
    for (const auto& own : owners) key.push_back(own[l]);
    std::vector<Bytes>& sum = bundles[key];
    sum.resize(groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g) sum[g] += shares[g][l];
  }
  std::vector<Bundle> list;
  for (auto& [key, sum] : bundles) list.push_back({key, sum});
  return list;
}

/// A ring over islands is as slow as its slowest link; which links it uses is the library's choice,
/// so the slowest pair counts.
CrossTime ring_time(const MixedQuestion& question, const std::vector<std::size_t>& pools,
                    Bytes share) {
  CrossTime worst;
  const int islands = static_cast<int>(pools.size());
  for (std::size_t a = 0; a < pools.size(); ++a) {
    for (std::size_t b = a + 1; b < pools.size(); ++b) {
      const CrossTime time =
          question.network->between(pools[a], pools[b]).all_reduce(share, islands);
      if (time.total() > worst.total()) worst = time;
    }
  }
  return worst;
}

/// Bytes that every ring edge carries one way for a bundle: all devices of its owner together.
Bytes carried_of(std::span<const MixedGroup> groups, const Bundle& bundle) {
  const MixedGroup& group = groups.front();
  const ParallelLayout& layout =
      group.plans[group.stages[bundle.owners.front()].stage_group].layout;
  const double devices = static_cast<double>(layout.tensor) * layout.context * layout.data;
  const double islands = static_cast<double>(groups.size());
  return bundle.shares.front() * (devices * 2 * (islands - 1) / islands);
}

/// The least time by links that all stages share; each pair of pools has an edge of the ring.
Seconds aggregate_floor(const MixedQuestion& question, std::span<const MixedGroup> groups,
                        const std::vector<Bundle>& bundles) {
  std::map<std::pair<std::size_t, std::size_t>, Bytes> carried;
  for (const Bundle& bundle : bundles) {
    std::set<std::size_t> pools;
    for (std::size_t g = 0; g < groups.size(); ++g)
      pools.insert(groups[g].stages[bundle.owners[g]].pool);
    for (auto a = pools.begin(); a != pools.end(); ++a) {
      for (auto b = std::next(a); b != pools.end(); ++b)
        carried[{*a, *b}] += carried_of(groups, bundle);
    }
  }
  Seconds floor;
  for (const auto& [pair, bytes] : carried)
    floor = max(floor, question.network->between(pair.first, pair.second).capped(bytes));
  return floor;
}

/// Every stage's own shares over its own NICs, and with whom it exchanges them.
std::vector<std::vector<CrossGradient>> own_exchanges(const MixedQuestion& question,
                                                      const std::vector<Bundle>& bundles,
                                                      std::vector<MixedGroup>& groups) {
  std::vector<std::vector<CrossGradient>> own(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) own[g].resize(groups[g].stages.size());
  std::vector<std::size_t> timed_pools;
  std::vector<Bytes> timed_shares(groups.size());
  std::vector<CrossTime> times(groups.size());
  for (const Bundle& bundle : bundles) {
    std::vector<std::size_t> pools;
    for (std::size_t g = 0; g < groups.size(); ++g)
      pools.push_back(groups[g].stages[bundle.owners[g]].pool);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (pools != timed_pools || bundle.shares[g] != timed_shares[g])  // most bundles are alike
        times[g] = ring_time(question, pools, bundle.shares[g]);
      const CrossTime& time = times[g];
      CrossGradient& sum = own[g][bundle.owners[g]];
      sum.network += time.network;
      sum.staging += time.staging;
      sum.sigma = std::max(sum.sigma, time.sigma);
      auto& partners = groups[g].stages[bundle.owners[g]].partners;
      for (std::size_t h = 0; h < groups.size(); ++h) {
        if (h != g) partners.emplace_back(h, bundle.owners[h]);
      }
    }
    timed_pools = std::move(pools);
    timed_shares = bundle.shares;
  }
  return own;
}

}  // namespace

void add_cross_gradients(const MixedQuestion& question, std::vector<MixedGroup>& groups) {
  if (groups.size() < 2) return;
  const std::vector<Bundle> bundles = bundles_of(groups, question.model);
  const auto own = own_exchanges(question, bundles, groups);
  const Seconds floor = aggregate_floor(question, groups, bundles);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (std::size_t s = 0; s < groups[g].stages.size(); ++s) {
      MixedStage& stage = groups[g].stages[s];
      CrossGradient slowest = own[g][s];
      for (const auto& [h, t] : stage.partners) {
        const CrossGradient& other = own[h][t];
        if (other.network + other.staging > slowest.network + slowest.staging) slowest = other;
      }
      slowest.network = max(slowest.network, floor);
      stage.gradient = slowest;
    }
  }
}

}  // namespace polyfleet
