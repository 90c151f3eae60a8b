// Operators of media generation by hand: decoder, encoders, one forward shared by accelerators.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "serving/media_work.hpp"
#include "workload/layer_builder.hpp"
#include "workload/model_reader.hpp"

namespace polyfleet {
namespace {

ModelSpec catalogue_model(const std::string& id) {
  Result<ModelSpec> model =
      load_model(std::string(POLYFLEET_SOURCE_DIR) + "/data/models/" + id + ".toml");
  REQUIRE(model);
  return std::move(*model);
}

double flops(const std::vector<MediaBlock>& blocks) {
  double sum = 0;
  for (const MediaBlock& block : blocks) {
    for (const Op& op : block.ops) sum += block.count * (op.flops() / flop);
  }
  return sum;
}

double payload(const std::vector<MediaBlock>& blocks, CollectiveKind kind) {
  double sum = 0;
  for (const MediaBlock& block : blocks) {
    for (const Comm& comm : block.comms) {
      if (comm.kind == kind) sum += block.count * comm.count * (comm.payload / byte);
    }
  }
  return sum;
}

const ServingRequest::Media kWorkVideo{81, 480, 832, 50, 2};

LatentDecoder small_decoder() {
  LatentDecoder decoder;
  decoder.latent_channels = 4;
  decoder.channels = {8, 6};
  decoder.blocks = 1;
  decoder.time_taps = 3;
  decoder.doubles_time = {1};
  decoder.upsample_taps = 27;
  return decoder;
}

DiffusionTransformer small_latents() {
  DiffusionTransformer dit;
  dit.vae_spatial = 2;
  dit.vae_temporal = 2;
  return dit;
}

}  // namespace

TEST_CASE("A small decoder's convolutions, counted by hand") {
  // 5 frames of 8 x 6 pixels: 3 latent frames of 4 x 3
  const ServingRequest::Media media{5, 8, 6, 1, 1};
  const double latent = 3 * 4 * 3;
  const double pixels = 5 * 8 * 6;
  double sum = latent * 4 * 8 * 27;                // first
  sum += latent * 4 * 8 * 8 * 27;                  // two middle blocks
  sum += latent * 8 * (4 * 8 + 2 * 12);            // attention in each frame
  sum += latent * 2 * 8 * 8 * 27;                  // level 0, one block
  sum += pixels * 8 * 8 * 27;                      // upsampling
  sum += pixels * (8 * 6 + (8 * 6 + 6 * 6) * 27);  // level 1 with its shortcut
  sum += pixels * 6 * 3 * 27;                      // to the colours
  CHECK(decoder_flops(small_decoder(), small_latents(), media) / flop == doctest::Approx(2 * sum));
  LatentDecoder flat = small_decoder();
  flat.upsample_taps = 9;
  flat.upsample_halves = true;  // 8 -> 4 channels, and a convolution in time that doubles them
  sum += latent * 8 * 16 * 3 + pixels * (8 * 4 * 9 - 8 * 8 * 27);
  sum += pixels * ((4 - 8) * 6 + (4 - 8) * 6 * 27);
  CHECK(decoder_flops(flat, small_latents(), media) / flop == doctest::Approx(2 * sum));
}

TEST_CASE("Overlapping tiles repeat work") {
  CHECK(tiling_factor(30, 32, 0.25) == 1);
  CHECK(tiling_factor(90, 0, 0.25) == 1);
  // starts 0, 24, 48, 72: 32 + 32 + 32 + 18
  CHECK(tiling_factor(90, 32, 0.25) == doctest::Approx(114.0 / 90));
  CHECK(tiling_factor(64, 32, 0) == 1);
  LatentDecoder tiled = small_decoder();
  tiled.tile = 2;
  tiled.tile_overlap = 0.5;
  const ServingRequest::Media media{5, 8, 6, 1, 1};
  // height 4: 2 + 2 + 2 + 1; width 3: 2 + 2 + 1
  CHECK(decoder_flops(tiled, small_latents(), media) /
            decoder_flops(small_decoder(), small_latents(), media) ==
        doctest::Approx(7.0 / 4 * 5 / 3));
}

TEST_CASE("A text encoder multiplies every weight for every token of every prompt") {
  TextEncoder t5{.name = "T5-XXL",
                 .layers = 24,
                 .hidden = 4096,
                 .ffn = 10240,
                 .ffn_matrices = 3,
                 .heads = 64,
                 .tokens = 512,
                 .prompts = 2};
  double products = 0, cores = 0;
  for (const Op& op : encoder_ops(t5))
    (op.kind == OpKind::attention ? cores : products) += op.flops() / flop;
  // 4.6 of the encoder's 4.7 billion parameters are matrices
  CHECK(products == doctest::Approx(2.0 * 1024 * 24 * (4 * 4096.0 * 4096 + 3 * 4096.0 * 10240)));
  CHECK(cores == doctest::Approx(24 * 2.0 * 2 * 64 * 512 * 512 * 128));
}

TEST_CASE("Accelerators share one forward: together they do the work of one") {
  for (const char* id : {"wan2.1-t2v-14b", "hunyuanvideo", "flux.1-dev"}) {
    CAPTURE(id);
    const ModelSpec model = catalogue_model(id);
    DenoisingCut cut;
    const double whole = flops(denoising_blocks(model, cut, kWorkVideo));
    cut.accelerators = 4;
    // modulation and time embedding are repeated on every rank: under half a percent
    CHECK(4 * flops(denoising_blocks(model, cut, kWorkVideo)) ==
          doctest::Approx(whole).epsilon(0.005));
    cut.sequence_parallel = SequenceParallel::ring;
    CHECK(4 * flops(denoising_blocks(model, cut, kWorkVideo)) ==
          doctest::Approx(whole).epsilon(0.005));
  }
}

TEST_CASE("Forward operators are those of training") {
  const ModelSpec model = catalogue_model("wan2.1-t2v-14b");
  const double tokens = 21 * 30 * 52;
  // 40 blocks: self attention, cross attention to 512 tokens, MLP
  const double h = 5120;
  const double block = 2 * tokens * (4 * h * h + 2 * h * h + 2 * h * 13824) + 2 * 512 * 2 * h * h +
                       4 * tokens * tokens * h + 4 * tokens * 512 * h;
  CHECK(flops(denoising_blocks(model, {}, kWorkVideo)) ==
        doctest::Approx(40 * block).epsilon(0.005));
}

TEST_CASE("No loss is computed when serving") {
  for (const char* id : {"wan2.1-t2v-14b", "flux.1-dev"}) {
    for (const MediaBlock& block : denoising_blocks(catalogue_model(id), {}, kWorkVideo)) {
      for (const Op& op : block.ops) CHECK(op.op_class != OpClass::loss);
    }
  }
}

TEST_CASE("Ulysses exchanges four tensors a block, cross attention none") {
  const ModelSpec model = catalogue_model("wan2.1-t2v-14b");
  DenoisingCut cut;
  cut.accelerators = 8;
  const double local = 21.0 * 30 * 52 / 8;
  const auto blocks = denoising_blocks(model, cut, kWorkVideo);
  CHECK(payload(blocks, CollectiveKind::all_to_all) == doctest::Approx(40 * 4 * local * 5120 * 2));
  for (const MediaBlock& block : blocks) {
    for (const Op& op : block.ops) {
      if (op.kind != OpKind::attention) continue;
      const bool crosses = op.kv_length == 512;
      CHECK(op.heads == (crosses ? 40 : 5));
      CHECK(op.query_length == doctest::Approx(crosses ? local : 8 * local));
    }
  }
  cut.sequence_parallel = SequenceParallel::ring;
  const auto ring = denoising_blocks(model, cut, kWorkVideo);
  CHECK(payload(ring, CollectiveKind::send_recv) == doctest::Approx(40 * 7 * 2 * local * 5120 * 2));
}

}  // namespace polyfleet
