#include "serving/replica_state.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace polyfleet {

Replica::State::State(const EngineTimes& times, const EngineSettings& settings,
                      ReplicaListener& listener, const ReplicaOptions& options)
    : times_(times),
      settings_(settings),
      listener_(listener),
      options_(options),
      decode_budget_(1 + settings.draft_tokens),
      most_sequences_(settings.max_sequences),
      watermark_blocks_(static_cast<std::int64_t>(settings.watermark *
                                                  static_cast<double>(settings.cache_blocks))),
      clock_(settings.tokens_per_step_numerator, settings.tokens_per_step_denominator),
      cache_(settings.cache_blocks, settings.block_tokens) {
  POLYFLEET_CHECK(settings.token_budget >= decode_budget_ && settings.max_sequences > 0 &&
                      settings.draft_tokens >= 0 && settings.receive_interval > 0,
                  "an engine that can run a sequence");
  // Decode goes first, so more sequences than the budget holds would never all run (vLLM refuses
  // such settings: max_num_batched_tokens >= max_num_seqs).
  if (settings.batching == BatchingPolicy::mixed)
    most_sequences_ = std::min(most_sequences_, settings.token_budget / decode_budget_);
}

void Replica::State::submit(RequestState& state, Picos now) {
  POLYFLEET_CHECK(!telling_, "a listener hands nothing to the replica that tells it");
  const std::int64_t generated = state.generated;
  POLYFLEET_CHECK(state.request.input_tokens > 0 && generated < state.request.output_tokens,
                  "a request with something left to do");
  advance_to(now, IdleStart::before_until);
  time_ = std::max(time_, now);
  state.queued = now;
  if (!can_ever_run(state) || queue_is_full(state)) {
    telling_ = true;
    listener_.refused(state, now);
    telling_ = false;
    return;
  }
  const std::int32_t slot = sequences_.add(state);
  Sequence& sequence = sequences_[slot];
  const std::int64_t was_cached = state.request.input_tokens + generated - 1;
  sequence.stage = SequenceStage::arriving;
  sequence.resumes = state.cache_arrives;
  sequence.computed = state.cache_arrives ? was_cached : 0;
  sequence.lost = generated > 0 ? was_cached : 0;
  unprocessed_ += unprocessed(sequence);
  const Picos ready = now + (state.cache_arrives ? 0 : settings_.front_end);
  arriving_.push({ready, sequence.order, slot});
  if (flight_.busy && flight_.run.steps > 1 && arrival_matters())
    end_run_after(steps_to_arrival(ready, now));
  if (options_.audit) audit();
}

std::int64_t Replica::State::final_blocks(const RequestState& state) const {
  // The last token is never cached; the last step of speculation may overshoot.
  return cache_.blocks_for(state.request.input_tokens + state.request.output_tokens - 1 +
                           most_tokens_in_step() - 1);
}

bool Replica::State::can_ever_run(const RequestState& state) const {
  const ServingRequest& request = state.request;
  const std::int64_t total = request.input_tokens + request.output_tokens;
  if (settings_.max_model_length > 0 && total > settings_.max_model_length) return false;
  return final_blocks(state) <= cache_.total();
}

bool Replica::State::queue_is_full(const RequestState& state) const {
  // What has been admitted to the service once is never turned away by another replica.
  if (settings_.max_waiting == 0 || state.generated > 0 || state.restarts > 0) return false;
  return !state.cache_arrives && arriving_.size() + waiting_.size() >= settings_.max_waiting;
}

std::int64_t Replica::State::unprocessed(const Sequence& sequence) const {
  if (sequence.resumes) return 0;
  return sequence.state->request.input_tokens + sequence.state->generated - sequence.computed;
}

Picos Replica::State::next_event() const {
  if (flight_.busy) return flight_.end;
  return arriving_.empty() ? kNever : std::max(time_, arriving_.top().key);
}

void Replica::State::advance(Picos until) {
  POLYFLEET_CHECK(!telling_, "a listener does not advance the replica that tells it");
  advance_to(until, IdleStart::at_until);
}

void Replica::State::advance_to(Picos until, IdleStart idle) {
  for (;;) {
    const Picos next = next_event();
    if (next == kNever || next > until) break;
    if (flight_.busy) {
      complete();
    } else if (next == until && idle == IdleStart::before_until) {
      break;
    }
    begin(next);
    if (options_.audit) audit();
  }
  if (flight_.busy && flight_.run.steps > 1 && until > flight_.start)
    commit(flight_.run.steps_within(until - flight_.start, clock_));
}

void Replica::State::begin(Picos now) {
  time_ = now;
  receive(now);
  flight_.busy = sequences_.running() > 0 || !waiting_.empty();
  if (!flight_.busy) {
    steps_since_receiving_ = 0;
    if (arriving_.empty() || arriving_.top().key > now) return;
    receive(now);  // idle: it looks for arrivals again at once
    flight_.busy = true;
  }
  ++totals_.events;
  flight_.start = now;
  compose();
  price();
}

void Replica::State::commit(std::int64_t steps) {
  if (steps == 0) return;
  const Picos duration = flight_.run.duration(steps, clock_);
  totals_.iterations += steps;
  totals_.busy += duration;
  totals_.prefill_busy += flight_.prefill_part;
  sequence_picos_ += static_cast<WideCount>(flight_.running) * duration;
  block_picos_ += static_cast<WideCount>(flight_.used_blocks) * duration;
  if (steps > 1) {
    const CacheBlocks::Growth growth = cache_.growth(clock_, steps);
    block_picos_ +=
        growth.blocks * flight_.run.first + growth.blocks_times_ticks * flight_.run.per_token;
  }
  const bool decode_only = flight_.chunks.empty();
  steps_since_receiving_ =
      decode_only ? (steps_since_receiving_ + steps) % settings_.receive_interval : 0;
  flight_.start += duration;
  time_ = flight_.start;
  const bool goes_on = steps < flight_.run.steps;
  if (goes_on) flight_.run.first = flight_.run.step_time(steps + 1, clock_);
  flight_.run.steps -= steps;
  if (!flight_.decodes) return;
  totals_.decode_tokens += decoding_ * clock_.after(steps);
  clock_.advance(steps);
  const std::int64_t needed = clock_.now() + (goes_on ? clock_.after(1) : 0);
  if (needed == allocated_clock_) return;
  cache_.take(cache_.demand(allocated_clock_, needed, decoding_));
  allocated_clock_ = needed;
  flight_.used_blocks = cache_.used();
}

void Replica::State::complete() {
  commit(flight_.run.steps);
  flight_.busy = false;
  telling_ = true;
  end_chunks();
  tell_due_first_tokens();
  while (!finishes_.empty() && finishes_.top().key <= clock_.now()) {
    const std::int32_t slot = finishes_.top().slot;
    totals_.decode_tokens -= clock_.now() - finishes_.top().key;  // dropped
    finish(slot);
  }
  telling_ = false;
}

void Replica::State::end_chunks() {
  for (const PromptChunk& chunk : flight_.chunks) {
    Sequence& sequence = sequences_[chunk.slot];
    totals_.prefill_tokens += chunk.tokens;
    totals_.recomputed_tokens +=
        std::clamp(sequence.lost - sequence.computed, std::int64_t{0}, chunk.tokens);
    sequence.computed += chunk.tokens;
    prompt_context_ += chunk.tokens;
    unprocessed_ -= chunk.tokens;
    share_computed(sequence);
  }
  // Ending a prompt takes its chunk out of the flight.
  std::vector<PromptChunk> chunks;
  chunks.swap(flight_.chunks);
  for (const PromptChunk& chunk : chunks)
    if (sequences_[chunk.slot].computed == sequences_[chunk.slot].prompt) end_prompt(chunk.slot);
  chunks.clear();
  flight_.chunks.swap(chunks);
}

void Replica::State::end_prompt(std::int32_t slot) {
  Sequence& sequence = sequences_[slot];
  RequestState& state = *sequence.state;
  ++state.generated;
  ++totals_.prompts_ended;
  if (state.first_token == kNever && settings_.first_token_steps == 0) tell_first_token(slot);
  if (state.generated == state.request.output_tokens) return finish(slot);
  std::erase(prompts_, slot);
  prompt_context_ -= sequence.computed;
  join_decoding(slot, sequence.computed, state.request.output_tokens - state.generated);
}

void Replica::State::tell_first_token(std::int32_t slot) {
  Sequence& sequence = sequences_[slot];
  sequence.awaits_first_token = false;
  sequence.state->first_token = time_ + settings_.first_token_delay;
  listener_.first_token(*sequence.state, time_);
}

void Replica::State::tell_due_first_tokens() {
  for (; due_head_ < due_.size(); ++due_head_) {
    const DueFirstToken& due = due_[due_head_];
    const Sequence& sequence = sequences_[due.slot];
    const bool awaited = sequence.stage == SequenceStage::decoding && sequence.awaits_first_token &&
                         sequence.admitted == due.admitted;
    if (!awaited) continue;
    if (due.step > clock_.step()) break;
    tell_first_token(due.slot);
  }
  if (due_head_ < due_.size() && due_head_ < due_.size() / 2) return;
  due_.erase(due_.begin(), due_.begin() + static_cast<std::ptrdiff_t>(due_head_));
  due_head_ = 0;
}

void Replica::State::finish(std::int32_t slot) {
  RequestState& state = *sequences_[slot].state;
  state.generated = state.request.output_tokens;
  if (state.first_token == kNever) tell_first_token(slot);
  state.last_token = std::max(time_, state.first_token);
  release(slot);
  sequences_.remove(slot);
  listener_.finished(state, time_);
}

void Replica::State::update_generated(std::int32_t slot) {
  const Sequence& sequence = sequences_[slot];
  if (sequence.stage != SequenceStage::decoding) return;
  sequence.state->generated =
      sequence.state->request.output_tokens - (sequence.finish - clock_.now());
}

void Replica::State::release(std::int32_t slot) {
  Sequence& sequence = sequences_[slot];
  std::int64_t held = sequence.blocks;
  if (sequence.stage == SequenceStage::decoding) {
    held = cache_.blocks_for(sequence.offset + allocated_clock_);
    finishes_.remove(slot);
    cache_.leave(sequence.offset);
    sum_offsets_ -= sequence.offset;
    --decoding_;
  } else {
    prompt_context_ -= sequence.computed;
    unprocessed_ -= sequence.prompt - sequence.computed;
    std::erase(prompts_, slot);
    std::erase_if(flight_.chunks, [&](const PromptChunk& chunk) { return chunk.slot == slot; });
  }
  cache_.give(held - sequence.shared_blocks);
  reserved_ -= sequence.final_blocks - sequence.shared_blocks;
  // Deeper blocks first, so that they are evicted first: a block is of no use without its prefix.
  const std::vector<std::uint64_t>& hashes = sequence.state->request.prefix_blocks;
  for (auto k = static_cast<std::size_t>(sequence.shared_entries); k-- > 0;)
    cache_.prefixes().release(cache_.prefixes().find(hashes[k]));
  sequence.shared_entries = 0;
  sequence.shared_blocks = 0;
  sequence.blocks = 0;
  sequence.awaits_first_token = false;
  sequences_.stop(slot);
}

void Replica::State::cut_flight() {
  if (flight_.busy) end_run_after(1);
}

void Replica::State::leave(std::int32_t slot) {
  Sequence& sequence = sequences_[slot];
  sequence.state->cache_arrives = false;
  if (sequence.stage == SequenceStage::arriving || sequence.stage == SequenceStage::waiting) {
    unprocessed_ -= unprocessed(sequence);
    (sequence.stage == SequenceStage::arriving ? arriving_ : waiting_).remove(slot);
  } else {
    update_generated(slot);
    release(slot);
  }
  sequences_.remove(slot);
}

void Replica::State::withdraw(RequestState& state, Picos now) {
  POLYFLEET_CHECK(!telling_ && state.slot >= 0, "a request that is here is withdrawn");
  advance_to(now, IdleStart::before_until);
  time_ = std::max(time_, now);
  if (state.slot < 0) return;  // it ended by then
  cut_flight();
  leave(state.slot);
  if (options_.audit) audit();
}

std::vector<RequestState*> Replica::State::evict_all(Picos now) {
  POLYFLEET_CHECK(!telling_, "a listener evicts nothing");
  advance_to(now, IdleStart::before_until);
  if (flight_.busy) totals_.busy += std::max(now, flight_.start) - flight_.start;
  std::vector<std::int32_t> slots;
  for (auto slot = sequences_.first(); slot >= 0; slot = sequences_[slot].next)
    slots.push_back(slot);
  for (const SlotHeap* queue : {&waiting_, &arriving_}) {
    std::vector<SlotHeap::Entry> entries = queue->entries();
    std::sort(entries.begin(), entries.end(),
              [](const SlotHeap::Entry& a, const SlotHeap::Entry& b) { return a.before(b); });
    for (const SlotHeap::Entry& entry : entries) slots.push_back(entry.slot);
  }
  std::vector<RequestState*> evicted;
  for (const std::int32_t slot : slots) {
    evicted.push_back(sequences_[slot].state);
    leave(slot);
  }
  cache_.clear();
  flight_.busy = false;
  allocated_clock_ = clock_.now();
  steps_since_receiving_ = 0;
  time_ = std::max(time_, now);
  if (options_.audit) audit();
  return evicted;
}

ReplicaLoad Replica::State::load() const {
  return {.running = sequences_.running(),
          .waiting = waiting_.size() + arriving_.size(),
          .waiting_prefill_tokens = unprocessed_,
          .context_tokens = sum_offsets_ + decoding_ * clock_.now() + prompt_context_,
          .used_blocks = cache_.used(),
          .cached_blocks = cache_.cached()};
}

const ReplicaTotals& Replica::State::totals() {
  totals_.block_picos = static_cast<double>(block_picos_);
  totals_.sequence_picos = static_cast<double>(sequence_picos_);
  return totals_;
}

}  // namespace polyfleet
