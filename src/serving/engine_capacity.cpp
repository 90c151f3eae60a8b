#include "serving/engine_capacity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace polyfleet {
namespace {

/// State that does not grow with length may take at most this share of the cache; fewer sequences
/// run where it would take more.
constexpr double kStateShare = 0.5;
constexpr double kDecimalGigabyte = 1e9;

double gigabytes(Bytes bytes) { return bytes / byte / kDecimalGigabyte; }

/// Room for the cache on one accelerator; negative when even the weights do not fit.
Bytes room(const CapacityQuestion& question, const InferenceMemory& memory) {
  const double fraction =
      question.memory_fraction > 0 ? question.memory_fraction : question.profile.memory_fraction;
  const Bytes total = question.visible_memory;
  const Bytes beside = memory.activations + question.profile.memory_reserve;
  switch (question.profile.memory_rule) {
    case MemoryRule::of_total:
      return total * fraction - memory.weights - beside;
    case MemoryRule::static_pool:
      return total * fraction - memory.weights;
    case MemoryRule::of_free:
      return (total - memory.weights - beside) * fraction;
  }
  return 0 * byte;
}

}  // namespace

EngineCapacity engine_capacity(const CapacityQuestion& question) {
  EngineCapacity capacity;
  const EngineSettings& settings = question.settings;
  InferenceMemory& memory = capacity.memory;
  memory = inference_memory(question.context, static_cast<double>(settings.token_budget));
  if (question.drafts) memory.weights += draft_weights(question.context);
  capacity.cache = room(question, memory);
  capacity.max_sequences = settings.max_sequences;
  const double groups = question.context.layout.attention_data;
  if (memory.cache_per_sequence > 0 * byte && capacity.cache > 0 * byte) {
    const double most =
        std::floor(capacity.cache * kStateShare / memory.cache_per_sequence) * groups;
    capacity.max_sequences =
        std::min(settings.max_sequences, static_cast<std::int64_t>(std::max(most, 0.0)));
    capacity.cache -=
        memory.cache_per_sequence * (static_cast<double>(capacity.max_sequences) / groups);
  }
  // Without a layer that keeps every token the cache never fills: the longest run that fits 63 bits
  // of tokens would do, a million per sequence is as good.
  constexpr double kEndless = 1 << 20;
  const double tokens =
      memory.cache_per_token > 0 * byte
          ? capacity.cache / memory.cache_per_token
          : kEndless * static_cast<double>(std::max<std::int64_t>(capacity.max_sequences, 1));
  const double blocks =
      std::floor(std::max(tokens, 0.0) / static_cast<double>(settings.block_tokens));
  capacity.cache_blocks = static_cast<std::int64_t>(blocks * groups);
  capacity.cache_tokens = capacity.cache_blocks * settings.block_tokens;
  if (capacity.cache_blocks <= 0 || capacity.max_sequences <= 0) {
    capacity.misfit = fmt::format(
        "weights take {:.1f} GB, activations {:.1f} GB of {:.1f} GB that one accelerator shows; "
        "{} leaves no room for the cache",
        gigabytes(memory.weights), gigabytes(memory.activations),
        gigabytes(question.visible_memory), question.profile.name);
  }
  return capacity;
}

}  // namespace polyfleet
