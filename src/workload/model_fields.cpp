#include "workload/model_fields.hpp"

namespace polyfleet {

namespace {

using D = ModelDocument;

constexpr Range kCount{0, 1e9};
constexpr Range kLayers{0, 10000};
constexpr Range kPixels{0, 1e5};

/// A field of the ModelSpec inside the document.
template <class I>
Field<D> spec_field(std::string key, I ModelSpec::*member, Range range, std::string help) {
  return {key,
          "integer",
          std::move(help),
          false,
          [=](D& into, const Value& value, Diagnostics& out) {
            if (const auto n = detail::read_integer(value, range, key, out))
              into.spec.*member = static_cast<I>(*n);
          },
          [=](const D& from) { return Value(static_cast<std::int64_t>(from.spec.*member)); }};
}

Field<D> spec_flag(std::string key, bool ModelSpec::*member, std::string help) {
  return {key,
          "true or false",
          std::move(help),
          false,
          [=](D& into, const Value& value, Diagnostics& out) {
            if (const auto flag = detail::read_bool(value, key, out)) into.spec.*member = *flag;
          },
          [=](const D& from) { return Value(from.spec.*member); }};
}

Field<D> spec_text(std::string key, std::string ModelSpec::*member, std::string help) {
  return {key,
          "text",
          std::move(help),
          false,
          [=](D& into, const Value& value, Diagnostics& out) {
            if (const auto text = detail::read_text(value, key, out)) into.spec.*member = *text;
          },
          [=](const D& from) { return Value(from.spec.*member); }};
}

template <class M>
Field<D> spec_table(std::string key, M ModelSpec::*member, FieldTable<M> fields, std::string help) {
  return {key,
          "table",
          std::move(help),
          false,
          [=](D& into, const Value& value, Diagnostics& out) {
            read_fields(value, fields, into.spec.*member, key, out);
          },
          [=](const D& from) { return print_fields(fields, from.spec.*member); },
          [=](D& into, std::string_view inner, std::string_view text, Diagnostics& out) {
            set_field(fields, into.spec.*member, inner, text, out);
          }};
}

/// Kept as written; without effect on cost unless the help says so.
template <class T>
Field<T> kept_field(std::string key, Value T::*member, std::string help) {
  return {key,
          "any",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics&) { (into.*member).set(key, value); },
          [=](const T& from) {
            const Value* kept = (from.*member).find(key);
            return kept == nullptr ? Value() : *kept;
          }};
}

/// integer_field for a member inherited from the plain specification.
template <class T, class B>
Field<T> inherited(std::string key, std::int64_t B::*member, Range range, std::string help) {
  return integer_field<T, std::int64_t>(key, static_cast<std::int64_t T::*>(member), range,
                                        std::move(help));
}

FieldTable<LatentAttention> latent_fields() {
  using L = LatentAttention;
  return {integer_field("q_lora_rank", &L::q_lora_rank, kCount,
                        "rank of the compressed query; absent: not compressed"),
          integer_field("kv_lora_rank", &L::kv_lora_rank, kCount,
                        "rank of the compressed keys and values"),
          integer_field("qk_nope_head_dim", &L::qk_nope_head_dim, kCount,
                        "unrotated part of a query or key head"),
          integer_field("qk_rope_head_dim", &L::qk_rope_head_dim, kCount,
                        "rotated part, shared by the heads"),
          integer_field("v_head_dim", &L::v_head_dim, kCount, "size of a value head"),
          integer_field("o_lora_rank", &L::o_lora_rank, kCount,
                        "rank of the output projection of one group of heads; absent: direct"),
          integer_field("o_groups", &L::o_groups, Range{1, 1e6}, "those groups"),
          bool_field("key_is_value", &L::keys_are_values, "one projection is key and value")};
}

FieldTable<MixtureOfExperts> expert_fields() {
  using M = MixtureOfExperts;
  FieldTable<M> fields{
      required(integer_field("experts", &M::experts, kCount, "routed experts")),
      required(integer_field("top_k", &M::top_k, kCount, "experts chosen per token")),
      required(integer_field("expert_ffn", &M::expert_ffn, kCount, "width of one expert")),
      integer_field("shared_experts", &M::shared_experts, kCount, "experts every token meets"),
      integer_field("shared_expert_ffn", &M::shared_expert_ffn, kCount,
                    "width of all shared experts together; absent: shared_experts x expert_ffn"),
      integer_field("dense_first_layers", &M::dense_first_layers, kLayers,
                    "leading layers with a dense MLP"),
      integer_field("every", &M::every, Range{1, 10000}, "MoE on every n-th layer"),
      integer_field("latent", &M::latent_dim, kCount,
                    "width at which routed experts work; 0 = hidden")};
  for (const char* key : {"groups", "top_groups", "routed_scaling"}) {
    fields.push_back({key, "number", "routing detail without effect on cost", false,
                      [name = std::string(key)](M&, const Value& value, Diagnostics& out) {
                        (void)detail::read_number(value, {}, false, name, out);
                      },
                      [](const M&) { return Value(); }});
  }
  return fields;
}

FieldTable<LinearMixer> linear_fields() {
  using L = LinearMixer;
  return {integer_field("key_heads", &L::key_heads, kCount, "query and key heads"),
          integer_field("value_heads", &L::value_heads, kCount, "value heads"),
          integer_field("key_head_dim", &L::key_dim, kCount, "size of a key head"),
          integer_field("value_head_dim", &L::value_dim, kCount, "size of a value head"),
          integer_field("conv_kernel", &L::conv_kernel, kCount, "length of the convolution")};
}

FieldTable<SparseIndex> sparse_fields() {
  using S = SparseIndex;
  return {integer_field("index_heads", &S::heads, kCount, "heads of the indexer"),
          integer_field("index_head_dim", &S::head_dim, kCount, "their size"),
          integer_field("top_k", &S::top_k, kCount, "keys a query attends to")};
}

FieldTable<MambaShape> mamba_fields() {
  using M = MambaShape;
  return {integer_field("heads", &M::heads, kCount, "value heads"),
          integer_field("head_dim", &M::head_dim, kCount, "their size"),
          integer_field("state", &M::state, kCount, "state size"),
          integer_field("groups", &M::groups, kCount, "groups that share B and C"),
          integer_field("conv_kernel", &M::conv_kernel, kCount, "length of the convolution")};
}

FieldTable<ModelBlocks> block_fields() {
  using B = ModelBlocks;
  return {integer_field("attention", &B::attention, kLayers, "attention mixers"),
          integer_field("linear", &B::linear, kLayers, "linear-attention mixers"),
          integer_field("mamba", &B::mamba, kLayers, "Mamba-2 mixers"),
          integer_field("mlp", &B::mlp, kLayers, "dense MLPs"),
          integer_field("moe", &B::moe, kLayers, "routed MLPs")};
}

FieldTable<GlobalAttention> global_fields() {
  using G = GlobalAttention;
  return {integer_field("layers", &G::layers, kLayers, "number of full layers"),
          integer_field("kv_heads", &G::kv_heads, kCount, "their key-value heads"),
          integer_field("head_dim", &G::head_dim, kCount, "their head size"),
          bool_field("key_is_value", &G::key_is_value, "keys serve as values")};
}

FieldTable<StatedParameters> parameter_fields() {
  using P = StatedParameters;
  constexpr Range kParameters{0, 1e18};
  return {number_field("total", &P::total, kParameters, "as the vendor states"),
          number_field("active", &P::active, kParameters, "per token, as the vendor states"),
          number_field("computed_total", &P::computed_total, kParameters,
                       "arithmetic from the record, for comparison"),
          number_field("computed_active", &P::computed_active, kParameters,
                       "arithmetic from the record, for comparison")};
}

FieldTable<VisionTable> vision_fields() {
  using V = VisionTable;
  FieldTable<V> fields{
      inherited<V>("depth", &VisionEncoder::layers, kLayers, "layers of the tower"),
      inherited<V>("hidden", &VisionEncoder::hidden, kCount, "its width"),
      inherited<V>("ffn", &VisionEncoder::ffn, kCount, "its MLP width"),
      integer_field<V, int>("ffn_matrices", static_cast<int V::*>(&VisionEncoder::ffn_matrices),
                            Range{2, 3}, "3 with a gate"),
      inherited<V>("heads", &VisionEncoder::heads, kCount, "its heads"),
      inherited<V>("patch", &VisionEncoder::patch, kCount, "pixels of a patch's side"),
      inherited<V>("tokens_per_image", &VisionEncoder::tokens_per_image, kCount,
                   "patches of one image; absent: from tile or image_side"),
      inherited<V>("merged_tokens", &VisionEncoder::merged_tokens, kCount,
                   "tokens handed to the language model; absent: by spatial_merge"),
      integer_field("spatial_merge", &V::spatial_merge, Range{1, 64}, "patches merged per side"),
      integer_field("temporal_patch", &V::temporal_patch, Range{1, 64}, "frames of a patch"),
      integer_field("tile", &V::tile, kPixels, "pixels of a tile's side"),
      integer_field("max_tiles", &V::max_tiles, Range{1, 1e4}, "tiles of an image"),
      integer_field("image_side", &V::image_side, kPixels, "pixels of an image's side")};
  for (const char* key :
       {"window", "full_attn_blocks", "global_layers", "output_dim", "deepstack_layers"})
    fields.push_back(kept_field(key, &V::left_out, "kept, not modelled"));
  return fields;
}

FieldTable<DiffusionTable> diffusion_fields() {
  using F = DiffusionTable;
  using B = DiffusionTransformer;
  FieldTable<F> fields{
      inherited<F>("double_blocks", &B::double_blocks, kLayers, "two-stream blocks"),
      integer_field("single_blocks", &F::single_blocks, kLayers, "one-stream blocks"),
      integer_field("joint_blocks", &F::joint_blocks, kLayers, "MM-DiT blocks (all two-stream)"),
      number_field("mlp_ratio", &F::mlp_ratio, Range{0, 1000}, "MLP width over hidden"),
      inherited<F>("latent_channels", &B::latent_channels, kCount, "channels of the latent"),
      integer_list_field("vae_stride", &F::vae_stride, Range{1, 1024},
                         "pixels per latent: [height, width] or [frames, height, width]"),
      integer_list_field("patch", &F::patch, Range{1, 1024},
                         "latents per token: [height, width] or [frames, height, width]"),
      inherited<F>("text_tokens", &B::text_tokens, kCount, "tokens of the prompt"),
      inherited<F>("text_hidden", &B::text_hidden, kCount, "width of the text encoder"),
      bool_field<F>("cross_attention", static_cast<bool F::*>(&B::cross_attention),
                    "text enters by cross attention"),
      integer_field("resident_experts", &F::resident_experts, Range{1, 64},
                    "whole transformers held, of which one works per step"),
      integer_field("forwards_per_step", &F::forwards_per_step, Range{1, 8},
                    "2 under classifier-free guidance")};
  for (const char* key : {"frames", "fps", "steps", "freq_dim", "qk_norm", "boundary",
                          "sample_shift", "packed_in_channels", "tokens_note"})
    fields.push_back(kept_field(key, &F::left_out, "kept; belongs to sampling, not to a block"));
  return fields;
}

FieldTable<D> identity_fields() {
  using S = ModelSpec;
  return {
      required(spec_text("id", &S::id, "unique name")),
      spec_text("name", &S::name, "printed name"),
      spec_text("source", &S::source, "key of sources.toml"),
      choice_field("kind", &D::kind,
                   {{"language", WrittenKind::language},
                    {"vision-language", WrittenKind::vision_language},
                    {"image-diffusion", WrittenKind::image_diffusion},
                    {"video-diffusion", WrittenKind::video_diffusion}},
                   "what the model is"),
      choice_field("attention", &D::attention,
                   {{"mha", WrittenAttention::mha},
                    {"gqa", WrittenAttention::gqa},
                    {"mqa", WrittenAttention::mqa},
                    {"mla", WrittenAttention::mla},
                    {"linear", WrittenAttention::linear}},
                   "kind of the full-attention blocks"),
      choice_field(
          "positions", &D::positions,
          {{"rope", Positions::rope}, {"learned", Positions::learned}, {"alibi", Positions::alibi}},
          "position encoding"),
  };
}

FieldTable<D> shape_fields() {
  using S = ModelSpec;
  return {
      spec_field("layers", &S::layers, kLayers, "number of blocks"),
      required(spec_field("hidden", &S::hidden, kCount, "model width")),
      spec_field("ffn", &S::ffn, kCount, "MLP width of dense layers"),
      spec_field("ffn_matrices", &S::ffn_matrices, Range{2, 3}, "3 with a gate, 2 without"),
      required(spec_field("heads", &S::heads, kCount, "query heads")),
      spec_field("kv_heads", &S::kv_heads, kCount, "key-value heads; absent: as many as heads"),
      spec_field("head_dim", &S::head_dim, kCount, "head size; absent: hidden over heads"),
      spec_field("vocab", &S::vocab, kCount, "vocabulary"),
      integer_field("padded_vocab", &D::padded_vocab, kCount, "padded vocabulary, if stated"),
      spec_field("max_context", &S::max_context, kCount, "longest context"),
  };
}

FieldTable<D> habit_fields() {
  using S = ModelSpec;
  return {
      spec_flag("tied_embeddings", &S::tied_embeddings, "shared in- and output embedding"),
      spec_flag("biases", &S::biases, "projections carry a bias"),
      spec_flag("parallel_attention", &S::parallel_attention,
                "attention and MLP read the same input"),
      spec_field("sliding_window", &S::sliding_window, kCount, "window in tokens"),
      spec_field("full_attention_every", &S::full_attention_every, kLayers,
                 "every n-th layer is full"),
      spec_field("full_attention_layers", &S::full_attention_layers, Range{-1, 10000},
                 "number of full layers where they are spaced unevenly"),
      spec_flag("gated_attention", &S::gated_attention,
                "the output is gated by a projection as wide as the query"),
      integer_field("attention_chunk", &D::attention_chunk, kCount,
                    "width of chunked local attention"),
      spec_field("mtp_layers", &S::mtp_layers, kLayers, "prediction modules"),
      integer_field("kv_shared_layers", &D::kv_shared_layers, kLayers,
                    "layers that reuse another's keys and values"),
      bool_field("wide_mlp", &D::wide_mlp, "doubled MLP in those layers"),
      integer_list_field("cross_attention_layers", &D::cross_attention_layers, kLayers,
                         "layers that attend to the image"),
  };
}

FieldTable<D> all_fields() {
  FieldTable<D> fields = identity_fields();
  for (const FieldTable<D>& more : {shape_fields(), habit_fields()})
    fields.insert(fields.end(), more.begin(), more.end());
  fields.push_back(spec_table("mla", &ModelSpec::latent, latent_fields(), "latent attention"));
  fields.push_back(spec_table("moe", &ModelSpec::moe, expert_fields(), "experts"));
  fields.push_back(spec_table("linear_attention", &ModelSpec::linear, linear_fields(),
                              "mixer of linear layers"));
  fields.push_back(spec_table("sparse_attention", &ModelSpec::sparse, sparse_fields(), "indexer"));
  fields.push_back(table_field("mamba", &D::mamba, mamba_fields(), "mixer of Mamba-2 layers"));
  fields.push_back(table_field("blocks", &D::blocks, block_fields(), "counts of a hybrid"));
  fields.push_back(
      table_field("global_attention", &D::global, global_fields(), "what full layers change"));
  fields.push_back(
      table_field("parameters", &D::parameters, parameter_fields(), "parameter counts"));
  fields.push_back(table_field("vision", &D::vision, vision_fields(), "vision tower"));
  fields.push_back(
      table_field("diffusion", &D::diffusion, diffusion_fields(), "diffusion transformer"));
  fields.push_back(kept_field("per_layer_embedding", &D::per_layer_embedding,
                              "kept, not modelled; named among the assumptions"));
  for (const char* key : {"aliases", "note", "status", "same_shape_as", "qk_norm", "qkv_bias"})
    fields.push_back(kept_field(key, &D::left_out, "without effect on cost"));
  return fields;
}

}  // namespace

const FieldTable<ModelDocument>& model_fields() {
  static const FieldTable<ModelDocument> kFields = all_fields();
  return kFields;
}

}  // namespace polyfleet
