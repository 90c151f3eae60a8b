// Inference against training's forward pass and against stated parameters, every model of the
// catalogue.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "unit/workload/inference_fixture.hpp"
#include "workload/flops.hpp"
#include "workload/layer_builder.hpp"

namespace polyfleet {
namespace {

std::vector<ModelSpec> language_models() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(POLYFLEET_SOURCE_DIR) + "/data/models"))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<ModelSpec> models;
  for (const auto& path : paths) {
    Result<ModelSpec> model = load_model(path);
    REQUIRE(model);
    if (!model->diffusion) models.push_back(std::move(*model));
  }
  return models;
}

struct Products {
  double products = 0, attention = 0;
  void add(const LayerWork& work, double count) {
    for (const Op& op : work.ops[0]) {
      const double flops = count * (op.flops() / flop);
      (op.kind == OpKind::attention ? attention : products) += flops;
    }
  }
};

/// Forward of one sequence in training, without the vision tower.
Products training_forward(ModelSpec model, double tokens) {
  model.vision.reset();
  const ParallelLayout layout;
  const PrecisionRecipe precision;
  const LoraSettings lora;
  MicroBatch batch;
  batch.sequence_length = tokens;
  const BuildContext context{model, layout, precision, batch, lora};
  Products sums;
  for (const LayerRun& run : layer_runs(model))
    sums.add(layer_work(run.kind, context), static_cast<double>(run.count));
  sums.add(embedding_work(context), 1);
  sums.add(head_work(context), 1);
  return sums;
}

/// Of `tokens` tokens: the indexer's projections (which training leaves out beside grouped-query
/// heads).
double index_flops(const ModelSpec& model, double tokens) {
  if (model.sparse.heads <= 0 || model.attention == AttentionKind::latent) return 0;
  const double width = static_cast<double>(model.sparse.heads * model.sparse.head_dim);
  const double rank = static_cast<double>(model.latent.q_lora_rank);
  const double hidden = static_cast<double>(model.hidden);
  const double keys = static_cast<double>(model.sparse.head_dim + model.sparse.heads);
  return 2 * tokens * static_cast<double>(model.layers) *
         (width * (rank > 0 ? rank : hidden) + hidden * keys);
}

}  // namespace

TEST_CASE("A prefill without cache multiplies what training's forward multiplies") {
  constexpr double kTokens = 4096;
  int compared = 0;
  for (ModelSpec& model : language_models()) {
    CAPTURE(model.id);
    const Products forward = training_forward(model, kTokens);
    const fixture::InferenceSetting setting{model};
    const InferenceWork tokens = setting.tokens(kTokens);
    const InferenceWork cores = setting.prefill(kTokens, 0);
    const double products = fixture::product_flops(tokens) + fixture::product_flops(cores);
    CHECK(products ==
          doctest::Approx(forward.products + index_flops(model, kTokens)).epsilon(1e-9));
    // with a sparse index the cores are absorbed and score their keys first
    if (model.sparse.heads <= 0)
      CHECK(fixture::attention_flops(cores) == doctest::Approx(forward.attention).epsilon(1e-9));
    ++compared;
  }
  CHECK(compared > 80);
}

TEST_CASE("Weights of one accelerator are the model's parameters") {
  for (ModelSpec& model : language_models()) {
    CAPTURE(model.id);
    const ParameterCounts counts = parameter_counts(model);
    const fixture::InferenceSetting setting{model};
    const double expected = counts.total + index_flops(model, 0.5);
    const double weights = setting.memory().weights / byte / 2;
    // biases of projections are left out
    CHECK(weights == doctest::Approx(expected).epsilon(0.003));
    if (model.stated_parameters > 0 && model.assumptions.empty())
      CHECK(weights == doctest::Approx(model.stated_parameters).epsilon(0.05));
  }
}

TEST_CASE("Continuing a prompt costs the attention that one chunk would have had") {
  for (const char* id : {"llama3.1-8b", "gpt-oss-120b", "qwen3-235b-a22b", "qwen3.5-397b-a17b"}) {
    CAPTURE(id);
    const fixture::InferenceSetting setting{fixture::catalogue_model(id)};
    const double whole = fixture::attention_flops(setting.prefill(3072, 0));
    const double parts = fixture::attention_flops(setting.prefill(1024, 0)) +
                         fixture::attention_flops(setting.prefill(2048, 1024));
    CHECK(parts == doctest::Approx(whole).epsilon(1e-9));
  }
}

}  // namespace polyfleet
