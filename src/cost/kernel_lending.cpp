#include "cost/kernel_lending.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace polyfleet {

namespace {

/// A training library's kernel was not measured per shape here: its level is known to about this.
constexpr double kTrainingAttentionSigma = 0.12;
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

/// The fastest published 16-bit product of a part, of one kind, or null.
const PublishedProduct* best_published(const std::vector<PublishedProduct>& products,
                                       const std::string& id, bool best_of_many) {
  const PublishedProduct* best = nullptr;
  for (const PublishedProduct& p : products) {
    const bool counts =
        p.accelerator == id && p.dtype == Dtype::bf16 && p.best_of_many_shapes == best_of_many;
    if (counts && (best == nullptr || p.tflops > best->tflops)) best = &p;
  }
  return best;
}

/// Its rate over what a product form says of the same shape on `device`; 0 for null.
double share_of_form(const PublishedProduct* product, const KernelVariant& fit,
                     const KernelDevice& device) {
  if (product == nullptr) return 0;
  const auto& [m, n, k] = std::tie(product->m, product->n, product->k);
  const KernelVariant there = moved(fit, device, 1, Dtype::bf16);
  const double us = std::get<GemmForm>(there.form).microseconds(m, n, k);
  return product->tflops / (2e-6 * m * n * k / us);
}

}  // namespace

bool is_latent_attention(const AttentionShape& s) {
  return s.decode ? s.head_dim_qk >= 512 && s.kv_heads == 1
                  : s.head_dim_qk > s.head_dim_v && s.head_dim_qk <= 256;
}

Result<std::monostate> KernelLibrary::open_next(const std::filesystem::path& data_directory) {
  Result<std::unique_ptr<KernelShelf>> shelf =
      read_shelf(data_directory, lenders_[shelves_.size()]);
  if (!shelf) return shelf.problems();
  shelves_.push_back(std::move(*shelf));
  return std::monostate{};
}

const KernelVariant* KernelLibrary::on_shelf(const KernelShelf& shelf, const KernelWish& wish,
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

Result<KernelLibrary::Slot> KernelLibrary::find(const Accelerator& accelerator,
                                                const std::filesystem::path& data_directory,
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

Result<std::monostate> KernelLibrary::fill(const Accelerator& accelerator,
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
double KernelLibrary::published_ratio(const Accelerator& accelerator,
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
    const double ours = share_of_form(best_published(products_, id, best_of_many), *bf16, device);
    const double lent = share_of_form(best_published(products_, shelf.accelerator, best_of_many),
                                      *bf16, bf16->device);
    if (ours > 0 && lent > 0) return ours / lent;
  }
  return 1;
}

/// The measured rows behind a variant, or null.
static const std::vector<MeasuredRow>* rows_of(const KernelShelf& shelf,
                                               const KernelVariant& variant) {
  const auto tables = shelf.rows.find(variant.op);
  if (tables == shelf.rows.end()) return nullptr;
  const auto found = tables->second.find(variant.name);
  return found == tables->second.end() ? nullptr : &found->second;
}

KernelLibrary::Slot KernelLibrary::take(const Accelerator& accelerator, const KernelShelf& shelf,
                                        const KernelVariant& variant, const KernelWish& wish) {
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
  const std::vector<MeasuredRow>* measured = rows_of(shelf, variant);
  auto model = std::make_shared<KernelModel>(
      own && device.peak_tflops == variant.device.peak_tflops && dtype == variant.dtype
          ? variant
          : moved(variant, device, factor, dtype, own ? 0 : general.borrowed_reading),
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

void KernelLibrary::use_training_attention() {
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

/// Formats that run as another share a model: each is rescaled once.
void KernelLibrary::rescale() {
  std::set<KernelModel*> models;
  for (const auto* slots : {&gemm_, &moe_}) {
    for (const Slot& slot : *slots) models.insert(slot.get());
  }
  for (auto& narrow : attention_) {
    for (auto& decode : narrow) {
      for (const Slot& slot : decode) models.insert(slot.get());
    }
  }
  for (KernelModel* model : models) model->rescale(options.scaling);
  bandwidth *= options.scaling.bandwidth;
  general.stream_launch_us *= options.scaling.launch;
}

Result<std::unique_ptr<KernelLibrary>> KernelLibrary::make(
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
  auto library = std::make_unique<KernelLibrary>();
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
  library->rescale();
  return library;
}

}  // namespace polyfleet
