// Fits the analytic kernel forms and chooses the interpolation of their residuals for every
// measured table of data/measurements/kernels, and writes data/kernels/<accelerator>.toml.
// Microbenchmarks only.
//
//   g++ -std=c++20 -O2 -Isrc scripts/fit_kernel_models.cpp
//   src/cost/{gemm_form,attention_form,moe_kernel_form,measured_table}.cpp -o fit
//   ./fit data/measurements/kernels data/kernels
//
// Deterministic: Nelder-Mead from fixed starts, folds from the order of the rows.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "cost/attention_form.hpp"
#include "cost/gemm_form.hpp"
#include "cost/measured_table.hpp"
#include "cost/moe_kernel_form.hpp"

using namespace polyfleet;

namespace {

using Vector = std::vector<double>;
struct Row {
  Vector v;  ///< numeric columns after the variant, time last
  double us() const { return v.back(); }
};
using Variants = std::map<std::string, std::vector<Row>>;

/// Dense peaks (TFLOP/s), bandwidth (TB/s) and units as in data/hardware at the time of the fit,
/// and written into the fits, so that a later change of the catalogue does not move what was
/// measured. The catalogue has no units for GB200: 152 multiprocessors, as its driver reports
/// (third party).
struct Part {
  std::string id;
  double bandwidth, units;
  std::map<std::string, double> peak;
};
const std::vector<Part> kParts{
    {"nv_a100_80", 2.039, 108, {{"bf16", 312}, {"int8", 624}}},
    {"nv_h100_sxm", 3.35, 132, {{"bf16", 989}, {"fp8", 1979}}},
    {"nv_h200", 4.8, 132, {{"bf16", 989}, {"fp8", 1979}}},
    {"nv_b200", 8.0, 148, {{"bf16", 2250}, {"fp8", 4500}, {"fp4", 9000}}},
    {"nv_b300", 8.0, 160, {{"bf16", 2250}, {"fp8", 4500}, {"fp4", 13500}}},
    {"nv_gb200", 8.0, 152, {{"bf16", 2500}, {"fp8", 5000}, {"fp4", 10000}}},
    {"amd_mi300x", 5.3, 304, {{"bf16", 1307.4}, {"fp8", 2614.9}, {"int8", 2614.9}}},
    {"amd_mi355x", 8.0, 256, {{"bf16", 2516.6}, {"fp8", 5033}, {"fp4", 10066}, {"int8", 5033}}},
    {"amd_mi455x", 23.3, 256, {{"bf16", 5033}, {"fp8", 20130}, {"fp4", 40260}, {"int8", 5033}}}};

/// How a variant multiplies: peak it is held against, the format it stands for, bytes.
struct Variant {
  std::string peak, dtype;
  double weight_bytes, activation_bytes, quantise_bytes;
  bool primary;
};
/// The NVIDIA rows of narrow formats contain a kernel that quantises A: it reads 2 bytes and writes
/// the element (and its scale) once. With these bytes the products that remain agree with cuBLASLt
/// rates published for large FP8 products (matrix_products.csv). aiter rows time the product alone.
Variant variant_of(const std::string& name, const std::string& part) {
  const bool nvidia = part.starts_with("nv_");
  std::string base = name.ends_with("_nongated") ? name.substr(0, name.size() - 9) : name;
  const bool plain = base == name;
  if (base == "bf16") return {"bf16", "bf16", 2, 2, 0, plain};
  if (base == "bf16_untuned") return {"bf16", "bf16", 2, 2, 0, false};
  if (base == "bf16_sglang") return {"bf16", "bf16", 2, 2, 0, true};
  if (base == "fp8") return {"fp8", "fp8", 1, 1, nvidia ? 3.0 : 0, plain};
  if (base == "fp8_block") return {"fp8", "mxfp8", 1, 1, nvidia ? 3.03 : 0, plain};
  if (base == "mxfp8") return {"fp8", "mxfp8", 1.03, 1.03, 0, false};
  if (base == "nvfp4") return {"fp4", "nvfp4", 0.5625, 0.5625, 2.5625, plain};
  if (base == "mxfp4") return {"fp4", "mxfp4", 0.53125, 0.53125, 0, plain};
  if (base == "mxfp8_mxfp4") return {"fp8", "mxfp4", 0.53125, 1, 0, false};
  if (base == "bf16_mxfp4") return {"bf16", "mxfp4", 0.53125, 2, 0, false};
  if (base == "bf16_int4") return {"bf16", "int4", 0.53125, 2, 0, false};
  return {"int8", "int8", 1, 1, 0, true};
}

Variants read_table(const std::string& path) {
  Variants table;
  std::ifstream in(path);
  std::string line;
  bool header = true;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (header) {
      header = false;
      continue;
    }
    std::stringstream cells(line);
    std::string name, cell;
    std::getline(cells, name, ',');
    Row row;
    while (std::getline(cells, cell, ',')) row.v.push_back(std::stod(cell));
    table[name].push_back(row);
  }
  return table;
}

double quantile(Vector values, double share) {
  if (values.empty()) return 0;
  const std::size_t place =
      std::min(values.size() - 1, static_cast<std::size_t>(share * values.size()));
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[place];
}

/// Downhill simplex (Nelder and Mead 1965) inside a box; leaving the box is penalised.
struct Box {
  Vector low, high, start, step;
};
double clamp_into(const Box& box, Vector& x) {
  double penalty = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double inside = std::clamp(x[i], box.low[i], box.high[i]);
    penalty += std::abs(x[i] - inside) / (box.high[i] - box.low[i]);
    x[i] = inside;
  }
  return penalty;
}
Vector minimise(const Box& box, const std::function<double(const Vector&)>& loss, int rounds) {
  auto f = [&](Vector x) {
    const double penalty = clamp_into(box, x);
    return loss(x) + penalty;
  };
  Vector best = box.start;
  const int n = static_cast<int>(best.size());
  for (int restart = 0; restart < 3; ++restart) {
    std::vector<std::pair<double, Vector>> s{{f(best), best}};
    for (int i = 0; i < n; ++i) {
      Vector x = best;
      x[i] += (restart % 2 != 0 ? -1 : 1) * box.step[i];
      s.push_back({f(x), x});
    }
    for (int round = 0; round < rounds; ++round) {
      std::stable_sort(s.begin(), s.end(), [](auto& a, auto& b) { return a.first < b.first; });
      Vector centre(n, 0);
      for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) centre[j] += s[i].second[j] / n;
      auto along = [&](double t) {
        Vector x(n);
        for (int j = 0; j < n; ++j) x[j] = centre[j] + t * (s[n].second[j] - centre[j]);
        return std::make_pair(f(x), x);
      };
      auto reflected = along(-1);
      if (reflected.first < s[0].first) {
        auto further = along(-2);
        s[n] = further.first < reflected.first ? further : reflected;
      } else if (reflected.first < s[n - 1].first) {
        s[n] = reflected;
      } else {
        auto nearer = along(0.5);
        if (nearer.first < s[n].first) {
          s[n] = nearer;
        } else {
          for (int i = 1; i <= n; ++i) {
            for (int j = 0; j < n; ++j) s[i].second[j] = (s[i].second[j] + s[0].second[j]) / 2;
            s[i].first = f(s[i].second);
          }
        }
      }
    }
    std::stable_sort(s.begin(), s.end(), [](auto& a, auto& b) { return a.first < b.first; });
    best = s[0].second;
  }
  clamp_into(box, best);
  return best;
}

using Time = std::function<double(const Vector& parameters, const Row& row)>;
using Place = std::function<MeasuredPoint(const Row&)>;
using Weight = std::function<double(const Row&)>;

/// Mean absolute log error with large errors damped, so that outliers of an autotuner do not steer.
Vector fit(const Box& box, const std::vector<Row>& rows, const Time& time, const Weight& weight) {
  std::vector<Row> sample;
  const std::size_t stride = std::max<std::size_t>(1, rows.size() / 1200);
  for (std::size_t i = 0; i < rows.size(); i += stride) sample.push_back(rows[i]);
  const auto loss = [&](const Vector& x) {
    double sum = 0, total = 0;
    for (const Row& row : sample) {
      const double error = std::abs(std::log(time(x, row) / row.us()));
      const double w = weight(row);
      sum += w * std::min(error, 0.5 + 0.1 * error);
      total += w;
    }
    return sum / total;
  };
  Box other = box;  // a second start, nearer to the box's middle
  for (std::size_t i = 0; i < box.start.size(); ++i)
    other.start[i] = 0.6 * box.start[i] + 0.4 * std::min(box.high[i], 3 * box.start[i]);
  const Vector first = minimise(box, loss, 250), second = minimise(other, loss, 250);
  return loss(second) < loss(first) ? second : first;
}

struct Interpolation {
  ResidualModel model;
  double analytic_median, by_shape, by_family;
};

/// Tries length scales and nuggets; keeps the best by held-out families of shapes.
Interpolation interpolate(const std::vector<Row>& rows, const Vector& x, const Time& time,
                          const Place& place, const Place& family,
                          const std::vector<MeasuredPoint>& lengths) {
  std::vector<MeasuredPoint> points;
  Vector residuals;
  std::vector<int> families, shapes;
  std::map<MeasuredPoint, int> numbers, shape_numbers;
  for (const Row& row : rows) {
    points.push_back(place(row));
    residuals.push_back(std::log(row.us() / time(x, row)));
    families.push_back(
        numbers.emplace(family(row), static_cast<int>(numbers.size())).first->second);
    shapes.push_back(
        shape_numbers.emplace(points.back(), static_cast<int>(shape_numbers.size())).first->second %
        10);
  }
  Vector absolute;
  for (double r : residuals) absolute.push_back(std::abs(r));
  Interpolation best{};
  best.analytic_median = quantile(absolute, 0.5);
  best.by_family = 1e9;
  const double clip = std::max(0.15, 4 * best.analytic_median);
  const std::size_t stride = std::max<std::size_t>(1, rows.size() / 700);
  auto errors = [&](const ResidualModel& model, const std::vector<int>& groups,
                    Vector* unexplained) {
    const MeasuredTable table(points, residuals, groups, model);
    Vector error;
    for (std::size_t i = 0; i < rows.size(); i += stride) {
      const Correction c = table.at(points[i], groups[i]);
      error.push_back(std::abs(c.log_ratio - residuals[i]));
      if (unexplained != nullptr) unexplained->push_back(c.unexplained);
    }
    return error;
  };
  for (const MeasuredPoint& length : lengths) {
    for (double nugget : {0.02, 0.1, 0.4, 1.5}) {
      for (double limit : {clip, 100.0}) {
        ResidualModel model{length, nugget, quantile(absolute, 0.8) / 1.2816, limit, 1};
        // Median first, upper decile with a small voice, both regimes of holding out.
        double score = 0;
        for (const auto* groups : {&families, &shapes}) {
          const Vector e = errors(model, *groups, nullptr);
          score += quantile(e, 0.5) + 0.1 * quantile(e, 0.9);
        }
        if (score < best.by_family) {
          best.by_family = score;
          best.model = model;
        }
      }
    }
  }
  Vector unexplained;
  const Vector error = errors(best.model, shapes, &unexplained);
  best.by_shape = quantile(error, 0.5);
  best.by_family = quantile(errors(best.model, families, nullptr), 0.5);
  double low = 0, high = 6;  // more settling -> narrower intervals -> less coverage
  for (int i = 0; i < 40; ++i) {
    best.model.settling = (low + high) / 2;
    double covered = 0;
    for (std::size_t j = 0; j < error.size(); ++j)
      covered += error[j] <= 1.2816 * residual_sigma(best.model, {0, unexplained[j]}) ? 1 : 0;
    (covered / error.size() > 0.8 ? low : high) = best.model.settling;
  }
  return best;
}

class Writer {
 public:
  Writer(const std::string& path, const Part& part) : out_(std::fopen(path.c_str(), "w")) {
    std::fprintf(out_,
                 "# Fitted by scripts/fit_kernel_models.cpp; do not edit. Times of the rows that "
                 "contain more than the\n"
                 "# kernel (activation quantise, rotary embedding) are fitted with it and answered "
                 "without it.\n");
    std::fprintf(
        out_,
        "accelerator = \"%s\"\nstatus = \"derived\"\nsource = \"measurements/kernels/%s.*.csv\"\n",
        part.id.c_str(), part.id.c_str());
  }
  ~Writer() { std::fclose(out_); }
  void open(const char* table, const std::string& variant, const std::string& dtype, bool primary,
            std::size_t rows) {
    std::fprintf(out_, "\n[[%s]]\nvariant = \"%s\"\ndtype = \"%s\"\nprimary = %s\nrows = %zu\n",
                 table, variant.c_str(), dtype.c_str(), primary ? "true" : "false", rows);
  }
  void number(const char* key, double value) {
    std::fprintf(out_, "%s = %.5g\n", key, value == 0 ? 0.0 : value);
  }
  void device(const Part& part, double peak) {
    number("peak_tflops", peak);
    number("bandwidth_tbs", part.bandwidth);
    number("compute_units", part.units);
  }
  void numbers(const std::vector<const char*>& keys, const Vector& x) {
    for (std::size_t i = 0; i < keys.size(); ++i) number(keys[i], x[i]);
  }
  void residual(const Interpolation& in) {
    std::fprintf(out_, "length = [");
    for (std::size_t i = 0; i < kMeasuredVariables; ++i)
      std::fprintf(out_, "%s%.4g", i ? ", " : "", in.model.length[i]);
    std::fprintf(out_, "]\n");
    number("nugget", in.model.nugget);
    number("spread", in.model.spread);
    number("clip", in.model.clip);
    number("settling", in.model.settling);
    std::fprintf(out_,
                 "# median |log error|: form alone %.3f, corrected %.3f by shape, %.3f by family\n",
                 in.analytic_median, in.by_shape, in.by_family);
  }

 private:
  std::FILE* out_;
};

void report(const Part& part, const char* what, const std::string& variant, std::size_t rows,
            const Interpolation& in) {
  std::printf(
      "%-12s %-10s %-24s %5zu rows  form %.3f  shape %.3f  family %.3f  spread %.3f settle %.2f "
      "nugget %.2f clip %.2f\n",
      part.id.c_str(), what, variant.c_str(), rows, in.analytic_median, in.by_shape, in.by_family,
      in.model.spread, in.model.settling, in.model.nugget, in.model.clip);
  std::fflush(stdout);
}

constexpr std::size_t kFewestRows = 24;  ///< below this a variant is not fitted

/// The fitted products by variant: grouped products are never faster per tile than dense ones.
using DenseEfficiency = std::map<std::string, double>;

DenseEfficiency fit_gemm(const Part& part, const Variants& table, Writer& writer) {
  DenseEfficiency dense;
  double plain_launch = 0;
  for (const auto& [name, rows] : table) {
    if (rows.size() < kFewestRows) continue;
    const Variant kind = variant_of(name, part.id);
    const KernelDevice device{part.peak.at(kind.peak), part.bandwidth, part.units};
    auto parameters = [&](const Vector& x) {
      return GemmParameters{x[0],
                            x[1],
                            x[2],
                            x[3],
                            x[4],
                            x[5],
                            x[6],
                            x[7],
                            kind.weight_bytes,
                            2,
                            kind.quantise_bytes};
    };
    Vector current;
    GemmForm form;
    const Time time = [&](const Vector& x, const Row& row) {
      if (x != current) {
        current = x;
        form = GemmForm(device, parameters(x));
      }
      return form.measured_microseconds(row.v[0], row.v[1], row.v[2]);
    };
    const Box box{{.05, 0, .1, .5, 1, 0, 0, 0},
                  {.95, 3000, 1.1, 60, 8, 1, .8, 8},
                  {.75, 150, .75, 4, 3, .5, .1, 2},
                  {.1, 100, .1, 2, 1, .3, .1, 2}};
    const Vector x = fit(box, rows, time,
                         [](const Row& r) { return r.v[0] * r.v[1] * r.v[2] > 4e10 ? 2.0 : 1.0; });
    const Place place = [](const Row& r) {
      return MeasuredPoint{std::log2(r.v[0]), std::log2(r.v[1]), std::log2(r.v[2])};
    };
    const Place family = [](const Row& r) { return MeasuredPoint{0, r.v[1], r.v[2]}; };
    const Interpolation in = interpolate(rows, x, time, place, family,
                                         {{2, 2, 2, 1, 1, 1},
                                          {3, 1.5, 1.5, 1, 1, 1},
                                          {2, 3, 6, 1, 1, 1},
                                          {1, 2, 2, 1, 1, 1},
                                          {4, 4, 4, 1, 1, 1},
                                          {1, 4, 4, 1, 1, 1},
                                          {.5, 2, 2, 1, 1, 1}});
    // Of two 16-bit runs on A100 the one that agrees with published cuBLASLt rates answers.
    const bool primary = kind.primary && !(name == "bf16" && table.contains("bf16_sglang"));
    if (kind.peak == "bf16" && primary) plain_launch = x[3];
    const bool quantised = kind.quantise_bytes > 0;
    const double launch = quantised && plain_launch > 0 ? std::min(x[3], plain_launch) : x[3];
    dense[name] = x[0];
    writer.open("gemm", name, kind.dtype, primary, rows.size());
    writer.device(part, device.peak_tflops);
    writer.numbers({"efficiency", "fill_depth", "memory_fraction", "launch_us", "knee",
                    "wave_fraction", "tile_exponent", "split_traffic"},
                   {x[0], x[1], x[2], launch, x[4], x[5], x[6], x[7]});
    writer.number("input_bytes", kind.weight_bytes);
    writer.number("quantise_bytes", kind.quantise_bytes);
    writer.number("quantise_us", x[3] - launch);
    writer.residual(in);
    report(part, "gemm", name, rows.size(), in);
  }
  return dense;
}

double dense_limit(const DenseEfficiency& dense, const std::string& variant) {
  std::string name =
      variant.ends_with("_nongated") ? variant.substr(0, variant.size() - 9) : variant;
  if (name == "mxfp8" || name == "mxfp8_mxfp4") name = "fp8_block";
  if (name.starts_with("bf16")) name = dense.contains("bf16_sglang") ? "bf16_sglang" : "bf16";
  const auto found = dense.find(name);
  return found == dense.end()
             ? 0.62
             : found->second;  // 0.62: bf16 of gfx950, for a format with no dense fit
}

AttentionGeometry geometry_of(const Row& row, bool latent, bool decode) {
  AttentionGeometry g;
  g.batch = row.v[0];
  g.heads = row.v[1];
  g.kv_heads = row.v[2];
  g.query_length = row.v[3];
  g.kv_length = row.v[4];
  if (latent) {  // DeepSeek: 128 + 64 rotary in prefill; 512 latent + 64 rotary in absorbed decode
    g.head_dim_qk = decode ? 576 : 192;
    g.head_dim_v = decode ? 512 : 128;
  }
  return g;
}

void fit_attention(const Part& part, const Variants& table, Writer& writer) {
  for (const auto& [name, rows] : table) {
    if (rows.size() < kFewestRows) continue;
    const bool decode = name.find("generation") != std::string::npos;
    const bool latent = name.starts_with("latent");
    const bool narrow = name.ends_with("fp8");
    const KernelDevice device{
        part.peak.at(narrow && !decode && part.peak.contains("fp8") ? "fp8" : "bf16"),
        part.bandwidth, part.units};
    const double bytes = narrow ? 1 : 2;
    const Time time = [&](const Vector& x, const Row& row) {
      const AttentionGeometry g = geometry_of(row, latent, decode);
      if (decode)
        return DecodeForm(device, {x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], bytes})
            .microseconds(g);
      // The preprocess that the tables time with prefill reads and writes Q, K, V once: two passes.
      return PrefillForm(device, {x[0], x[1], x[2], x[3], latent ? 0.0 : 2.0, .75, bytes})
          .measured_microseconds(g);
    };
    const Box box =
        decode ? Box{{.1, 1, .02, 0, 32, 1, 0, 1},
                     {1.2, 40, 1.2, 5, 8192, 6, 3, 128},
                     {.8, 8, .4, .5, 512, 3, .3, 8},
                     {.1, 3, .2, .5, 500, 1, .3, 8}}
               : Box{{.05, 0, 2, 0}, {1.2, 1200, 40, 1}, {.6, 100, 12, .5}, {.1, 100, 3, .4}};
    const Vector x = fit(box, rows, time, [](const Row& r) { return r.us() > 300 ? 2.0 : 1.0; });
    const Place place = [](const Row& r) {
      return MeasuredPoint{std::log2(r.v[0]), std::log2(r.v[1]), std::log2(r.v[2]),
                           std::log2(r.v[4])};
    };
    const Place family = [](const Row& r) { return MeasuredPoint{r.v[0], r.v[1], r.v[2]}; };
    const Interpolation in = interpolate(rows, x, time, place, family,
                                         {{3, 3, 3, 3, 1, 1},
                                          {3, 3, 3, 1.5, 1, 1},
                                          {4, 8, 8, 4, 1, 1},
                                          {6, 6, 6, 2, 1, 1},
                                          {2, 2, 2, 2, 1, 1},
                                          {2, 4, 4, 1, 1, 1}});
    writer.open("attention", name, narrow ? "fp8" : "bf16", true, rows.size());
    writer.device(part, device.peak_tflops);
    if (decode)
      writer.numbers({"memory_fraction", "launch_us", "efficiency", "block_us", "chunk", "knee",
                      "length_us", "group_rows"},
                     x);
    else
      writer.numbers({"efficiency", "block_keys", "launch_us", "wave_fraction", "preprocess"},
                     {x[0], x[1], x[2], x[3], latent ? 0.0 : 2.0});
    writer.number("element_bytes", bytes);
    writer.residual(in);
    report(part, "attention", name, rows.size(), in);
  }
}

MoeLayerShape layer_of(const Row& row, bool gated) {
  return {row.v[0], row.v[1], row.v[2], row.v[3], row.v[4], row.v[5], row.v[6], gated, row.v[7]};
}

void fit_moe(const Part& part, const Variants& table, const DenseEfficiency& dense,
             Writer& writer) {
  for (const auto& [name, rows] : table) {
    if (rows.size() < kFewestRows) continue;
    const Variant kind = variant_of(name, part.id);
    const bool gated = !name.ends_with("_nongated");
    const KernelDevice device{part.peak.at(kind.peak), part.bandwidth, part.units};
    Vector current;
    MoeForm form;
    const Time time = [&](const Vector& x, const Row& row) {
      if (x != current) {
        current = x;
        form = MoeForm(device, {x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8],
                                kind.weight_bytes, kind.activation_bytes});
      }
      return form.layer_microseconds(layer_of(row, gated));
    };
    const double limit = dense_limit(dense, name);
    const Box box{{.03, 0, .2, 3, 1, 0, 0, 0, 0},
                  {limit, 3000, 1.1, 200, 6, .6, 6, 1.5, 1},
                  {0.8 * limit, 300, .75, 25, 2, .15, 1, .3, .3},
                  {.2, 300, .15, 10, 1, .1, .7, .3, .3}};
    const Vector x = fit(box, rows, time,
                         [](const Row& r) { return r.v[7] == 0 && r.v[0] >= 1024 ? 2.0 : 1.0; });
    const Place place = [](const Row& r) {
      return MeasuredPoint{std::log2(r.v[0] * r.v[3] / r.v[6]),
                           std::log2(std::max(1.0, r.v[4] / r.v[6])),
                           std::log2(r.v[1]),
                           std::log2(r.v[2] / r.v[5]),
                           r.v[7],
                           std::log2(r.v[0])};
    };
    const Place family = [](const Row& r) {
      return MeasuredPoint{r.v[1], r.v[2] / r.v[5], r.v[3], r.v[4], r.v[6]};
    };
    const Interpolation in = interpolate(rows, x, time, place, family,
                                         {{3, 3, 3, 3, 1, 6},
                                          {6, 6, 6, 6, 1, 6},
                                          {2, 4, 4, 4, 1, 4},
                                          {6, 6, 6, 6, 3, 6},
                                          {2, 6, 6, 6, .5, 6},
                                          {10, 10, 10, 10, 2, 10}});
    writer.open("moe", name, kind.dtype, kind.primary, rows.size());
    writer.device(part, device.peak_tflops);
    writer.numbers({"efficiency", "fill_depth", "memory_fraction", "launch_us", "knee",
                    "tile_exponent", "layer_traffic", "skew_growth", "wave_fraction"},
                   x);
    writer.number("weight_bytes", kind.weight_bytes);
    writer.number("activation_bytes", kind.activation_bytes);
    writer.residual(in);
    report(part, "moe", name, rows.size(), in);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: fit TABLES_DIR OUT_DIR\n");
    return 2;
  }
  const std::string tables = argv[1], out = argv[2];
  for (const Part& part : kParts) {
    Writer writer(out + "/" + part.id + ".toml", part);
    const DenseEfficiency dense =
        fit_gemm(part, read_table(tables + "/" + part.id + ".gemm.csv"), writer);
    fit_attention(part, read_table(tables + "/" + part.id + ".attention.csv"), writer);
    fit_moe(part, read_table(tables + "/" + part.id + ".moe.csv"), dense, writer);
  }
}
