// One measured kernel variant ("bf16" products, "context_fp8" attention, "nvfp4" expert layers) of
// one accelerator: its fitted form and the model of its residuals
// (data/kernels/<accelerator>.toml), and its measured rows
// (data/measurements/kernels/<accelerator>.<operator>.csv).
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "catalogue/dtype.hpp"
#include "cost/attention_form.hpp"
#include "cost/gemm_form.hpp"
#include "cost/measured_table.hpp"
#include "cost/moe_kernel_form.hpp"

namespace polyfleet {

enum class KernelOperator { gemm, attention, moe };
inline constexpr std::array<std::string_view, 3> kKernelOperatorNames{"gemm", "attention", "moe"};
constexpr std::string_view name_of(KernelOperator op) {
  return kKernelOperatorNames[static_cast<std::size_t>(op)];
}

/// The numbers of one row in the order of the table's columns; the time in microseconds is the last
/// of `count`.
struct MeasuredRow {
  std::array<double, 9> cells{};
  int count = 0;
  double microseconds() const { return cells[static_cast<std::size_t>(count - 1)]; }
};
/// Rows by variant, in the order of the file.
using MeasuredRows = std::map<std::string, std::vector<MeasuredRow>>;

/// One table. A missing file is an empty table: not every operator was measured on every part.
Result<MeasuredRows> read_measured_rows(const std::filesystem::path& path);

using KernelForm = std::variant<GemmForm, PrefillForm, DecodeForm, MoeForm>;

struct KernelVariant {
  KernelOperator op = KernelOperator::gemm;
  std::string name;
  Dtype dtype = Dtype::bf16;
  bool primary = false;  ///< the variant that answers for its format; others are only validated
  KernelDevice device;
  KernelForm form;
  ResidualModel residual;

  bool latent() const { return name.starts_with("latent"); }
  bool decode() const { return std::holds_alternative<DecodeForm>(form); }
  bool gated() const { return !name.ends_with("_nongated"); }
  /// What the form says of a measured row, everything included that the row contains.
  double form_microseconds(const MeasuredRow& row) const;
  /// Where the row lies for interpolation, and which rows belong to its family of shapes (left out
  /// together in cross-validation: same n and k; same batch and heads; same layer).
  MeasuredPoint place(const MeasuredRow& row) const;
  MeasuredPoint family(const MeasuredRow& row) const;
};

/// The interpolation of a variant's residuals; `groups` may be empty (nothing will be left out).
MeasuredTable residual_table(const KernelVariant& variant, const std::vector<MeasuredRow>& rows,
                             std::vector<int> groups = {});

/// Everything fitted on one accelerator; empty when it has no file.
Result<std::vector<KernelVariant>> read_kernel_variants(const std::filesystem::path& data_directory,
                                                        const std::string& accelerator);

/// data/measurements/kernels/<accelerator>.<operator>.csv
std::filesystem::path measured_path(const std::filesystem::path& data_directory,
                                    const std::string& accelerator, KernelOperator op);

MeasuredPoint gemm_place(double m, double n, double k);
MeasuredPoint attention_place(const AttentionGeometry& geometry);
MeasuredPoint moe_place(const MoeLayerShape& shape);

}  // namespace polyfleet
