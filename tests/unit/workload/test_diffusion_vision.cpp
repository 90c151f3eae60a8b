#include <doctest/doctest.h>

#include "unit/workload/fixtures.hpp"
#include "workload/flops.hpp"

using namespace polyfleet;
using namespace polyfleet::fixture;

namespace {

/// h = 64, 4 heads of 16, MLP 256, 8 text tokens.
ModelSpec diffusion(std::int64_t two_stream, bool crosses) {
  ModelSpec model = gpt();
  model.kind = ModelKind::diffusion_transformer;
  model.diffusion = DiffusionTransformer{.double_blocks = two_stream,
                                         .text_tokens = 8,
                                         .text_hidden = 32,
                                         .cross_attention = crosses,
                                         .latent_channels = 4};
  return model;
}

}  // namespace

TEST_CASE("tokens of a video: latents of the autoencoder, grouped into patches") {
  DiffusionTransformer wan;  // 4 x 8 x 8 autoencoder, 1 x 2 x 2 patches
  CHECK(diffusion_tokens(wan, 81, 720, 1280) == 75600);
  CHECK(diffusion_tokens(wan, 129, 720, 1280) == 118800);
  CHECK(diffusion_tokens(wan, 1, 1024, 1024) == 4096);  // an image
  CHECK(diffusion_tokens(wan, 80, 16, 16) == 20);       // 1 + floor(79 / 4) latent frames
}

TEST_CASE("a two-stream block runs both streams and joins them in attention") {
  LayerSetting setting(diffusion(2, false));
  const LayerWork work = setting.layer(LayerKind::dit_double);
  // 2 samples of 32 latent and 8 text tokens; 12 h^2 a token; modulation 6 h^2 a sample and stream
  const double h2 = 64 * 64;
  CHECK(gemm_flops(work, Pass::forward) == 2 * (80 * 12 * h2 + 2 * 2 * 6 * h2));
  CHECK(flops_of(work, Pass::forward, OpClass::attention) == 4.0 * 2 * 40 * 40 * 64);
  CHECK(work.parameters == doctest::Approx(36 * h2).epsilon(0.02));  // and biases
}

TEST_CASE("a one-stream block joins projections and MLP") {
  LayerSetting setting(diffusion(0, false));
  const LayerWork work = setting.layer(LayerKind::dit_single);
  const double h2 = 64 * 64;
  CHECK(gemm_flops(work, Pass::forward) == 2 * (80 * 12 * h2 + 2 * 3 * h2));
  CHECK(work.parameters == doctest::Approx(15 * h2).epsilon(0.02));
}

TEST_CASE("a cross-attention block reads the text as keys and values") {
  LayerSetting setting(diffusion(0, true));
  const LayerWork work = setting.layer(LayerKind::dit_single);
  const double h2 = 64 * 64;
  CHECK(gemm_flops(work, Pass::forward) == 2 * (64 * (4 + 2 + 8) * h2 + 16 * 2 * h2));
  CHECK(flops_of(work, Pass::forward, OpClass::attention) == 4.0 * 2 * (32 * 32 + 32 * 8) * 64);
}

TEST_CASE("tensor and context parallel split a diffusion block") {
  LayerSetting one(diffusion(2, false));
  LayerSetting split(diffusion(2, false));
  split.layout.tensor = 2;
  split.layout.context = 4;
  for (const LayerKind kind : {LayerKind::dit_double, LayerKind::dit_single}) {
    CHECK(flops_of(split.layer(kind), Pass::forward, OpClass::attention) ==
          flops_of(one.layer(kind), Pass::forward, OpClass::attention) / 8);
    CHECK(flops_of(split.layer(kind), Pass::forward, OpClass::projection) ==
          flops_of(one.layer(kind), Pass::forward, OpClass::projection) / 8);
  }
}

TEST_CASE("a vision tower works on every image of the micro-batch") {
  LayerSetting setting(llama());
  setting.model.vision = VisionEncoder{.layers = 1,
                                       .hidden = 32,
                                       .ffn = 128,
                                       .heads = 4,
                                       .patch = 2,
                                       .tokens_per_image = 16,
                                       .merged_tokens = 4};
  setting.batch.images = 3;
  const LayerWork work = setting.layer(LayerKind::vision);
  const double tokens = 2 * 3 * 16;
  CHECK(gemm_flops(work, Pass::forward) == 2 * tokens * 12 * 32 * 32);
  CHECK(flops_of(work, Pass::forward, OpClass::attention) == 4.0 * 6 * 16 * 16 * 32);
  // projector: 4 patches side by side, to 128, to the language width
  const LayerWork front = embedding_work(setting.context());
  CHECK(flops_of(front, Pass::forward, OpClass::mlp) == 2.0 * 24 * (128 * 128 + 128 * 64));
  CHECK(flops_of(front, Pass::forward, OpClass::embedding) == 2 * tokens * 12 * 32);
  setting.batch.images = 0;
  CHECK(gemm_flops(setting.layer(LayerKind::vision), Pass::forward) == 0);
}

TEST_CASE("a linear mixer has the projections of its shape") {
  LayerSetting setting(llama());
  setting.model.linear_layers = 4;
  setting.model.linear = {
      .key_heads = 2, .key_dim = 16, .value_heads = 4, .value_dim = 32, .conv_kernel = 4};
  const LayerWork work = setting.layer(LayerKind::linear_dense);
  // q, k: 32 each; v and gate: 128 each; two numbers a value head; back from 128
  CHECK(flops_of(work, Pass::forward, OpClass::projection) ==
        2.0 * 64 * 64 * (32 + 32 + 128 + 128 + 2 * 4 + 128));
  // per token and value head, chunks of 128: scores with 16, values of 32, state 16 x 32 in and out
  CHECK(flops_of(work, Pass::forward, OpClass::linear_mixer) ==
        doctest::Approx(2.0 * 64 * 4 * (128 * 16 + 128 * 32 + 2 * 16 * 32)));
  CHECK(flops_of(work, Pass::backward_input, OpClass::linear_mixer) ==
        2 * flops_of(work, Pass::forward, OpClass::linear_mixer));
}
