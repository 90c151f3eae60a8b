// Checkpoints of a training run: bytes from the model states that the plan keeps, times from host
// copy and storage rates. Every rank writes the shard that it owns. Wrong where a file system
// collapses under many small files or metadata bound it: rates are those of large sequential
// writes, and where stated ones are missing those that a production run measured.
#pragma once

#include <optional>
#include <string>

#include "training/machine.hpp"
#include "training/reliability.hpp"
#include "training/scenario.hpp"

namespace polyfleet {

/// Where a checkpoint goes and what training waits for.
enum class CheckpointMode {
  blocking,      ///< training stands until storage has everything
  asynchronous,  ///< training stands for the copy to host memory; the write runs behind it
  in_memory,     ///< copy to host memory, then to a peer's over the network, behind training
};
std::string_view name_of(CheckpointMode mode);

/// What the user states of checkpoints; the rest comes from data.
struct CheckpointRequest {
  CheckpointMode mode = CheckpointMode::blocking;
  std::optional<Seconds> write_time;      ///< stated whole: no bandwidth is used
  std::optional<BytesPerSecond> storage;  ///< aggregate of the shared storage
  std::optional<Seconds> interval;        ///< pinned; else the optimum
};

/// Bytes that have to be written: weights in training precision and optimiser states, once.
struct CheckpointSize {
  Bytes total;
  Bytes fullest_device;  ///< share of the rank with the most to write
};
/// Precondition: plan_problems(model, plan) is empty.
CheckpointSize checkpoint_size(const ModelSpec& model, const TrainingPlan& plan);

/// Times of one checkpoint.
struct CheckpointCost {
  CheckpointSize size;
  CheckpointMode mode = CheckpointMode::blocking;
  Seconds blocking;    ///< training stands
  Seconds background;  ///< until the copy is safe, behind training
  Seconds load;        ///< at a restart
  std::string basis;   ///< which rates, whose
};

CheckpointCost checkpoint_cost(const CheckpointRequest& request, const TrainingScenario& scenario,
                               const Machine& machine, const CheckpointRates& rates);

}  // namespace polyfleet
