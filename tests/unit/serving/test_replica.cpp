// Schedules worked out by hand, one for each rule of the scheduler. Iterations here take
//   1000 (any) + 10 a prompt token + 1 a decoding sequence + 1 a sampled token
//   + decode attention 5 + 2 a context token + prefill attention query * prior / 4
// picoseconds: no relation to any machine, so that each part can be told from the others.
#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <vector>

#include "serving/replica.hpp"

using namespace polyfleet;

namespace {

class RoundTimes final : public EngineTimes {
 public:
  Picos tokens(const IterationTokens& iteration) const override {
    return 1000 + 10 * iteration.prefill_tokens + iteration.decode_sequences + iteration.sampled;
  }
  DecodeSegment decode_attention(std::int64_t, std::int64_t) const override {
    return {.fixed = 5, .per_token = 2, .until = 1'000'000'000};
  }
  Picos prefill_attention(std::int64_t query, std::int64_t prior) const override {
    return query * prior / 4;
  }
};

struct Log final : ReplicaListener {
  std::vector<std::string> lines;
  void first_token(RequestState& state, Picos at) override { add("first", state, at); }
  void finished(RequestState& state, Picos at) override { add("done", state, at); }
  void refused(RequestState& state, Picos at) override { add("refused", state, at); }
  void add(const std::string& what, const RequestState& state, Picos at) {
    lines.push_back(what + " " + std::to_string(state.request.id) + " @" + std::to_string(at));
  }
};

using Lines = std::vector<std::string>;

/// A replica, what it told, and the requests handed in so far.
struct ReplicaBench {
  explicit ReplicaBench(const EngineSettings& settings)
      : replica(times, settings, log, {.skip_ahead = true, .audit = true}) {}

  RequestState& submit(Picos now, std::int64_t input, std::int64_t output) {
    states.push_back({});
    states.back().request.id = static_cast<std::int64_t>(states.size()) - 1;
    states.back().request.input_tokens = input;
    states.back().request.output_tokens = output;
    replica.submit(states.back(), now);
    return states.back();
  }
  RequestState& prepare(std::int64_t input, std::int64_t output) {
    states.push_back({});
    states.back().request.id = static_cast<std::int64_t>(states.size()) - 1;
    states.back().request.input_tokens = input;
    states.back().request.output_tokens = output;
    return states.back();
  }
  void run() { replica.advance(1'000'000'000'000); }

  RoundTimes times;
  Log log;
  Replica replica;
  std::deque<RequestState> states;
};

EngineSettings roomy() {
  EngineSettings settings;
  settings.token_budget = 100;
  settings.max_sequences = 8;
  settings.cache_blocks = 1000;
  settings.watermark = 0;
  return settings;
}

}  // namespace

TEST_CASE("one request alone: prefill, then one iteration a token") {
  ReplicaBench bench(roomy());
  bench.submit(0, 20, 4);
  bench.run();
  // Prefill 1000 + 200 + 1 sampled; decode with contexts 21, 22, 23: 1000 + 1 + 1 + 5 + 2 ctx.
  CHECK(bench.log.lines == Lines{"first 0 @1201", "done 0 @4354"});
  CHECK(bench.states[0].started == 0);
  CHECK(bench.states[0].last_token == 1201 + 3 * 1007 + 2 * (21 + 22 + 23));
  const ReplicaTotals& totals = bench.replica.totals();
  CHECK(totals.iterations == 4);
  CHECK(totals.prefill_tokens == 20);
  CHECK(totals.decode_tokens == 3);
  CHECK(totals.busy == 4354);
  CHECK(totals.prefill_busy == 1201);
  CHECK(totals.sequence_picos == 4354);
  CHECK(totals.block_picos == 2 * 4354);  // 20 to 23 tokens: two blocks of 16
  CHECK(bench.replica.load().used_blocks == 0);
}

TEST_CASE("mixed: decode goes on beside the chunks of a later prompt") {
  EngineSettings settings = roomy();
  settings.token_budget = 11;
  ReplicaBench bench(settings);
  bench.submit(0, 10, 5);
  bench.submit(500, 15, 2);
  bench.run();
  // 0-1101: prompt 0 (10 tokens + 1 sampled).
  // Then decode 0 (context 11) beside 10 tokens of prompt 1: 1000 + 100 + 1 + 1 + 5 + 22 = 1129.
  // Then decode 0 (12) beside its last 5 behind 10: 1000 + 50 + 1 + 2 + 5 + 24 + 12 = 1094.
  // Then both (contexts 13 + 16): 1000 + 2 + 2 + 5 + 58 = 1067: prompt 1 is done; 0 has 4 tokens.
  // Then 0 alone (14): 1000 + 2 + 5 + 28 = 1035.
  CHECK(bench.log.lines == Lines{"first 0 @1101", "first 1 @3324", "done 1 @4391", "done 0 @5426"});
  CHECK(bench.replica.totals().prefill_busy == 1101 + (1129 - 1029) + (1094 - 1031));
}

TEST_CASE("prefill first: decode waits while prompts run") {
  EngineSettings settings = roomy();
  settings.batching = BatchingPolicy::prefill_first;
  settings.token_budget = 10;
  ReplicaBench bench(settings);
  bench.submit(0, 10, 3);
  bench.submit(500, 15, 2);
  bench.run();
  // 1101; then two iterations of prompt 1 alone: 1000 + 100 = 1100; 1000 + 50 + 1 + 12 = 1063;
  // then both decode (11 + 16): 1000 + 4 + 5 + 54 = 1063, prompt 1 done; then 0 (12): 1031.
  CHECK(bench.log.lines == Lines{"first 0 @1101", "first 1 @3264", "done 1 @4327", "done 0 @5358"});
}

TEST_CASE("an unchunked prompt beyond the budget runs alone") {
  EngineSettings settings = roomy();
  settings.chunked_prefill = false;
  settings.token_budget = 30;
  ReplicaBench bench(settings);
  bench.submit(0, 20, 1);
  bench.submit(0, 50, 1);
  bench.submit(0, 5, 1);
  bench.run();
  // 20 first: 50 does not fit beside it, and 5 may not pass it; then 50 alone, then 5.
  CHECK(bench.log.lines == Lines{"first 0 @1201", "done 0 @1201", "first 1 @2702", "done 1 @2702",
                                 "first 2 @3753", "done 2 @3753"});
}

TEST_CASE("sequence limit and order of admission") {
  EngineSettings settings = roomy();
  settings.max_sequences = 1;
  SUBCASE("first come") {
    ReplicaBench bench(settings);
    for (int i = 0; i < 3; ++i) {
      RequestState& state = bench.prepare(10, 1);
      state.request.priority = 3 - i;
      bench.replica.submit(state, 0);
    }
    bench.run();
    CHECK(bench.log.lines[1] == "done 0 @1101");
    CHECK(bench.log.lines[3] == "done 1 @2202");
    CHECK(bench.log.lines[5] == "done 2 @3303");
    CHECK(bench.states[2].started == 2202);
  }
  SUBCASE("priority") {
    settings.admission = AdmissionPolicy::priority;
    ReplicaBench bench(settings);
    for (int i = 0; i < 3; ++i) {
      RequestState& state = bench.prepare(10, 1);
      state.request.priority = 3 - i;
      bench.replica.submit(state, 0);
    }
    bench.run();
    CHECK(bench.log.lines[1] == "done 2 @1101");
    CHECK(bench.log.lines[3] == "done 1 @2202");
    CHECK(bench.log.lines[5] == "done 0 @3303");
  }
}

TEST_CASE("refusals: longer than the cache, the model or the queue") {
  EngineSettings settings = roomy();
  settings.cache_blocks = 2;
  settings.max_model_length = 40;
  settings.max_waiting = 1;
  ReplicaBench bench(settings);
  bench.submit(0, 30, 4);  // 33 tokens are cached in the end: three blocks
  bench.submit(0, 1, 40);
  bench.submit(0, 30, 3);
  bench.submit(0, 10, 2);
  CHECK(bench.log.lines == Lines{"refused 0 @0", "refused 1 @0", "refused 3 @0"});
  bench.run();
  CHECK(bench.log.lines.back() == "done 2 @3441");
}

TEST_CASE("preemption by recompute: the last admitted starts again when blocks run out") {
  EngineSettings settings = roomy();
  settings.block_tokens = 4;
  settings.cache_blocks = 5;
  ReplicaBench bench(settings);
  bench.submit(0, 8, 6);
  bench.submit(0, 8, 3);
  bench.run();
  // Both prompts: 1000 + 160 + 2 = 1162; four blocks. The next step needs two, one is there: 1 goes
  // back. 0 decodes alone: contexts 9..13, 1007 + 2 ctx. Its fourth block comes with context 13;
  // until then 1 (9 tokens, three blocks) does not fit beside it. Then 9 tokens again: 1091, and
  // one decode with context 10: 1027.
  const Picos alone = 1162 + 5 * 1007 + 2 * (9 + 10 + 11 + 12 + 13);
  CHECK(bench.log.lines == Lines{"first 0 @1162", "first 1 @1162",
                                 "done 0 @" + std::to_string(alone),
                                 "done 1 @" + std::to_string(alone + 1091 + 1027)});
  const ReplicaTotals& totals = bench.replica.totals();
  CHECK(totals.preemptions == 1);
  CHECK(bench.states[1].preemptions == 1);
  CHECK(totals.recomputed_tokens == 8);
  CHECK(totals.prefill_tokens == 16 + 9);
  CHECK(totals.decode_tokens == 5 + 1);
}

TEST_CASE("room for all that running sequences will hold: nothing is preempted") {
  EngineSettings settings = roomy();
  settings.block_tokens = 4;
  settings.cache_blocks = 7;  // 8 + 5 and 8 + 2 tokens in the end: four and three blocks
  settings.reserve_output = true;
  SUBCASE("they fit exactly") {
    ReplicaBench bench(settings);
    bench.submit(0, 8, 6);
    bench.submit(0, 8, 3);
    bench.run();
    CHECK(bench.states[1].started == 0);
    CHECK(bench.replica.totals().preemptions == 0);
  }
  SUBCASE("one block less: one after the other") {
    settings.cache_blocks = 6;
    ReplicaBench bench(settings);
    bench.submit(0, 8, 6);
    bench.submit(0, 8, 3);
    bench.run();
    CHECK(bench.states[1].started == bench.states[0].last_token);
    CHECK(bench.replica.totals().preemptions == 0);
  }
}

TEST_CASE("drafts take of the token budget, and an early admission only a first chunk's blocks") {
  EngineSettings settings = roomy();
  settings.token_budget = 10;
  settings.draft_tokens = 2;
  settings.block_tokens = 10;
  settings.cache_blocks = 4;
  settings.reserve_prompt = false;
  ReplicaBench bench(settings);
  bench.submit(0, 10, 9);  // two blocks from its first decode step on
  bench.submit(0, 25, 1);  // three blocks in the end
  bench.run();
  // The first takes 3 of 10 tokens: chunks of 7, 7 and 7 and 4; the third needs a block too many
  // while the first runs.
  CHECK(bench.states[1].started == 1101);
  CHECK(bench.states[1].preemptions >= 1);
  settings.reserve_prompt = true;
  ReplicaBench whole(settings);
  whole.submit(0, 10, 9);
  whole.submit(0, 25, 1);
  whole.run();
  CHECK(whole.states[1].started == whole.states[0].last_token);
}

TEST_CASE("preemption by swap: the cache goes to the host and comes back") {
  EngineSettings settings = roomy();
  settings.block_tokens = 4;
  settings.cache_blocks = 5;
  settings.preemption = PreemptionMode::swap;
  settings.swap_per_token = 100;
  ReplicaBench bench(settings);
  bench.submit(0, 8, 6);
  bench.submit(0, 8, 3);
  bench.run();
  // As above, but 800 for eight tokens out, and in again before decodes with contexts 9 and 10.
  const Picos alone = 1162 + 800 + 5 * 1007 + 2 * (9 + 10 + 11 + 12 + 13);
  CHECK(bench.log.lines.back() ==
        "done 1 @" + std::to_string(alone + 800 + 2 * 1007 + 2 * (9 + 10)));
  CHECK(bench.replica.totals().swapped_tokens == 16);
  CHECK(bench.replica.totals().prefill_tokens == 16);
  CHECK(bench.replica.totals().recomputed_tokens == 0);
}

TEST_CASE("with priorities the least urgent is preempted, not the last") {
  EngineSettings settings = roomy();
  settings.block_tokens = 4;
  settings.cache_blocks = 5;
  settings.admission = AdmissionPolicy::priority;
  ReplicaBench bench(settings);
  RequestState& late = bench.prepare(8, 6);
  late.request.priority = 1;
  bench.replica.submit(late, 0);
  RequestState& urgent = bench.prepare(8, 3);
  bench.replica.submit(urgent, 1);
  bench.run();
  CHECK(bench.log.lines[2].substr(0, 6) == "done 1");
  CHECK(late.preemptions == 1);
  CHECK(urgent.preemptions == 0);
}

TEST_CASE("the watermark holds back a prompt that would fit exactly, but not one that is alone") {
  EngineSettings settings = roomy();
  settings.block_tokens = 10;
  settings.cache_blocks = 10;
  settings.watermark = 0.2;
  ReplicaBench bench(settings);
  bench.submit(0, 50, 5);
  SUBCASE("30 tokens leave two blocks") {
    bench.submit(0, 30, 1);
    bench.run();
    CHECK(bench.states[1].started == 0);
  }
  SUBCASE("31 tokens leave one") {
    bench.submit(0, 31, 1);
    bench.run();
    CHECK(bench.states[1].started == bench.states[0].last_token);
  }
  SUBCASE("alone") {
    bench.run();
    bench.submit(1'000'000'000'000, 95, 1);
    bench.replica.advance(2'000'000'000'000);
    CHECK(bench.states[1].last_token > bench.states[1].started);
  }
}

TEST_CASE("speculation: floor(ir) tokens after i steps, the overshoot is dropped") {
  EngineSettings settings = roomy();
  settings.tokens_per_step_numerator = 9;
  settings.tokens_per_step_denominator = 5;  // 1 2 2 2 2 1 2 ...
  ReplicaBench bench(settings);
  bench.submit(0, 20, 5);  // 4 beside the first: three steps give 1 + 2 + 2
  bench.run();
  // Contexts after each step: 21, 23, 25.
  CHECK(bench.log.lines.back() == "done 0 @" + std::to_string(1201 + 3 * 1007 + 2 * 69));
  CHECK(bench.replica.totals().decode_tokens == 4);
}

TEST_CASE("a transferred cache decodes at once; a restarted request covers what it had") {
  ReplicaBench bench(roomy());
  RequestState& moved = bench.prepare(20, 4);
  moved.cache_arrives = true;
  moved.generated = 1;
  moved.first_token = 0;
  bench.replica.submit(moved, 10);
  bench.run();
  CHECK(bench.log.lines == Lines{"done 0 @" + std::to_string(10 + 3 * 1007 + 2 * 66)});
  RequestState& restarted = bench.prepare(20, 6);
  restarted.generated = 4;
  restarted.first_token = 0;
  bench.replica.submit(restarted, 2'000'000'000'000);
  bench.replica.advance(3'000'000'000'000);
  // 24 tokens again give the fifth; one step with context 25 the sixth.
  CHECK(restarted.last_token == 2'000'000'000'000 + 1241 + 1007 + 50);
  CHECK(bench.replica.totals().recomputed_tokens == 23);
}

TEST_CASE("delays: front end, first token, decode steps before it is shown") {
  EngineSettings settings = roomy();
  settings.front_end = 300;
  settings.first_token_delay = 50;
  settings.first_token_steps = 2;
  ReplicaBench bench(settings);
  bench.submit(0, 20, 4);
  bench.submit(0, 20, 1);
  bench.run();
  // Both prompts 300..1702; two steps of request 0 (contexts 21, 22): 1049 and 1051.
  CHECK(bench.states[0].started == 300);
  CHECK(bench.log.lines[0] == "first 1 @1702");
  CHECK(bench.states[1].first_token == 1752);
  CHECK(bench.states[1].last_token == 1752);
  CHECK(bench.states[0].first_token == 1702 + 1049 + 1051 + 50);
}

TEST_CASE("arrivals are looked for every so many decode steps") {
  EngineSettings settings = roomy();
  settings.receive_interval = 4;
  ReplicaBench bench(settings);
  bench.submit(0, 20, 20);
  bench.submit(1300, 20, 1);  // in the first decode step
  bench.run();
  // After the fourth: 1201 + 4 * 1007 + 2 (21 + 22 + 23 + 24).
  CHECK(bench.states[1].started == 1201 + 4 * 1007 + 2 * 90);
  // Two prompts and the decode steps before and after the second; not one event a step.
  CHECK(bench.replica.totals().events == 4);
}

TEST_CASE("withdrawn and evicted requests keep what they have and free their blocks") {
  ReplicaBench bench(roomy());
  RequestState& first = bench.submit(0, 20, 50);
  RequestState& second = bench.submit(0, 20, 50);
  bench.replica.advance(1402);                    // both prompts
  bench.replica.advance(1402 + 1009 + 84 + 500);  // one step, and half of the next
  CHECK(bench.replica.load().context_tokens == 42);
  bench.replica.withdraw(first, 1402 + 1009 + 84 + 500);
  CHECK(first.generated == 2);
  CHECK(bench.replica.load().running == 1);
  CHECK(bench.replica.load().used_blocks == 2);
  // The step in flight still takes the time of two; contexts 22 + 22.
  CHECK(bench.replica.next_event() == 1402 + 1009 + 84 + 1009 + 88);
  bench.replica.advance(5000);
  RequestState& third = bench.submit(5000, 20, 5);
  const std::vector<RequestState*> evicted = bench.replica.evict_all(5001);
  CHECK(evicted == std::vector<RequestState*>{&second, &third});
  CHECK(second.generated == 4);
  CHECK(third.generated == 0);
  CHECK(bench.replica.load().used_blocks == 0);
  CHECK(bench.replica.load().waiting_prefill_tokens == 0);
  CHECK(bench.replica.next_event() == kNever);
  bench.replica.submit(second, 6000);
  bench.replica.submit(third, 6000);
  bench.run();
  CHECK(second.generated == 50);
  CHECK(third.generated == 5);
}
