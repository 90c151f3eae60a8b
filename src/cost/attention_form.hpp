// The analytic time of fused attention. Prefill and training forward: blocks of 128 queries over
// the compute units, a fixed cost per block expressed as extra keys, whole waves in part, the
// triangle of a causal mask with its diagonal tile, or a sliding window (FlashAttention-2, Dao
// 2023, for the block order). Decode: the KV cache read once at a fraction of the bandwidth, a cost
// per thread block and the group's arithmetic. Backward: 2.5 times the arithmetic at a stated ratio
// of the rate. Wrong for masks with holes, and for head sizes other than 64..256. Microseconds,
// TFLOP/s, TB/s.
#pragma once

#include "cost/gemm_form.hpp"

namespace polyfleet {

/// The geometry of one attention call (see AttentionShape).
struct AttentionGeometry {
  double batch = 1, heads = 1, kv_heads = 1;
  double head_dim_qk = 128, head_dim_v = 128;
  double query_length = 1, kv_length = 1;
  bool causal = true;
  double window = 0;  ///< 0 = none
};

/// Fitted on microbenchmarks of one accelerator and one kernel variant.
struct PrefillParameters {
  double efficiency = 0.5;  ///< of the peak at endless length
  double block_keys = 100;  ///< cost of starting a block, in keys
  double launch_us = 10;
  double wave_fraction = 1;
  double preprocess = 2;  ///< passes over Q, K, V that the measured rows contain (rotary
                          ///< embedding, cache write) and the pure kernel does not
  double memory_fraction = 0.75;
  double element_bytes = 2;
};
struct DecodeParameters {
  double memory_fraction = 0.8;
  double launch_us = 8;
  double efficiency = 0.3;
  double block_us = 0.5;  ///< cost of one thread block on one compute unit
  double chunk = 512;     ///< keys that one thread block takes when the cache is split
  double knee = 3;
  double length_us = 0.3;  ///< per doubling of the length (the reduction over splits)
  double group_rows = 8;   ///< query rows that a tile computes at least
  double cache_bytes = 2;  ///< of one cached element
};

/// Seconds are the caller's business: these give microseconds.
class PrefillForm {
 public:
  PrefillForm() = default;
  PrefillForm(const KernelDevice& device, const PrefillParameters& parameters)
      : device_(device), parameters_(parameters) {}
  double microseconds(const AttentionGeometry& geometry) const;
  double measured_microseconds(const AttentionGeometry& geometry) const;
  const PrefillParameters& parameters() const { return parameters_; }

 private:
  KernelDevice device_;
  PrefillParameters parameters_;
};

class DecodeForm {
 public:
  DecodeForm() = default;
  DecodeForm(const KernelDevice& device, const DecodeParameters& parameters)
      : device_(device), parameters_(parameters) {}
  double microseconds(const AttentionGeometry& geometry) const;
  const DecodeParameters& parameters() const { return parameters_; }

 private:
  KernelDevice device_;
  DecodeParameters parameters_;
};

/// Query-key pairs that run, per head and sequence (the diagonal counted).
double attention_pairs(const AttentionGeometry& geometry);

}  // namespace polyfleet
