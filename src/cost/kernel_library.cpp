#include "cost/kernel_library.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

namespace {

/// Beyond this share of unexplained variance the neighbours say little: the form rules.
constexpr double kReach = 0.5;
/// Products below this do not heat the chip long enough to tell a sustained rate.
constexpr double kLargeProduct = 2.0 * 4096 * 4096 * 4096;
/// No published pair of burst and sustained rates differs by more.
constexpr double kSlowest = 1.6;

}  // namespace

Correction KernelModel::correction(const MeasuredPoint& point) const {
  if (measured_ == nullptr || rows_ == nullptr || rows_->empty()) return {};
  std::call_once(built_, [this] { table_ = residual_table(*measured_, *rows_); });
  return table_.at(point, leave_out_same_shape ? MeasuredTable::kSamePlaceExcluded
                                               : MeasuredTable::kNothingExcluded);
}

void KernelModel::held_against(const std::vector<PublishedProduct>& products,
                               const std::string& accelerator) {
  products_ = &products;
  products_of_ = accelerator;
}

double KernelModel::sustain() const {
  if (products_ == nullptr || measured_ == nullptr) return 1;
  std::call_once(held_, [this] {
    const KernelModel lender(*measured_, measured_, rows_);
    sustain_ = sustained_slowdown(lender, *products_, products_of_);
  });
  return sustain_;
}

KernelTime KernelModel::corrected(double form_microseconds, const MeasuredPoint& point) const {
  const Correction c = correction(point);
  const double sigma = residual_sigma(variant_.residual, c);
  KernelTime result;
  result.time = form_microseconds * std::exp(c.log_ratio) * microsecond;
  result.sigma = std::hypot(sigma, loan_sigma);
  result.fidelity = loan_sigma > 0           ? Fidelity::transferred
                    : c.unexplained < kReach ? Fidelity::measured_table
                                             : Fidelity::analytic_fit;
  return result;
}

Result<std::unique_ptr<KernelShelf>> read_shelf(const std::filesystem::path& data_directory,
                                                const KernelRelative& lender) {
  Result<std::vector<KernelVariant>> variants =
      read_kernel_variants(data_directory, lender.accelerator);
  if (!variants) return variants.problems();
  auto shelf = std::make_unique<KernelShelf>();
  shelf->accelerator = lender.accelerator;
  shelf->loan_sigma = lender.sigma;
  shelf->shapes = lender.shapes;
  shelf->variants = std::move(*variants);
  if (!lender.shapes) return shelf;
  for (const KernelOperator op :
       {KernelOperator::gemm, KernelOperator::attention, KernelOperator::moe}) {
    Result<MeasuredRows> rows =
        read_measured_rows(measured_path(data_directory, lender.accelerator, op));
    if (!rows) return rows.problems();
    shelf->rows[op] = std::move(*rows);
  }
  return shelf;
}

KernelVariant moved(const KernelVariant& variant, const KernelDevice& device,
                    double efficiency_factor, Dtype dtype, double reading) {
  KernelVariant result = variant;
  result.device = device;
  result.dtype = dtype;
  const double bytes_factor = bytes_per_element(dtype) / bytes_per_element(variant.dtype);
  if (const auto* gemm = std::get_if<GemmForm>(&variant.form)) {
    GemmParameters p = gemm->parameters();
    p.efficiency *= efficiency_factor;
    p.input_bytes *= bytes_factor;
    if (reading > 0) p.memory_fraction = reading;
    result.form = GemmForm(device, p);
  } else if (const auto* prefill = std::get_if<PrefillForm>(&variant.form)) {
    PrefillParameters p = prefill->parameters();
    p.efficiency *= efficiency_factor;
    p.element_bytes *= bytes_factor;
    if (reading > 0) p.memory_fraction = reading;
    result.form = PrefillForm(device, p);
  } else if (const auto* decode = std::get_if<DecodeForm>(&variant.form)) {
    DecodeParameters p = decode->parameters();
    p.efficiency *= efficiency_factor;
    p.cache_bytes *= bytes_factor;
    if (reading > 0) p.memory_fraction = std::min(p.memory_fraction, reading);
    result.form = DecodeForm(device, p);
  } else {
    MoeParameters p = std::get<MoeForm>(variant.form).parameters();
    p.efficiency *= efficiency_factor;
    p.weight_bytes *= bytes_factor;
    p.activation_bytes *= bytes_factor;
    if (reading > 0) p.memory_fraction = reading;
    result.form = MoeForm(device, p);
  }
  return result;
}

Dtype format_that_runs(const Accelerator& accelerator, Dtype wanted) {
  const auto has = [&](Dtype d) {
    return accelerator.peak[static_cast<std::size_t>(d)].has_value();
  };
  const auto wider = [](Dtype d) {
    switch (d) {
      case Dtype::int4:
        return Dtype::int8;
      case Dtype::mxfp4:
      case Dtype::nvfp4:
      case Dtype::fp6:
      case Dtype::mxfp8:
        return Dtype::fp8;
      case Dtype::tf32:
        return Dtype::fp32;
      case Dtype::bf16:
        return Dtype::fp16;
      default:
        return Dtype::bf16;
    }
  };
  // fp16 and bf16 are each other's sister, so the walk is bounded rather than open.
  for (int steps = 0; steps < 4 && !has(wanted); ++steps) wanted = wider(wanted);
  return wanted;
}

std::vector<Dtype> sister_formats(Dtype wanted) {
  switch (wanted) {
    case Dtype::bf16:
      return {Dtype::bf16, Dtype::fp16};
    case Dtype::fp16:
      return {Dtype::fp16, Dtype::bf16};
    case Dtype::fp8:
      return {Dtype::fp8, Dtype::mxfp8, Dtype::int8};
    case Dtype::mxfp8:
      return {Dtype::mxfp8, Dtype::fp8};
    case Dtype::fp6:
      return {Dtype::fp6, Dtype::mxfp4, Dtype::nvfp4, Dtype::mxfp8, Dtype::fp8};
    case Dtype::mxfp4:
      return {Dtype::mxfp4, Dtype::nvfp4};
    case Dtype::nvfp4:
      return {Dtype::nvfp4, Dtype::mxfp4};
    case Dtype::int8:
      return {Dtype::int8, Dtype::fp8, Dtype::mxfp8};
    case Dtype::int4:
      return {Dtype::int4, Dtype::int8, Dtype::mxfp4, Dtype::nvfp4};
    default:
      return {wanted, Dtype::bf16};
  }
}

double sustained_slowdown(const KernelModel& model, const std::vector<PublishedProduct>& products,
                          const std::string& accelerator) {
  const auto* form = std::get_if<GemmForm>(&model.variant().form);
  if (form == nullptr) return 1;
  const std::vector<Dtype> sisters = sister_formats(model.variant().dtype);
  const auto ours = [&](const PublishedProduct& p) {
    return p.accelerator == accelerator &&
           std::find(sisters.begin(), sisters.end(), p.dtype) != sisters.end() &&
           (p.best_of_many_shapes || 2 * p.m * p.n * p.k >= kLargeProduct);
  };
  // The best of many shapes is found in short runs; it counts only where no held product is
  // published.
  const bool held = std::any_of(products.begin(), products.end(), [&](const PublishedProduct& p) {
    return ours(p) && !p.best_of_many_shapes;
  });
  std::vector<double> ratios;
  for (const PublishedProduct& p : products) {
    const double flops = 2 * p.m * p.n * p.k;
    if (!ours(p) || (held && p.best_of_many_shapes)) continue;
    const double predicted =
        model.corrected(form->microseconds(p.m, p.n, p.k), gemm_place(p.m, p.n, p.k)).time /
        microsecond;
    ratios.push_back(flops / (p.tflops * 1e6) / predicted);
  }
  if (ratios.empty()) return 1;
  std::sort(ratios.begin(), ratios.end());
  const std::size_t middle = ratios.size() / 2;
  const double median =
      ratios.size() % 2 != 0 ? ratios[middle] : std::sqrt(ratios[middle - 1] * ratios[middle]);
  return std::clamp(median, 1.0, kSlowest);
}

}  // namespace polyfleet
