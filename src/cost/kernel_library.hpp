// The kernel variants that answer for one accelerator: for each operator and format its own fit,
// its own fit of a sister format, or a relative's, scaled. Internal to kernel_costs.cpp and
// kernel_validation.cpp; built once, then constant.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/accelerator.hpp"
#include "cost/fidelity.hpp"
#include "cost/kernel_costs.hpp"
#include "cost/kernel_transfer.hpp"
#include "cost/kernel_variants.hpp"

namespace polyfleet {

/// A variant in use: its form on this accelerator and, if any, its interpolated residuals (built on
/// first use).
class KernelModel {
 public:
  /// `variant` answers; `measured` is the fit that the rows' residuals belong to (another one when
  /// a relative lends). Both pointers may be null: then the form answers alone.
  KernelModel(KernelVariant variant, const KernelVariant* measured,
              const std::vector<MeasuredRow>* rows)
      : variant_(std::move(variant)), measured_(measured), rows_(rows) {}

  const KernelVariant& variant() const { return variant_; }
  /// Arithmetic is slower by this when held (>= 1); 1 until `held_against` is called.
  double sustain() const;
  /// The published products of `accelerator` (the lender's, if lent) tell the sustained rate;
  /// worked out on first use. `products` must outlive the model.
  void held_against(const std::vector<PublishedProduct>& products, const std::string& accelerator);
  /// Zero and fully unexplained when there are no rows.
  Correction correction(const MeasuredPoint& point) const;
  /// The correction applied to a form's time, with its uncertainty and fidelity.
  KernelTime corrected(double form_microseconds, const MeasuredPoint& point) const;

  /// The form on a hypothetical device; residuals and the sustained rate stay.
  void rescale(const KernelScaling& scaling) { variant_ = rescaled(variant_, scaling); }

  bool leave_out_same_shape = false;
  double loan_sigma = 0;   ///< 0 = fitted on this accelerator
  std::string provenance;  ///< one sentence

 private:
  KernelVariant variant_;
  const KernelVariant* measured_;
  const std::vector<MeasuredRow>* rows_;
  const std::vector<PublishedProduct>* products_ = nullptr;
  std::string products_of_;
  mutable std::once_flag built_, held_;
  mutable double sustain_ = 1;
  mutable MeasuredTable table_;
};

/// What a search for a variant wants.
struct KernelWish {
  KernelOperator op = KernelOperator::gemm;
  Dtype dtype = Dtype::bf16;
  bool decode = false;
  bool latent = false;
};

/// The same kernel on another device, or in another format: efficiencies and launches stay, the
/// arithmetic is scaled by `efficiency_factor`, operands take `dtype`'s bytes. `reading`: share of
/// the bandwidth that is reached there, 0 = the same; a cache read faster at home keeps to it.
KernelVariant moved(const KernelVariant& variant, const KernelDevice& device,
                    double efficiency_factor, Dtype dtype, double reading = 0);

/// All that the data holds of one accelerator, kept as long as models point into its rows.
struct KernelShelf {
  std::string accelerator;
  double loan_sigma = 0;
  bool shapes = true;
  std::vector<KernelVariant> variants;
  std::map<KernelOperator, MeasuredRows> rows;
};
Result<std::unique_ptr<KernelShelf>> read_shelf(const std::filesystem::path& data_directory,
                                                const KernelRelative& lender);

/// The format whose kernels really run when `wanted` is asked for: mxfp8 -> fp8 -> bf16 and so on
/// down to one that the accelerator has a peak for.
Dtype format_that_runs(const Accelerator& accelerator, Dtype wanted);

/// Formats whose kernels stand in for `wanted`, itself first.
std::vector<Dtype> sister_formats(Dtype wanted);

/// Median ratio of predicted to published rate over large products of this variant, at least 1.
double sustained_slowdown(const KernelModel& model, const std::vector<PublishedProduct>& products,
                          const std::string& accelerator);

}  // namespace polyfleet
