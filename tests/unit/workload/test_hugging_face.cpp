#include <doctest/doctest.h>

#include <algorithm>

#include "workload/flops.hpp"
#include "workload/hugging_face.hpp"

using namespace polyfleet;

namespace {

Result<ModelSpec> read(const std::string& text) {
  const Result<Value> document = parse_json(text, "config.json");
  REQUIRE(document.has_value());
  return model_from_hugging_face(*document);
}

ModelSpec accepted(const std::string& text) {
  const Result<ModelSpec> model = read(text);
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
  CHECK(model.full_attention_every == 2);
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
  CHECK(diagnosed(read(R"({"model_type": "nemotron_h", "hidden_size": 64,
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

TEST_CASE("an unknown family is read by common names and says so") {
  const ModelSpec model = accepted(R"({"model_type": "nova_9", "hidden_size": 64, "n_layer": 2,
    "num_attention_heads": 4, "intermediate_size": 128, "vocab_size": 50})");
  REQUIRE(model.assumptions.size() == 1);
  CHECK(model.assumptions[0].find("nova_9") != std::string::npos);
}

TEST_CASE("lacking fields are all named") {
  const Result<ModelSpec> model = read(R"({"model_type": "llama", "hidden_size": 64})");
  CHECK(diagnosed(model, "num_hidden_layers"));
  CHECK(diagnosed(model, "num_attention_heads"));
  CHECK(diagnosed(model, "vocab_size"));
}

TEST_CASE("contradicting and impossible fields") {
  const std::string rest =
      R"("num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 9,
         "intermediate_size": 8)";
  CHECK(diagnosed(read("{\"hidden_size\": 64, \"n_embd\": 32, " + rest + "}"),
                  "contradicts hidden_size"));
  CHECK(diagnosed(read("{\"hidden_size\": -64, " + rest + "}"), "hidden_size"));
  CHECK(diagnosed(read("{\"hidden_size\": \"64\", " + rest + "}"), "hidden_size"));
  CHECK(diagnosed(read("{\"hidden_size\": 64.5, " + rest + "}"), "hidden_size"));
  CHECK(diagnosed(read("{\"hidden_size\": 1e300, " + rest + "}"), "hidden_size"));
  CHECK(diagnosed(read("{\"hidden_size\": 66, " + rest + "}"), "head_dim"));
  CHECK(diagnosed(read("{\"hidden_size\": 64, \"num_key_value_heads\": 3, " + rest + "}"),
                  "no multiple"));
  CHECK(diagnosed(read("{\"hidden_size\": 64, \"num_experts\": 4, " + rest + "}"),
                  "num_experts_per_tok"));
  CHECK(diagnosed(read("{\"hidden_size\": 64, \"sliding_window\": 8, \"layer_types\": "
                       "[\"full_attention\"], " +
                       rest + "}"),
                  "lists 1 layers"));
  CHECK(diagnosed(read("{\"hidden_size\": 64, \"vision_config\": {}, " + rest + "}"),
                  "the tower's layers"));
  CHECK(diagnosed(read("[1, 2]"), "must be a table"));
  CHECK(diagnosed(read("{\"text_config\": 3}"), "text_config must be a table"));
}

TEST_CASE("a problem stands where the value stands") {
  const Result<ModelSpec> model = read("{\n  \"hidden_size\": 64,\n  \"vocab_size\": \"many\"\n}");
  REQUIRE_FALSE(model.has_value());
  CHECK(std::any_of(model.problems().begin(), model.problems().end(), [](const Diagnostic& d) {
    return d.where.line == 3 && d.where.file == "config.json";
  }));
}
