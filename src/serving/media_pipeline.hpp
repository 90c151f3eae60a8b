// What stands around a diffusion transformer when it serves images or video: text encoders in
// front, a convolutional decoder behind, and how the engine runs the whole (data/media). Facts with
// sources; the transformer itself is a ModelSpec. Left out: prompt rewriting, safety checks, audio,
// the image encoder of image-to-video, writing the file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/dtype.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// A transformer that reads the prompt once.
struct TextEncoder {
  std::string name;
  std::int64_t layers = 0, hidden = 0, ffn = 0;
  int ffn_matrices = 2;
  std::int64_t heads = 0, kv_heads = 0;  ///< kv_heads 0 = heads
  std::int64_t tokens = 0;               ///< padded prompt
  int prompts = 1;                       ///< 2 = the negative prompt is encoded too
};

/// Decoder of a variational autoencoder: levels of residual blocks (two convolutions each) from
/// the latent to the pixels, an upsampling convolution between levels.
struct LatentDecoder {
  std::int64_t latent_channels = 0;
  std::vector<std::int64_t> channels;      ///< of each level, latent side first
  int blocks = 0;                          ///< residual blocks of a level
  int time_taps = 1;                       ///< kernel in time: 3 = video, 1 = image
  std::vector<std::int64_t> doubles_time;  ///< for each upsampling: 1 where frames double (less 1)
  int upsample_taps = 9;                   ///< 9 = two-dimensional, 27 = three
  bool upsample_halves = false;            ///< the upsampling convolution halves the channels
  int pixel_patch = 1;                     ///< pixels of one output position, each way
  std::int64_t tile = 0;                   ///< latents of a spatial tile, 0 = whole
  std::int64_t tile_frames = 0;            ///< latents of a tile in time, 0 = whole
  double tile_overlap = 0;                 ///< share of a tile that its neighbour repeats
  Dtype format = Dtype::bf16;
  double efficiency = 0;         ///< share of the dense peak that the convolutions reach at most
  FlopsPerSecond rate_per_unit;  ///< of one compute unit, where that binds first; 0 = never
  std::string efficiency_source;
};

struct MediaPipeline {
  std::string id;
  std::vector<std::string> models;  ///< catalogue ids of the transformers
  int transformers = 1;             ///< held at once, one works in a step (Wan 2.2 A14B: 2)
  std::vector<TextEncoder> encoders;
  LatentDecoder decoder;
  std::string source, status, note;
};

/// Ulysses (arXiv:2309.14509) exchanges tokens against heads around attention; ring passes keys and
/// values on while it computes.
enum class SequenceParallel { ulysses, ring };

/// Speed of an attention library over the reference kernels on some accelerators.
struct AttentionRate {
  std::vector<std::string> accelerators;  ///< catalogue ids
  double generation = 1;
  std::string source, status;
};

/// How an engine runs a pipeline.
struct MediaEngine {
  std::string id, name;
  double elementwise_factor = 1;         ///< traffic of small kernels over fused ones
  Seconds host_per_block;                ///< launch of one block: a floor under its time
  std::vector<AttentionRate> attention;  ///< 1 on accelerators that none names
  SequenceParallel sequence_parallel = SequenceParallel::ulysses;
  std::string source, status;
};

/// Every pipeline of data/media; all problems are reported.
Result<std::vector<MediaPipeline>> load_media_pipelines(
    const std::filesystem::path& data_directory);
/// data/media/engines.toml.
Result<std::vector<MediaEngine>> load_media_engines(const std::filesystem::path& data_directory);

/// The pipeline that names this model, or null pointer.
const MediaPipeline* pipeline_of(const std::vector<MediaPipeline>& pipelines,
                                 std::string_view model);

}  // namespace polyfleet
