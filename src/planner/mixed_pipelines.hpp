// Groups of replicas that are pipelines over several pools: which numbers of sequences they may
// take within a given time by a proven bound, and good plans built under it. Given replicas and
// micro-batch the pools are independent of each other: each offers stages of so many layers, by
// time and by memory; the bound asks whether they add up to the model. Proof:
// docs/planner_mixed_search.md. Internal to the search over mixed pools.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "planner/mixed_cuts.hpp"

namespace polyfleet {

/// Replicas, micro-batch and micro-batches of a pipeline group.
struct PipelineShare {
  std::int64_t replicas = 1;
  int micro_batch = 1;
  std::int64_t micro_batches = 1;
  friend auto operator<=>(const PipelineShare&, const PipelineShare&) = default;
  std::int64_t sequences() const { return replicas * micro_batch * micro_batches; }
};

struct BuiltPipeline {
  ReplicaGroup group;
  double time = 0;  ///< exact, of the group alone
};

/// One set of pools as one pipeline. Not for concurrent use.
class PipelineGroups {
 public:
  PipelineGroups(std::vector<std::size_t> pools, std::vector<PoolCuts*> cuts,
                 const MixedSearchQuestion& question, const MixedQuestion& physics,
                 const MixedTables& tables, MixedCounts& counts);

  /// Sequences per second at most, whatever the time; 0 where no micro-batch suits all pools.
  double most_rate() const;
  /// Least price of the devices of one replica that does `micro_batches` within `time`, at
  /// `prices` a device by pool of the question; whichever of the pools it uses.
  double least_price(int micro_batch, std::int64_t micro_batches, double time,
                     const std::vector<double>& prices);
  /// Most sequences that a replica does within `time` per price of its devices: an upper bound; and
  /// which part of the price goes to which pool of the question at about the dearest plan.
  struct PerPrice {
    double sequences = 0;
    std::vector<double> parts;
  };
  PerPrice most_per_price(double time, const std::vector<double>& prices);
  /// Prices for the bounds of shares and may, until they are set anew.
  void set_prices(const std::vector<double>& prices) {
    prices_ = prices;
    price_.clear();
  }
  /// Least time that the bound allows a share, at most `time`.
  double least_time(const PipelineShare& share, double time);
  /// Every number of sequences in [low, high] that the bound allows within `time`, unless it is
  /// spent() afterwards. Replicas have at most six significant binary digits, where not pinned.
  std::map<std::int64_t, std::vector<PipelineShare>> shares(double time, std::int64_t low,
                                                            std::int64_t high);
  /// False only if no pipeline over these pools does it within `time`.
  bool may(const PipelineShare& share, double time);
  /// Least backward work of one micro-batch is at most this share of the time (for bounds on the
  /// gradient exchange): the largest backward pass of the whole model on any cut.
  double most_backward() const { return most_backward_; }
  /// Plans are built and shares listed until counts.work is this; what is left then is left out.
  void stop_at(std::int64_t work) { stop_at_ = work; }
  bool spent() const { return counts_.work >= stop_at_; }
  bool tried(const PipelineShare& share) const { return built_.contains(share); }
  /// The best plan that was found for this share, remembered.
  const std::optional<BuiltPipeline>& built(const PipelineShare& share);

 private:
  /// Cuts of one pool with this micro-batch, in units of layers per second of one stage.
  struct Offer {
    std::size_t pool = 0;  ///< of `pools_`
    const PoolCut* cut = nullptr;
    double rate = 0;
    std::vector<double> room;  ///< units that memory allows, by micro-batches in flight - 1
  };
  struct Block {
    std::size_t pool = 0;
    const PoolCut* cut = nullptr;
    int stages = 1;
  };
  /// What each cut holds at each place of a pipeline, and what it costs.
  struct Places {
    std::size_t count = 0;      ///< places
    std::vector<double> units;  ///< cut-major
    std::vector<double> price;  ///< by cut
  };
  /// The same for sums over places of what the best cut brings: places where every cut holds what
  /// it holds at the place before stand once, and cuts that another one matches at every place for
  /// no more are left out. No such sum changes by a bit.
  struct DistinctPlaces {
    std::vector<std::size_t> repeats;  ///< of each, in the order of places
    std::vector<double> units;         ///< cut-major
    std::vector<double> price;         ///< by cut
  };
  static DistinctPlaces distinct(const Places& places);
  Places places_of(int micro_batch, std::int64_t micro_batches, double time,
                   const std::vector<double>& prices);
  bool affordable(const PipelineShare& share, double time);
  struct Found {
    double per_price = 0, mu = 0;
    int micro_batch = 1;
    std::int64_t micro_batches = 1;
  };
  double segment(int micro_batch, std::int64_t first, std::int64_t last, double time,
                 const std::vector<double>& prices, Found& found);
  void set_units();
  double stage_seconds(std::int64_t replicas, int micro_batch);
  bool adds_up(const PipelineShare& share, double time);
  void set_room();
  double last_mu_ = 0;  ///< of the last least_price
  double units_of(const Offer& offer, const PipelineShare& share, double time, double stages);
  LayerMemory memory_of(const Offer& offer, std::int64_t replicas);

  std::vector<Block> options(const PipelineShare& share, std::size_t pool) const;
  std::vector<int> memory_caps(const PipelineShare& share, const std::vector<Block>& blocks);
  double split(const PipelineShare& share, const std::vector<Block>& blocks,
               const std::vector<int>& caps, std::vector<int>& layers) const;
  double guess(const PipelineShare& share, const std::vector<Block>& blocks);
  std::vector<Block> arranged(const PipelineShare& share, const std::vector<std::size_t>& order,
                              double& guessed);
  MixedPlan plan_of(const PipelineShare& share, const std::vector<Block>& blocks,
                    const std::vector<int>& layers) const;
  std::optional<BuiltPipeline> evaluate(const PipelineShare& share,
                                        const std::vector<Block>& blocks);
  std::optional<BuiltPipeline> build(const PipelineShare& share);
  std::optional<BuiltPipeline> build_widely(const PipelineShare& share);

  std::vector<std::size_t> pools_;
  std::vector<PoolCuts*> cuts_;
  const MixedSearchQuestion& question_;
  const MixedQuestion& physics_;
  const MixedTables& tables_;
  MixedCounts& counts_;
  std::int64_t stop_at_ = std::numeric_limits<std::int64_t>::max();
  std::vector<int> micro_batches_;
  std::map<int, std::vector<Offer>> offers_;  ///< by micro-batch
  std::map<int, double> fastest_;             ///< of one micro-batch through the whole model
  std::vector<double> unit_;                  ///< weight of each layer
  bool whole_layers_ = true;                  ///< all layers alike: they count in whole numbers
  double need_ = 0;
  double most_backward_ = 0;
  std::vector<double> prices_;
  std::map<std::tuple<double, int, std::int64_t>, double> price_;  ///< of least_price at prices_
  std::vector<double> limits_;                                     ///< bytes, by pool of `pools_`
  std::map<std::pair<std::int64_t, int>, double> stage_seconds_;
  std::map<std::pair<const PoolCut*, std::int64_t>, LayerMemory> memory_;
  std::map<PipelineShare, std::optional<BuiltPipeline>> built_;
};

}  // namespace polyfleet
