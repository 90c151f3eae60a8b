#include "cost/kernel_validation.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "cost/kernel_costs.hpp"
#include "cost/kernel_transfer.hpp"
#include "cost/kernel_variants.hpp"

namespace polyfleet {

namespace {

constexpr int kFolds = 10;
/// Half-width of an 80 % interval of a normal distribution, in standard deviations.
constexpr double kEighty = 1.2816;

double share_at(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const std::size_t place =
      std::min(values.size() - 1, static_cast<std::size_t>(share * double(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place),
                   values.end());
  return values[place];
}

/// Predictions of one variant under both ways of leaving out, and of its form alone.
struct Held {
  std::vector<KernelPrediction> by_shape, by_family, form;
  void add(const Held& other) {
    const auto append = [](auto& to, const auto& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    append(by_shape, other.by_shape);
    append(by_family, other.by_family);
    append(form, other.form);
  }
};

std::vector<int> numbered(const std::vector<MeasuredPoint>& keys) {
  std::map<MeasuredPoint, int> numbers;
  std::vector<int> groups;
  for (const MeasuredPoint& key : keys)
    groups.push_back(numbers.emplace(key, static_cast<int>(numbers.size())).first->second);
  return groups;
}

std::vector<KernelPrediction> left_out(const KernelVariant& variant,
                                       const std::vector<MeasuredRow>& rows,
                                       const std::vector<int>& groups,
                                       const KernelPrediction& label) {
  const MeasuredTable table = residual_table(variant, rows, groups);
  std::vector<KernelPrediction> predictions;
  predictions.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Correction correction = table.at(variant.place(rows[i]), groups[i]);
    KernelPrediction prediction = label;
    prediction.measured_us = rows[i].microseconds();
    prediction.predicted_us = variant.form_microseconds(rows[i]) * std::exp(correction.log_ratio);
    prediction.sigma = residual_sigma(variant.residual, correction);
    predictions.push_back(std::move(prediction));
  }
  return predictions;
}

Held hold_out(const KernelVariant& variant, const std::vector<MeasuredRow>& rows,
              const KernelPrediction& label) {
  std::vector<MeasuredPoint> places, families;
  for (const MeasuredRow& row : rows) {
    places.push_back(variant.place(row));
    families.push_back(variant.family(row));
  }
  std::vector<int> folds = numbered(places);
  for (int& fold : folds) fold %= kFolds;
  Held held;
  held.by_shape = left_out(variant, rows, folds, label);
  held.by_family = left_out(variant, rows, numbered(families), label);
  held.form = held.by_shape;
  for (std::size_t i = 0; i < rows.size(); ++i)
    held.form[i].predicted_us = variant.form_microseconds(rows[i]);
  return held;
}

KernelErrors errors_of(const Held& held) {
  KernelErrors errors;
  errors.by_shape = summary_of(held.by_shape);
  errors.by_family = summary_of(held.by_family);
  errors.form_median_ape = summary_of(held.form).median_ape;
  return errors;
}

using HeldByOperator = std::map<std::pair<std::string, std::string>, Held>;

std::vector<KernelErrors> listed(const HeldByOperator& groups, bool by_vendor) {
  std::vector<KernelErrors> list;
  for (const auto& [key, held] : groups) {
    KernelErrors errors = errors_of(held);
    errors.vendor = held.by_shape.front().vendor;
    if (!by_vendor) errors.accelerator = key.first;
    errors.op = key.second;
    list.push_back(std::move(errors));
  }
  return list;
}

/// Products that no table holds, predicted with the short-run options.
Result<std::monostate> predict_published(const Accelerator& accelerator,
                                         const std::vector<PublishedProduct>& products,
                                         const std::filesystem::path& data_directory,
                                         KernelValidation& into) {
  const auto ours = [&](const PublishedProduct& p) { return p.accelerator == accelerator.id; };
  if (std::none_of(products.begin(), products.end(), ours)) return std::monostate{};
  KernelOptions options;
  options.sustained = false;
  const Result<KernelCosts> costs = KernelCosts::load(accelerator, data_directory, options);
  if (!costs) return costs.problems();
  for (const PublishedProduct& p : products) {
    if (!ours(p)) continue;
    const KernelTime time = costs->gemm({p.m, p.n, p.k, 1, p.dtype});
    KernelPrediction prediction;
    prediction.id = p.id;
    prediction.source = p.source;
    prediction.vendor = accelerator.vendor;
    prediction.accelerator = accelerator.id;
    prediction.op = name_of(KernelOperator::gemm);
    prediction.variant = name_of(p.dtype);
    prediction.measured_us = 2e-6 * p.m * p.n * p.k / p.tflops;
    prediction.predicted_us = time.time / microsecond;
    prediction.sigma = time.sigma;
    into.published.push_back(std::move(prediction));
  }
  return std::monostate{};
}

}  // namespace

KernelErrorSummary summary_of(const std::vector<KernelPrediction>& predictions) {
  KernelErrorSummary summary;
  summary.rows = predictions.size();
  if (predictions.empty()) return summary;
  std::vector<double> absolute, bias;
  std::size_t covered = 0;
  for (const KernelPrediction& p : predictions) {
    bias.push_back(p.predicted_us / p.measured_us - 1);
    absolute.push_back(std::abs(bias.back()));
    if (std::abs(std::log(p.predicted_us / p.measured_us)) <= kEighty * p.sigma) ++covered;
  }
  summary.median_ape = share_at(absolute, 0.5);
  summary.p90_ape = share_at(absolute, 0.9);
  summary.median_bias = share_at(bias, 0.5);
  summary.coverage80 = double(covered) / double(predictions.size());
  return summary;
}

Result<KernelValidation> validate_kernels(const std::vector<Accelerator>& accelerators,
                                          const std::filesystem::path& data_directory) {
  KernelValidation validation;
  HeldByOperator by_accelerator, by_vendor;
  const Result<std::vector<PublishedProduct>> products = published_products(data_directory);
  if (!products) return products.problems();
  std::size_t unfitted = 0;
  for (const Accelerator& accelerator : accelerators) {
    const auto variants = read_kernel_variants(data_directory, accelerator.id);
    if (!variants) return variants.problems();
    for (const KernelOperator op :
         {KernelOperator::gemm, KernelOperator::attention, KernelOperator::moe}) {
      const auto rows = read_measured_rows(measured_path(data_directory, accelerator.id, op));
      if (!rows) return rows.problems();
      for (const auto& entry : *rows) {
        const std::string& name = entry.first;  // a lambda may not capture a structured binding
        const auto& table = entry.second;
        const auto variant =
            std::find_if(variants->begin(), variants->end(),
                         [&](const KernelVariant& v) { return v.op == op && v.name == name; });
        if (variant == variants->end()) {
          unfitted += table.size();
          continue;
        }
        KernelPrediction label;
        label.vendor = accelerator.vendor;
        label.accelerator = accelerator.id;
        label.op = name_of(op);
        label.variant = name;
        const Held held = hold_out(*variant, table, label);
        KernelErrors errors = errors_of(held);
        errors.vendor = label.vendor;
        errors.accelerator = label.accelerator;
        errors.op = label.op;
        errors.variant = name;
        validation.variants.push_back(std::move(errors));
        by_accelerator[{accelerator.id, label.op}].add(held);
        by_vendor[{accelerator.vendor, label.op}].add(held);
      }
    }
    const auto predicted = predict_published(accelerator, *products, data_directory, validation);
    if (!predicted) return predicted.problems();
  }
  validation.accelerators = listed(by_accelerator, false);
  validation.vendors = listed(by_vendor, true);
  validation.published_summary = summary_of(validation.published);
  if (unfitted > 0)
    validation.skipped.emplace_back("variant with fewer rows than a fit needs", unfitted);
  return validation;
}

}  // namespace polyfleet
