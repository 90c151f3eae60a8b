// The recurrences behind the fast path: tasks are taken in waves, so that all inputs of a wave were
// made by earlier waves (or by the neighbour just before), and no task list is ever built. When the
// state of all devices repeats, shifted by a constant, the rest of the steady state is skipped
// exactly. Times are seconds in doubles: this is the inner loop of every plan evaluation.
#pragma once

#include <cstdint>
#include <vector>

namespace polyfleet {

/// One (virtual) stage as the recurrences see it. A blocking hand-over is inside `forward` and
/// `backward`; one beside compute is a flight time.
struct WaveStage {
  double forward = 0;
  double backward = 0;  ///< up to the moment at which the input gradient leaves
  double weight = 0;    ///< weight gradient run apart (zero bubble), else 0
  double forward_flight = 0;
  double backward_flight = 0;
};

double gpipe_makespan(const std::vector<WaveStage>& stages, std::int64_t micro_batches);

/// 1F1B; with `split_weight` ZB-H1, whose stage i runs the weight gradient i micro-batches late.
double alternating_makespan(const std::vector<WaveStage>& stages, std::int64_t micro_batches,
                            bool split_weight);

/// Interleaved 1F1B over `devices`; precondition: micro_batches >= devices.
double interleaved_makespan(const std::vector<WaveStage>& chunks, int devices,
                            std::int64_t micro_batches);

/// Micro-batches that one chunk handles in a row: p when it divides m; otherwise the smallest n >=
/// p whose remainder m mod n is 0 or at least p (the condition of Megatron-Core's
/// microbatch_group_size_per_vp_stage).
std::int64_t interleaved_group(int devices, std::int64_t micro_batches);

/// True when `now` equals `before` plus one constant, within rounding of the largest entry.
bool shifted_copy(const std::vector<double>& before, const std::vector<double>& now, double& shift);

}  // namespace polyfleet
