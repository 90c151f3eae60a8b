// One request to an inference service, and where requests come from. A source is read as the
// simulation goes on, so a trace of any length needs no memory of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sim/picos.hpp"

namespace polyfleet {

/// What a user asks for and when. Token counts are those of the model's tokeniser.
struct ServingRequest {
  std::int64_t id = 0;  ///< position in the source, from 0
  Picos arrival = 0;
  std::int64_t input_tokens = 0;   ///< prompt, at least 1 (language models)
  std::int64_t output_tokens = 0;  ///< generated, the first included; at least 1
  std::int32_t model = 0;          ///< index into the scenario's models
  std::int32_t slo_class = 0;      ///< index into the scenario's classes
  std::int32_t priority = 0;       ///< smaller is more urgent
  Picos cancelled_after = kNever;  ///< the user goes away this long after arrival
  /// Chained hashes of the prompt's leading blocks (each covers all tokens before it too), every
  /// one of `prefix_block_tokens` tokens except the last; empty = shares nothing.
  std::vector<std::uint64_t> prefix_blocks;
  std::int32_t prefix_block_tokens = 0;
  std::int32_t session = -1;  ///< turns of one conversation, for routers that keep them together
  /// Image or video requests: what is made; tokens are then 0.
  struct Media {
    double frames = 0, height = 0, width = 0;  ///< pixels; one frame = image
    int steps = 0;                             ///< denoising steps
    double guidance_passes = 2;                ///< forwards a step (2 = classifier-free guidance)
  };
  std::optional<Media> media;
};

/// Where requests come from. A caller asks `next_arrival`, lets the clock run to it (other events
/// may come first and change the answer) and then takes the request with `next`.
class RequestSource {
 public:
  virtual ~RequestSource() = default;
  /// When the request arrives that `next` would give; kNever when none is known now. A completion
  /// may bring it forward (never before the completion itself), so ask again after `completed`. 0
  /// where `next` would give an error.
  virtual Picos next_arrival() = 0;
  /// Takes the next request, in order of arrival. Nothing: none is known now (closed loop: until
  /// one completes) or ever (`exhausted`). Errors: a faulty line of a trace, with its position.
  virtual Result<std::optional<ServingRequest>> next() = 0;
  /// True when no request will ever come again, whatever completes.
  virtual bool exhausted() const = 0;
  /// Tells a closed loop that one of its requests has ended (finished, refused or cancelled); at
  /// once, not later. Sources that do not wait ignore it.
  virtual void completed(std::int64_t id, Picos at) {
    static_cast<void>(id);
    static_cast<void>(at);
  }
  /// What a report must say about this source: columns that are not read, requests left out and
  /// counted. Complete once exhausted.
  virtual std::vector<std::string> remarks() const { return {}; }
};

}  // namespace polyfleet
