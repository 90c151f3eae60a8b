// Whose kernels stand in where a part was never measured (data/kernels/relatives.toml), the
// constants that no operator table gives (data/kernels/general.toml), and published products held
// for many iterations (data/measurements/kernels/matrix_products.csv), which tell a burst from a
// sustained rate.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"

namespace polyfleet {

/// One lender of kernels, nearest first.
struct KernelRelative {
  std::string accelerator;
  double sigma = 0.3;   ///< 1-sigma (log) that the loan adds
  bool shapes = false;  ///< residuals per shape are borrowed too
};
struct KernelRelatives {
  std::vector<KernelRelative> lenders;
  std::string reason;
};
/// The lenders of one accelerator. The part itself never is among them.
Result<KernelRelatives> kernel_relatives(const Accelerator& accelerator,
                                         const std::filesystem::path& data_directory);

struct GeneralKernelConstants {
  double backward_work = 2.5;
  double backward_rate = 0.775;
  double stream_fraction = 0.8;
  double stream_launch_us = 5;
  /// Of the peak bandwidth, that borrowed products and attention read at; 0 = as the lender's do.
  double borrowed_reading = 0;
  double training_efficiency = 0;  ///< of prefill attention under a training library; 0 = as fitted
  double training_block_keys = 0;
  double head_size_half = 50;  ///< attention rate ~ size / (size + half)
  bool early_stack = false;    ///< the part's own tables come from an immature stack
  std::string backward_source, stream_source, training_source;
};
Result<GeneralKernelConstants> general_kernel_constants(
    const Accelerator& accelerator, const std::filesystem::path& data_directory);

/// A published product: what rate was held, and on which shape.
struct PublishedProduct {
  std::string accelerator;
  Dtype dtype = Dtype::bf16;
  double m = 0, n = 0, k = 0, tflops = 0;
  bool best_of_many_shapes = false;
  std::string id, source;
};
Result<std::vector<PublishedProduct>> published_products(
    const std::filesystem::path& data_directory);

}  // namespace polyfleet
