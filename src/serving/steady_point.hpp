// One operating point of a replica in steady state: given how many sequences decode on average (or,
// for a replica that only prefills, how many prompts come a second), everything else follows
// without a search. serving/steady_state.hpp finds the point that a load leads to. Times are
// seconds as plain numbers: an inner fit, not an interface.
#pragma once

#include "serving/steady_state.hpp"

namespace polyfleet {

/// Means of a load as the formulas want them.
struct SteadyShape {
  double input = 0, output = 0;
  double prompt = 0;         ///< prompt tokens that are processed
  double cached = 0;         ///< prompt tokens that are found
  double steps = 0;          ///< decode iterations of one request
  double tokens_a_step = 1;  ///< of one sequence: above 1 with speculation
  double context = 0;        ///< of a decoding sequence, averaged over its steps
  double prompt_spread = 0;  ///< squared coefficient of variation of prompt lengths
};
SteadyShape steady_shape(const EngineSettings& settings, const SteadyLoad& load);

struct SteadyPoint {
  double decoding = 0;    ///< sequences, on average
  double rate = 0;        ///< requests a second
  double step = 0;        ///< seconds from one decode iteration of a sequence to the next
  double own = 0;         ///< seconds of the iterations that process one's prompt
  double residual = 0;    ///< seconds until the iteration that runs on arrival is over
  double congestion = 0;  ///< seconds behind earlier prompts beyond that
  double prefill = 0;     ///< share of iteration time that prefill adds
  double in_replica(double steps) const { return residual + congestion + own + steps * step; }
  /// Sequences that hold a seat: in prefill or decoding.
  double seated() const { return decoding + rate * own; }
};

/// How requests come. `others`: what share of the mean population an arrival finds: 1 for an open
/// stream, (C - 1) / C in a closed loop (arrival theorem). A closed loop's requests follow answers,
/// so they come at the ends of iterations, as many per iteration whatever its length.
struct SteadyArrivals {
  double others = 1;
  bool closed = false;
};

/// The points of one replica under one load.
class SteadyPoints {
 public:
  SteadyPoints(const SteadyEngine& engine, const SteadyShape& shape, const SteadyArrivals& arrivals)
      : engine_(engine),
        shape_(shape),
        others_(arrivals.others),
        closed_(arrivals.closed),
        prompt_attention_(shape.prompt > 0 ? prompt_attention() : 0) {}

  /// With `decoding` sequences on average. Precondition: shape.steps > 0.
  SteadyPoint decoding(double decoding) const;
  /// With `rate` prompts a second and no decoding.
  SteadyPoint prefilling(double rate) const;
  /// Prompts a second that full iterations process with this many sequences decoding beside.
  double most_prompts(double decoding) const;
  /// Seconds of one iteration in which `decoding` sequences take a step.
  double decode_step(double decoding) const;

 private:
  struct Prefill {
    double iterations = 0;  ///< that the prompts take
    double full = 0;        ///< seconds of these iterations
    double extra = 0;       ///< of them beyond the decode steps in them
  };
  double largest_chunk(double decoding) const;
  double iteration(double decoding, double tokens, double prompts) const;
  double prompt_attention() const;
  Prefill prefill(double decoding, double prompts) const;
  void add_waiting(SteadyPoint& point, double beside) const;
  void add_closed_waiting(SteadyPoint& point, double beside) const;
  double rest_of(double iteration) const;

  const SteadyEngine& engine_;
  SteadyShape shape_;
  double others_;
  bool closed_;
  double prompt_attention_;  ///< seconds of one prompt
};

}  // namespace polyfleet
