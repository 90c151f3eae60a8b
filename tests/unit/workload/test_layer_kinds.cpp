#include <doctest/doctest.h>

#include <numeric>

#include "unit/workload/fixtures.hpp"

using namespace polyfleet;
using namespace polyfleet::fixture;

namespace {

std::int64_t count_of(const ModelSpec& model, LayerKind kind) {
  std::int64_t count = 0;
  for (const LayerRun& run : layer_runs(model)) count += run.kind == kind ? run.count : 0;
  return count;
}

std::int64_t all_layers(const ModelSpec& model) {
  std::int64_t count = 0;
  for (const LayerRun& run : layer_runs(model)) count += run.count;
  return count;
}

}  // namespace

TEST_CASE("dense layers come first, then experts") {
  CHECK(layer_runs(mixture()) == std::vector<LayerRun>{{LayerKind::dense, 1}, {LayerKind::moe, 3}});
  ModelSpec every_second = mixture();
  every_second.moe.dense_first_layers = 0;
  every_second.moe.every = 2;
  CHECK(layer_runs(every_second) == std::vector<LayerRun>{{LayerKind::dense, 1},
                                                          {LayerKind::moe, 1},
                                                          {LayerKind::dense, 1},
                                                          {LayerKind::moe, 1}});
  CHECK(every_second.moe_layers() == 2);
}

TEST_CASE("windows: every n-th layer attends fully, or none") {
  ModelSpec model = llama();
  model.layers = 6;
  model.sliding_window = 16;
  CHECK(count_of(model, LayerKind::dense_windowed) == 6);
  model.full_attention_every = 3;
  CHECK(layer_runs(model) == std::vector<LayerRun>{{LayerKind::dense_windowed, 2},
                                                   {LayerKind::dense, 1},
                                                   {LayerKind::dense_windowed, 2},
                                                   {LayerKind::dense, 1}});
}

TEST_CASE("hybrids hold the counts they state") {
  ModelSpec model = llama();
  model.layers = 60;
  model.linear_layers = 45;
  CHECK(count_of(model, LayerKind::linear_dense) == 45);
  CHECK(layer_kind(model, 3) == LayerKind::dense);  // every fourth attends
  ModelSpec single = mixture();
  single.layers = 52;
  single.linear_layers = 23;
  single.attention_layers = 6;
  CHECK(single.has_single_blocks());
  CHECK(single.moe_layers() == 23);
  CHECK(count_of(single, LayerKind::linear_only) == 23);
  CHECK(count_of(single, LayerKind::attention_only) == 6);
  CHECK(count_of(single, LayerKind::moe_only) == 23);
  CHECK(all_layers(single) == 52);
}

TEST_CASE("a vision tower stands in front, two-stream blocks before one-stream ones") {
  ModelSpec model = llama();
  model.vision = VisionEncoder{.layers = 7};
  CHECK(layer_runs(model).front() == LayerRun{LayerKind::vision, 7});
  ModelSpec dit = gpt();
  dit.layers = 5;
  dit.diffusion = DiffusionTransformer{.double_blocks = 2};
  CHECK(layer_runs(dit) ==
        std::vector<LayerRun>{{LayerKind::dit_double, 2}, {LayerKind::dit_single, 3}});
}

TEST_CASE("kinds know their mixer and their MLP") {
  CHECK(mixer_of(LayerKind::moe_windowed) == MixerKind::windowed_attention);
  CHECK(mlp_of(LayerKind::moe_windowed) == MlpKind::routed);
  CHECK(mixer_of(LayerKind::mlp_only) == MixerKind::none);
  CHECK(mlp_of(LayerKind::linear_only) == MlpKind::none);
  for (std::size_t i = 0; i < kLayerKindCount; ++i)
    CHECK_FALSE(name_of(static_cast<LayerKind>(i)).empty());
}
