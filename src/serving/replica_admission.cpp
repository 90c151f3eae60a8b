// What runs in the next iteration: decode, chunks of prompts, admissions, preemptions.
#include <algorithm>

#include "base/check.hpp"
#include "serving/replica_state.hpp"

namespace polyfleet {

void Replica::State::receive(Picos now) {
  if (steps_since_receiving_ != 0) return;
  while (!arriving_.empty() && arriving_.top().key <= now) {
    const std::int32_t slot = arriving_.top().slot;
    arriving_.pop();
    sequences_[slot].order = received_++;
    enqueue(slot);
  }
}

void Replica::State::enqueue(std::int32_t slot) {
  Sequence& sequence = sequences_[slot];
  sequence.stage = SequenceStage::waiting;
  // In order of first joining the queue, what was preempted stands before all that was never
  // admitted: vLLM puts it at the front of the queue.
  const bool by_priority = settings_.admission == AdmissionPolicy::priority;
  waiting_.push({by_priority ? sequence.state->request.priority : 0, sequence.order, slot});
}

void Replica::State::compose() {
  flight_.chunks.clear();
  flight_.swapping = 0;
  flight_.preempted = false;
  const bool mixed = settings_.batching == BatchingPolicy::mixed;
  const std::int64_t clock_after = clock_.now() + clock_.after(1);
  if (mixed) compose_decode(clock_after);
  std::int64_t budget = settings_.token_budget - (mixed ? decoding_ * decode_budget_ : 0);
  continue_prompts(budget);
  if (!flight_.preempted) admit(budget);
  flight_.decodes = decoding_ > 0 && (mixed || flight_.chunks.empty());
  const std::int64_t cached = cache_.cached();
  if (!mixed && flight_.decodes) compose_decode(clock_after);
  flight_.evicted = cache_.cached() < cached;
  if (!flight_.decodes) allocated_clock_ = clock_.now();
  POLYFLEET_CHECK(flight_.decodes || !flight_.chunks.empty(), "a busy replica has work");
  flight_.used_blocks = cache_.used();
  flight_.running = sequences_.running();
}

void Replica::State::compose_decode(std::int64_t clock_after) {
  std::int64_t blocks = cache_.demand(clock_.now(), clock_after, decoding_);
  while (blocks > cache_.available()) {
    preempt(victim());
    blocks = cache_.demand(clock_.now(), clock_after, decoding_);
  }
  cache_.take(blocks);
  allocated_clock_ = clock_after;
}

void Replica::State::continue_prompts(std::int64_t& budget) {
  for (std::size_t i = 0; i < prompts_.size();) {
    const std::int32_t slot = prompts_[i];
    Sequence& sequence = sequences_[slot];
    const std::int64_t rest = sequence.prompt - sequence.computed;
    const std::int64_t tokens = settings_.chunked_prefill ? std::min(rest, budget) : rest;
    if (tokens <= 0) return;
    const std::int64_t blocks =
        std::max(std::int64_t{0}, cache_.blocks_for(sequence.computed + tokens) - sequence.blocks);
    while (sequence.stage == SequenceStage::prefilling && blocks > cache_.available())
      preempt(victim());
    if (sequence.stage != SequenceStage::prefilling) continue;  // it was the last itself
    cache_.take(blocks);
    sequence.blocks += blocks;
    flight_.chunks.push_back({slot, tokens});
    budget -= tokens;
    ++i;
  }
}

void Replica::State::admit(std::int64_t& budget) {
  while (!waiting_.empty() && sequences_.running() < most_sequences_) {
    const std::int32_t slot = waiting_.top().slot;
    const bool admitted =
        sequences_[slot].resumes ? admit_resumed(slot, budget) : admit_prompt(slot, budget);
    if (!admitted) return;
    Sequence& sequence = sequences_[slot];
    if (sequence.state->started == kNever) sequence.state->started = time_;
    if (!sequence.swapped) continue;
    const std::int64_t tokens = sequence.stage == SequenceStage::decoding
                                    ? sequence.offset + clock_.now()
                                    : sequence.computed;
    flight_.swapping += settings_.swap_per_token * tokens;
    totals_.swapped_tokens += tokens;
    sequence.swapped = false;
  }
}

bool Replica::State::fits(std::int64_t blocks, std::int64_t final_blocks) const {
  const std::int64_t room = cache_.available() - (sequences_.running() > 0 ? watermark_blocks_ : 0);
  if (!settings_.reserve_output) return blocks <= room;
  return final_blocks <= room - (reserved_ - cache_.private_blocks());
}

void Replica::State::start_running(std::int32_t slot) {
  Sequence& sequence = sequences_[slot];
  sequences_.run(slot);
  sequence.final_blocks = final_blocks(*sequence.state);
  reserved_ += sequence.final_blocks - sequence.shared_blocks;
}

bool Replica::State::admit_resumed(std::int32_t slot, std::int64_t& budget) {
  const bool mixed = settings_.batching == BatchingPolicy::mixed;
  if (mixed && budget < decode_budget_) return false;
  Sequence& sequence = sequences_[slot];
  // Room for the longest step, so that it does not depend on which step it is.
  const std::int64_t blocks = cache_.blocks_for(sequence.computed + most_tokens_in_step());
  if (!fits(blocks, final_blocks(*sequence.state))) return false;
  if (mixed) budget -= decode_budget_;
  waiting_.pop();
  cache_.take(cache_.blocks_for(sequence.computed + allocated_clock_ - clock_.now()));
  start_running(slot);
  const RequestState& state = *sequence.state;
  join_decoding(slot, sequence.computed, state.request.output_tokens - state.generated);
  return true;
}

void Replica::State::join_decoding(std::int32_t slot, std::int64_t cached,
                                   std::int64_t still_to_generate) {
  Sequence& sequence = sequences_[slot];
  sequence.stage = SequenceStage::decoding;
  sequence.offset = cached - clock_.now();
  sequence.finish = clock_.now() + still_to_generate;
  sequence.awaits_first_token = sequence.state->first_token == kNever;
  if (sequence.awaits_first_token)
    due_.push_back({clock_.step() + std::max(std::int64_t{1}, settings_.first_token_steps),
                    sequence.admitted, slot});
  finishes_.push({sequence.finish, sequence.admitted, slot});
  cache_.join(sequence.offset);
  sum_offsets_ += sequence.offset;
  ++decoding_;
}

bool Replica::State::admit_prompt(std::int32_t slot, std::int64_t& budget) {
  Sequence& sequence = sequences_[slot];
  RequestState& state = *sequence.state;
  const std::int64_t prompt = state.request.input_tokens + state.generated;
  const PrefixMatch found = sequence.swapped ? PrefixMatch() : match(state.request);
  const std::int64_t ready =
      sequence.swapped ? sequence.computed : std::min(found.tokens, prompt - 1);
  const std::int64_t rest = prompt - ready;
  const std::int64_t tokens = settings_.chunked_prefill ? std::min(rest, budget) : rest;
  if (tokens <= 0 || (tokens > budget && !flight_.chunks.empty())) return false;
  const std::int64_t blocks = cache_.blocks_for(settings_.reserve_prompt ? prompt : ready + tokens);
  const std::int64_t shared = found.blocks - found.idle_blocks;  // idle ones count as available
  if (!fits(blocks - shared, final_blocks(state) - shared)) return false;
  waiting_.pop();
  for (std::int32_t k = 0; k < found.entries; ++k)
    cache_.prefixes().refer(
        cache_.prefixes().find(state.request.prefix_blocks[static_cast<std::size_t>(k)]));
  cache_.take(blocks - found.blocks);
  sequence.shared_entries = found.entries;
  sequence.shared_blocks = found.blocks;
  start_running(slot);
  sequence.stage = SequenceStage::prefilling;
  sequence.prompt = prompt;
  sequence.blocks = blocks;
  if (!sequence.swapped) {
    state.cached_tokens = ready;
    totals_.prefix_hit_tokens += ready;
    unprocessed_ -= ready;
    sequence.computed = ready;
  }
  prompt_context_ += ready;
  prompts_.push_back(slot);
  flight_.chunks.push_back({slot, tokens});
  budget = std::max(std::int64_t{0}, budget - tokens);
  return true;
}

std::int32_t Replica::State::victim() const {
  POLYFLEET_CHECK(sequences_.running() > 1, "a sequence that is alone has the cache it needs");
  std::int32_t found = sequences_.last();
  if (settings_.admission == AdmissionPolicy::first_come) return found;
  for (auto slot = sequences_[found].previous; slot >= 0; slot = sequences_[slot].previous)
    if (sequences_[slot].state->request.priority > sequences_[found].state->request.priority)
      found = slot;
  return found;
}

void Replica::State::preempt(std::int32_t slot) {
  Sequence& sequence = sequences_[slot];
  RequestState& state = *sequence.state;
  flight_.preempted = true;
  ++totals_.preemptions;
  ++state.preemptions;
  update_generated(slot);
  const bool decoding = sequence.stage == SequenceStage::decoding;
  const std::int64_t cached = decoding ? sequence.offset + clock_.now() : sequence.computed;
  release(slot);
  sequence.lost = std::max(sequence.lost, cached);
  sequence.swapped = settings_.preemption == PreemptionMode::swap;
  sequence.resumes = sequence.swapped && decoding;
  sequence.computed = sequence.swapped ? cached : 0;
  if (sequence.swapped) {
    flight_.swapping += settings_.swap_per_token * cached;
    totals_.swapped_tokens += cached;
  } else {
    state.cache_arrives = false;
  }
  unprocessed_ += unprocessed(sequence);
  enqueue(slot);
}

std::int64_t Replica::State::entry_end(const ServingRequest& request, std::int32_t entry) const {
  return std::min(request.input_tokens,
                  (entry + 1) * static_cast<std::int64_t>(request.prefix_block_tokens));
}

std::int64_t Replica::State::entry_blocks(const ServingRequest& request, std::int32_t entry) const {
  // Whole cache blocks only; where hashes are finer than cache blocks some entries have none.
  const std::int64_t before = entry == 0 ? 0 : entry_end(request, entry - 1);
  return entry_end(request, entry) / cache_.block_tokens() - before / cache_.block_tokens();
}

Replica::State::PrefixMatch Replica::State::match(const ServingRequest& request) const {
  PrefixMatch found;
  if (!settings_.prefix_cache || request.prefix_block_tokens <= 0) return found;
  for (const std::uint64_t hash : request.prefix_blocks) {
    const std::int32_t at = cache_.prefixes().find(hash);
    if (at == PrefixCache::kAbsent) break;
    const PrefixCache::Entry& entry = cache_.prefixes().entry(at);
    if (entry.blocks != entry_blocks(request, found.entries)) break;
    ++found.entries;
    found.blocks += entry.blocks;
    if (entry.references == 0) found.idle_blocks += entry.blocks;
  }
  found.tokens = found.blocks * cache_.block_tokens();
  return found;
}

void Replica::State::share_computed(Sequence& sequence) {
  const ServingRequest& request = sequence.state->request;
  if (!settings_.prefix_cache || request.prefix_block_tokens <= 0) return;
  while (static_cast<std::size_t>(sequence.shared_entries) < request.prefix_blocks.size() &&
         entry_end(request, sequence.shared_entries) <= sequence.computed) {
    const std::uint64_t hash =
        request.prefix_blocks[static_cast<std::size_t>(sequence.shared_entries)];
    const std::int64_t blocks = entry_blocks(request, sequence.shared_entries);
    const std::int32_t at = cache_.prefixes().find(hash);
    if (at != PrefixCache::kAbsent && cache_.prefixes().entry(at).blocks != blocks) return;
    cache_.share(hash, blocks);
    reserved_ -= blocks;
    ++sequence.shared_entries;
    sequence.shared_blocks += blocks;
  }
}

std::int64_t Replica::State::prefix_match(const ServingRequest& request) const {
  return std::min(match(request).tokens, request.input_tokens - 1);
}

}  // namespace polyfleet
