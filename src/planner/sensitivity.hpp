// How much the answer depends on each of its inputs, and how much of the interval each one is to
// blame for: elasticities by central differences over the catalogue's figures, the classes of
// kernels and collectives, latencies, host work and overlap; each multiplied by how well the input
// is known; and what a measurement of it would leave of the interval. Wrong where an input is so
// uncertain that the answer is not close to a power of it: elasticities are local.
#pragma once

#include <string>
#include <vector>

#include "planner/cost_shares.hpp"
#include "planner/uncertainty.hpp"
#include "training/estimate.hpp"
#include "training/hypothetical_machine.hpp"

namespace polyfleet {

struct SensitivityQuestion {
  const TrainingScenario* scenario = nullptr;
  const Machine* machine = nullptr;
  const TrainingModels* models = nullptr;
  const UncertaintyTable* uncertainties = nullptr;
  bool strict = false;
  std::filesystem::path data_directory;
};

enum class InputKind { rate, latency, cost, share, software };

/// The interval that a measurement would leave, as factors on the predicted time.
struct Narrowing {
  std::string input;  ///< key of what is measured; "run" = a step of this very plan
  std::string what;   ///< in words: which table, which shapes
  double low = 1, high = 1;
};

struct SensitivityInput {
  InputKind kind = InputKind::rate;
  std::string key;    ///< "accelerator.peak.fp8", "costs.gemm", "plan.overlap.tensor"
  std::string value;  ///< in use
  /// d ln(time) / d ln(input); of a share: d ln(time) / d(share).
  double elasticity = 0;
  double sigma = 0;        ///< how well it is known, in the same measure; 0: counted elsewhere
  std::string known_from;  ///< one sentence
  double variance = 0;     ///< of ln(time), its part of the interval's
};

/// A scale-up domain of another size, everything else equal.
struct DomainChange {
  int domain = 0;
  double time = 1;  ///< over the predicted time
};

struct Sensitivity {
  Seconds time;
  double low = 1, high = 1;              ///< factors of the printed interval
  std::vector<SensitivityInput> inputs;  ///< most telling first; without those of no effect
  double variance = 0;                   ///< of ln(time) in the printed interval
  /// Of it, what validated runs of this kind show beyond the inputs: software of the day, and what
  /// the model leaves out.
  double unexplained = 0;
  std::vector<DomainChange> domains;
  std::vector<Narrowing> measurements;  ///< narrowest interval first; those that narrow it at all
  /// Elasticities of all rates less those of all latencies: -1 where time is rates and latencies
  /// alone.
  double sum_of_rates = 0;
};

/// Precondition: plan_problems() of the scenario is empty. Errors: data that does not load.
Result<Sensitivity> sensitivity_of(const SensitivityQuestion& question);

}  // namespace polyfleet
