#include <doctest/doctest.h>

#include "unit/workload/fixtures.hpp"

using namespace polyfleet;
using namespace polyfleet::fixture;

TEST_CASE("LoRA freezes the base: no weight gradient but the adapters'") {
  LayerSetting full(llama());
  LayerSetting tuned(llama());
  tuned.lora.rank = 4;
  const LayerWork base = full.layer(LayerKind::dense);
  const LayerWork work = tuned.layer(LayerKind::dense);
  const double adapters = 4 * (64 + 96) + 4 * (64 + 64);  // qkv and output
  CHECK(work.parameters == adapters);
  CHECK(work.expert_parameters == 0);
  CHECK(work.frozen_parameters == base.parameters);
  CHECK(gemm_flops(work, Pass::backward_weight) == 2 * 64 * adapters);
  CHECK(gemm_flops(work, Pass::forward) == gemm_flops(base, Pass::forward) + 2 * 64 * adapters);
  CHECK(gemm_flops(work, Pass::backward_input) ==
        gemm_flops(base, Pass::backward_input) + 2 * 64 * adapters);
  CHECK(work.saved_activations < base.saved_activations);
}

TEST_CASE("LoRA on the MLP too") {
  LayerSetting tuned(llama());
  tuned.lora = {.rank = 4, .mlp_up = true, .mlp_down = true};
  CHECK(tuned.layer(LayerKind::dense).parameters ==
        4 * (64 + 96) + 4 * (64 + 64) + 4 * (64 + 384) + 4 * (192 + 64));
}

TEST_CASE("LoRA leaves embedding and head frozen") {
  LayerSetting tuned(llama());
  tuned.lora.rank = 4;
  const LayerWork head = head_work(tuned.context());
  CHECK(head.parameters == 0);
  CHECK(head.frozen_parameters == 512 * 64 + 64);
  CHECK(gemm_flops(head, Pass::backward_weight) == 0);
  const LayerWork embedding = embedding_work(tuned.context());
  CHECK(embedding.ops[2].empty());
  CHECK(embedding.frozen_parameters == 512 * 64);
}

TEST_CASE("biases are frozen with their matrices") {
  LayerSetting full(gpt());
  full.model.biases = true;
  LayerSetting tuned = full;
  tuned.lora.rank = 2;
  const double base = full.layer(LayerKind::dense).parameters;
  CHECK(base == 12 * 64 * 64 + 2 * 64 + (3 + 1 + 4 + 1) * 64);
  CHECK(tuned.layer(LayerKind::dense).frozen_parameters == base);
}
