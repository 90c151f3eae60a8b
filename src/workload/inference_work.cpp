#include "workload/inference_work.hpp"

#include "workload/inference_ends.hpp"

namespace polyfleet {

namespace {

/// Runs `part(kind)` for every kind of layer with its number of layers set.
template <typename Part>
void for_each_kind(InferenceBuilder& builder, const Part& part) {
  const std::array<double, kLayerKindCount> layers = language_layers(builder.model());
  for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
    if (layers[kind] <= 0) continue;
    builder.set_layers(layers[kind]);
    part(static_cast<LayerKind>(kind));
  }
  builder.set_layers(1);
}

/// Runs `part(kind)` for every kind of mixer with the number of layers that have it.
template <typename Part>
void for_each_mixer(InferenceBuilder& builder, const Part& part) {
  std::array<double, kLayerKindCount> layers = language_layers(builder.model());
  for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
    const MixerKind mixer = mixer_of(static_cast<LayerKind>(kind));
    if (layers[kind] <= 0 || mixer == MixerKind::none) continue;
    for (std::size_t other = kind + 1; other < kLayerKindCount; ++other) {
      if (mixer_of(static_cast<LayerKind>(other)) != mixer) continue;
      layers[kind] += layers[other];
      layers[other] = 0;
    }
    builder.set_layers(layers[kind]);
    part(static_cast<LayerKind>(kind));
  }
}

}  // namespace

InferenceWork token_work(const InferenceContext& context, double tokens, double sampled) {
  InferenceBuilder builder(context, tokens);
  if (tokens <= 0) return builder.finish();
  add_lookup(builder);
  for_each_kind(builder, [&builder](LayerKind kind) {
    add_mixer_tokens(builder, kind);
    add_mlp_tokens(builder, kind);
  });
  add_hand_over(builder);
  add_head(builder, sampled);
  return builder.finish();
}

InferenceWork decode_attention_work(const InferenceContext& context, double sequences,
                                    double length, double queries) {
  const DecodeBatch batch{
      .sequences = sequences / context.layout.context, .length = length, .queries = queries};
  InferenceBuilder builder(context, 0);
  if (sequences <= 0) return builder.finish();
  for_each_mixer(builder, [&](LayerKind kind) { add_mixer_decode(builder, kind, batch); });
  return builder.finish();
}

InferenceWork prefill_attention_work(const InferenceContext& context, double query, double prior) {
  const PrefillChunk chunk{.query = query, .prior = prior};
  InferenceBuilder builder(context, 0);
  if (query <= 0) return builder.finish();
  for_each_mixer(builder, [&](LayerKind kind) { add_mixer_prefill(builder, kind, chunk); });
  return builder.finish();
}

InferenceWork draft_work(const InferenceContext& context, double tokens) {
  InferenceBuilder builder(context, tokens);
  if (context.model.mtp_layers <= 0 || tokens <= 0) return builder.finish();
  add_lookup(builder);
  add_draft_layer(builder);
  add_head(builder, tokens);
  return builder.finish();
}

}  // namespace polyfleet
