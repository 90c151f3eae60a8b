// Skipping runs of decode steps gives what step by step gives: on random settings, workloads,
// cancellations, failures and observations, whatever the iteration times are.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <deque>
#include <random>
#include <tuple>
#include <vector>

#include "serving/replica.hpp"

using namespace polyfleet;

namespace {

/// A workload has hundreds of random figures: rapidcheck draws the seed and the number of requests
/// (and makes that smaller), this the rest.
std::mt19937_64 figures;

std::int64_t whole_between(std::int64_t low, std::int64_t high) {
  const auto range = static_cast<std::uint64_t>(high - low + 1);
  return low + static_cast<std::int64_t>(figures() % range);
}
bool chance(int percent) { return whole_between(0, 99) < percent; }

/// Piecewise affine with jumps at knots, other slopes for each batch size.
class JaggedTimes final : public EngineTimes {
 public:
  explicit JaggedTimes(std::int64_t knot) : knot_(knot) {}
  Picos tokens(const IterationTokens& iteration) const override {
    return 5000 + 70 * iteration.prefill_tokens + 11 * iteration.decode_sequences +
           3 * iteration.sampled + 400 * (iteration.decode_sequences / 4);
  }
  DecodeSegment decode_attention(std::int64_t sequences, std::int64_t context) const override {
    const std::int64_t segment = context / knot_;
    return {.fixed = 100 + 37 * (segment % 3),
            .per_token = (segment + sequences) % 5,
            .until = (segment + 1) * knot_ - 1};
  }
  Picos prefill_attention(std::int64_t query, std::int64_t prior) const override {
    return query * (query / 2 + prior) / 8;
  }

 private:
  std::int64_t knot_;
};

struct Told final : ReplicaListener {
  std::vector<std::tuple<char, std::int64_t, Picos, std::int64_t>> events;
  void first_token(RequestState& state, Picos at) override { add('t', state, at); }
  void finished(RequestState& state, Picos at) override { add('f', state, at); }
  void refused(RequestState& state, Picos at) override { add('r', state, at); }
  void add(char what, const RequestState& state, Picos at) {
    const bool in_order = events.empty() || std::get<2>(events.back()) <= at;
    RC_ASSERT(in_order);
    events.emplace_back(what, state.request.id, at, state.generated);
  }
};

enum class Act { submit, withdraw, evict_and_return, observe };
struct Action {
  Act act = Act::submit;
  Picos at = 0;
  std::size_t request = 0;
};

struct Workload {
  EngineSettings settings;
  std::int64_t knot = 1000;
  std::vector<RequestState> requests;
  std::vector<Action> actions;
};

EngineSettings some_settings() {
  EngineSettings settings;
  settings.batching = chance(50) ? BatchingPolicy::mixed : BatchingPolicy::prefill_first;
  settings.admission = chance(70) ? AdmissionPolicy::first_come : AdmissionPolicy::priority;
  settings.preemption = chance(60) ? PreemptionMode::recompute : PreemptionMode::swap;
  settings.draft_tokens = chance(20) ? whole_between(1, 3) : 0;
  settings.token_budget = whole_between(4, chance(50) ? 40 : 400);
  settings.max_sequences = whole_between(1, chance(50) ? 4 : 30);
  settings.max_waiting = chance(20) ? whole_between(1, 10) : 0;
  settings.block_tokens =
      std::array<std::int64_t, 5>{1, 2, 7, 16, 64}[static_cast<std::size_t>(whole_between(0, 4))];
  settings.cache_blocks = whole_between(100, chance(50) ? 300 : 3000) / settings.block_tokens + 2;
  settings.watermark = chance(50) ? 0 : 0.1;
  settings.chunked_prefill = chance(70);
  settings.reserve_prompt = chance(50);
  settings.reserve_output = chance(25);
  settings.prefix_cache = chance(50);
  settings.swap_per_token = whole_between(0, 50);
  settings.front_end = chance(40) ? whole_between(1, 30'000) : 0;
  settings.first_token_delay = chance(30) ? whole_between(1, 9'000) : 0;
  settings.first_token_steps = chance(30) ? whole_between(1, 20) : 0;
  settings.receive_interval = chance(25) ? whole_between(2, 12) : 1;
  if (chance(40)) {
    settings.tokens_per_step_denominator = whole_between(1, 12);
    settings.tokens_per_step_numerator = settings.tokens_per_step_denominator +
                                         whole_between(0, 2 * settings.tokens_per_step_denominator);
  }
  return settings;
}

RequestState some_request(std::int64_t id, std::int64_t longest) {
  RequestState state;
  ServingRequest& request = state.request;
  request.id = id;
  request.input_tokens = whole_between(1, longest);
  request.output_tokens = whole_between(1, chance(70) ? 20 : 300);
  request.priority = static_cast<std::int32_t>(whole_between(0, 2));
  request.prefix_block_tokens = static_cast<std::int32_t>(whole_between(1, 30));
  // A few conversations; the last block is a part, and its hash tells its length.
  const std::int64_t blocks = (request.input_tokens - 1) / request.prefix_block_tokens + 1;
  const std::int64_t conversation = whole_between(0, 3);
  for (std::int64_t k = 0; k < blocks; ++k) {
    const bool part = (k + 1) * request.prefix_block_tokens > request.input_tokens;
    request.prefix_blocks.push_back(static_cast<std::uint64_t>(
        (conversation * 1000 + k) * 1000 + request.prefix_block_tokens * 31 +
        (part ? request.input_tokens * 1'000'000'000 : 0)));
  }
  if (chance(15)) {
    state.generated = whole_between(0, request.output_tokens - 1);
    state.cache_arrives = chance(60);
    if (chance(70)) state.first_token = 0;
  }
  return state;
}

Workload some_workload() {
  figures.seed(*rc::gen::arbitrary<std::uint32_t>());
  const std::int64_t count = *rc::gen::inRange<std::int64_t>(1, 25);
  Workload workload;
  workload.settings = some_settings();
  workload.knot = whole_between(1, chance(50) ? 50 : 5000);
  const Picos span = count * (chance(50) ? 20'000 : 400'000);
  for (std::int64_t i = 0; i < count; ++i) {
    workload.requests.push_back(some_request(i, chance(70) ? 60 : 300));
    const Picos at = chance(30) ? 0 : whole_between(0, span);
    workload.actions.push_back({Act::submit, at, static_cast<std::size_t>(i)});
    if (chance(25))
      workload.actions.push_back(
          {Act::withdraw, at + whole_between(0, span), static_cast<std::size_t>(i)});
  }
  for (int i = 0; i < 6; ++i)
    workload.actions.push_back({Act::observe, whole_between(0, 2 * span), 0});
  if (chance(25)) workload.actions.push_back({Act::evict_and_return, whole_between(0, span), 0});
  std::stable_sort(workload.actions.begin(), workload.actions.end(),
                   [](const Action& a, const Action& b) { return a.at < b.at; });
  return workload;
}

using Row = std::vector<double>;

/// All that can be told from outside, but the number of events.
struct Seen {
  std::vector<std::tuple<char, std::int64_t, Picos, std::int64_t>> told;
  std::vector<Row> rows;
  std::int64_t events = 0;
  ReplicaTotals totals;
  std::deque<RequestState> states;
};

Row row_of(const ReplicaTotals& t) {
  std::vector<std::int64_t> counts = {t.iterations,        t.prefill_tokens, t.decode_tokens,
                                      t.recomputed_tokens, t.prompts_ended,  t.prefix_hit_tokens,
                                      t.preemptions,       t.swapped_tokens, t.busy,
                                      t.prefill_busy};
  Row row(counts.begin(), counts.end());
  row.push_back(t.block_picos);
  row.push_back(t.sequence_picos);
  return row;
}
Row row_of(const ReplicaLoad& load) {
  const std::vector<std::int64_t> counts = {
      load.running,        load.waiting,     load.waiting_prefill_tokens,
      load.context_tokens, load.used_blocks, load.cached_blocks};
  return Row(counts.begin(), counts.end());
}
Row row_of(const RequestState& state) {
  const std::vector<std::int64_t> counts = {state.generated,  state.cached_tokens, state.queued,
                                            state.started,    state.first_token,   state.last_token,
                                            state.preemptions};
  return Row(counts.begin(), counts.end());
}

void act(const Action& action, Replica& replica, Seen& seen) {
  switch (action.act) {
    case Act::submit:
      return replica.submit(seen.states[action.request], action.at);
    case Act::withdraw:
      if (seen.states[action.request].slot >= 0)
        replica.withdraw(seen.states[action.request], action.at);
      return;
    case Act::evict_and_return:
      for (RequestState* state : replica.evict_all(action.at)) {
        ++state->restarts;
        replica.submit(*state, action.at);
      }
      return;
    case Act::observe:
      replica.advance(action.at);
      seen.rows.push_back(row_of(replica.load()));
      seen.rows.push_back(row_of(replica.totals()));
      for (const RequestState& state : seen.states)
        seen.rows.push_back({static_cast<double>(replica.prefix_match(state.request))});
  }
}

Seen run(const Workload& workload, const ReplicaOptions& options) {
  const JaggedTimes times(workload.knot);
  Told told;
  Replica replica(times, workload.settings, told, options);
  Seen seen;
  for (const RequestState& state : workload.requests) seen.states.push_back(state);
  for (const Action& action : workload.actions) act(action, replica, seen);
  while (replica.next_event() != kNever) replica.advance(replica.next_event());
  seen.told = told.events;
  seen.totals = replica.totals();
  seen.events = seen.totals.events;
  seen.rows.push_back(row_of(seen.totals));
  seen.rows.push_back(row_of(replica.load()));
  for (const RequestState& state : seen.states) seen.rows.push_back(row_of(state));
  return seen;
}

}  // namespace

TEST_CASE("runs of decode steps in one event change nothing but the number of events") {
  CHECK(rc::check([] {
    for (int turn = 0; turn < 100; ++turn) {
      const Workload workload = some_workload();
      const Seen skipped = run(workload, {.skip_ahead = true, .audit = true});
      const Seen stepped = run(workload, {.skip_ahead = false, .audit = true});
      RC_ASSERT(skipped.told == stepped.told);
      RC_ASSERT(skipped.rows == stepped.rows);
      RC_ASSERT(skipped.events <= stepped.events);
    }
  }));
}

TEST_CASE("every request ends, every token is counted once, nothing stays behind") {
  CHECK(rc::check([] {
    Workload workload = some_workload();
    std::erase_if(workload.actions, [](const Action& a) {
      return a.act == Act::withdraw || a.act == Act::evict_and_return;
    });
    const Seen seen = run(workload, {.audit = true});
    std::int64_t ended = 0, generated = 0, prompts = 0, prompt_tokens = 0;
    for (std::size_t i = 0; i < workload.requests.size(); ++i) {
      const RequestState& before = workload.requests[i];
      const RequestState& after = seen.states[i];
      if (after.last_token == kNever) continue;
      generated += after.generated - before.generated;
      RC_ASSERT(after.generated == after.request.output_tokens);
      RC_ASSERT(after.first_token <= after.last_token);
      if (!before.cache_arrives) {
        ++prompts;
        prompt_tokens += before.request.input_tokens + before.generated;
      }
    }
    for (const auto& event : seen.told) ended += std::get<0>(event) != 't';
    RC_ASSERT(ended == static_cast<std::int64_t>(workload.requests.size()));
    const ReplicaTotals& totals = seen.totals;
    RC_ASSERT(totals.decode_tokens + totals.prompts_ended == generated);
    if (workload.settings.reserve_output) RC_ASSERT(totals.preemptions == 0);
    if (totals.preemptions == 0) {
      RC_ASSERT(totals.prompts_ended == prompts);
      RC_ASSERT(totals.prefill_tokens + totals.prefix_hit_tokens == prompt_tokens);
    }
    const Row& load = seen.rows[seen.rows.size() - seen.states.size() - 1];
    for (std::size_t i = 0; i + 1 < load.size(); ++i) RC_ASSERT(load[i] == 0);
  }));
}

TEST_CASE("one sequence at a time: completions follow from service times alone") {
  CHECK(rc::check([] {
    Workload workload = some_workload();
    EngineSettings& settings = workload.settings;
    settings = EngineSettings();
    settings.max_sequences = 1;
    settings.token_budget = 1'000'000;
    settings.cache_blocks = 1'000'000;
    std::erase_if(workload.actions, [](const Action& a) { return a.act != Act::submit; });
    for (RequestState& state : workload.requests) {
      state.generated = 0;
      state.cache_arrives = false;
      state.first_token = kNever;
    }
    const Seen seen = run(workload, {});
    const JaggedTimes times(workload.knot);
    Picos free = 0, busy = 0;
    for (const Action& action : workload.actions) {
      const RequestState& state = seen.states[action.request];
      const std::int64_t input = state.request.input_tokens;
      Picos service =
          times.tokens({.prefill_tokens = input, .sampled = 1}) + times.prefill_attention(input, 0);
      for (std::int64_t k = 1; k < state.request.output_tokens; ++k) {
        const DecodeSegment segment = times.decode_attention(1, input + k);
        service += times.tokens({.decode_sequences = 1, .sampled = 1}) + segment.fixed +
                   segment.per_token * (input + k);
      }
      free = std::max(free, action.at) + service;
      busy += service;
      RC_ASSERT(state.last_token == free);
    }
    RC_ASSERT(seen.totals.busy == busy);
    RC_ASSERT(seen.totals.sequence_picos == static_cast<double>(busy));
  }));
}

TEST_CASE("a queue served in order, in bulk: more cache or budget never loses a request") {
  CHECK(rc::check([] {
    Workload workload = some_workload();
    workload.settings.max_waiting = 0;
    std::erase_if(workload.actions, [](const Action& a) { return a.act != Act::submit; });
    const auto finished = [&] {
      const Seen seen = run(workload, {.audit = true});
      return std::count_if(seen.told.begin(), seen.told.end(),
                           [](const auto& event) { return std::get<0>(event) == 'f'; });
    };
    const auto before = finished();
    workload.settings.cache_blocks *= 2;
    workload.settings.token_budget *= 2;
    RC_ASSERT(finished() >= before);
  }));
}
