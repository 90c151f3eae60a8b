#include <doctest/doctest.h>

#include <numeric>

#include "training/stages.hpp"

using namespace polyfleet;

namespace {

ModelSpec model_with_layers(std::int64_t layers) {
  ModelSpec model;
  model.layers = layers;
  model.hidden = 64;
  model.ffn = 256;
  model.heads = model.kv_heads = 4;
  model.head_dim = 16;
  model.vocab = 1000;
  return model;
}

TrainingPlan plan_with_chunks(int pipeline, int virtual_stages) {
  TrainingPlan plan;
  plan.layout.pipeline = pipeline;
  plan.layout.virtual_stages = virtual_stages;
  return plan;
}

}  // namespace

TEST_CASE("layers that divide are spread evenly") {
  CHECK(chunk_layer_counts(32, plan_with_chunks(4, 2)) == std::vector<int>(8, 4));
}

TEST_CASE("a remainder goes to the inner chunks") {
  CHECK(chunk_layer_counts(10, plan_with_chunks(4, 1)) == std::vector<int>{2, 3, 3, 2});
  CHECK(chunk_layer_counts(11, plan_with_chunks(4, 1)) == std::vector<int>{3, 3, 3, 2});
}

TEST_CASE("embedding and head as slots take a layer from the ends") {
  // Llama 3.1 405B: 126 layers + 2 slots over 8 x 16 chunks of one, the ends empty.
  TrainingPlan plan = plan_with_chunks(8, 8);
  plan.embedding_counts_as_layer = true;
  const std::vector<int> counts = chunk_layer_counts(126, plan);
  CHECK(counts.front() == 1);
  CHECK(counts.back() == 1);
  CHECK(counts[5] == 2);
  CHECK(std::accumulate(counts.begin(), counts.end(), 0) == 126);
}

TEST_CASE("an explicit split is taken as it is") {
  TrainingPlan plan = plan_with_chunks(3, 1);
  plan.stage_layers = {1, 5, 2};
  CHECK(chunk_layer_counts(8, plan) == std::vector<int>{1, 5, 2});
}

TEST_CASE("kinds and widths are cut at the chunk borders") {
  ModelSpec model = model_with_layers(8);
  model.moe = {.experts = 8, .top_k = 2, .expert_ffn = 128, .dense_first_layers = 3};
  TrainingPlan plan = plan_with_chunks(2, 1);
  plan.precision.first_layers_wide = 1;
  plan.precision.last_layers_wide = 2;
  const std::vector<ChunkLayers> chunks = split_layers(model, plan);
  const auto dense = static_cast<std::size_t>(LayerKind::dense);
  const auto moe = static_cast<std::size_t>(LayerKind::moe);
  CHECK(chunks[0].wide[dense] == 1);
  CHECK(chunks[0].narrow[dense] == 2);
  CHECK(chunks[0].narrow[moe] == 1);
  CHECK(chunks[1].narrow[moe] == 2);
  CHECK(chunks[1].wide[moe] == 2);
  CHECK(chunks[0].embedding);
  CHECK_FALSE(chunks[0].head);
  CHECK(chunks[1].head);
}

TEST_CASE("every split holds every layer once") {
  for (int layers = 1; layers <= 40; ++layers) {
    for (int chunks = 1; chunks <= layers; ++chunks) {
      int sum = 0;
      for (const ChunkLayers& chunk :
           split_layers(model_with_layers(layers), plan_with_chunks(chunks, 1)))
        sum += chunk.layers();
      CHECK(sum == layers);
    }
  }
}
