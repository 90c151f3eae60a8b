#include "traffic/request_shaper.hpp"

#include <algorithm>

#include "traffic/prefix_hashes.hpp"

namespace polyfleet {
namespace {

// Random streams of a source's seed; 0 is its arrivals, 1 samples length files.
enum ShapeStream : std::uint64_t { kMix = 2, kLengths = 3, kTurns = 4, kCancels = 5, kThinks = 6 };

/// The index of a name; the first where none is stated.
std::int32_t index_of(const std::string& name, const std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? 0 : static_cast<std::int32_t>(found - names.begin());
}

/// Longer draws are cut: beyond it a simulation has ended anyway.
Picos bounded(double seconds) { return picos_of(min(seconds * second, kLongestSimulation)); }

bool shares_prefix(const RequestShape& shape) {
  const bool many_turns = shape.turns.kind != LengthKind::constant || shape.turns.tokens > 1;
  return many_turns || shape.system_prompt_tokens > 0;
}

}  // namespace

RequestShaper::RequestShaper(const SourceSpec& spec, const TrafficNames& names,
                             std::vector<LengthPairs> pairs, std::uint64_t seed)
    : shapes_(spec.shapes),
      pairs_(std::move(pairs)),
      think_time_(spec.think_time),
      think_cv_(spec.think_cv),
      source_(seed),
      mix_(seed, kMix),
      lengths_(seed, kLengths),
      turns_(seed, kTurns),
      cancels_(seed, kCancels),
      thinks_(seed, kThinks) {
  double sum = 0;
  for (const RequestShape& shape : shapes_) {
    models_.push_back(index_of(shape.model, names.models));
    classes_.push_back(index_of(shape.slo_class, names.classes));
    up_to_.push_back(sum += shape.share);
  }
}

std::size_t RequestShaper::draw_shape() {
  if (shapes_.size() == 1) return 0;
  const double draw = mix_.uniform() * up_to_.back();
  const auto found = std::upper_bound(up_to_.begin(), up_to_.end(), draw);
  return std::min(static_cast<std::size_t>(found - up_to_.begin()), shapes_.size() - 1);
}

Conversation::Turn RequestShaper::draw_turn(std::size_t shape, std::int64_t earlier_tokens) {
  const RequestShape& spec = shapes_[shape];
  Conversation::Turn turn;
  if (spec.media.steps == 0) {
    if (!pairs_[shape].empty()) {
      const auto& [input, output] = pairs_[shape][lengths_.below(pairs_[shape].size())];
      turn.input_tokens = input;
      turn.output_tokens = output;
    } else {
      turn.input_tokens = draw_length(spec.input, lengths_);
      turn.output_tokens = draw_length(spec.output, lengths_);
    }
    turn.input_tokens += earlier_tokens;
  }
  if (think_time_ > Seconds())
    turn.think = bounded(draw_gamma(think_time_ / second, think_cv_, thinks_));
  if (spec.cancel_probability > 0 && cancels_.chance(spec.cancel_probability))
    turn.cancelled_after = bounded(cancels_.exponential(spec.cancel_after / second));
  return turn;
}

Conversation RequestShaper::start() {
  Conversation conversation;
  conversation.number = conversations_++;
  conversation.shape = draw_shape();
  const RequestShape& spec = shapes_[conversation.shape];
  if (spec.system_prompts > 1) {
    conversation.system_prompt =
        static_cast<std::size_t>(mix_.below(static_cast<std::uint64_t>(spec.system_prompts)));
  }
  const std::int64_t turns = draw_length(spec.turns, turns_);
  std::int64_t earlier = spec.system_prompt_tokens;
  for (std::int64_t i = 0; i < turns; ++i) {
    const Conversation::Turn turn = draw_turn(conversation.shape, earlier);
    if (turn.input_tokens > kMostTokens) break;  // no model takes the rest of it
    conversation.turns.push_back(turn);
    earlier = turn.input_tokens + turn.output_tokens;
  }
  return conversation;
}

ServingRequest RequestShaper::next_turn(Conversation& conversation) const {
  const RequestShape& spec = shapes_[conversation.shape];
  const Conversation::Turn& turn = conversation.turns[conversation.done++];
  ServingRequest request;
  request.input_tokens = turn.input_tokens;
  request.output_tokens = turn.output_tokens;
  request.model = models_[conversation.shape];
  request.slo_class = classes_[conversation.shape];
  request.priority = spec.priority;
  request.cancelled_after = turn.cancelled_after;
  if (spec.media.steps > 0) request.media = spec.media;
  if (spec.media.steps == 0 && shares_prefix(spec)) {
    const PromptParts parts{source_, mixed_hash(conversation.shape, conversation.system_prompt),
                            spec.system_prompt_tokens, conversation.number, turn.input_tokens};
    request.prefix_blocks = prefix_hashes(parts, spec.prefix_block_tokens);
    request.prefix_block_tokens = spec.prefix_block_tokens;
  }
  if (conversation.turns.size() > 1)
    request.session = static_cast<std::int32_t>(conversation.number & 0x7fffffffu);
  return request;
}

}  // namespace polyfleet
