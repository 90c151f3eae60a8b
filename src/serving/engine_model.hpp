// One replica of an engine on real accelerators: iteration times, cache capacity, power. Times come
// from the operators (workload/inference_work.hpp) through the same kernel and collective models as
// training; tables over batch and context are filled when first asked. Small and exact in what it
// adds up; wrong where an engine runs kernels that no table knows, for skewed batches (decode
// attention sees the mean context), and for a lone prompt on a pipeline (p batches are taken to be
// in flight).
#pragma once

#include <memory>
#include <string>

#include "serving/engine_machine.hpp"
#include "serving/engine_power.hpp"
#include "serving/engine_profile.hpp"
#include "serving/engine_times.hpp"
#include "workload/inference_work.hpp"

namespace polyfleet {

/// Draft tokens a step and how many tokens a step yields on average (1 + accepted drafts).
struct Speculation {
  int draft_tokens = 0;  ///< 0 = off
  double tokens_per_step = 1;
};

/// What to serve, how, on what. Pointers outlive the model.
struct EngineQuestion {
  const ModelSpec* model = nullptr;
  const EngineMachine* machine = nullptr;  ///< load_engine_machine
  const EngineProfile* profile = nullptr;
  ServingLayout layout;
  InferenceFormats formats;
  EngineSettings settings;  ///< the profile's with the user's overrides
  Speculation speculation;
  double expert_imbalance = 1;
  double maturity = 1;         ///< factor on device time of a software release (>= 1 = slower)
  double memory_fraction = 0;  ///< 0 = the profile's
};

/// Where an iteration's time goes.
struct IterationBreakdown {
  Seconds products, experts, attention, small_kernels, communication, host, total;
  double log_sigma = 0;  ///< of the cost models
};

class EngineModel final : public EngineTimes {
 public:
  /// Diagnoses layouts that do not divide the model. A model that does not fit is no error: ask
  /// fits_in_memory(). Not for concurrent use (tables fill on first use): one per thread.
  static Result<std::unique_ptr<EngineModel>> make(const EngineQuestion& question,
                                                   const PowerActivity& activity);
  ~EngineModel() override;

  Picos tokens(const IterationTokens& iteration) const override;
  DecodeSegment decode_attention(std::int64_t sequences, std::int64_t context) const override;
  Picos prefill_attention(std::int64_t query, std::int64_t prior) const override;

  /// One mixed iteration, explained. `context`: of each decoding sequence.
  IterationBreakdown explain(const IterationTokens& iteration, double context, double query,
                             double prior) const;

  const EngineQuestion& question() const;
  /// The question's settings with cache_blocks worked out from memory, times in picoseconds.
  const EngineSettings& settings() const;
  bool fits_in_memory() const;
  /// "weights need 131 GB of 72 GB on one accelerator"; empty when it fits.
  const std::string& misfit() const;
  const InferenceMemory& memory() const;
  std::int64_t cache_tokens() const;  ///< capacity of the replica
  const ReplicaPower& power() const;
  int accelerators() const;

 private:
  class State;
  explicit EngineModel(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace polyfleet
