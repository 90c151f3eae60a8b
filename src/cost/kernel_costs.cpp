#include "cost/kernel_costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cost/kernel_library.hpp"

namespace polyfleet {

namespace {

/// Remembers recent answers: a plan asks for the same few shapes again and again.
class Memo {
 public:
  using Key = std::array<double, 12>;
  template <class Compute>
  KernelTime get(const Key& key, Compute&& compute) const {
    std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a over the words of the key
    for (const double x : key) {
      std::uint64_t word;
      static_assert(sizeof word == sizeof x);
      __builtin_memcpy(&word, &x, sizeof word);
      hash = (hash ^ (word >> 32) ^ word) * 1099511628211ULL;
    }
    Shard& shard = shards_[(hash >> 50) % kShards];
    const std::size_t slot = (hash >> 20) % kSlots;
    {
      const std::lock_guard<std::mutex> lock(shard.mutex);
      if (shard.filled[slot] && shard.keys[slot] == key) return shard.values[slot];
    }
    const KernelTime value = compute();
    const std::lock_guard<std::mutex> lock(shard.mutex);
    shard.keys[slot] = key;
    shard.values[slot] = value;
    shard.filled[slot] = true;
    return value;
  }

 private:
  static constexpr std::size_t kShards = 16, kSlots = 64;
  struct Shard {
    std::mutex mutex;
    std::array<Key, kSlots> keys{};
    std::array<KernelTime, kSlots> values{};
    std::array<bool, kSlots> filled{};
  };
  mutable std::array<Shard, kShards> shards_;
};

/// A training library's kernel was not measured per shape here: its level is known to about this.
constexpr double kTrainingAttentionSigma = 0.12;
/// Elementwise kernels beside the streaming share: of vLLM's of 2024 on A100 and H100, large adds
/// reach 1.0 to 1.2 of it, activations 0.6 to 0.7, rotary embeddings 0.55, norms 0.43
/// (data/measurements/kernels/*.memory.csv); fused training kernels lie between.
constexpr double kTrafficSigma = 0.3;

AttentionGeometry geometry_of(const AttentionShape& s) {
  return {s.batch,        s.heads,     s.kv_heads, s.head_dim_qk, s.head_dim_v,
          s.query_length, s.kv_length, s.causal,   s.window};
}

/// "nv" of "nv_h100_sxm": fits are named by catalogue ids, which begin with the maker.
std::string_view maker(std::string_view id) { return id.substr(0, id.find('_')); }

/// The product fit that tells a part's 16-bit device: its own, else an 8-bit one, whose peak is
/// twice the 16-bit peak on every part that has both tables.
const KernelVariant* sixteen_bit_fit(const KernelShelf& shelf) {
  for (const double bytes : {2.0, 1.0}) {
    for (const KernelVariant& v : shelf.variants) {
      if (v.op == KernelOperator::gemm && std::floor(bytes_per_element(v.dtype) / byte) == bytes)
        return &v;
    }
  }
  return nullptr;
}

/// DeepSeek's latent attention, in either of its two shapes.
bool is_latent(const AttentionShape& s) {
  return s.decode ? s.head_dim_qk >= 512 && s.kv_heads == 1
                  : s.head_dim_qk > s.head_dim_v && s.head_dim_qk <= 256;
}

}  // namespace

class KernelCosts::Library {
 public:
  static Result<std::unique_ptr<Library>> make(const Accelerator& accelerator,
                                               const std::filesystem::path& data_directory,
                                               const KernelOptions& options);

  const KernelModel& gemm(Dtype d) const { return *gemm_[static_cast<std::size_t>(d)]; }
  const KernelModel& moe(Dtype d) const { return *moe_[static_cast<std::size_t>(d)]; }
  const KernelModel& attention(const AttentionShape& s) const {
    const bool narrow = bytes_per_element(s.dtype) < 2 * byte;
    return *attention_[narrow][s.decode][is_latent(s)];
  }

  KernelOptions options;
  GeneralKernelConstants general;
  double bandwidth = 0;  ///< bytes per second
  Memo memo;

 private:
  using Slot = std::shared_ptr<KernelModel>;
  Result<std::monostate> open_next(const std::filesystem::path& data_directory);
  Result<Slot> find(const Accelerator& accelerator, const std::filesystem::path& data_directory,
                    const KernelWish& wish);
  Result<std::monostate> fill(const Accelerator& accelerator,
                              const std::filesystem::path& data_directory);
  /// How near a variant must be to the wish.
  enum class Likeness { format, sister, any };
  const KernelVariant* on_shelf(const KernelShelf& shelf, const KernelWish& wish,
                                Likeness likeness) const;
  double published_ratio(const Accelerator& accelerator, const KernelShelf& shelf) const;
  Slot take(const Accelerator& accelerator, const KernelShelf& shelf, const KernelVariant& variant,
            const KernelWish& wish);
  void use_training_attention();

  std::string loan_reason_;
  std::vector<KernelRelative> lenders_;                ///< the part itself first
  std::vector<std::unique_ptr<KernelShelf>> shelves_;  ///< of the first lenders, as far as needed
  std::vector<PublishedProduct> products_;
  std::array<Slot, kDtypeCount> gemm_, moe_;
  Slot attention_[2][2][2];  ///< narrow format, decode, latent
};

Result<std::monostate> KernelCosts::Library::open_next(
    const std::filesystem::path& data_directory) {
  Result<std::unique_ptr<KernelShelf>> shelf =
      read_shelf(data_directory, lenders_[shelves_.size()]);
  if (!shelf) return shelf.problems();
  shelves_.push_back(std::move(*shelf));
  return std::monostate{};
}

const KernelVariant* KernelCosts::Library::on_shelf(const KernelShelf& shelf,
                                                    const KernelWish& wish,
                                                    Likeness likeness) const {
  const auto fits = [&](const KernelVariant& v) {
    return v.op == wish.op && v.primary && v.decode() == wish.decode &&
           (v.latent() == wish.latent || likeness == Likeness::any);
  };
  for (const Dtype dtype : sister_formats(wish.dtype)) {
    for (const KernelVariant& v : shelf.variants) {
      if (fits(v) && v.dtype == dtype) return &v;
    }
    if (likeness == Likeness::format) return nullptr;
  }
  if (likeness == Likeness::sister) return nullptr;
  for (const KernelVariant& v : shelf.variants) {
    if (fits(v)) return &v;
  }
  return nullptr;
}

Result<KernelCosts::Library::Slot> KernelCosts::Library::find(
    const Accelerator& accelerator, const std::filesystem::path& data_directory,
    const KernelWish& wish) {
  for (const Likeness likeness : {Likeness::format, Likeness::sister, Likeness::any}) {
    for (std::size_t i = 0; i < lenders_.size(); ++i) {
      if (i == shelves_.size()) {
        const Result<std::monostate> opened = open_next(data_directory);
        if (!opened) return opened.problems();
      }
      // The same format of the same maker comes before a sister format of the part itself.
      const bool kin = maker(lenders_[i].accelerator) == maker(accelerator.id);
      if (likeness == Likeness::format && !kin) continue;
      if (const KernelVariant* variant = on_shelf(*shelves_[i], wish, likeness))
        return take(accelerator, *shelves_[i], *variant, wish);
    }
  }
  return problem(fmt::format("neither {} nor its relatives have a fit of {}", accelerator.id,
                             name_of(wish.op)),
                 "restore data/kernels");
}

Result<std::monostate> KernelCosts::Library::fill(const Accelerator& accelerator,
                                                  const std::filesystem::path& data_directory) {
  const Result<std::monostate> opened = open_next(data_directory);
  if (!opened) return opened.problems();
  Diagnostics problems;
  const auto put = [&](Slot& slot, const KernelWish& wish) {
    Result<Slot> found = find(accelerator, data_directory, wish);
    if (found) {
      slot = std::move(*found);
    } else {
      problems.insert(problems.end(), found.problems().begin(), found.problems().end());
    }
  };
  for (const KernelOperator op : {KernelOperator::gemm, KernelOperator::moe}) {
    std::array<Slot, kDtypeCount>& slots = op == KernelOperator::gemm ? gemm_ : moe_;
    std::array<Dtype, kDtypeCount> runs;
    for (std::size_t i = 0; i < kDtypeCount; ++i) {
      const auto wanted = static_cast<Dtype>(i);
      const bool measured = !shelves_.empty() && shelves_[0]->accelerator == accelerator.id &&
                            on_shelf(*shelves_[0], {op, wanted}, Likeness::format) != nullptr;
      runs[i] = measured ? wanted : format_that_runs(accelerator, wanted);
      if (runs[i] == wanted) put(slots[i], {op, wanted});
    }
    for (std::size_t i = 0; i < kDtypeCount; ++i)  // a format that runs as another shares its model
      slots[i] = slots[static_cast<std::size_t>(runs[i])];
  }
  for (const bool narrow : {false, true}) {
    for (const bool decode : {false, true}) {
      for (const bool latent : {false, true}) {
        put(attention_[narrow][decode][latent],
            {KernelOperator::attention, narrow ? Dtype::fp8 : Dtype::bf16, decode, latent});
      }
    }
  }
  if (!problems.empty()) return problems;
  use_training_attention();
  return std::monostate{};
}

/// What the part reaches of its 16-bit peak over what the lender reaches, each against the same
/// form on its published shape: best of many shapes against the same, held products against held
/// ones; 1 where neither pair is published. A part without a figure is as its own silicon's first
/// lender.
double KernelCosts::Library::published_ratio(const Accelerator& accelerator,
                                             const KernelShelf& shelf) const {
  const auto bf16 = std::find_if(shelf.variants.begin(), shelf.variants.end(), [](const auto& v) {
    return v.op == KernelOperator::gemm && v.dtype == Dtype::bf16 && v.primary;
  });
  const auto peak = accelerator.dense_peak(Dtype::bf16);
  if (bf16 == shelf.variants.end() || !peak) return 1;
  KernelDevice device = bf16->device;
  device.peak_tflops = peak->value / teraflop_per_second;
  device.bandwidth_tbs = bandwidth * 1e-12;
  if (accelerator.compute_units) device.compute_units = accelerator.compute_units->value;
  const auto reached = [&](const std::string& id, const KernelDevice& on, bool best_of_many) {
    const PublishedProduct* best = nullptr;
    for (const PublishedProduct& p : products_) {
      const bool counts =
          p.accelerator == id && p.dtype == Dtype::bf16 && p.best_of_many_shapes == best_of_many;
      if (counts && (best == nullptr || p.tflops > best->tflops)) best = &p;
    }
    if (best == nullptr) return 0.0;
    const KernelVariant there = moved(*bf16, on, 1, Dtype::bf16);
    const double us = std::get<GemmForm>(there.form).microseconds(best->m, best->n, best->k);
    return best->tflops / (2e-6 * best->m * best->n * best->k / us);
  };
  const auto published = [&](const std::string& id) {
    return std::any_of(products_.begin(), products_.end(), [&](const PublishedProduct& p) {
      return p.accelerator == id && p.dtype == Dtype::bf16;
    });
  };
  std::string id = accelerator.id;
  for (const KernelRelative& lender : lenders_) {
    if (!published(id) && lender.shapes && published(lender.accelerator)) id = lender.accelerator;
  }
  if (id == shelf.accelerator) return 1;
  if (id != accelerator.id) {  // a kin's figure counts against the kin's own peak
    const auto kin = std::find_if(shelves_.begin(), shelves_.end(),
                                  [&](const auto& s) { return s->accelerator == id; });
    const KernelVariant* fit = kin == shelves_.end() ? nullptr : sixteen_bit_fit(**kin);
    if (fit == nullptr) return 1;
    device = fit->device;
    if (bytes_per_element(fit->dtype) < 2 * byte) device.peak_tflops /= 2;
  }
  for (const bool best_of_many : {true, false}) {
    const double ours = reached(id, device, best_of_many);
    const double lent = reached(shelf.accelerator, bf16->device, best_of_many);
    if (ours > 0 && lent > 0) return ours / lent;
  }
  return 1;
}

KernelCosts::Library::Slot KernelCosts::Library::take(const Accelerator& accelerator,
                                                      const KernelShelf& shelf,
                                                      const KernelVariant& variant,
                                                      const KernelWish& wish) {
  const auto peak = [&](Dtype d) {
    const auto figure = accelerator.dense_peak(d);
    return figure ? figure->value / teraflop_per_second : 0.0;
  };
  const bool own = shelf.accelerator == accelerator.id;
  KernelDevice device = variant.device;
  double factor = 1;
  if (own) {
    const std::vector<Dtype> sisters = sister_formats(wish.dtype);
    if (std::find(sisters.begin(), sisters.end(), variant.dtype) == sisters.end() &&
        peak(variant.dtype) > 0)
      device.peak_tflops *= peak(wish.dtype) / peak(variant.dtype);
  } else {
    device.peak_tflops =
        wish.op == KernelOperator::attention ? peak(variant.dtype) : peak(wish.dtype);
    device.bandwidth_tbs = bandwidth * 1e-12;
    if (accelerator.compute_units) device.compute_units = accelerator.compute_units->value;
    factor = published_ratio(accelerator, shelf);
  }
  const Dtype dtype = wish.op == KernelOperator::attention ? variant.dtype : wish.dtype;
  const auto rows = shelf.rows.find(variant.op);
  const std::vector<MeasuredRow>* measured = nullptr;
  if (rows != shelf.rows.end()) {
    const auto found = rows->second.find(variant.name);
    if (found != rows->second.end()) measured = &found->second;
  }
  auto model = std::make_shared<KernelModel>(
      own && device.peak_tflops == variant.device.peak_tflops && dtype == variant.dtype
          ? variant
          : moved(variant, device, factor, dtype),
      &variant, measured);
  model->loan_sigma = own ? 0 : shelf.loan_sigma;
  model->provenance =
      own ? fmt::format("{} {}: fit and table of {} (kernels/{}.toml)", name_of(variant.op),
                        variant.name, shelf.accelerator, shelf.accelerator)
          : fmt::format("{} {}: transferred from {} (matmul ratio {:.2f}), because {}",
                        name_of(variant.op), variant.name, shelf.accelerator, factor, loan_reason_);
  model->leave_out_same_shape = options.leave_out_same_shape;
  if (options.sustained && variant.op == KernelOperator::gemm)
    model->held_against(products_, shelf.accelerator);
  return model;
}

void KernelCosts::Library::use_training_attention() {
  if (!options.training_attention || general.training_efficiency <= 0) return;
  Slot& slot = attention_[0][0][0];
  KernelVariant variant = slot->variant();
  PrefillParameters p = std::get<PrefillForm>(variant.form).parameters();
  p.efficiency = general.training_efficiency;
  p.block_keys = general.training_block_keys;
  variant.form = PrefillForm(variant.device, p);
  variant.residual.spread = kTrainingAttentionSigma;
  auto model = std::make_shared<KernelModel>(std::move(variant), nullptr, nullptr);
  model->provenance = "attention of training libraries: " + general.training_source;
  slot = std::move(model);
}

Result<std::unique_ptr<KernelCosts::Library>> KernelCosts::Library::make(
    const Accelerator& accelerator, const std::filesystem::path& data_directory,
    const KernelOptions& options) {
  Diagnostics problems;
  if (!accelerator.memory_bandwidth)
    problems.push_back(
        problem(accelerator.id + " has no memory bandwidth", "give memory_bandwidth in its file"));
  if (!accelerator.dense_peak(Dtype::bf16))
    problems.push_back(problem(accelerator.id + " has no dense peak for 16-bit products",
                               "give peak.bf16 in its file"));
  Result<KernelRelatives> relatives = kernel_relatives(accelerator, data_directory);
  Result<GeneralKernelConstants> general = general_kernel_constants(accelerator, data_directory);
  Result<std::vector<PublishedProduct>> products = published_products(data_directory);
  if (!relatives)
    problems.insert(problems.end(), relatives.problems().begin(), relatives.problems().end());
  if (!general)
    problems.insert(problems.end(), general.problems().begin(), general.problems().end());
  if (!products)
    problems.insert(problems.end(), products.problems().begin(), products.problems().end());
  if (!problems.empty()) return problems;
  auto library = std::make_unique<Library>();
  library->options = options;
  library->general = *general;
  library->products_ = *products;
  library->loan_reason_ = relatives->reason;
  if (!(options.mature_software && general->early_stack))
    library->lenders_.push_back({accelerator.id, 0, true});
  for (const KernelRelative& lender : relatives->lenders) library->lenders_.push_back(lender);
  library->bandwidth = accelerator.memory_bandwidth->value / byte_per_second;
  const Result<std::monostate> filled = library->fill(accelerator, data_directory);
  if (!filled) return filled.problems();
  return library;
}

KernelCosts::KernelCosts(std::unique_ptr<const Library> library) : library_(std::move(library)) {}
KernelCosts::KernelCosts(KernelCosts&&) noexcept = default;
KernelCosts& KernelCosts::operator=(KernelCosts&&) noexcept = default;
KernelCosts::~KernelCosts() = default;

Result<KernelCosts> KernelCosts::load(const Accelerator& accelerator,
                                      const std::filesystem::path& data_directory,
                                      const KernelOptions& options) {
  Result<std::unique_ptr<Library>> library = Library::make(accelerator, data_directory, options);
  if (!library) return library.problems();
  return KernelCosts(std::move(*library));
}

KernelTime KernelCosts::gemm(const GemmShape& s) const {
  const Memo::Key key{0, s.m, s.n, s.k, s.count, static_cast<double>(s.dtype)};
  return library_->memo.get(key, [&] {
    const KernelModel& model = library_->gemm(s.dtype);
    const auto& form = std::get<GemmForm>(model.variant().form);
    KernelTime result =
        model.corrected(form.microseconds(s.m, s.n, s.k), gemm_place(s.m, s.n, s.k));
    if (const double sustain = model.sustain(); sustain > 1)
      result.time *= 1 + (sustain - 1) * form.arithmetic_share(s.m, s.n, s.k);
    // No correction may carry a product past the dense peak.
    const double ideal = 2 * s.m * s.n * s.k / (model.variant().device.peak_tflops * 1e6);
    result.time = max(result.time, ideal * microsecond);
    result.time *= s.count;
    return result;
  });
}

KernelTime KernelCosts::gemm_with_quantise(const GemmShape& s) const {
  const auto& form = std::get<GemmForm>(library_->gemm(s.dtype).variant().form);
  KernelTime result = gemm(s);
  result.time *= form.measured_microseconds(s.m, s.n, s.k) / form.microseconds(s.m, s.n, s.k);
  return result;
}

KernelTime KernelCosts::attention_with_preprocess(const AttentionShape& s) const {
  KernelTime result = attention(s);
  if (const auto* form = std::get_if<PrefillForm>(&library_->attention(s).variant().form)) {
    const AttentionGeometry g = geometry_of(s);
    result.time *= form->measured_microseconds(g) / form->microseconds(g);
  }
  return result;
}

KernelTime KernelCosts::grouped_gemm(const GroupedGemmShape& s) const {
  const Memo::Key key{1, s.tokens, s.experts, s.n, s.k, s.imbalance, static_cast<double>(s.dtype)};
  return library_->memo.get(key, [&] {
    const KernelModel& model = library_->moe(s.dtype);
    const auto& form = std::get<MoeForm>(model.variant().form);
    const double tokens = std::max(1.0, s.tokens * s.imbalance);
    const double product = form.product_microseconds(tokens, s.experts, s.n, s.k);
    // The residuals are of whole layers: the wide side stands for hidden, the narrow one for inter.
    const MoeLayerShape layer{tokens, std::max(s.n, s.k), std::min(s.n, s.k), 1, s.experts};
    KernelTime result = model.corrected(product, moe_place(layer));
    const KernelModel& dense = library_->gemm(s.dtype);
    // Never faster than one dense product of the same work.
    const auto& whole = std::get<GemmForm>(dense.variant().form);
    const KernelDevice& device = model.variant().device;
    const double ideal =
        2 * tokens * s.n * s.k / (form.parameters().efficiency * device.peak_tflops * 1e6);
    result.time *= 1 + (dense.sustain() - 1) * std::min(1.0, ideal / product);
    result.time = max(result.time, gemm({tokens, s.n, s.k, 1, s.dtype}).time);
    result.time += whole.parameters().launch_us * microsecond;
    return result;
  });
}

KernelTime KernelCosts::attention(const AttentionShape& s) const {
  const Memo::Key key{2.0 + s.causal + 2 * s.backward + 4 * s.decode,
                      s.batch,
                      s.heads,
                      s.kv_heads,
                      s.head_dim_qk,
                      s.head_dim_v,
                      s.query_length,
                      s.kv_length,
                      s.window,
                      static_cast<double>(s.dtype)};
  return library_->memo.get(key, [&] {
    const KernelModel& model = library_->attention(s);
    const AttentionGeometry geometry = geometry_of(s);
    if (const auto* decode = std::get_if<DecodeForm>(&model.variant().form))
      return model.corrected(decode->microseconds(geometry), attention_place(geometry));
    const auto& form = std::get<PrefillForm>(model.variant().form);
    const double launch = form.parameters().launch_us;
    double microseconds = form.microseconds(geometry);
    if (!model.variant().latent()) {
      const double half = library_->general.head_size_half;
      const double size = (s.head_dim_qk + s.head_dim_v) / 2;
      const double rate = (size / (size + half)) / (128 / (128 + half));
      microseconds = launch + (microseconds - launch) / rate;
    }
    KernelTime result = model.corrected(microseconds, attention_place(geometry));
    if (s.backward) {
      const double growth = library_->general.backward_work / library_->general.backward_rate;
      result.time *= (launch + (microseconds - launch) * growth) / microseconds;
    }
    return result;
  });
}

KernelTime KernelCosts::traffic(const TrafficShape& s) const {
  const double rate = library_->general.stream_fraction * library_->bandwidth;
  return {s.launches * launch_latency() + (s.read + s.written) / byte / rate * second,
          kTrafficSigma, Fidelity::analytic_fit};
}

Seconds KernelCosts::launch_latency() const {
  return library_->general.stream_launch_us * microsecond;
}

std::string KernelCosts::gemm_provenance(Dtype dtype) const {
  const KernelModel& model = library_->gemm(dtype);
  const double sustain = model.sustain();
  return sustain > 1
             ? fmt::format("{}; held rate {:.2f} of the burst rate", model.provenance, 1 / sustain)
             : model.provenance;
}

std::string KernelCosts::grouped_gemm_provenance(Dtype dtype) const {
  return library_->moe(dtype).provenance;
}

std::string KernelCosts::attention_provenance(const AttentionShape& shape) const {
  const std::string& forward = library_->attention(shape).provenance;
  return shape.backward ? forward + "; backward: " + library_->general.backward_source : forward;
}

std::string KernelCosts::traffic_provenance() const {
  return fmt::format("memory-bound kernels at {:.2f} of the peak bandwidth: {}",
                     library_->general.stream_fraction, library_->general.stream_source);
}

}  // namespace polyfleet
