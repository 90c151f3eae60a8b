// How long an iteration of one engine replica takes, as the simulator sees it: integer picoseconds
// from three parts that add up (new tokens, decode attention, prefill attention) and a host term.
// Decode attention is affine in the summed context between knots, so that a run of decode steps has
// an exact closed sum. Implementations: serving/engine_model.hpp (the cost models), and small ones
// of the tests.
#pragma once

#include <cstdint>

#include "sim/picos.hpp"
#include "traffic/request.hpp"

namespace polyfleet {

/// fixed + per_token * context, while context <= until (summed over the batch's sequences).
struct DecodeSegment {
  Picos fixed = 0;
  Picos per_token = 0;
  std::int64_t until = 0;
};

/// What one iteration processes besides attention.
struct IterationTokens {
  std::int64_t decode_sequences = 0;
  std::int64_t prefill_tokens = 0;
  std::int64_t sampled = 0;  ///< sequences that get a token from it
};

/// Const calls are safe from several threads or the object is not shared: implementations say so.
class EngineTimes {
 public:
  virtual ~EngineTimes() = default;
  /// Everything but attention cores: products, all-reduces, norms, sampling, host, launch.
  virtual Picos tokens(const IterationTokens& iteration) const = 0;
  /// Attention of `sequences` decoding sequences whose contexts sum to `context` tokens.
  virtual DecodeSegment decode_attention(std::int64_t sequences, std::int64_t context) const = 0;
  /// Attention of a chunk of `query` tokens behind `prior` cached ones.
  virtual Picos prefill_attention(std::int64_t query, std::int64_t prior) const = 0;
};

/// How long a replica that makes images or video works on one request, alone on its accelerators.
class MediaTimes {
 public:
  virtual ~MediaTimes() = default;
  virtual Picos service_time(const ServingRequest::Media& media) const = 0;
};

}  // namespace polyfleet
