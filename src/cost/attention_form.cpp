#include "cost/attention_form.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

namespace {

constexpr double kQueryTile = 128;  ///< rows per block in FlashAttention-2/3, cuDNN and aiter
constexpr double kFewestKeys = 64;  ///< one key tile is multiplied even when it is mostly masked

/// A latent cache (MLA, absorbed form) stores one vector that serves as key and value.
bool latent_cache(const AttentionGeometry& g) {
  return g.kv_heads == 1 && g.head_dim_v >= 256 && g.head_dim_qk > g.head_dim_v;
}

}  // namespace

double attention_pairs(const AttentionGeometry& g) {
  const double reach = g.window > 0 ? std::min(g.window, g.kv_length) : g.kv_length;
  if (!g.causal) return g.query_length * reach;
  // Query i (counted from 1) sees the keys up to kv_length - query_length + i, at most `reach`.
  const double first = std::max(0.0, g.kv_length - g.query_length);
  const double growing = std::clamp(reach - first, 0.0, g.query_length);
  return growing * first + growing * (growing + 1) / 2 + (g.query_length - growing) * reach;
}

double PrefillForm::microseconds(const AttentionGeometry& g) const {
  const PrefillParameters& p = parameters_;
  const double rows = std::min(g.query_length, kQueryTile);
  // A causal block multiplies its diagonal tile whole: half a tile more than the triangle.
  const double diagonal = g.causal ? std::max(0.0, rows - 1) / 2 : 0;
  const double keys =
      std::max(attention_pairs(g) / g.query_length + diagonal, kFewestKeys) + p.block_keys;
  const double reach = g.window > 0 ? std::min(g.window, g.kv_length) : g.kv_length;
  const double longest = std::max(reach, kFewestKeys) + p.block_keys;
  const double unit_rate = p.efficiency * device_.peak_tflops * 1e6 / device_.compute_units;
  const double per_key = 2 * (g.head_dim_qk + g.head_dim_v) * kQueryTile / unit_rate;
  const double waves =
      g.batch * g.heads * std::ceil(g.query_length / kQueryTile) / device_.compute_units;
  const double smooth = std::max(waves * keys, longest);
  const double whole = std::max(std::ceil(waves) * keys, longest);
  const double arithmetic = per_key * (p.wave_fraction * whole + (1 - p.wave_fraction) * smooth);
  const double head_bytes = (g.head_dim_qk + g.head_dim_v) * p.element_bytes;
  const double bytes = g.batch * head_bytes * (g.query_length * g.heads + g.kv_length * g.kv_heads);
  const double traffic = bytes / (p.memory_fraction * device_.bandwidth_tbs * 1e6);
  return p.launch_us + std::max(arithmetic, traffic);
}

double PrefillForm::measured_microseconds(const AttentionGeometry& g) const {
  const PrefillParameters& p = parameters_;
  const double bytes = 2 * g.batch * g.query_length * (g.heads + 2 * g.kv_heads) * g.head_dim_qk;
  return microseconds(g) + p.preprocess * bytes / (p.memory_fraction * device_.bandwidth_tbs * 1e6);
}

double DecodeForm::microseconds(const AttentionGeometry& g) const {
  const DecodeParameters& p = parameters_;
  const double keys = g.window > 0 ? std::min(g.window, g.kv_length) : g.kv_length;
  const double cached = latent_cache(g) ? g.head_dim_qk : g.head_dim_qk + g.head_dim_v;
  const double query_bytes = 2 * g.batch * g.heads * (g.head_dim_qk + g.head_dim_v);
  const double bytes = g.batch * g.kv_heads * keys * cached * p.cache_bytes + query_bytes;
  const double group = std::max(g.heads / g.kv_heads, p.group_rows) * g.query_length;
  const double flops = 2 * g.batch * g.kv_heads * group * keys * (g.head_dim_qk + g.head_dim_v);
  const double blocks = g.batch * g.kv_heads * std::max(1.0, std::ceil(keys / p.chunk));
  const double busy = std::min(1.0, blocks / device_.compute_units);
  const double traffic = bytes / (p.memory_fraction * device_.bandwidth_tbs * 1e6 * busy);
  const double arithmetic = flops / (p.efficiency * device_.peak_tflops * 1e6 * busy);
  const double larger = std::max(traffic, arithmetic);
  const double ratio = std::min(traffic, arithmetic) / larger;
  return p.launch_us + p.length_us * std::log2(1 + keys / 64) +
         p.block_us * std::ceil(g.batch * g.kv_heads / device_.compute_units) +
         larger * std::pow(1 + std::pow(ratio, p.knee), 1 / p.knee);
}

}  // namespace polyfleet
