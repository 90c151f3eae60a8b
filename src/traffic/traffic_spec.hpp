// What traffic a scenario asks for, as plain data: one or more sources, each a trace or a synthetic
// arrival process with the requests' shapes. traffic/open_traffic.hpp makes it run,
// traffic/traffic_fields.hpp reads it from TOML.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "traffic/request.hpp"
#include "traffic/trace_source.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

enum class LengthKind { constant, uniform, log_normal, gamma };

/// A distribution of token counts. Draws are rounded and clamped to [least, most], which moves the
/// mean of a distribution that reaches beyond them.
struct LengthSpec {
  LengthKind kind = LengthKind::constant;
  double tokens = 1;        ///< the constant, the nominal length of `uniform`, else the mean
  double low = 1, high = 1; /**< uniform: whole numbers from int(low tokens) to int(high tokens),
                               each as likely; InferenceX draws lengths so with 0.8 and 1 */
  double cv = 1;            ///< log-normal and gamma: standard deviation over mean
  std::int64_t least = 1, most = kMostTokens;
};

/// A kind of request, and its share among those of one source.
struct RequestShape {
  double share = 1;
  std::string model, slo_class;  ///< empty: the scenario's only one
  std::int32_t priority = 0;
  LengthSpec input{
      .tokens =
          0};  ///< must be stated: a turn's own prompt, without system prompt and earlier turns
  LengthSpec output{.tokens = 0};
  std::string lengths_file;  ///< pairs of input and output are drawn from this trace instead
  /// Turns of a conversation; each prompt is the former prompt, its answer and the new input. The
  /// next turn comes a think time after the answer.
  LengthSpec turns;
  std::int64_t system_prompt_tokens = 0;  ///< shared start of prompts, added to `input`
  std::int64_t system_prompts = 1;        ///< how many different ones, each as likely
  /// Tokens of a hashed prefix block: vLLM's default block_size (docs.vllm.ai, engine arguments).
  std::int32_t prefix_block_tokens = 16;
  double cancel_probability = 0;
  Seconds cancel_after;         ///< mean of the exponential time after which users go away
  ServingRequest::Media media;  ///< steps > 0: images or video instead of tokens
};

enum class ArrivalKind { trace, poisson, gamma, weibull, constant, closed_loop, offline };

/// How a trace is read and changed, in this order: window, speed, thinning, repetition, copies.
struct TraceSpec {
  std::string file;
  TraceFormat format = TraceFormat::automatic;
  bool sort = false, skip_empty = false;
  Seconds start, stop;      ///< window of the trace's own time, moved to 0; stop 0 = its end
  double speed = 1;         ///< arrivals this many times as fast
  double keep = 1;          ///< probability with which each request is kept
  std::int64_t repeat = 1;  ///< times end to end, a mean gap apart
  std::int64_t copies = 1;  ///< of every request, each later by a uniform time up to copy_jitter
  Seconds copy_jitter;
  bool share_prefixes = false;  ///< repetitions and copies: else each has its own prompts
};

struct SourceSpec {
  ArrivalKind arrivals = ArrivalKind::poisson;
  TraceSpec trace;
  Hertz rate;                ///< conversations (requests, where they have one turn) per second
  double cv = 1;             ///< gamma: of the gaps; 1 = Poisson, more = bursts
  double weibull_shape = 1;  ///< 1 = Poisson, less = bursts
  std::vector<double> hourly_factors;  ///< on the rate, for 24 hours; empty = steady
  double start_hour = 0;               ///< of the day at time 0
  std::int64_t users = 0;              ///< closed loop: each has one request under way
  Seconds ramp;                        ///< closed loop: users start evenly over this time
  Seconds think_time;         ///< mean, between answer and next request of a user or conversation
  double think_cv = 1;        ///< of think times (gamma): 0 constant, 1 exponential
  std::int64_t requests = 0;  ///< at most; 0 = no limit
  Seconds duration;           ///< no arrivals from then on; 0 = no limit
  /// Synthetic sources: at least one. Traces: at most one, whose model, class and priority are
  /// those of lines that state none.
  std::vector<RequestShape> shapes;
};

struct TrafficSpec {
  std::vector<SourceSpec> sources;  ///< merged in order of time
  TrafficNames names;               ///< the scenario's models and classes
};

}  // namespace polyfleet
