#include "cost/kernel_variants.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/files.hpp"
#include "config/value.hpp"

namespace polyfleet {

namespace {

AttentionGeometry geometry_of(const MeasuredRow& row, bool latent, bool decode) {
  AttentionGeometry g;
  g.batch = row.cells[0];
  g.heads = row.cells[1];
  g.kv_heads = row.cells[2];
  g.query_length = row.cells[3];
  g.kv_length = row.cells[4];
  if (latent) {  // DeepSeek-V2/V3: 128 + 64 rotary in prefill; 512 latent + 64 rotary when absorbed
    g.head_dim_qk = decode ? 576 : 192;
    g.head_dim_v = decode ? 512 : 128;
  }
  return g;
}

MoeLayerShape layer_of(const MeasuredRow& row, bool gated) {
  const auto& c = row.cells;
  return {c[0], c[1], c[2], c[3], c[4], c[5], c[6], gated, c[7]};
}

/// Reads the numbers of one table of the fits; adds a diagnostic for each that is missing.
class Numbers {
 public:
  Numbers(const Value& table, Diagnostics& problems) : table_(table), problems_(problems) {}
  double operator()(std::string_view key) {
    const Value* value = table_.find(key);
    const auto number = value == nullptr ? std::nullopt : value->number();
    if (!number) {
      problems_.push_back(problem_at(table_.where(), fmt::format("{} is missing or no number", key),
                                     "make the file again with scripts/fit_kernel_models.cpp"));
    }
    return number.value_or(1);
  }
  std::string text(std::string_view key) {
    const Value* value = table_.find(key);
    if (value == nullptr || value->text() == nullptr) {
      problems_.push_back(problem_at(table_.where(), fmt::format("{} is missing or no text", key)));
      return {};
    }
    return *value->text();
  }

 private:
  const Value& table_;
  Diagnostics& problems_;
};

KernelForm form_of(const KernelVariant& variant, Numbers& n) {
  const KernelDevice& device = variant.device;
  if (variant.op == KernelOperator::gemm) {
    return GemmForm(device, {n("efficiency"), n("fill_depth"), n("memory_fraction"), n("launch_us"),
                             n("knee"), n("wave_fraction"), n("tile_exponent"), n("split_traffic"),
                             n("input_bytes"), 2, n("quantise_bytes"), n("quantise_us")});
  }
  if (variant.op == KernelOperator::moe) {
    return MoeForm(device, {n("efficiency"), n("fill_depth"), n("memory_fraction"), n("launch_us"),
                            n("knee"), n("tile_exponent"), n("layer_traffic"), n("skew_growth"),
                            n("wave_fraction"), n("weight_bytes"), n("activation_bytes")});
  }
  if (variant.name.find("generation") != std::string::npos) {
    return DecodeForm(
        device, {n("memory_fraction"), n("launch_us"), n("efficiency"), n("block_us"), n("chunk"),
                 n("knee"), n("length_us"), n("group_rows"), n("element_bytes")});
  }
  PrefillParameters p;
  p.efficiency = n("efficiency");
  p.block_keys = n("block_keys");
  p.launch_us = n("launch_us");
  p.wave_fraction = n("wave_fraction");
  p.preprocess = n("preprocess");
  p.element_bytes = n("element_bytes");
  return PrefillForm(device, p);
}

ResidualModel residual_of(const Value& table, Numbers& n, Diagnostics& problems) {
  ResidualModel model;
  const Value* length = table.find("length");
  const Array* octaves = length == nullptr ? nullptr : length->array();
  if (octaves == nullptr || octaves->size() != kMeasuredVariables) {
    problems.push_back(
        problem_at(table.where(), fmt::format("length must list {} numbers", kMeasuredVariables)));
  } else {
    for (std::size_t i = 0; i < kMeasuredVariables; ++i)
      model.length[i] = (*octaves)[i].number().value_or(1);
  }
  model.nugget = n("nugget");
  model.spread = n("spread");
  model.clip = n("clip");
  model.settling = n("settling");
  return model;
}

KernelVariant read_variant(const Value& table, KernelOperator op, Diagnostics& problems) {
  Numbers n(table, problems);
  KernelVariant variant;
  variant.op = op;
  variant.name = n.text("variant");
  const std::string dtype = n.text("dtype");
  if (const auto known = dtype_named(dtype)) {
    variant.dtype = *known;
  } else {
    problems.push_back(problem_at(table.where(), "unknown number format " + dtype));
  }
  const Value* primary = table.find("primary");
  variant.primary = primary != nullptr && primary->boolean() != nullptr && *primary->boolean();
  variant.device = {n("peak_tflops"), n("bandwidth_tbs"), n("compute_units")};
  variant.form = form_of(variant, n);
  variant.residual = residual_of(table, n, problems);
  return variant;
}

/// One line of a table: variant, then numbers. False when a cell is no number or there are too
/// many.
bool parse_row(std::string_view line, std::string_view& variant, MeasuredRow& row) {
  const std::size_t comma = line.find(',');
  if (comma == std::string_view::npos) return false;
  variant = line.substr(0, comma);
  const char* at = line.data() + comma + 1;
  const char* end = line.data() + line.size();
  while (at <= end && row.count < static_cast<int>(row.cells.size())) {
    const auto [next, error] = std::from_chars(at, end, row.cells[row.count]);
    if (error != std::errc{} || (next != end && *next != ',')) return false;
    ++row.count;
    if (next == end) return row.microseconds() > 0;
    at = next + 1;
  }
  return false;
}

}  // namespace

Result<MeasuredRows> read_measured_rows(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return MeasuredRows{};
  const Result<std::string> text = read_file(path);
  if (!text) return text.problems();
  MeasuredRows rows;
  Diagnostics problems;
  std::vector<MeasuredRow>* current = nullptr;
  std::string current_name;
  bool header_seen = false;
  int number = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    ++number;
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    if (!header_seen) {
      header_seen = true;
      continue;
    }
    std::string_view variant;
    MeasuredRow row;
    if (!parse_row(line, variant, row)) {
      problems.push_back(problem_at({path.string(), number, 1},
                                    "not a variant, numbers and a positive time",
                                    "make the table again with scripts/make_kernel_tables.py"));
      continue;
    }
    if (current == nullptr || current_name != variant) {
      current_name = variant;
      current = &rows[current_name];
    }
    current->push_back(row);
  }
  if (!problems.empty()) return problems;
  return rows;
}

MeasuredPoint gemm_place(double m, double n, double k) {
  return {std::log2(m), std::log2(n), std::log2(k)};
}

MeasuredPoint attention_place(const AttentionGeometry& g) {
  return {std::log2(g.batch), std::log2(g.heads), std::log2(g.kv_heads), std::log2(g.kv_length)};
}

MeasuredPoint moe_place(const MoeLayerShape& s) {
  return {std::log2(s.tokens * s.top_k / s.expert_parallel),
          std::log2(MoeForm::local_experts(s)),
          std::log2(s.hidden),
          std::log2(s.inter / s.tensor_parallel),
          s.skew,
          std::log2(s.tokens)};
}

double KernelVariant::form_microseconds(const MeasuredRow& row) const {
  const auto& c = row.cells;
  if (const auto* gemm = std::get_if<GemmForm>(&form))
    return gemm->measured_microseconds(c[0], c[1], c[2]);
  if (const auto* prefill = std::get_if<PrefillForm>(&form))
    return prefill->measured_microseconds(geometry_of(row, latent(), false));
  if (const auto* generation = std::get_if<DecodeForm>(&form))
    return generation->microseconds(geometry_of(row, latent(), true));
  return std::get<MoeForm>(form).layer_microseconds(layer_of(row, gated()));
}

MeasuredPoint KernelVariant::place(const MeasuredRow& row) const {
  switch (op) {
    case KernelOperator::gemm:
      return gemm_place(row.cells[0], row.cells[1], row.cells[2]);
    case KernelOperator::attention:
      return attention_place(geometry_of(row, latent(), decode()));
    case KernelOperator::moe:
      return moe_place(layer_of(row, gated()));
  }
  return {};
}

MeasuredPoint KernelVariant::family(const MeasuredRow& row) const {
  const auto& c = row.cells;
  switch (op) {
    case KernelOperator::gemm:
      return {0, c[1], c[2]};
    case KernelOperator::attention:
      return {c[0], c[1], c[2]};
    case KernelOperator::moe:
      return {c[1], c[2] / c[5], c[3], c[4], c[6]};
  }
  return {};
}

MeasuredTable residual_table(const KernelVariant& variant, const std::vector<MeasuredRow>& rows,
                             std::vector<int> groups) {
  std::vector<MeasuredPoint> points;
  std::vector<double> residuals;
  points.reserve(rows.size());
  residuals.reserve(rows.size());
  for (const MeasuredRow& row : rows) {
    points.push_back(variant.place(row));
    residuals.push_back(std::log(row.microseconds() / variant.form_microseconds(row)));
  }
  if (groups.empty()) groups.assign(rows.size(), 0);
  return MeasuredTable(std::move(points), std::move(residuals), std::move(groups),
                       variant.residual);
}

Result<std::vector<KernelVariant>> read_kernel_variants(const std::filesystem::path& data_directory,
                                                        const std::string& accelerator) {
  const std::filesystem::path path = data_directory / "kernels" / (accelerator + ".toml");
  std::vector<KernelVariant> variants;
  if (!std::filesystem::exists(path)) return variants;
  const Result<Value> document = read_document(path.string());
  if (!document) return document.problems();
  Diagnostics problems;
  for (std::size_t i = 0; i < kKernelOperatorNames.size(); ++i) {
    const Value* tables = document->find(kKernelOperatorNames[i]);
    if (tables == nullptr || tables->array() == nullptr) continue;
    for (const Value& table : *tables->array())
      variants.push_back(read_variant(table, static_cast<KernelOperator>(i), problems));
  }
  if (!problems.empty()) return problems;
  return variants;
}

std::filesystem::path measured_path(const std::filesystem::path& data_directory,
                                    const std::string& accelerator, KernelOperator op) {
  return data_directory / "measurements" / "kernels" /
         fmt::format("{}.{}.csv", accelerator, name_of(op));
}

}  // namespace polyfleet
