// The requests at a replica: one record each in a table of slots that are used again, and the list
// of running ones in order of admission.
#pragma once

#include <cstdint>
#include <vector>

#include "serving/replica.hpp"

namespace polyfleet {

enum class SequenceStage { absent, arriving, waiting, prefilling, decoding };

struct Sequence {
  RequestState* state = nullptr;
  SequenceStage stage = SequenceStage::absent;
  std::int64_t order = 0;     ///< arriving: of handing in; from then on: of joining the queue
  std::int64_t admitted = 0;  ///< order of admission
  std::int64_t prompt = 0;    ///< tokens to prefill: input and what was generated before
  std::int64_t computed = 0;  ///< tokens in the cache; in the queue: that will be, without prefill
  std::int64_t lost = 0;      ///< tokens computed once already
  std::int64_t offset = 0;    ///< decoding: tokens in the cache less the clock
  std::int64_t finish = 0;    ///< decoding: the clock's reading at which it has all its tokens
  std::int64_t blocks = 0;    ///< prefilling: held, shared ones included
  std::int64_t shared_blocks = 0;
  std::int64_t final_blocks = 0;    ///< running: held at the end
  std::int32_t shared_entries = 0;  ///< of the prefix cache: its first so many
  bool resumes = false;             ///< in the queue: decodes as soon as admitted
  bool swapped = false;             ///< in the queue: `computed` tokens lie in host memory
  bool awaits_first_token = false;
  std::int32_t previous = -1, next = -1;  ///< running
};

class SequenceTable {
 public:
  static constexpr std::int32_t kNone = -1;

  Sequence& operator[](std::int32_t slot) { return slots_[static_cast<std::size_t>(slot)]; }
  const Sequence& operator[](std::int32_t slot) const {
    return slots_[static_cast<std::size_t>(slot)];
  }
  std::int32_t add(RequestState& state);
  /// Precondition: not running.
  void remove(std::int32_t slot);

  void run(std::int32_t slot);
  void stop(std::int32_t slot);
  std::int64_t running() const { return running_; }
  std::int32_t first() const { return first_; }
  std::int32_t last() const { return last_; }

 private:
  std::vector<Sequence> slots_;
  std::vector<std::int32_t> free_;
  std::int64_t running_ = 0, handed_in_ = 0, admitted_ = 0;
  std::int32_t first_ = kNone, last_ = kNone;
};

inline std::int32_t SequenceTable::add(RequestState& state) {
  std::int32_t slot = kNone;
  if (free_.empty()) {
    slot = static_cast<std::int32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
    (*this)[slot] = Sequence();
  }
  (*this)[slot].state = &state;
  (*this)[slot].order = handed_in_++;
  state.slot = slot;
  return slot;
}

inline void SequenceTable::remove(std::int32_t slot) {
  (*this)[slot].state->slot = kNone;
  (*this)[slot].stage = SequenceStage::absent;
  free_.push_back(slot);
}

inline void SequenceTable::run(std::int32_t slot) {
  Sequence& sequence = (*this)[slot];
  sequence.admitted = admitted_++;
  sequence.previous = last_;
  sequence.next = kNone;
  (last_ == kNone ? first_ : (*this)[last_].next) = slot;
  last_ = slot;
  ++running_;
}

inline void SequenceTable::stop(std::int32_t slot) {
  Sequence& sequence = (*this)[slot];
  (sequence.previous == kNone ? first_ : (*this)[sequence.previous].next) = sequence.next;
  (sequence.next == kNone ? last_ : (*this)[sequence.next].previous) = sequence.previous;
  --running_;
}

}  // namespace polyfleet
