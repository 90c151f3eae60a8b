#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "unit/serving/engine_fixture.hpp"

using namespace polyfleet;

namespace {

constexpr Bytes kProfileGibibyte = 1073741824.0 * byte;

Accelerator part(const std::string& id, const std::string& family) {
  Accelerator accelerator;
  accelerator.id = id;
  accelerator.family = family;
  return accelerator;
}

Diagnostics problems_of_folder(const std::string& text) {
  const auto folder = std::filesystem::temp_directory_path() / "polyfleet_engine_profile_test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "engines");
  std::ofstream(folder / "engines" / "one.toml") << text;
  const auto profiles = load_engine_profiles(folder);
  std::filesystem::remove_all(folder);
  return profiles ? Diagnostics{} : profiles.problems();
}

const char* const kHead =
    "id = \"one\"\nname = \"One\"\nvendors = [\"NVIDIA\"]\nsource = \"none\"\n";

}  // namespace

TEST_CASE("every shipped engine states its scheduler") {
  const auto profiles = load_engine_profiles(engine_data());
  REQUIRE(profiles);
  CHECK(profiles->size() == 4);
  for (const EngineProfile& profile : *profiles) {
    CHECK_MESSAGE(profile.settings.token_budget >= 2048, profile.id);
    CHECK_MESSAGE(profile.settings.max_sequences >= 256, profile.id);
    CHECK_MESSAGE(profile.settings.cache_blocks == 0, profile.id);
    CHECK_MESSAGE(!profile.collective_library.empty(), profile.id);
    for (const EngineSettingRule& rule : profile.rules)
      CHECK_MESSAGE(!rule.source.empty(), profile.id, " ", rule.key);
  }
  CHECK(engine_profile("sglang").settings.batching == BatchingPolicy::prefill_first);
  CHECK(engine_profile("trtllm").memory_rule == MemoryRule::of_free);
  CHECK(engine_profile("trtllm").settings.block_tokens == 32);
}

TEST_CASE("defaults follow the memory, the family and the release") {
  const EngineProfile vllm = engine_profile("vllm");
  const EngineProfile small = profile_on(vllm, {part("a", "ada"), 23.6 * kProfileGibibyte});
  CHECK(small.settings.token_budget == 2048);
  CHECK(small.settings.max_sequences == 256);
  const EngineProfile large = profile_on(vllm, {part("b", "hopper"), 79 * kProfileGibibyte});
  CHECK(large.settings.token_budget == 8192);
  CHECK(large.settings.max_sequences == 1024);
  // the engine names A100 as the exception
  CHECK(profile_on(vllm, {part("c", "ampere"), 79 * kProfileGibibyte}).settings.token_budget ==
        2048);
  // exactly at the bound it holds
  CHECK(profile_on(vllm, {part("b", "hopper"), 70 * kProfileGibibyte}).settings.token_budget ==
        8192);

  const EngineProfile sglang = engine_profile("sglang");
  ModelSpec dense, routed, hybrid;
  routed.moe.experts = 8;
  hybrid.moe.experts = 8;
  hybrid.linear_layers = 3;
  const auto at = [&](const char* version, const ModelSpec* model) {
    return profile_on(sglang, {part("b", "hopper"), 79 * kProfileGibibyte, version, model});
  };
  CHECK(at("0.5.6.post2", &dense).host_per_sequence == 45 * microsecond);
  CHECK(at("0.5.7", &dense).host_per_sequence == 0 * microsecond);
  CHECK(at("0.5.10.post1", &dense).host_per_sequence == 0 * microsecond);
  CHECK(at("", &dense).host_per_sequence == 0 * microsecond);
  // kinds of models; without a model, only what holds for all of them
  CHECK(at("0.5.6", &routed).host_per_sequence == 0 * microsecond);
  CHECK(at("0.5.6", nullptr).host_per_sequence == 0 * microsecond);
  const Seconds usual = at("", &routed).host_per_iteration;
  CHECK(at("0.5.6", &routed).host_per_iteration > usual);
  CHECK(at("0.5.7", &routed).host_per_iteration == usual);
  CHECK(at("0.5.9", &hybrid).host_per_iteration > at("0.5.10", &hybrid).host_per_iteration);
  CHECK(at("0.5.10", &hybrid).host_per_iteration > usual);
  // between two releases: the first included, the last not
  const EngineProfile early = engine_profile("vllm");
  const auto vllm_at = [&](const char* version) {
    return profile_on(early, {part("b", "hopper"), 79 * kProfileGibibyte, version, &routed})
        .host_per_iteration;
  };
  CHECK(vllm_at("0.16.0") == 4 * millisecond);
  CHECK(vllm_at("0.17.1") == 4 * millisecond);
  CHECK(vllm_at("0.18") < 1 * millisecond);
}

TEST_CASE("faulty engine files are diagnosed with their place") {
  const std::string head = kHead;
  const std::string tail = "source = \"x\"\nstatus = \"estimated\"\n";
  CHECK(
      problems_of_folder(head + "[[setting]]\nkey = \"token_budget\"\nvalue = 1\n" + tail).empty());
  const auto unknown =
      problems_of_folder(head + "[[setting]]\nkey = \"token_buget\"\nvalue = 1\n" + tail);
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].what.find("token_buget") != std::string::npos);
  CHECK(unknown[0].fix.find("token_budget") != std::string::npos);
  CHECK(
      problems_of_folder(head + "[[setting]]\nkey = \"token_budget\"\nvalue = 0\n" + tail).size() ==
      1);
  CHECK(problems_of_folder(head + "[[setting]]\nkey = \"front_end\"\nvalue = \"3 GB\"\n" + tail)
            .size() == 1);
  // a conditional default is read on loading too
  CHECK(problems_of_folder(head +
                           "[[setting]]\nkey = \"watermark\"\nvalue = 2\nfamilies = "
                           "[\"hopper\"]\n" +
                           tail)
            .size() == 1);
  CHECK(!problems_of_folder(head + "[[setting]]\nkey = \"watermark\"\nvalue = 0.1\n").empty());
}

TEST_CASE("sets of formats: stored and multiplied apart, the cache by the engine") {
  const InferenceFormats oss = engine_formats("gpt_oss");
  CHECK(oss.experts.stored == Dtype::mxfp4);
  CHECK(oss.experts.multiplied == Dtype::bf16);
  CHECK(oss.attention_projections == WeightFormat{});
  CHECK(engine_formats("fp8_block").mlp == WeightFormat{Dtype::mxfp8, Dtype::mxfp8});
  const EngineProfile trtllm = engine_profile("trtllm"), vllm = engine_profile("vllm");
  CHECK(formats_of_engine(engine_formats("fp8"), trtllm).cache == Dtype::fp8);
  CHECK(formats_of_engine(engine_formats("fp8"), vllm).cache == Dtype::bf16);
  CHECK(formats_of_engine(engine_formats("bf16"), trtllm).cache == Dtype::bf16);
  CHECK(formats_of_engine(engine_formats("nvfp4"), vllm).cache == Dtype::fp8);
}
