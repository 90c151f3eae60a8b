#include <doctest/doctest.h>

#include <algorithm>

#include "workload/flops.hpp"
#include "workload/hugging_face.hpp"
#include "workload/layer_kinds.hpp"

using namespace polyfleet;

namespace {

Result<ModelSpec> read_config(const std::string& text) {
  const Result<Value> document = parse_json(text, "config.json");
  REQUIRE(document.has_value());
  return model_from_hugging_face(*document);
}

ModelSpec accepted(const std::string& text) {
  const Result<ModelSpec> model = read_config(text);
  if (!model) FAIL(to_text(model.problems()));
  return *model;
}

bool diagnosed(const Result<ModelSpec>& model, const std::string& word) {
  if (model) return false;
  return std::any_of(model.problems().begin(), model.problems().end(), [&](const Diagnostic& d) {
    return (d.what + d.fix).find(word) != std::string::npos;
  });
}

double billions(const ModelSpec& model) { return parameter_counts(model).total / 1e9; }

}  // namespace

TEST_CASE("Llama 3.1 8B") {
  const ModelSpec model = accepted(R"({"architectures": ["LlamaForCausalLM"],
    "model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
    "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
    "vocab_size": 128256, "max_position_embeddings": 131072, "tie_word_embeddings": false,
    "rope_theta": 500000.0, "torch_dtype": "bfloat16"})");
  CHECK(billions(model) == doctest::Approx(8.03).epsilon(0.001));
  CHECK(model.attention == AttentionKind::grouped_query);
  CHECK(model.assumptions.empty());
}

TEST_CASE("GPT-2 XL: other names, learned positions, MLP four times as wide") {
  const ModelSpec model = accepted(R"({"model_type": "gpt2", "n_embd": 1600, "n_head": 25,
    "n_layer": 48, "n_positions": 1024, "n_ctx": 1024, "vocab_size": 50257, "n_inner": null})");
  CHECK(billions(model) == doctest::Approx(1.558).epsilon(0.001));
  CHECK(model.learned_positions);
  CHECK(model.tied_embeddings);
  CHECK(model.biases);
  CHECK(model.ffn_matrices == 2);
}

TEST_CASE("GPT-NeoX 20B: two matrices, parallel attention") {
  const ModelSpec model = accepted(R"({"model_type": "gpt_neox", "hidden_size": 6144,
    "intermediate_size": 24576, "num_attention_heads": 64, "num_hidden_layers": 44,
    "vocab_size": 50432, "max_position_embeddings": 2048, "tie_word_embeddings": false,
    "use_parallel_residual": true})");
  CHECK(billions(model) == doctest::Approx(20.55).epsilon(0.01));
  CHECK(model.parallel_attention);
}

TEST_CASE("DeepSeek-V3: latent attention, experts, a prediction module") {
  const ModelSpec model = accepted(R"({"model_type": "deepseek_v3", "hidden_size": 7168,
    "intermediate_size": 18432, "moe_intermediate_size": 2048, "num_hidden_layers": 61,
    "num_attention_heads": 128, "num_key_value_heads": 128, "n_shared_experts": 1,
    "n_routed_experts": 256, "num_experts_per_tok": 8, "moe_layer_freq": 1,
    "first_k_dense_replace": 3, "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64,
    "qk_nope_head_dim": 128, "v_head_dim": 128, "vocab_size": 129280, "num_nextn_predict_layers": 1,
    "tie_word_embeddings": false})");
  CHECK(billions(model) == doctest::Approx(671.03).epsilon(0.001));
  CHECK(parameter_counts(model).active / 1e9 == doctest::Approx(37.55).epsilon(0.001));
  CHECK(model.mtp_layers == 1);
}

TEST_CASE("DeepSeek-V2-Lite: the query is not compressed") {
  const ModelSpec model = accepted(R"({"model_type": "deepseek_v2", "hidden_size": 2048,
    "intermediate_size": 10944, "moe_intermediate_size": 1408, "num_hidden_layers": 27,
    "num_attention_heads": 16, "num_key_value_heads": 16, "n_shared_experts": 2,
    "n_routed_experts": 64, "num_experts_per_tok": 6, "first_k_dense_replace": 1,
    "moe_layer_freq": 1, "kv_lora_rank": 512, "q_lora_rank": null, "qk_rope_head_dim": 64,
    "qk_nope_head_dim": 128, "v_head_dim": 128, "vocab_size": 102400})");
  CHECK(billions(model) == doctest::Approx(15.71).epsilon(0.001));
}

TEST_CASE("Mixtral and Qwen MoE name experts differently") {
  CHECK(billions(accepted(R"({"model_type": "mixtral", "hidden_size": 4096,
    "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32,
    "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2,
    "vocab_size": 32000, "sliding_window": null})")) == doctest::Approx(46.7).epsilon(0.001));
  const ModelSpec qwen = accepted(R"({"model_type": "qwen2_moe", "hidden_size": 2048,
    "intermediate_size": 5632, "moe_intermediate_size": 1408,
    "shared_expert_intermediate_size": 5632, "num_attention_heads": 16, "num_hidden_layers": 24,
    "num_key_value_heads": 16, "num_experts": 60, "num_experts_per_tok": 4,
    "decoder_sparse_step": 1, "vocab_size": 151936, "sliding_window": 32768,
    "use_sliding_window": false, "max_window_layers": 21})");
  CHECK(billions(qwen) == doctest::Approx(14.32).epsilon(0.001));
  CHECK(qwen.sliding_window == 0);
}

TEST_CASE("gpt-oss: alternating windows from layer_types") {
  const std::string types = [] {
    std::string list;
    for (int i = 0; i < 24; ++i)
      list += std::string(i ? ", " : "") + (i % 2 ? "\"full_attention\"" : "\"sliding_attention\"");
    return list;
  }();
  const ModelSpec model = accepted(R"({"model_type": "gpt_oss", "hidden_size": 2880,
    "intermediate_size": 2880, "head_dim": 64, "num_attention_heads": 64, "num_hidden_layers": 24,
    "num_key_value_heads": 8, "num_local_experts": 32, "num_experts_per_tok": 4,
    "experts_per_token": 4, "vocab_size": 201088, "sliding_window": 128,
    "attention_bias": true, "layer_types": [)" +
                                   types + "]}");
  CHECK(billions(model) == doctest::Approx(20.91).epsilon(0.003));
  CHECK(model.sliding_window == 128);
  CHECK(model.full_attention_layers == 12);
}

TEST_CASE("Llama 4 Maverick: text below, experts every second layer, chunked attention") {
  const ModelSpec model = accepted(R"({"model_type": "llama4", "text_config": {
    "model_type": "llama4_text", "hidden_size": 5120, "intermediate_size": 8192,
    "intermediate_size_mlp": 16384, "head_dim": 128, "num_attention_heads": 40,
    "num_hidden_layers": 48, "num_key_value_heads": 8, "num_local_experts": 128,
    "num_experts_per_tok": 1, "interleave_moe_layer_step": 2, "attention_chunk_size": 8192,
    "vocab_size": 202048, "tie_word_embeddings": false}})");
  CHECK(billions(model) == doctest::Approx(400.7).epsilon(0.001));
  CHECK(model.moe_layers() == 24);
  CHECK(model.sliding_window == 8192);
  CHECK(model.full_attention_every == 4);
}

TEST_CASE("Qwen3-Next: linear attention three layers of four") {
  const ModelSpec model = accepted(R"({"model_type": "qwen3_next", "hidden_size": 2048,
    "intermediate_size": 5120, "moe_intermediate_size": 512,
    "shared_expert_intermediate_size": 512, "head_dim": 256, "num_attention_heads": 16,
    "num_hidden_layers": 48, "num_key_value_heads": 2, "num_experts": 512,
    "num_experts_per_tok": 10, "decoder_sparse_step": 1, "full_attention_interval": 4,
    "linear_num_key_heads": 16, "linear_num_value_heads": 32, "linear_key_head_dim": 128,
    "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4, "vocab_size": 151936})");
  CHECK(model.linear_layers == 36);
  CHECK(billions(model) == doctest::Approx(80).epsilon(0.02));
}

TEST_CASE("Nemotron-H: one letter a layer") {
  const ModelSpec model = accepted(R"({"model_type": "nemotron_h", "hidden_size": 64,
    "intermediate_size": 256, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
    "num_hidden_layers": 6, "hybrid_override_pattern": "M-M-*-", "mamba_num_heads": 8,
    "mamba_head_dim": 16, "ssm_state_size": 32, "n_groups": 2, "conv_kernel": 4,
    "vocab_size": 100, "mlp_hidden_act": "relu2"})");
  CHECK(model.linear_layers == 2);
  CHECK(model.attention_layers == 1);
  CHECK(model.has_single_blocks());
  CHECK(diagnosed(read_config(R"({"model_type": "nemotron_h", "hidden_size": 64,
    "intermediate_size": 256, "num_attention_heads": 4, "num_hidden_layers": 5,
    "hybrid_override_pattern": "M-M-*-", "mamba_num_heads": 8, "mamba_head_dim": 16,
    "ssm_state_size": 32, "n_groups": 2, "vocab_size": 100})"),
                  "6 letters for 5 layers"));
}

TEST_CASE("vision-language: LLaVA and Qwen2.5-VL") {
  const ModelSpec llava = accepted(R"({"model_type": "llava", "text_config": {
    "model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008,
    "num_attention_heads": 32, "num_hidden_layers": 32, "vocab_size": 32064},
    "vision_config": {"model_type": "clip_vision_model", "hidden_size": 1024,
    "intermediate_size": 4096, "num_attention_heads": 16, "num_hidden_layers": 24,
    "patch_size": 14, "image_size": 336}})");
  REQUIRE(llava.vision.has_value());
  CHECK(llava.vision->tokens_per_image == 576);
  CHECK(llava.kind == ModelKind::vision_language);
  CHECK(billions(llava) == doctest::Approx(7.06).epsilon(0.01));
  const ModelSpec qwen = accepted(R"({"model_type": "qwen2_5_vl", "hidden_size": 3584,
    "intermediate_size": 18944, "num_attention_heads": 28, "num_hidden_layers": 28,
    "num_key_value_heads": 4, "vocab_size": 152064, "vision_config": {"depth": 32,
    "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "patch_size": 14,
    "spatial_merge_size": 2, "temporal_patch_size": 2, "out_hidden_size": 3584}})");
  CHECK(billions(qwen) == doctest::Approx(8.29).epsilon(0.005));
  CHECK(qwen.assumptions.size() == 1);  // the image size
  CHECK(qwen.vision->tokens_per_image == 4 * qwen.vision->merged_tokens);
}

TEST_CASE("DeepSeek-V4-Flash: query and output through low ranks, one head that is key and value") {
  const ModelSpec model = accepted(R"({"model_type": "deepseek_v4", "head_dim": 512,
    "hidden_size": 4096, "index_head_dim": 128, "index_n_heads": 64, "index_topk": 512,
    "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1,
    "num_attention_heads": 64, "num_experts_per_tok": 6, "num_hidden_layers": 43,
    "num_key_value_heads": 1, "num_nextn_predict_layers": 1, "o_groups": 8, "o_lora_rank": 1024,
    "q_lora_rank": 1024, "qk_rope_head_dim": 64, "sliding_window": 128, "vocab_size": 129280,
    "compress_ratios": [0, 4, 128]})");
  // per layer: 4096 x 1024 + 1024 x 32768, 4096 x 512, 32768 x 1024 + 8192 x 4096; MoE beside it
  const double attention = 4096.0 * 1024 + 1024.0 * 32768 + 4096.0 * 512 + 2 * 32768.0 * 1024;
  const double experts = 257.0 * 3 * 4096 * 2048 + 4096 * 256, norms = 2 * 4096 + 1024;
  CHECK(parameter_counts(model).total ==
        doctest::Approx(43 * (attention + experts + norms) + 2 * 129280.0 * 4096 + 4096));
  CHECK(model.latent.keys_are_values);
  CHECK(model.assumptions.size() == 1);
  // Megatron-Bridge 26.08 prints 706 TFLOP/s at 7,776 tokens/s per device
  StepWorkload step;
  step.batch.sequence_length = 4096;
  CHECK(flop_counts(model, step)[FlopDefinition::model_causal] / flop / 4096 ==
        doctest::Approx(9.079e10).epsilon(0.015));
}

TEST_CASE("Qwen3.5: gated attention under a text_config, vision beside it") {
  const ModelSpec model = accepted(R"({"model_type": "qwen3_5_moe", "text_config": {
    "attn_output_gate": true, "full_attention_interval": 4, "head_dim": 256, "hidden_size": 4096,
    "linear_key_head_dim": 128, "linear_num_key_heads": 16, "linear_num_value_heads": 64,
    "linear_value_head_dim": 128, "model_type": "qwen3_5_moe_text", "moe_intermediate_size": 1024,
    "mtp_num_hidden_layers": 1, "num_attention_heads": 32, "num_experts": 512,
    "num_experts_per_tok": 10, "num_hidden_layers": 60, "num_key_value_heads": 2,
    "shared_expert_intermediate_size": 1024, "vocab_size": 248320}, "vision_config": {"depth": 27,
    "hidden_size": 1152, "intermediate_size": 4304, "num_heads": 16, "patch_size": 16,
    "spatial_merge_size": 2}})");
  CHECK(billions(model) == doctest::Approx(396.8).epsilon(0.001));
  CHECK(model.gated_attention);
  CHECK(model.mtp_layers == 1);
  CHECK(model.linear_layers == 45);
}

TEST_CASE("full layers that are not evenly placed keep their number") {
  std::string types;
  for (int i = 0; i < 45; ++i)
    types += std::string(i ? ", " : "") + (i % 4 ? "\"sliding_attention\"" : "\"full_attention\"");
  const ModelSpec model = accepted(R"({"model_type": "step3p7", "num_hidden_layers": 45,
    "hidden_size": 4096, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128,
    "vocab_size": 128896, "intermediate_size": 11264, "sliding_window": 512, "layer_types": [)" +
                                   types + "]}");
  std::int64_t full = 0;
  for (const LayerRun& run : layer_runs(model))
    full += run.kind == LayerKind::dense ? run.count : 0;
  CHECK(full == 12);
}

TEST_CASE("towers name their sizes differently") {
  const ModelSpec model = accepted(R"({"model_type": "kimi_k25", "num_hidden_layers": 2,
    "hidden_size": 64, "num_attention_heads": 4, "intermediate_size": 128, "vocab_size": 100,
    "vision_config": {"vt_num_hidden_layers": 27, "vt_num_attention_heads": 16,
    "vt_hidden_size": 1152, "vt_intermediate_size": 4304, "patch_size": 14,
    "merge_kernel_size": [2, 2]}})");
  CHECK(model.vision->layers == 27);
  CHECK(model.vision->ffn == 4304);
  CHECK(model.vision->tokens_per_image == 4 * model.vision->merged_tokens);
  const ModelSpec shuffled = accepted(R"({"model_type": "llama4", "text_config": {
    "num_hidden_layers": 2, "hidden_size": 64, "num_attention_heads": 4, "intermediate_size": 128,
    "vocab_size": 100}, "vision_config": {"hidden_size": 1408, "image_size": 336,
    "intermediate_size": 5632, "num_attention_heads": 16, "num_hidden_layers": 34,
    "patch_size": 14, "pixel_shuffle_ratio": 0.5}})");
  CHECK(shuffled.vision->tokens_per_image == 576);
  CHECK(shuffled.vision->merged_tokens == 144);
}

TEST_CASE("dense layers from a list, key-value heads as query groups") {
  const ModelSpec model = accepted(R"({"model_type": "deepseek", "num_hidden_layers": 4,
    "hidden_size": 64, "num_attention_heads": 4, "intermediate_size": 128, "vocab_size": 100,
    "n_routed_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 32,
    "moe_layer_freq": [0, 0, 1, 1]})");
  CHECK(model.moe.dense_first_layers == 2);
  CHECK(model.moe_layers() == 2);
  CHECK(accepted(R"({"model_type": "chatglm", "num_layers": 2, "hidden_size": 64,
    "num_attention_heads": 4, "ffn_hidden_size": 128, "padded_vocab_size": 100,
    "multi_query_attention": true, "multi_query_group_num": 2})")
            .kv_heads == 2);
}

TEST_CASE("an unknown family is read by common names and says so") {
  const ModelSpec model = accepted(R"({"model_type": "nova_9", "hidden_size": 64, "n_layer": 2,
    "num_attention_heads": 4, "intermediate_size": 128, "vocab_size": 50})");
  REQUIRE(model.assumptions.size() == 1);
  CHECK(model.assumptions[0].find("nova_9") != std::string::npos);
}

TEST_CASE("lacking fields are all named") {
  const Result<ModelSpec> model = read_config(R"({"model_type": "llama", "hidden_size": 64})");
  CHECK(diagnosed(model, "num_hidden_layers"));
  CHECK(diagnosed(model, "num_attention_heads"));
  CHECK(diagnosed(model, "vocab_size"));
}

TEST_CASE("contradicting and impossible fields") {
  const std::string rest =
      R"("num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 9,
         "intermediate_size": 8)";
  CHECK(diagnosed(read_config("{\"hidden_size\": 64, \"n_embd\": 32, " + rest + "}"),
                  "contradicts hidden_size"));
  CHECK(diagnosed(read_config("{\"hidden_size\": -64, " + rest + "}"), "hidden_size"));
  CHECK(diagnosed(read_config("{\"hidden_size\": \"64\", " + rest + "}"), "hidden_size"));
  CHECK(diagnosed(read_config("{\"hidden_size\": 64.5, " + rest + "}"), "hidden_size"));
  CHECK(diagnosed(read_config("{\"hidden_size\": 1e300, " + rest + "}"), "hidden_size"));
  CHECK(diagnosed(read_config("{\"hidden_size\": 66, " + rest + "}"), "head_dim"));
  CHECK(diagnosed(read_config("{\"hidden_size\": 64, \"num_key_value_heads\": 3, " + rest + "}"),
                  "no multiple"));
  CHECK(diagnosed(read_config("{\"hidden_size\": 64, \"num_experts\": 4, " + rest + "}"),
                  "num_experts_per_tok"));
  CHECK(diagnosed(read_config("{\"hidden_size\": 64, \"sliding_window\": 8, \"layer_types\": "
                              "[\"full_attention\"], " +
                              rest + "}"),
                  "lists 1 layers"));
  CHECK(diagnosed(read_config("{\"hidden_size\": 64, \"vision_config\": {}, " + rest + "}"),
                  "the tower's layers"));
  CHECK(diagnosed(read_config("[1, 2]"), "must be a table"));
  CHECK(diagnosed(read_config("{\"text_config\": 3}"), "text_config must be a table"));
}

TEST_CASE("a problem stands where the value stands") {
  const Result<ModelSpec> model =
      read_config("{\n  \"hidden_size\": 64,\n  \"vocab_size\": \"many\"\n}");
  REQUIRE_FALSE(model.has_value());
  CHECK(std::any_of(model.problems().begin(), model.problems().end(), [](const Diagnostic& d) {
    return d.where.line == 3 && d.where.file == "config.json";
  }));
}
