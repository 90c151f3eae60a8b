#include "workload/attention_block.hpp"
#include "workload/diffusion_block.hpp"
#include "workload/layer_builder.hpp"
#include "workload/mlp_block.hpp"
#include "workload/vision_block.hpp"

namespace polyfleet {

LayerWork layer_work(LayerKind kind, const BuildContext& context) {
  WorkBuilder builder(context);
  if (kind == LayerKind::vision) {
    add_vision_layer(builder);
    return builder.finish(vision_tokens(context) *
                          static_cast<double>(context.model.vision->hidden) *
                          builder.activation_bytes());
  }
  const double stream = builder.sharded_tokens() * static_cast<double>(context.model.hidden) *
                        builder.activation_bytes();
  if (kind == LayerKind::dit_double || kind == LayerKind::dit_single) {
    add_diffusion_layer(builder, kind == LayerKind::dit_double);
    return builder.finish(diffusion_stream_bytes(builder, kind == LayerKind::dit_double));
  }
  switch (mixer_of(kind)) {
    case MixerKind::attention:
    case MixerKind::windowed_attention:
      if (context.model.attention == AttentionKind::latent) {
        add_latent_attention_block(builder);
      } else {
        add_attention_block(builder, mixer_of(kind) == MixerKind::windowed_attention);
      }
      break;
    case MixerKind::linear:
      add_linear_mixer_block(builder);
      break;
    case MixerKind::none:
      break;
  }
  if (mlp_of(kind) == MlpKind::dense) add_dense_mlp_block(builder);
  if (mlp_of(kind) == MlpKind::routed) add_routed_mlp_block(builder);
  return builder.finish(stream);
}

}  // namespace polyfleet
