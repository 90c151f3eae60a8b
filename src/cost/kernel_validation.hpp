// How far kernel times are from measurements that they have not seen. Tables: every row is
// predicted with its fold of shapes left out (ten folds by shape), and again with its whole family
// of shapes left out (same n and k; same batch and heads; same expert layer), because a dense grid
// makes the first too easy. The forms' eight or nine constants per variant are fitted on all rows
// of a variant (hundreds to thousands), the residuals never see the row. Files: any CSV in the
// columns of the published microbenchmarks; the same shape, if a table holds it, is left out.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"

namespace polyfleet {

struct KernelPrediction {
  std::string id, source;
  std::string vendor, accelerator, op, variant;
  double measured_us = 0, predicted_us = 0;
  double sigma = 0;  ///< of the log
};

/// ape = |predicted / measured - 1|; bias = predicted / measured - 1; coverage80 = share of rows
/// within the 80 % interval.
struct KernelErrorSummary {
  std::size_t rows = 0;
  double median_ape = 0, p90_ape = 0, median_bias = 0, coverage80 = 0;
};
KernelErrorSummary summary_of(const std::vector<KernelPrediction>& predictions);

/// One line of the report; an empty name stands for "all".
struct KernelErrors {
  std::string vendor, accelerator, op, variant;
  KernelErrorSummary by_shape, by_family;
  double form_median_ape = 0;  ///< of the analytic form alone
};

using CountedReasons = std::vector<std::pair<std::string, std::size_t>>;

struct KernelValidation {
  std::vector<KernelErrors> variants;       ///< accelerator x operator x variant
  std::vector<KernelErrors> accelerators;   ///< accelerator x operator
  std::vector<KernelErrors> vendors;        ///< vendor x operator
  std::vector<KernelPrediction> published;  ///< products that stand in no table, short-run options
  KernelErrorSummary published_summary;
  CountedReasons skipped;
};

/// Cross-validates every table of the given accelerators.
Result<KernelValidation> validate_kernels(const std::vector<Accelerator>& accelerators,
                                          const std::filesystem::path& data_directory);

using FindAccelerator = std::function<Result<Accelerator>(const std::string&)>;

struct KernelFileValidation {
  std::vector<KernelPrediction> rows;
  KernelErrorSummary overall;
  CountedReasons skipped;
};
/// Predicts each product, attention and stream row of a CSV with the columns id, source_title,
/// accelerator, op, dtype, shape_or_bytes, measured_value, unit. Diagnoses a file without them.
Result<KernelFileValidation> validate_kernel_file(const std::filesystem::path& file,
                                                  const FindAccelerator& find_accelerator,
                                                  const std::filesystem::path& data_directory);

}  // namespace polyfleet
