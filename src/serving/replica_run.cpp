// How long the next iteration takes, and how many decode steps like it follow before anything but
// the clock changes.
#include <algorithm>

#include "base/check.hpp"
#include "serving/replica_state.hpp"

namespace polyfleet {

namespace {

/// Runs are cut here so that their sums stay far from the end of 64 bits; cutting changes nothing.
constexpr std::int64_t kLongestRun = 1 << 16;

}  // namespace

Picos Replica::State::decode_base(std::int64_t sequences) {
  const auto at = static_cast<std::size_t>(sequences);
  if (decode_bases_.size() <= at) decode_bases_.resize(at + 1);
  if (decode_bases_[at] == 0)
    decode_bases_[at] = times_.tokens({.decode_sequences = sequences, .sampled = sequences});
  return decode_bases_[at];
}

void Replica::State::price() {
  const std::int64_t decoding = flight_.decodes ? decoding_ : 0;
  const std::int64_t context = sum_offsets_ + decoding_ * (clock_.now() + clock_.after(1));
  DecodeSegment segment;
  Picos attention = 0, alone = 0;
  if (decoding > 0) {
    segment = times_.decode_attention(decoding, context);
    attention = segment.fixed + segment.per_token * context;
    alone = decode_base(decoding) + attention;
  }
  Picos time = alone;
  if (!flight_.chunks.empty()) {
    IterationTokens iteration{.decode_sequences = decoding, .sampled = decoding};
    time = attention;
    for (const PromptChunk& chunk : flight_.chunks) {
      const Sequence& sequence = sequences_[chunk.slot];
      iteration.prefill_tokens += chunk.tokens;
      if (sequence.computed + chunk.tokens == sequence.prompt) ++iteration.sampled;
      time += times_.prefill_attention(chunk.tokens, sequence.computed);
    }
    time += times_.tokens(iteration);
  }
  flight_.prefill_part = time - alone;
  flight_.run = {.first = time + flight_.swapping, .per_token = 0, .steps = 1};
  POLYFLEET_CHECK(flight_.run.first > 0, "an iteration takes time");
  const bool repeats = flight_.chunks.empty() && !flight_.preempted && flight_.swapping == 0;
  if (repeats && options_.skip_ahead) extend_run(segment, context);
  flight_.end = flight_.start + flight_.run.duration(flight_.run.steps, clock_);
  POLYFLEET_CHECK(flight_.end >= flight_.start, "a simulated time within 106 days");
}

void Replica::State::extend_run(const DecodeSegment& segment, std::int64_t context) {
  if (flight_.evicted && waiting_gains_by_eviction()) return;
  std::int64_t steps = std::min(kLongestRun, clock_.steps_to(finishes_.top().key - clock_.now()));
  if (due_head_ < due_.size()) {
    const std::int64_t due = due_[due_head_].step - clock_.step();
    steps = std::clamp(steps, std::int64_t{1}, std::max(std::int64_t{1}, due));
  }
  const std::int64_t first = clock_.after(1);
  const std::int64_t context_room = segment.until - context;
  POLYFLEET_CHECK(context_room >= 0, "a segment holds the context that was asked for");
  steps = std::min(steps, clock_.steps_within(first + context_room / decoding_));
  const std::int64_t ticks = clock_.after(steps) - first;
  const std::int64_t cached =
      cache_.ticks_within(blocks_of_run(), allocated_clock_, ticks, decoding_);
  if (cached < ticks) steps = std::min(steps, clock_.steps_within(first + cached));
  flight_.run.steps = std::max(std::int64_t{1}, steps);
  flight_.run.per_token = segment.per_token * decoding_;
  if (!arriving_.empty() && flight_.run.steps > 1 && arrival_matters())
    end_run_after(steps_to_arrival(arriving_.top().key, flight_.start));
}

/// Where admission asks for the first chunk only, losing a cached prefix makes that chunk begin
/// earlier and hold less. In all other cases what waits only ever needs more.
bool Replica::State::waiting_gains_by_eviction() const {
  if (settings_.reserve_prompt || !settings_.prefix_cache || waiting_.empty()) return false;
  const Sequence& next = sequences_[waiting_.top().slot];
  return !next.resumes && !next.swapped;
}

/// Blocks that a run may take before a scheduler would decide anew.
std::int64_t Replica::State::blocks_of_run() const {
  const bool gains = waiting_gains_by_eviction() &&
                     match(sequences_[waiting_.top().slot].state->request).idle_blocks > 0;
  return cache_.available() - (gains ? cache_.cached() : 0);
}

/// Could a request that arrives now be admitted, or change who is, before the run ends by itself?
bool Replica::State::arrival_matters() const {
  if (settings_.receive_interval > 1) return true;
  if (sequences_.running() >= most_sequences_) return false;
  return settings_.admission == AdmissionPolicy::priority || waiting_.empty();
}

/// Steps of the run in flight until a request that is ready then is looked for.
std::int64_t Replica::State::steps_to_arrival(Picos ready, Picos now) const {
  const Picos last_without = std::max(now, ready - 1);
  std::int64_t steps = 1;
  if (last_without > flight_.start)
    steps += flight_.run.steps_within(last_without - flight_.start, clock_);
  const std::int64_t interval = settings_.receive_interval;
  const std::int64_t phase = (steps_since_receiving_ + steps) % interval;
  return phase == 0 ? steps : steps + interval - phase;
}

void Replica::State::end_run_after(std::int64_t steps) {
  if (steps >= flight_.run.steps) return;
  flight_.run.steps = steps;
  flight_.end = flight_.start + flight_.run.duration(steps, clock_);
}

}  // namespace polyfleet
