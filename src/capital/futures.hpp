// Monte Carlo over futures of a fleet: each future draws what is uncertain
// (capital/variation_draw), plays the fleet out and keeps its outcomes; percentiles on every line
// of the ledger, and how strongly each input moves each outcome (Spearman's rank correlation over
// the futures). A future depends on seed and number alone: same result on any number of threads, in
// any order, and after a resumed run. Sampling error: the 5 % and 95 % points of 1,000 futures are
// known to about the 3.7 % to 6.4 % points (binomial, one sigma: 0.7 %).
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "capital/futures_outcomes.hpp"
#include "capital/variation_draw.hpp"

namespace polyfleet {

/// simulate_fleet, or a stand-in of a test.
using FleetSimulator =
    std::function<FleetRun(const FleetModel&, const FleetVariation&, const FleetRunOptions&)>;

struct FuturesQuestion {
  const FleetModel* model = nullptr;
  const UncertaintySpec* spec = nullptr;  ///< uncertainty_problems() is empty
  const OutageData* outages = nullptr;
  FleetSimulator simulate;
  std::uint64_t seed = 1;
};

struct FuturesOptions {
  int futures = 1000;
  unsigned threads = 0;         ///< 0 = as many as the machine has
  std::filesystem::path store;  ///< file to resume from and append to; empty = none
  const std::atomic<bool>* stop = nullptr;
  std::function<void(int done, int all)> progress = {};  ///< one thread at a time
};

struct Futures {
  std::vector<Outcome> outcomes;
  std::vector<double> plan;    ///< no variation at all
  std::vector<double> median;  ///< every input at its median, no event
  /// By future, in order of their numbers; those that were not done before a stop are empty.
  std::vector<std::vector<double>> values;
  std::vector<UncertainInput> inputs;
  /// [future][input]: mean normal of the members; of events the share of members that it hit.
  /// Empty where `values` is.
  std::vector<std::vector<double>> drawn;
  int done = 0, resumed = 0;
  bool interrupted = false;
  std::uint64_t seed = 1, fingerprint = 0;
  std::vector<std::string> notes;  ///< what a reader should know: torn lines, refused writes
};

/// Errors: a store that cannot be used.
Result<Futures> run_futures(const FuturesQuestion& question, const FuturesOptions& options);

/// What all of a question's answers depend on: model, specification, seed, version of the program,
/// and bit by bit the outcomes of the plan and of the median future.
std::uint64_t futures_fingerprint(const FuturesQuestion& question, const std::vector<double>& plan,
                                  const std::vector<double>& median);

/// One outcome over the futures that were done.
struct OutcomeSpread {
  double mean = 0, p5 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0;
  double never = 0;  ///< share of futures in which a day never comes; percentiles may be infinite
                     ///< then, and the mean is over the others
};
/// By outcome. Precondition: at least one future is done.
std::vector<OutcomeSpread> outcome_spreads(const Futures& futures);

/// Spearman's rank correlation of an input with an outcome; ties share ranks; 0 where either never
/// moves.
double rank_correlation(const std::vector<double>& a, const std::vector<double>& b);
/// [input] of one outcome.
std::vector<double> input_correlations(const Futures& futures, int outcome);

}  // namespace polyfleet
