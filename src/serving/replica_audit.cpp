// Recounts what a replica keeps as running sums: blocks, tokens, phases. For tests.
#include "base/check.hpp"
#include "serving/replica_state.hpp"

namespace polyfleet {

void Replica::State::audit() const {
  std::int64_t running = 0, decoding = 0, offsets = 0, prompt_context = 0, unprocessed_tokens = 0;
  std::int64_t private_blocks = 0, phases = 0, reserved = 0;
  const std::int64_t tick = allocated_clock_ + 1;
  for (auto slot = sequences_.first(); slot >= 0; slot = sequences_[slot].next, ++running) {
    const Sequence& sequence = sequences_[slot];
    const bool decodes = sequence.stage == SequenceStage::decoding;
    POLYFLEET_CHECK(decodes || sequence.stage == SequenceStage::prefilling, "running");
    const std::int64_t cached = sequence.offset + allocated_clock_;
    const std::int64_t held = decodes ? cache_.blocks_for(cached) : sequence.blocks;
    POLYFLEET_CHECK(held >= sequence.shared_blocks, "no more blocks are shared than held");
    POLYFLEET_CHECK(decodes || cache_.blocks_for(sequence.computed) <= held,
                    "a prompt's cache has its blocks");
    private_blocks += held - sequence.shared_blocks;
    reserved += sequence.final_blocks - sequence.shared_blocks;
    POLYFLEET_CHECK(held <= sequence.final_blocks, "no sequence holds more than at its end");
    decoding += decodes;
    offsets += decodes ? sequence.offset : 0;
    prompt_context += decodes ? 0 : sequence.computed;
    unprocessed_tokens += decodes ? 0 : sequence.prompt - sequence.computed;
    phases += decodes && cache_.blocks_for(cached + 1) > held;
    POLYFLEET_CHECK(!decodes || sequence.finish > clock_.now(), "what has its tokens is gone");
  }
  for (const SlotHeap* queue : {&waiting_, &arriving_})
    for (const SlotHeap::Entry& entry : queue->entries())
      unprocessed_tokens += unprocessed(sequences_[entry.slot]);
  POLYFLEET_CHECK(running == sequences_.running() && running <= most_sequences_, "sequences");
  POLYFLEET_CHECK(decoding == decoding_ && offsets == sum_offsets_, "decoding sequences");
  POLYFLEET_CHECK(decoding == finishes_.size(), "every decoding sequence will finish");
  POLYFLEET_CHECK(prompt_context == prompt_context_, "tokens of prompts in the cache");
  POLYFLEET_CHECK(unprocessed_tokens == unprocessed_, "tokens of prompts to do");
  POLYFLEET_CHECK(private_blocks + cache_.prefixes().shared_blocks() == cache_.used(),
                  "every block is free, idle, private or shared");
  POLYFLEET_CHECK(reserved == reserved_, "blocks at the end");
  POLYFLEET_CHECK(cache_.used() + cache_.cached() <= cache_.total(), "over-committed");
  POLYFLEET_CHECK(phases == cache_.demand(tick - 1, tick, decoding_), "phases of blocks");
}

}  // namespace polyfleet
