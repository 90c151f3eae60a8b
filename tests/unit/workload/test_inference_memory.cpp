// Cached bytes against published figures, and how layouts share weights and caches.
#include <doctest/doctest.h>

#include "unit/workload/inference_fixture.hpp"

namespace polyfleet {

using fixture::InferenceSetting;

TEST_CASE("Cached bytes of a token are the published ones") {
  // Llama 3.1 8B: 32 layers x 2 x 8 heads x 128 x 2 bytes = 131,072
  InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  CHECK(llama.memory().cache_per_token / byte == 131072);
  CHECK(llama.cached(1000) == 131072000);
  llama.formats.cache = Dtype::fp8;
  CHECK(llama.cached(1) == 65536);
  // DeepSeek-V3: 61 layers x (512 + 64) elements = 70,272 bytes in BF16
  InferenceSetting deepseek{fixture::catalogue_model("deepseek-v3")};
  CHECK(deepseek.cached(1) == 61 * 576 * 2);
  // V3.2 adds an index key of 128 bytes and a scale of 4 to every layer
  InferenceSetting sparse{fixture::catalogue_model("deepseek-v3.2")};
  CHECK(sparse.cached(1) - deepseek.cached(1) == 61 * 132);
}

TEST_CASE("Windowed layers stop growing at their window") {
  // gpt-oss-120b: 18 of 36 layers see 128 tokens; 8 KV heads of 64
  const InferenceSetting oss{fixture::catalogue_model("gpt-oss-120b")};
  const double layer = 2 * 8 * 64 * 2;
  CHECK(oss.cached(100) == 36 * 100 * layer);
  CHECK(oss.cached(10000) == 18 * (10000 + 128) * layer);
  CHECK(oss.memory().cache_per_token / byte == 18 * layer);
  CHECK(oss.memory().cache_per_sequence / byte == 18 * 128 * layer);
}

TEST_CASE("Hybrids cache their attention layers and one state a sequence") {
  // Nemotron-H 8B: 4 attention layers of 8 KV heads of 128; 24 Mamba layers of 128 heads x 64 x 128
  const InferenceSetting hybrid{fixture::catalogue_model("nemotron-h-8b")};
  CHECK(hybrid.memory().cache_per_token / byte == 4 * 2 * 8 * 128 * 2);
  const double state = 128.0 * 64 * 128 * 4;
  const double convolution = (128 * 64 + 2 * 8 * 128) * 3 * 2.0;
  CHECK(hybrid.memory().cache_per_sequence / byte == 24 * (state + convolution));
  CHECK(hybrid.cached(10) - hybrid.cached(0) == 10 * 4 * 2 * 8 * 128 * 2);
}

TEST_CASE("Tensor ranks share heads, and repeat KV heads when there are more ranks than heads") {
  InferenceSetting llama{fixture::catalogue_model("llama3.1-70b")};
  const double whole = llama.memory().cache_per_token / byte;
  const double weights = llama.memory().weights / byte;
  llama.layout.tensor = 8;
  CHECK(llama.memory().cache_per_token / byte == whole / 8);
  // norms alone are held by every rank
  CHECK(8 * (llama.memory().weights / byte) - weights == doctest::Approx(7 * 161 * 8192 * 2));
  llama.layout.tensor = 16;
  CHECK(llama.memory().cache_per_token / byte == whole / 8);
  CHECK(llama.cached(1) == whole);
}

TEST_CASE("Latent caches are whole on every tensor rank, and shared out under DP attention") {
  InferenceSetting deepseek{fixture::catalogue_model("deepseek-v3")};
  deepseek.layout = {.tensor = 8};
  CHECK(deepseek.memory().cache_per_token / byte == 61 * 576 * 2);
  const double split = deepseek.memory().weights / byte;
  deepseek.layout = {.tensor = 8, .attention_data = 8};
  CHECK(deepseek.memory().weights / byte > split);  // whole attention weights
  deepseek.layout = {.tensor = 8, .expert = 8, .attention_data = 8};
  // 256 experts over 8 ranks: 32 x 3 x 2048 x 7168 x 58 layers at least
  CHECK(deepseek.memory().weights / byte > 32.0 * 3 * 2048 * 7168 * 58 * 2);
}

TEST_CASE("Pipeline stages share layers; embedding and head lie at the ends") {
  InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  llama.layout.pipeline = 4;
  CHECK(llama.memory().cache_per_token / byte == 131072 / 4);
  const double layer = 4096.0 * (4096 + 2 * 1024) + 4096.0 * 4096 + 3 * 4096.0 * 14336 + 2 * 4096;
  const double head = 4096.0 * 128256 + 4096;
  CHECK(llama.memory().weights / byte == doctest::Approx(2 * (8 * layer + head)));
  llama.layout.pipeline = 5;  // 32 = 6 + 6 + 7 + 7 + 6
  CHECK(llama.memory().cache_per_token / byte == 131072.0 * 7 / 32);
}

TEST_CASE("Narrow weights take their bytes, and prefill context ranks share the cache") {
  InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  const double wide = llama.memory().weights / byte;
  llama.formats = fixture::narrow_formats(Dtype::int4, Dtype::bf16);
  const double layers = 32 * (4096.0 * (4096 + 2 * 1024) + 4096.0 * 4096 + 3 * 4096.0 * 14336);
  CHECK(wide - llama.memory().weights / byte == doctest::Approx(1.5 * layers));
  llama.layout.context = 2;
  CHECK(llama.memory().cache_per_token / byte == 65536);
  CHECK(llama.cached(1) == 131072);
}

TEST_CASE("Up-projections of latent attention: once where wide, a wide copy beside narrow ones") {
  InferenceSetting deepseek{fixture::catalogue_model("deepseek-v3")};
  InferenceSetting sparse{fixture::catalogue_model("deepseek-v3.2")};
  const double up = 61.0 * 512 * 128 * (128 + 128);
  const double index = 61 * (1536.0 * 64 * 128 + 7168.0 * (128 + 64));
  CHECK((sparse.memory().weights - deepseek.memory().weights) / byte == doctest::Approx(2 * index));
  const auto narrow = [](InferenceSetting& setting) {
    setting.formats.attention_projections = {Dtype::fp8, Dtype::fp8};
    return setting.memory().weights / byte;
  };
  const double layers = 61 * (7168.0 * (1536 + 576) + 1536.0 * 128 * 192 + 128.0 * 128 * 7168);
  const double wide = deepseek.memory().weights / byte;
  CHECK(wide - narrow(deepseek) == doctest::Approx(layers + up - 2 * up));
}

TEST_CASE("A prediction module is one more layer with its projection") {
  const InferenceSetting deepseek{fixture::catalogue_model("deepseek-v3")};
  // the hub states 11.5 B unique parameters for the module (14 B with embedding and head)
  CHECK(draft_weights(deepseek.context()) / byte / 2 == doctest::Approx(11.5e9).epsilon(0.02));
  const InferenceSetting llama{fixture::catalogue_model("llama3.1-8b")};
  CHECK(draft_weights(llama.context()) == 0 * byte);
  CHECK(draft_work(llama.context(), 4).ops.empty());
}

}  // namespace polyfleet
