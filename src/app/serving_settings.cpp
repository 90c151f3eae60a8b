#include "app/serving_settings.hpp"

#include "app/serving_fields.hpp"
#include "base/check.hpp"

namespace polyfleet {
namespace {

constexpr Range kSettingCount{0, 1e12};
constexpr Range kFromOne{1, 1e12};

}  // namespace

const FieldTable<EngineSettings>& engine_settings_fields() {
  using S = EngineSettings;
  static const FieldTable<S> fields{
      choice_field(
          "batching", &S::batching,
          {{"mixed", BatchingPolicy::mixed}, {"prefill_first", BatchingPolicy::prefill_first}},
          "decode and chunks of prompts in one iteration, or prompts in iterations of their own"),
      choice_field(
          "admission", &S::admission,
          {{"first_come", AdmissionPolicy::first_come}, {"priority", AdmissionPolicy::priority}},
          "order of the queue"),
      choice_field("preemption", &S::preemption,
                   {{"recompute", PreemptionMode::recompute}, {"swap", PreemptionMode::swap}},
                   "what becomes of the last sequence when cache runs out"),
      integer_field("token_budget", &S::token_budget, kFromOne, "new tokens in one iteration"),
      integer_field("max_sequences", &S::max_sequences, kFromOne, "sequences running at once"),
      integer_field("max_waiting", &S::max_waiting, kSettingCount,
                    "length of the queue beyond which requests are refused; 0 = none"),
      integer_field("block_tokens", &S::block_tokens, kFromOne, "tokens of one cache block"),
      integer_field("cache_blocks", &S::cache_blocks, kSettingCount,
                    "cache blocks of the replica; 0 = what memory holds"),
      number_field("watermark", &S::watermark, {0, 0.99}, "share of blocks kept free on admission"),
      bool_field("chunked_prefill", &S::chunked_prefill, "prompts may be cut into chunks"),
      bool_field("reserve_prompt", &S::reserve_prompt,
                 "admission takes blocks for the whole prompt, not for its first chunk only"),
      bool_field("reserve_output", &S::reserve_output,
                 "admission counts all that running requests will hold, so nothing is preempted"),
      bool_field("prefix_cache", &S::prefix_cache, "prompts reuse blocks that are still there"),
      integer_field("max_model_length", &S::max_model_length, kSettingCount,
                    "longest request in tokens; 0 = the cache is the only limit"),
      picos_field("swap_per_token", &S::swap_per_token, kSpan,
                  "time to move one token's cache to or from the host"),
      picos_field("front_end", &S::front_end, kSpan,
                  "tokeniser and HTTP, between arrival and the queue"),
      picos_field("first_token_delay", &S::first_token_delay, kSpan,
                  "between the end of prefill and the user"),
      integer_field("first_token_steps", &S::first_token_steps, {0, 1e6},
                    "decode iterations that a first token waits (stream interval)"),
      integer_field("receive_interval", &S::receive_interval, {1, 1e6},
                    "decode iterations between looks for arrivals (scheduler interval)"),
  };
  return fields;
}

EngineSettings settings_over(const EngineSettings& base, const Value& settings) {
  EngineSettings laid = base;
  if (settings.is_null()) return laid;
  Diagnostics problems;
  read_fields(settings, engine_settings_fields(), laid, "settings", problems);
  POLYFLEET_CHECK(problems.empty(), "engine settings that were read once are read again");
  return laid;
}

}  // namespace polyfleet
