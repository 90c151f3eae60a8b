// Times of one replica's work over tokens, batch and context, filled when first asked: geometric
// grids with linear interpolation (engine_grid.hpp). Device time only, of the busiest rank; the
// host and the choice of graph or eager launch belong to the model above.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "serving/engine_grid.hpp"
#include "serving/engine_op_time.hpp"

namespace polyfleet {

/// What the tables are made for; all of it outlives them.
struct EngineTableQuestion {
  InferenceContext context;
  const EngineMachine& machine;
  const CollectiveCosts& graph;  ///< all-reduce of iterations that are replayed from a graph
  const CollectiveCosts& eager;
  EngineKernels kernels;
  double queries = 1;  ///< tokens of one decoding sequence in a step: 1 + draft tokens
};

/// Not for concurrent use.
class EngineTables {
 public:
  explicit EngineTables(const EngineTableQuestion& question) : question_(question) {}

  /// A forward pass of this many tokens without attention cores and without the head.
  WorkTime body(double tokens, bool graph);
  /// The head for this many tokens (its norm is in the body).
  WorkTime head(double sampled, bool graph);
  /// One draft step of this many sequences.
  WorkTime draft(double sequences, bool graph);
  /// Attention cores of a batch on one attention rank, each sequence this long.
  WorkTime decode(double batch, double length);
  /// Attention cores of one chunk.
  WorkTime prefill(double query, double prior);
  /// The lengths between which decode attention is taken as affine: 1, 128, 256, 512, ...
  static double knot_length(std::size_t knot);
  /// Seconds of decode attention at a knot, for a batch that may lie between grid points.
  double decode_at_knot(double batch, std::size_t knot);

 private:
  const CollectiveCosts& collectives(bool graph) const {
    return graph ? question_.graph : question_.eager;
  }
  WorkPlace place(bool graph) const;
  /// Operators are timed once, collectives for each way of launching.
  struct Passes {
    LazyGrid<WorkTime> ops;
    std::array<LazyGrid<WorkTime>, 2> comms;
  };
  template <class Work>
  WorkTime pass(Passes& passes, double number, bool graph, Work&& work);
  template <class At>
  static WorkTime between(double number, At&& at);

  EngineTableQuestion question_;
  Passes body_, head_, draft_;
  std::vector<LazyGrid<WorkTime>> decode_;   ///< by knot, over batch
  std::vector<LazyGrid<WorkTime>> prefill_;  ///< by grid point of `prior`, over query
};

}  // namespace polyfleet
