// Draws what synthetic requests are: which shape of a mixture, lengths, turns of a conversation,
// shared prefixes, cancellation, media. The n-th conversation is the same whatever the service does
// and whenever it starts, so that two services are compared on the same work. Only prompts are
// hashed: a turn finds the former turns' prompts in a cache, not their answers, unless the engine
// model adds those itself.
#pragma once

#include <cstdint>
#include <vector>

#include "traffic/length_distribution.hpp"
#include "traffic/traffic_spec.hpp"

namespace polyfleet {

/// One user's exchange with a model, drawn in full when it starts.
struct Conversation {
  struct Turn {
    std::int64_t input_tokens = 0;  ///< the whole prompt
    std::int64_t output_tokens = 0;
    Picos think = 0;  ///< before the turn that follows (or, closed loop, the next conversation)
    Picos cancelled_after = kNever;
  };
  std::uint64_t number = 0;
  std::size_t shape = 0, system_prompt = 0;
  std::vector<Turn> turns;
  std::size_t done = 0;  ///< turns handed out
};

class RequestShaper {
 public:
  /// `pairs` holds, for each shape with a lengths_file, its pairs (else an empty list). Names are
  /// known to be among the traffic's.
  RequestShaper(const SourceSpec& spec, const TrafficNames& names, std::vector<LengthPairs> pairs,
                std::uint64_t seed);

  /// The next conversation.
  Conversation start();
  /// Its next turn, without id and arrival.
  ServingRequest next_turn(Conversation& conversation) const;

 private:
  std::size_t draw_shape();
  Conversation::Turn draw_turn(std::size_t shape, std::int64_t earlier_tokens);

  std::vector<RequestShape> shapes_;
  std::vector<std::int32_t> models_, classes_;  // of each shape
  std::vector<double> up_to_;                   // cumulative shares
  std::vector<LengthPairs> pairs_;
  Seconds think_time_;
  double think_cv_;
  std::uint64_t source_, conversations_ = 0;
  RandomStream mix_, lengths_, turns_, cancels_, thinks_;
};

}  // namespace polyfleet
