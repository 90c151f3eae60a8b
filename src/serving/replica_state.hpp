// What a replica is made of (the implementation behind serving/replica.hpp). An iteration, or a run
// of decode steps on one segment of the iteration time, is in flight; a run ends at the first step
// after which anything but the clock changes, so at every boundary within it a scheduler that works
// step by step would decide nothing new. Files: replica_state.cpp moves time and requests,
// replica_admission.cpp decides what runs, replica_run.cpp how long and how many steps.
#pragma once

#include <cstdint>
#include <vector>

#include "serving/cache_blocks.hpp"
#include "serving/replica.hpp"
#include "serving/replica_clock.hpp"
#include "serving/replica_heap.hpp"
#include "serving/replica_sequences.hpp"

namespace polyfleet {

/// Part of a prompt in the iteration in flight.
struct PromptChunk {
  std::int32_t slot = 0;
  std::int64_t tokens = 0;
};

/// The iteration or run of decode steps that is being worked on, as it was when it began.
struct Flight {
  bool busy = false;
  bool decodes = false;    ///< the decoding sequences take part
  bool preempted = false;  ///< to make room for it
  bool evicted = false;    ///< idle prefixes, after it was decided what is admitted
  Picos start = 0, end = 0;
  Picos swapping = 0;  ///< of it: caches that move between device and host
  Picos prefill_part = 0;
  DecodeRun run;  ///< one step where there are chunks
  std::int64_t used_blocks = 0, running = 0;
  std::vector<PromptChunk> chunks;
};

class Replica::State {
 public:
  State(const EngineTimes& times, const EngineSettings& settings, ReplicaListener& listener,
        const ReplicaOptions& options);

  void submit(RequestState& state, Picos now);
  Picos next_event() const;
  void advance(Picos until);
  void withdraw(RequestState& state, Picos now);
  std::vector<RequestState*> evict_all(Picos now);
  ReplicaLoad load() const;
  const ReplicaTotals& totals();
  std::int64_t prefix_match(const ServingRequest& request) const;

 private:
  // replica_state.cpp: time.
  enum class IdleStart { at_until, before_until };
  void advance_to(Picos until, IdleStart idle);
  void begin(Picos now);
  void commit(std::int64_t steps);
  void complete();
  void end_chunks();
  void end_prompt(std::int32_t slot);
  void tell_due_first_tokens();
  void tell_first_token(std::int32_t slot);
  void finish(std::int32_t slot);
  void cut_flight();

  // replica_state.cpp: requests.
  std::int64_t final_blocks(const RequestState& state) const;
  bool can_ever_run(const RequestState& state) const;
  bool queue_is_full(const RequestState& state) const;
  std::int64_t most_tokens_in_step() const {
    return (clock_.numerator() + clock_.denominator() - 1) / clock_.denominator();
  }
  std::int64_t unprocessed(const Sequence& sequence) const;
  void update_generated(std::int32_t slot);
  void release(std::int32_t slot);
  void leave(std::int32_t slot);

  // replica_admission.cpp
  struct PrefixMatch {
    std::int32_t entries = 0;
    std::int64_t tokens = 0, blocks = 0, idle_blocks = 0;
  };
  void receive(Picos now);
  void compose();
  void compose_decode(std::int64_t clock_after);
  void continue_prompts(std::int64_t& budget);
  void admit(std::int64_t& budget);
  bool admit_resumed(std::int32_t slot, std::int64_t& budget);
  bool admit_prompt(std::int32_t slot, std::int64_t& budget);
  bool fits(std::int64_t blocks, std::int64_t final_blocks) const;
  void start_running(std::int32_t slot);
  void join_decoding(std::int32_t slot, std::int64_t cached, std::int64_t still_to_generate);
  void enqueue(std::int32_t slot);
  std::int32_t victim() const;
  void preempt(std::int32_t slot);
  PrefixMatch match(const ServingRequest& request) const;
  std::int64_t entry_end(const ServingRequest& request, std::int32_t entry) const;
  std::int64_t entry_blocks(const ServingRequest& request, std::int32_t entry) const;
  void share_computed(Sequence& sequence);

  // replica_run.cpp
  void price();
  Picos decode_base(std::int64_t sequences);
  void extend_run(const DecodeSegment& segment, std::int64_t context);
  bool waiting_gains_by_eviction() const;
  std::int64_t blocks_of_run() const;
  bool arrival_matters() const;
  std::int64_t steps_to_arrival(Picos ready, Picos now) const;
  void end_run_after(std::int64_t steps);
  void audit() const;

  const EngineTimes& times_;
  EngineSettings settings_;
  ReplicaListener& listener_;
  ReplicaOptions options_;
  std::int64_t decode_budget_;   ///< tokens of the budget that a decoding sequence takes
  std::int64_t most_sequences_;  ///< running at once
  std::int64_t watermark_blocks_;

  SequenceTable sequences_;
  SlotHeap arriving_;  ///< by the time at which the front end is done
  SlotHeap waiting_;   ///< by priority, then order
  SlotHeap finishes_;  ///< decoding sequences by the clock at which they end
  TokenClock clock_;
  CacheBlocks cache_;
  std::int64_t allocated_clock_ = 0;  ///< decoding sequences have blocks up to this reading
  std::int64_t decoding_ = 0, sum_offsets_ = 0;
  std::int64_t reserved_ = 0;          ///< private blocks of running sequences when they end
  std::vector<std::int32_t> prompts_;  ///< prefilling sequences, in order of admission
  std::int64_t received_ = 0;
  std::int64_t prompt_context_ = 0, unprocessed_ = 0;
  std::int64_t steps_since_receiving_ = 0;  ///< modulo receive_interval
  struct DueFirstToken {
    std::int64_t step = 0, admitted = 0;
    std::int32_t slot = 0;
  };
  std::vector<DueFirstToken> due_;  ///< by step; `due_head_` is the next
  std::size_t due_head_ = 0;

  Flight flight_;
  Picos time_ = 0;
  bool telling_ = false;
  ReplicaTotals totals_;
  WideCount block_picos_ = 0, sequence_picos_ = 0;
  std::vector<Picos> decode_bases_;  ///< EngineTimes::tokens of pure decode steps; 0 = not asked
};

}  // namespace polyfleet
