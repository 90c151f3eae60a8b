// How fast, and at what power, each kind of accelerator runs each workload of a fleet: asked of the
// planner (training: the best plan of a block of accelerators), the serving search (the best
// engine, layout and format within the latency bounds) and the media model; never typed in. Answers
// are kept in a file, keyed by everything they depend on, because the same few dozen questions
// return in every run.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "app/workspace.hpp"
#include "base/result.hpp"
#include "fleet/fleet_model.hpp"

namespace polyfleet {

/// What a workload asks of one class. Which fields count depends on the kind.
struct RateQuestion {
  std::string workload;  ///< id, for messages
  WorkloadKind kind = WorkloadKind::chat;
  std::string model;
  Position where;
  // pre-training, post-training, research
  int sequence = 0;
  double batch_tokens = 0;              ///< a step
  int accelerators = 0;                 ///< that work on one step
  std::vector<std::string> precisions;  ///< the best that the part has is taken
  // chat, agents; post-training: its rollouts
  double input_tokens = 0, output_tokens = 0, cached_share = 0;
  Seconds ttft, tpot;                ///< bounds on the means; zero = none
  std::vector<std::string> formats;  ///< sets of data/engines/formats.toml
  /// Post-training: tokens generated for each token that is trained on.
  double rollout_tokens_per_trained = 0;
  // video
  int frames = 0, width = 0, height = 0, steps = 0;
};

/// Of one class: names as the catalogue knows them ("@edition" allowed).
struct RateClass {
  std::string system, accelerator;
};

/// The answer where a class cannot do the work, and why not.
WorkloadRate no_rate(std::string reason);

/// Whether the workload trains a model, wholly or in part.
bool is_training(WorkloadKind kind);

struct RateOptions {
  std::filesystem::path cache;  ///< folder; empty = nothing is kept
  unsigned threads = 2;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(int done, int all)> progress = {};
};

/// [question][class]. A part that cannot run a workload is an answer with the reason; errors are
/// unknown names and faulty questions.
Result<std::vector<std::vector<WorkloadRate>>> predict_rates(
    const std::filesystem::path& data_directory, const std::vector<RateQuestion>& questions,
    const std::vector<RateClass>& classes, const RateOptions& options);

}  // namespace polyfleet
