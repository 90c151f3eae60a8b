#include "validation/row_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/csv.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

constexpr std::int64_t kUsualHeadDim = 128;
constexpr std::int64_t kSmallestVocabulary = 1000;
constexpr std::int64_t kGpt2Vocabulary = 50257;          // Radford et al. 2019
constexpr std::int64_t kLlamaVocabulary = 32000;         // Touvron et al. 2023
constexpr std::int64_t kWidest = std::int64_t{1} << 26;  // above any model; keeps products in range
constexpr std::int64_t kDeepest = 1 << 16;
constexpr int kGptMlpRatio = 4;  // Radford et al. 2019: feed-forward width 4 h

bool gpt_style(std::string_view name) {
  return lower(name).starts_with("gpt") && !mentions(name, "oss");
}

const ModelSpec* catalogue_model(RowReading& reading, const CatalogueLookup& lookup) {
  const std::string name(reading.row.text("model"));
  const auto alias = reading.tables.model_alias.find(letters_and_digits(name));
  if (alias != reading.tables.model_alias.end()) {
    if (alias->second.empty()) return nullptr;  // known to be of no catalogue shape
    if (auto found = lookup.model(alias->second)) return found;
  }
  return lookup.model(name);
}

/// The largest number of the cell above a plausible size: "50257 padded to 50688" -> 50688.
std::optional<std::int64_t> vocabulary_in(std::string_view cell) {
  std::optional<std::int64_t> largest;
  for (const std::int64_t value : whole_numbers(cell)) {
    const bool plausible = value >= kSmallestVocabulary && value > largest.value_or(0);
    if (plausible) largest = value;
  }
  return largest;
}

/// GPT sizing tables state parameters and width: L (12 h^2 + 13 h) + V h (BigScience's formula).
void infer_layers(RowReading& reading, ModelSpec& model) {
  const auto billions = reading.row.number("model_params_b");
  if (!billions || model.hidden == 0 || model.ffn_matrices != 2) return;
  const double h = static_cast<double>(model.hidden);
  const double layers =
      (*billions * 1e9 - static_cast<double>(model.vocab) * h) / (12 * h * h + 13 * h);
  if (layers < 1) return;
  model.layers = std::llround(layers);
  reading.inferred("layers", fmt::format("{}", model.layers),
                   "stated parameters and width, P = L (12 h^2 + 13 h) + V h");
}

void overlay_shape(RowReading& reading, ModelSpec& model) {
  const TruthRow& row = reading.row;
  if (auto layers = row.count("layers")) {
    model.moe.dense_first_layers = std::min(model.moe.dense_first_layers, *layers);
    if (model.attention_layers > *layers) model.attention_layers = *layers;
    model.layers = *layers;
  }
  const std::int64_t heads_before = model.heads;
  if (auto hidden = row.count("hidden")) model.hidden = *hidden;
  if (auto heads = row.count("heads")) model.heads = *heads;
  if (auto kv = row.count("kv_heads")) model.kv_heads = *kv;
  if (model.kv_heads > 0 && model.kv_heads < model.heads &&
      model.attention == AttentionKind::multi_head)
    model.attention = AttentionKind::grouped_query;
  if (auto vocab = vocabulary_in(row.text("vocab"))) model.vocab = *vocab;
  if (model.heads > 0 && (model.head_dim == 0 || heads_before != model.heads))
    model.head_dim = model.hidden / model.heads;
  const auto ffn = row.count("ffn_hidden");
  const auto experts = row.count("experts");
  if (experts) {
    model.moe.experts = *experts;
    if (auto top = row.count("experts_topk")) model.moe.top_k = *top;
    if (ffn) model.moe.expert_ffn = *ffn;
  } else if (ffn) {
    model.ffn = *ffn;
  }
}

void overlay_mtp(RowReading& reading, ModelSpec& model) {
  if (const auto mtp = reading.row.number("mtp_layers")) {
    model.mtp_layers = std::llround(*mtp);
  } else if (mentions(reading.row.text("model"), "w/o mtp")) {
    model.mtp_layers = 0;
  }
}

ModelSpec model_from_columns(RowReading& reading) {
  ModelSpec model;
  model.id = std::string(reading.row.text("model"));
  model.name = model.id;
  model.source = std::string(reading.row.text("source_title"));
  if (gpt_style(model.id)) {
    model.ffn_matrices = 2;
    model.biases = true;
    model.learned_positions = true;
    model.tied_embeddings = true;
  }
  return model;
}

/// The divisor of the width, itself a multiple of `tensor`, nearest to width / 128.
std::int64_t usual_heads(std::int64_t hidden, std::int64_t tensor) {
  const double wanted = static_cast<double>(hidden) / kUsualHeadDim;
  std::int64_t best = tensor;
  for (std::int64_t heads = tensor; heads <= hidden; heads += tensor) {
    const bool nearer = std::abs(static_cast<double>(heads) - wanted) <
                        std::abs(static_cast<double>(best) - wanted);
    if (hidden % heads == 0 && nearer) best = heads;
  }
  return best;
}

void complete_columns(RowReading& reading, ModelSpec& model) {
  if (model.layers == 0) infer_layers(reading, model);
  if (model.heads == 0 && model.hidden > 0) {
    model.heads = usual_heads(model.hidden, reading.row.count("tp").value_or(1));
    model.head_dim = model.hidden / model.heads;
    reading.inferred(
        "heads", fmt::format("{}", model.heads),
        "the divisor of the width nearest to width / 128 that the tensor degree divides");
  }
  if (model.kv_heads == 0) model.kv_heads = model.heads;
  if (model.vocab == 0) {
    model.vocab = model.ffn_matrices == 2 ? kGpt2Vocabulary : kLlamaVocabulary;
    reading.inferred("vocab", fmt::format("{}", model.vocab), "the usual one of its family");
  }
  if (model.ffn == 0 && model.ffn_matrices == 2) {
    model.ffn = kGptMlpRatio * model.hidden;
    reading.inferred("ffn_hidden", fmt::format("{}", model.ffn), "GPT: four times the width");
  }
  if (model.ffn == 0 && model.moe.expert_ffn > 0) model.ffn = model.moe.expert_ffn;
}

bool plausible(const ModelSpec& model) {
  const std::int64_t widths[] = {model.hidden, model.ffn,         model.heads * model.head_dim,
                                 model.vocab,  model.moe.experts, model.moe.expert_ffn};
  for (const std::int64_t width : widths) {
    if (width < 0 || width > kWidest) return false;
  }
  return model.layers <= kDeepest;
}

}  // namespace

ModelSpec read_model(RowReading& reading, const CatalogueLookup& lookup) {
  const ModelSpec* known = catalogue_model(reading, lookup);
  ModelSpec model = known != nullptr ? *known : model_from_columns(reading);
  overlay_shape(reading, model);
  if (model.hidden > kWidest || model.heads > kWidest) {
    reading.leave_out("architecture out of range");
    return model;
  }
  overlay_mtp(reading, model);
  if (known == nullptr) complete_columns(reading, model);
  if (known != nullptr && model.layers != known->layers && model.layers > 0)
    reading.inferred("model", fmt::format("{} with {} layers", known->id, model.layers),
                     "the row's layer count: a truncated proxy or a variant");
  if (model.layers == 0 || model.hidden == 0 || model.heads == 0 ||
      (model.ffn == 0 && !model.is_moe()))
    reading.leave_out("architecture not stated and not in the catalogue");
  if (!plausible(model)) reading.leave_out("architecture out of range");
  return model;
}

void pad_vocabulary(RowReading& reading, ModelSpec& model, int tensor) {
  if (whole_numbers(reading.row.text("vocab")).size() > 1) return;  // the padded figure is printed
  const double multiple = parse_number(reading.peek_profile("vocab_multiple")).value_or(1);
  const std::int64_t step = std::max<std::int64_t>(1, std::llround(multiple)) * tensor;
  if (step <= 1 || model.vocab % step == 0) return;
  model.vocab = (model.vocab + step - 1) / step * step;
  reading.inferred("vocab", fmt::format("{}", model.vocab),
                   fmt::format("padded to a multiple of {}", step));
}

}  // namespace polyfleet
