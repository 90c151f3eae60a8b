// Kernel times of one accelerator: an analytic form fitted per kernel variant, corrected by
// measured residuals where a table reaches, and lent by the nearest measured relative where it does
// not (see gemm_form.hpp, attention_form.hpp, moe_kernel_form.hpp, measured_table.hpp,
// kernel_transfer.hpp). Fitted on microbenchmarks only. Wrong where a framework runs other kernels
// than the libraries measured; that belongs to the framework's profile and to software maturity,
// never here.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"
#include "cost/cost_scaling.hpp"
#include "cost/fidelity.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

class KernelLibrary;

/// A kernel's time; sigma is the 1-sigma of its log, from cross-validation (and the loan, if any).
struct KernelTime {
  Seconds time;
  double sigma = 0;
  Fidelity fidelity = Fidelity::analytic_fit;
};

/// C[m,n] += A[m,k] B[k,n], `count` independent repeats run one after another.
struct GemmShape {
  double m = 1, n = 1, k = 1;
  double count = 1;
  Dtype dtype = Dtype::bf16;
};
/// One product per local expert; tokens = routed token copies over all local experts (mean rank).
struct GroupedGemmShape {
  double tokens = 1;
  double experts = 1;
  double n = 1, k = 1;
  Dtype dtype = Dtype::bf16;
  double imbalance = 1;  ///< busiest rank's tokens over the mean
};
/// Fused attention. A causal mask runs over the triangle; window 0 = none. decode: few queries
/// against a long cache, bound by reading it. A latent cache (MLA, absorbed): kv_heads 1, 576, 512.
struct AttentionShape {
  double batch = 1, heads = 1, kv_heads = 1;
  double head_dim_qk = 128, head_dim_v = 128;
  double query_length = 1, kv_length = 1;
  bool causal = true;
  double window = 0;
  bool backward = false;
  bool decode = false;
  Dtype dtype = Dtype::bf16;
};
/// A memory-bound kernel (norm, activation, rotary embedding, add, cast, copy).
struct TrafficShape {
  Bytes read, written;
  double launches = 1;
};

struct KernelOptions {
  /// true: rates held for minutes (published products run for many iterations tell how far the
  /// clock falls); false: short runs, as operator tables are measured.
  bool sustained = true;
  /// true: prefill attention at the level of training libraries where the table's kernel is older
  /// than what trainers ran (data/kernels/general.toml); false: as the table.
  bool training_attention = true;
  /// true: an immature stack (a part whose own table is early) borrows its predecessor's mature
  /// efficiencies instead; the answer then says `transferred`.
  bool mature_software = false;
  /// true: a measured row of exactly the asked shape does not count (for validation).
  bool leave_out_same_shape = false;
  /// A hypothetical part: laid over the models of the real one.
  KernelScaling scaling = {};
};

/// Immutable after load; const calls are safe from several threads (a small memo is locked).
class KernelCosts {
 public:
  /// Reads data/kernels and data/measurements/kernels. Diagnoses broken files; an accelerator that
  /// was never measured is no error (its relatives lend), one without peak or bandwidth is.
  static Result<KernelCosts> load(const Accelerator& accelerator,
                                  const std::filesystem::path& data_directory,
                                  const KernelOptions& options = {});
  KernelCosts(KernelCosts&&) noexcept;
  KernelCosts& operator=(KernelCosts&&) noexcept;
  ~KernelCosts();

  KernelTime gemm(const GemmShape& shape) const;
  /// The product and the quantisation of its A operand, as NVIDIA's narrow-format tables time them.
  KernelTime gemm_with_quantise(const GemmShape& shape) const;
  KernelTime grouped_gemm(const GroupedGemmShape& shape) const;
  KernelTime attention(const AttentionShape& shape) const;
  /// Prefill with the rotary embedding and cache write that inference tables time with it.
  KernelTime attention_with_preprocess(const AttentionShape& shape) const;
  KernelTime traffic(const TrafficShape& shape) const;
  /// Of one small kernel, as the device sees it (queued or replayed, no host in the way).
  Seconds launch_latency() const;

  /// One line per format in use: which table, fit or relative answers, and why.
  std::string gemm_provenance(Dtype dtype) const;
  std::string grouped_gemm_provenance(Dtype dtype) const;
  std::string attention_provenance(const AttentionShape& shape) const;
  std::string traffic_provenance() const;

 private:
  explicit KernelCosts(std::unique_ptr<const KernelLibrary> library);
  std::unique_ptr<const KernelLibrary> library_;
};

}  // namespace polyfleet
