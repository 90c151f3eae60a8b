#include "serving/media_work.hpp"

#include <algorithm>
#include <cmath>

#include "workload/layer_builder.hpp"

namespace polyfleet {
namespace {

/// Whether an attention operator mixes the sample's own tokens (the prompt's in cross attention are
/// on every rank).
bool is_self_attention(const Op& op, const ModelSpec& model) {
  return op.kind == OpKind::attention &&
         !(model.diffusion->cross_attention &&
           op.kv_length == static_cast<double>(model.diffusion->text_tokens));
}

// Ulysses: tokens are exchanged against heads for query, key, value and output. Ring: keys and
// values of the other ranks pass by, ranks - 1 hops.
void share_attention(MediaBlock& block, Op& op, const DenoisingCut& cut, double bytes) {
  const double ranks = cut.accelerators;
  const double width = op.heads * op.head_dim_qk;
  Comm comm;
  comm.group = CommGroup::context;
  comm.ranks = cut.accelerators;
  if (cut.sequence_parallel == SequenceParallel::ulysses) {
    comm.kind = CollectiveKind::all_to_all;
    comm.payload = op.batch * op.query_length * width * bytes * byte;
    comm.count = 4;
    op.heads /= ranks;
    op.kv_heads /= ranks;
    op.query_length *= ranks;
  } else {
    comm.kind = CollectiveKind::send_recv;
    comm.payload = op.batch * op.kv_length / ranks * 2 * width * bytes * byte;
    comm.count = ranks - 1;
  }
  block.comms.push_back(comm);
}

MediaBlock block_of(const LayerWork& work, const ModelSpec& model, const DenoisingCut& cut,
                    double count) {
  const double bytes = bytes_per_element(cut.precision.activation) / byte;
  MediaBlock block;
  block.count = count;
  for (Op op : work.ops[static_cast<std::size_t>(Pass::forward)]) {
    if (op.op_class == OpClass::loss) continue;
    if (cut.accelerators > 1 && is_self_attention(op, model))
      share_attention(block, op, cut, bytes);
    block.ops.push_back(op);
  }
  return block;
}

/// A convolution's multiply-adds.
double convolution(double positions, double in, double out, double taps) {
  return positions * in * out * taps;
}

/// Spatial taps of every residual convolution.
constexpr double kSquare = 9;

/// The image as the decoder's levels see it.
struct LatentShape {
  double frames, height, width;
  double positions() const { return frames * height * width; }
};

// Two convolutions a block, the first changes the width and is then joined by a shortcut of one
// tap.
double residual_blocks(const LatentShape& shape, double in, double out, int blocks, double taps) {
  double sum = in == out ? 0 : convolution(shape.positions(), in, out, 1);
  for (int i = 0; i < blocks; ++i) {
    sum += convolution(shape.positions(), i == 0 ? in : out, out, taps);
    sum += convolution(shape.positions(), out, out, taps);
  }
  return sum;
}

// One head over the positions of each frame: query, key, value, output; scores and values.
double middle_attention(const LatentShape& shape, double channels) {
  const double area = shape.height * shape.width;
  return shape.positions() * channels * (4 * channels + 2 * area);
}

// A causal decoder makes 2 t - 1 frames of t: the first one stands alone.
double upsampling(LatentShape& shape, const LatentDecoder& decoder, std::size_t level,
                  double channels) {
  const double in = channels;
  const double out = decoder.upsample_halves ? channels / 2 : channels;
  double sum = 0;
  if (decoder.doubles_time[level] != 0) {
    // two-dimensional upsampling has a convolution in time beside it (Wan: time_conv)
    if (decoder.upsample_taps == kSquare)
      sum += convolution(shape.positions(), in, 2 * in, decoder.time_taps);
    shape.frames = 2 * shape.frames - 1;
  }
  shape.height *= 2;
  shape.width *= 2;
  return sum + convolution(shape.positions(), in, out, decoder.upsample_taps);
}

double whole_decoder(const LatentDecoder& decoder, LatentShape shape) {
  const double taps = decoder.time_taps * kSquare;
  const double first = static_cast<double>(decoder.channels.front());
  double sum =
      convolution(shape.positions(), static_cast<double>(decoder.latent_channels), first, taps);
  sum += residual_blocks(shape, first, first, 2, taps) + middle_attention(shape, first);
  double in = first;
  for (std::size_t level = 0; level < decoder.channels.size(); ++level) {
    const double out = static_cast<double>(decoder.channels[level]);
    sum += residual_blocks(shape, in, out, decoder.blocks, taps);
    in = out;
    if (level + 1 == decoder.channels.size()) break;
    sum += upsampling(shape, decoder, level, out);
    if (decoder.upsample_halves) in = out / 2;
  }
  const double patch = decoder.pixel_patch;
  return sum + convolution(shape.positions(), in, 3 * patch * patch, taps);
}

}  // namespace

std::vector<MediaBlock> denoising_blocks(const ModelSpec& model, const DenoisingCut& cut,
                                         const ServingRequest::Media& media) {
  static const LoraSettings kNoAdapters;
  ParallelLayout layout;
  layout.context = cut.accelerators;
  MicroBatch batch;
  batch.sequence_length =
      diffusion_tokens(*model.diffusion, media.frames, media.height, media.width);
  batch.elementwise_factor = cut.elementwise_factor;
  const BuildContext context{model, layout, cut.precision, batch, kNoAdapters};
  std::vector<MediaBlock> blocks{block_of(embedding_work(context), model, cut, 1)};
  for (const LayerRun& run : layer_runs(model))
    blocks.push_back(
        block_of(layer_work(run.kind, context), model, cut, static_cast<double>(run.count)));
  blocks.push_back(block_of(head_work(context), model, cut, 1));
  return blocks;
}

std::vector<Op> encoder_ops(const TextEncoder& encoder) {
  const double hidden = static_cast<double>(encoder.hidden);
  const double heads = static_cast<double>(encoder.heads);
  const double kv_heads = encoder.kv_heads > 0 ? static_cast<double>(encoder.kv_heads) : heads;
  const double rows = static_cast<double>(encoder.tokens) * encoder.prompts;
  const double ffn = static_cast<double>(encoder.ffn);
  std::vector<Op> ops;
  const auto product = [&](OpClass op_class, double n, double k) {
    Op& op = ops.emplace_back();
    op.kind = OpKind::gemm;
    op.op_class = op_class;
    op.count = static_cast<double>(encoder.layers);
    op.m = rows;
    op.n = n;
    op.k = k;
  };
  product(OpClass::projection, hidden * (1 + 2 * kv_heads / heads), hidden);
  product(OpClass::projection, hidden, hidden);
  product(OpClass::mlp, (encoder.ffn_matrices - 1) * ffn, hidden);
  product(OpClass::mlp, hidden, ffn);
  Op& core = ops.emplace_back();
  core.kind = OpKind::attention;
  core.op_class = OpClass::attention;
  core.count = static_cast<double>(encoder.layers);
  core.batch = encoder.prompts;
  core.heads = heads;
  core.kv_heads = kv_heads;
  core.head_dim_qk = core.head_dim_v = hidden / heads;
  core.query_length = core.kv_length = static_cast<double>(encoder.tokens);
  return ops;
}

double tiling_factor(double size, double tile, double overlap) {
  if (tile <= 0 || size <= tile) return 1;
  double sum = 0;
  for (double start = 0; start < size; start += std::floor(tile * (1 - overlap)))
    sum += std::min(tile, size - start);
  return sum / size;
}

Flops decoder_flops(const LatentDecoder& decoder, const DiffusionTransformer& model,
                    const ServingRequest::Media& media) {
  const LatentShape shape{
      .frames = std::floor((media.frames - 1) / static_cast<double>(model.vae_temporal)) + 1,
      .height = std::floor(media.height / static_cast<double>(model.vae_spatial)),
      .width = std::floor(media.width / static_cast<double>(model.vae_spatial))};
  const double tile = static_cast<double>(decoder.tile);
  const double repeated =
      tiling_factor(shape.height, tile, decoder.tile_overlap) *
      tiling_factor(shape.width, tile, decoder.tile_overlap) *
      tiling_factor(shape.frames, static_cast<double>(decoder.tile_frames), decoder.tile_overlap);
  return 2 * whole_decoder(decoder, shape) * repeated * flop;
}

}  // namespace polyfleet
