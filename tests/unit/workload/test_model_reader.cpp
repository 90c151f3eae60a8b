#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "base/files.hpp"
#include "workload/flops.hpp"
#include "workload/model_reader.hpp"

using namespace polyfleet;

namespace {

Result<ModelSpec> read_description(const std::string& text) {
  const Result<Value> document = parse_toml(text, "model.toml");
  REQUIRE(document.has_value());
  return read_model(*document);
}

/// Whether some problem lies on `line` and says `word`.
bool diagnosed(const Result<ModelSpec>& model, int line, const std::string& word) {
  if (model) return false;
  return std::any_of(model.problems().begin(), model.problems().end(), [&](const Diagnostic& d) {
    return (line == 0 || d.where.line == line) && (d.what + d.fix).find(word) != std::string::npos;
  });
}

constexpr const char* kSmall = R"(id = "small"
kind = "language"
layers = 2
hidden = 64
ffn = 128
attention = "gqa"
heads = 8
kv_heads = 2
vocab = 100
)";

}  // namespace

TEST_CASE("a small model is read and what is left out is derived") {
  const Result<ModelSpec> model = read_description(kSmall);
  REQUIRE(model.has_value());
  CHECK(model->head_dim == 8);
  CHECK(model->attention == AttentionKind::grouped_query);
  CHECK(model->rotary_positions);
  CHECK(model->name == "small");
  CHECK(model->assumptions.empty());
}

TEST_CASE("every problem is reported, each in its line") {
  const Result<ModelSpec> model = read_description(R"(id = "x"
layres = 2
hidden = "wide"
heads = 8
attention = "gqaa"
vocab = -1
)");
  CHECK(diagnosed(model, 2, "layers"));  // spelling
  CHECK(diagnosed(model, 3, "hidden"));
  CHECK(diagnosed(model, 5, "gqa"));
  CHECK(diagnosed(model, 6, "vocab"));
  CHECK(model.problems().size() == 4);
}

TEST_CASE("contradictions are reported") {
  CHECK(diagnosed(
      read_description("id = \"x\"\nlayers = 2\nhidden = 64\nffn = 1\nheads = 8\nkv_heads = 3\n"
                       "vocab = 9\n"),
      0, "no multiple of kv_heads"));
  CHECK(diagnosed(
      read_description(std::string(kSmall) + "[moe]\nexperts = 4\ntop_k = 5\nexpert_ffn = 8\n"), 0,
      "top_k = 5"));
  CHECK(diagnosed(read_description(std::string(kSmall) + "[moe]\nexperts = 4\nexpert_ffn = 8\n"),
                  10, "top_k"));
  CHECK(diagnosed(
      read_description("id = \"x\"\nlayers = 2\nhidden = 64\nffn = 1\nheads = 8\nvocab = 9\n"
                       "attention = \"mla\"\n"),
      0, "kv_lora_rank"));
  CHECK(diagnosed(read_description(std::string(kSmall) + "[blocks]\nmamba = 5\n"), 0, "[blocks]"));
  CHECK(diagnosed(
      read_description("id = \"x\"\nhidden = 64\nffn = 8\nheads = 7\nlayers = 1\nvocab = 5\n"), 0,
      "head_dim"));
}

TEST_CASE("shared experts get the width of so many experts") {
  const Result<ModelSpec> model =
      read_description(std::string(kSmall) +
                       "[moe]\nexperts = 4\ntop_k = 2\nexpert_ffn = "
                       "8\nshared_experts = 2\ndense_first_layers = 1\n");
  REQUIRE(model.has_value());
  CHECK(model->moe.shared_expert_ffn == 16);
  CHECK(model->moe_layers() == 1);
}

TEST_CASE("what a file leaves open is named") {
  const Result<ModelSpec> video = read_description(R"(id = "v"
kind = "video-diffusion"
hidden = 64
heads = 4
[diffusion]
double_blocks = 2
single_blocks = 3
mlp_ratio = 4
latent_channels = 16
vae_stride = [4, 16, 16]
patch = [1, 2, 2]
)");
  REQUIRE(video.has_value());
  CHECK(video->layers == 5);
  CHECK(video->ffn == 256);
  CHECK(video->diffusion->vae_spatial == 16);
  CHECK(video->diffusion->vae_temporal == 4);
  CHECK(video->assumptions.size() == 2);
}

TEST_CASE("a stated total far from the shapes is named") {
  const Result<ModelSpec> model =
      read_description(std::string(kSmall) + "[parameters]\ntotal = 1e9\n");
  REQUIRE(model.has_value());
  REQUIRE(model->assumptions.size() == 1);
  CHECK(model->assumptions[0].find("are stated") != std::string::npos);
}

TEST_CASE("every shipped model is read") {
  int count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(POLYFLEET_SOURCE_DIR "/data/models")) {
    const Result<ModelSpec> model = load_model(entry.path());
    INFO(entry.path().string());
    if (!model) FAIL_CHECK(to_text(model.problems()));
    ++count;
  }
  CHECK(count >= 100);
}

TEST_CASE("missing and foreign files are diagnosed") {
  CHECK_FALSE(load_model("no-such-model.toml").has_value());
  CHECK_FALSE(load_model(POLYFLEET_SOURCE_DIR "/data/sources.toml").has_value());
  CHECK(model_reference_page().find("| `hidden` |") != std::string::npos);
}
