// What matters: each uncertain input alone at its 10th and 90th percentile while all others stand
// at their median, and what that does to chosen outcomes. The members of a group move together so
// far that their mean stands at its percentile. Events are shown without and with. One at a time:
// what two inputs do only together is not seen here but in the rank correlations of the futures.
#pragma once

#include <vector>

#include "capital/futures.hpp"

namespace polyfleet {

struct TornadoBar {
  int input = 0;  ///< into Tornado::inputs
  std::vector<double>
      low;  ///< by outcome of the table: input at its 10th percentile; event: without
  std::vector<double> high;  ///< 90th percentile; event: with
};

struct Tornado {
  std::vector<Outcome> outcomes;
  std::vector<UncertainInput> inputs;
  std::vector<double> median;
  std::vector<TornadoBar> bars;  ///< in order of inputs
  bool interrupted = false;      ///< bars that were not done are missing

  /// Bars by the width of their effect on an outcome, widest first; ties by order of inputs.
  std::vector<int> sorted_for(int outcome) const;
  double width(int bar, int outcome) const;
};

/// Outages stand at their expected loss in the median (the rate's middle, one seeded draw whose
/// loss is the median of 99); their bar is the 10th and 90th percentile of those draws.
Tornado tornado(const FuturesQuestion& question, unsigned threads,
                const std::atomic<bool>* stop = nullptr);

/// The outcomes that a page shows, as far as the model has them: net present value, cost, cost per
/// million tokens, tokens, training FLOP, grid energy, carbon, gigawatt-years.
std::vector<int> headline_outcomes(const std::vector<Outcome>& outcomes);

}  // namespace polyfleet
