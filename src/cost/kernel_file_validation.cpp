// The rows of an arbitrary CSV of microbenchmarks (see kernel_validation.hpp).
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <optional>

#include "base/csv.hpp"
#include "base/files.hpp"
#include "cost/kernel_costs.hpp"
#include "cost/kernel_library.hpp"
#include "cost/kernel_validation.hpp"

namespace polyfleet {

namespace {

using Reason = std::string;

/// The numbers of "8192x4096x1024", or nothing.
std::optional<std::array<double, 3>> three_sizes(const std::string& text) {
  std::array<double, 3> sizes{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t end = text.find_first_not_of("0123456789", at);
    const auto number = parse_number(text.substr(at, end - at));
    const bool crossed = i == 2 || (end != std::string::npos && text[end] == 'x');
    if (!number || *number < 1 || !crossed) return std::nullopt;
    sizes[i] = *number;
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return sizes;
}

/// The number after "key", as in "isl=16" or "batch 2".
std::optional<double> after(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begin = at + key.size();
  return parse_number(text.substr(begin, text.find_first_not_of("0123456789.", begin) - begin));
}

/// The kernel's format in our words; a scheme name of a library counts.
std::optional<Dtype> format_of(std::string text) {
  if (const std::size_t slash = text.find_first_of("/ "); slash != std::string::npos)
    text.resize(slash);
  static const std::map<std::string, Dtype> kWords{
      {"bfloat16", Dtype::bf16},    {"float16", Dtype::fp16},
      {"half", Dtype::fp16},        {"fp8_e4m3", Dtype::fp8},
      {"float8", Dtype::fp8},       {"a8w8", Dtype::fp8},
      {"fp8_block", Dtype::mxfp8},  {"a8w8_blockscale", Dtype::mxfp8},
      {"a4w4_mxfp4", Dtype::mxfp4}, {"fp4", Dtype::nvfp4}};
  const auto word = kWords.find(text);
  return word != kWords.end() ? word->second : dtype_named(text);
}

/// Microseconds that the row's value means for this work, or nothing for an unknown unit.
std::optional<double> measured_microseconds(double value, const std::string& unit, double flops,
                                            double bytes) {
  if (unit == "us") return value;
  if (unit == "ms") return value * 1e3;
  if (unit == "s") return value * 1e6;
  if (unit.starts_with("TFLOP/s") && flops > 0) return flops / (value * 1e6);
  if (unit.starts_with("GFLOP/s") && flops > 0) return flops / (value * 1e3);
  if (unit.starts_with("TB/s") && bytes > 0) return bytes / (value * 1e6);
  if (unit.starts_with("GB/s") && bytes > 0) return bytes / (value * 1e3);
  if (unit.starts_with("MB/s") && bytes > 0) return bytes / value;
  return std::nullopt;
}

/// A library name that stands for several parts: the one that our tables carry.
std::string part_name(const std::string& text) {
  for (const auto& [word, id] :
       {std::pair{"gfx942", "amd_mi300x"}, std::pair{"gfx950", "amd_mi355x"},
        std::pair{"gfx1250", "amd_mi455x"}}) {
    if (text.find(word) != std::string::npos) return id;
  }
  return text;
}

struct FileRow {
  std::string id, source, accelerator, op, dtype, shape, unit;
  double value = 0;
};

/// Loads each accelerator once; remembers the ones that cannot be had.
class Costs {
 public:
  Costs(const FindAccelerator& find, const std::filesystem::path& data_directory)
      : find_(find), data_directory_(data_directory) {}
  struct Part {
    std::string vendor, id;
    std::optional<KernelCosts> costs;
  };
  Part& of(const std::string& name) {
    const auto [place, fresh] = parts_.try_emplace(name);
    if (!fresh) return place->second;
    const Result<Accelerator> accelerator = find_(part_name(name));
    if (!accelerator) return place->second;
    place->second.vendor = accelerator->vendor;
    place->second.id = accelerator->id;
    KernelOptions options;
    options.sustained = false;
    options.training_attention = false;
    options.leave_out_same_shape = true;
    Result<KernelCosts> costs = KernelCosts::load(*accelerator, data_directory_, options);
    if (costs) place->second.costs.emplace(std::move(*costs));
    return place->second;
  }

 private:
  const FindAccelerator& find_;
  const std::filesystem::path& data_directory_;
  std::map<std::string, Part> parts_;
};

struct Work {
  KernelTime time;
  double flops = 0, bytes = 0;
};

std::optional<Work> product(const FileRow& row, const KernelCosts& costs, Reason& reason) {
  const auto sizes = three_sizes(row.shape);
  const auto dtype = format_of(row.dtype);
  if (!sizes || row.shape.find("batch") != std::string::npos) {
    reason = "product: shape is not one m x n x k";
    return std::nullopt;
  }
  if (!dtype) {
    reason = "product: format " + row.dtype + " has no kernels of its own";
    return std::nullopt;
  }
  const auto [m, n, k] = *sizes;
  // aiconfigurator times narrow products together with the quantisation of A.
  const bool quantises = row.source.find("aiconfigurator") != std::string::npos;
  const GemmShape shape{m, n, k, 1, *dtype};
  return Work{quantises ? costs.gemm_with_quantise(shape) : costs.gemm(shape), 2 * m * n * k, 0};
}

std::optional<Work> attention(const FileRow& row, const KernelCosts& costs, Reason& reason) {
  AttentionShape s;
  const auto length = after(row.shape, "isl="), heads = after(row.shape, "heads=");
  const auto kv = after(row.shape, "kv="), batch = after(row.shape, "b=");
  const auto dtype = format_of(row.dtype);
  if (!length || !heads || !kv || !batch || !dtype) {
    reason = "attention: heads, mask or lengths are not stated";
    return std::nullopt;
  }
  if (row.dtype.find("bfloat16/kv fp8") != std::string::npos) {
    reason = "attention: bf16 prefill with an fp8 cache has no kernel of its own here";
    return std::nullopt;
  }
  s.batch = *batch;
  s.heads = *heads;
  s.kv_heads = *kv;
  s.head_dim_qk = s.head_dim_v = after(row.shape, "hd=").value_or(128);
  s.decode = row.shape.find("generation") != std::string::npos;
  s.query_length = s.decode ? 1 : *length;
  s.kv_length = s.decode ? *length + after(row.shape, "step=").value_or(0) : *length;
  s.dtype = *dtype;
  const bool table = row.source.find("aiconfigurator") != std::string::npos;
  const double pairs = *length * (*length + 1) / 2;
  return Work{table ? costs.attention_with_preprocess(s) : costs.attention(s),
              2 * s.batch * s.heads * pairs * (s.head_dim_qk + s.head_dim_v), 0};
}

std::optional<Work> stream(const FileRow& row, const KernelCosts& costs, Reason& reason) {
  if (row.shape.find("BabelStream") == std::string::npos) {
    reason = "copy: between devices or with the host, not a kernel";
    return std::nullopt;
  }
  // BabelStream's arrays are far beyond every cache; 2 GiB moved makes the launch vanish.
  constexpr double kMoved = 2147483648.0;
  return Work{costs.traffic({kMoved * byte, 0 * byte}), 0, kMoved};
}

/// The row's prediction, or the reason why there is none.
std::optional<KernelPrediction> predict(const FileRow& row, Costs& costs, Reason& reason) {
  if (row.op != "gemm" && row.op != "attention" && row.op != "memcpy") {
    reason = "operator " + row.op + " is no kernel (see the other validations)";
    return std::nullopt;
  }
  Costs::Part& part = costs.of(row.accelerator);
  if (!part.costs) {
    reason = "accelerator " + row.accelerator + " is not in the catalogue";
    return std::nullopt;
  }
  const auto work = row.op == "gemm"        ? product(row, *part.costs, reason)
                    : row.op == "attention" ? attention(row, *part.costs, reason)
                                            : stream(row, *part.costs, reason);
  if (!work) return std::nullopt;
  const auto measured = measured_microseconds(row.value, row.unit, work->flops, work->bytes);
  if (!measured || *measured <= 0) {
    reason = "unit " + row.unit + " gives no time";
    return std::nullopt;
  }
  return KernelPrediction{row.id,          row.source, part.vendor, part.id,
                          row.op,          row.dtype,  *measured,   work->time.time / microsecond,
                          work->time.sigma};
}

}  // namespace

Result<KernelFileValidation> validate_kernel_file(const std::filesystem::path& file,
                                                  const FindAccelerator& find_accelerator,
                                                  const std::filesystem::path& data_directory) {
  const Result<std::string> text = read_file(file);
  if (!text) return text.problems();
  const Result<CsvTable> table = CsvTable::parse(*text, file.string());
  if (!table) return table.problems();
  const auto columns = table->require({"id", "source_title", "accelerator", "op", "dtype",
                                       "shape_or_bytes", "unit", "measured_value"});
  if (!columns) return columns.problems();
  const std::vector<std::size_t>& c = *columns;
  KernelFileValidation validation;
  std::map<Reason, std::size_t> skipped;
  Costs costs(find_accelerator, data_directory);
  for (const CsvRow& line : table->rows()) {
    const auto& cells = line.cells;
    FileRow row{cells[c[0]], cells[c[1]], cells[c[2]], cells[c[3]],
                cells[c[4]], cells[c[5]], cells[c[6]], 0};
    const auto value = parse_number(cells[c[7]]);
    row.value = value.value_or(0);
    Reason reason = "value is no positive number";
    std::optional<KernelPrediction> prediction;
    if (row.value > 0) prediction = predict(row, costs, reason);
    if (prediction) {
      validation.rows.push_back(std::move(*prediction));
    } else {
      ++skipped[reason];
    }
  }
  validation.skipped.assign(skipped.begin(), skipped.end());
  validation.overall = summary_of(validation.rows);
  return validation;
}

}  // namespace polyfleet
