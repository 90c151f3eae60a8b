#include <doctest/doctest.h>

#include <string>

#include "run_binary.hpp"

namespace {

/// Runs and expects exit code 2, nothing on standard output and this text on standard error.
void refuses(const std::string& arguments, const std::string& says) {
  CAPTURE(arguments);
  const Outcome outcome = polyfleet_run(arguments);
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK_MESSAGE(outcome.err.find(says) != std::string::npos, outcome.err);
}

std::string with_scenario(const std::string& name, const std::string& text) {
  return "estimate train " + scratch().write(name, text);
}

constexpr char kGood[] =
    "model = \"llama3.1-8b\"\naccelerator = \"nv_h100_sxm\"\ndevices = 8\n[plan]\n"
    "global_batch = 64\nsequence_length = 4096\n";

}  // namespace

TEST_CASE("unknown names get the nearest known one") {
  refuses(small_estimate("--model lama3.1-8b"), "did you mean 'llama3.1-8b'?");
  refuses(small_estimate("--accelerator nv_h100_smx"), "did you mean 'nv_h100_sxm'?");
  refuses(small_estimate("--accelerator vr_nvl72"), "'vr_nvl72' is a system");
  refuses(small_estimate("--framework megatron_brige"), "did you mean 'megatron_bridge'?");
  refuses(small_estimate("--precision mxfp9"), "unknown precision recipe 'mxfp9'");
  refuses(small_estimate("--site us-eest5"), "did you mean 'us-east5'?");
  refuses(small_estimate("--recompute selctive"), "did you mean 'selective'?");
}

TEST_CASE("unknown keys and values stand at their place") {
  refuses(with_scenario("key.toml", std::string(kGood) + "micro_bach = 2\n"),
          "key.toml:7:1: unknown key 'micro_bach'\n  fix: did you mean 'micro_batch'?");
  refuses(with_scenario("dtype.toml", std::string(kGood) + "gradient_reduce_dtype = \"bf17\"\n"),
          "dtype.toml:7:1: unknown value 'bf17' of gradient_reduce_dtype");
  refuses(small_estimate("--set plan.layout.tensr=8"),
          "--set plan.layout.tensr: unknown key 'tensr'\n  fix: did you mean 'tensor'?");
  refuses(small_estimate("--set tensor"), "--set: 'tensor' is no setting");
}

TEST_CASE("units are required and checked") {
  refuses(small_estimate("--price 2.5"), "device");
  refuses(small_estimate("--price '2.5 USD'"), "device");
  refuses(small_estimate("--price '2.5 GB/s'"), "device");
}

TEST_CASE("numbers are checked where they are written") {
  refuses(small_estimate("--tp eight"), "--tp: tensor must be a whole number");
  refuses(small_estimate("--tp 0"), "--tp: tensor = 0 must be");
  refuses(small_estimate("--global-batch -8"), "global_batch = -8 must be");
  refuses(small_estimate("--release soon"), "'soon' is no month");
}

TEST_CASE("every missing key is named at once") {
  const Outcome outcome = polyfleet_run("estimate train");
  CHECK(outcome.code == 2);
  for (const char* what : {"the model is missing", "the accelerator is missing",
                           "the number of accelerators is missing", "the global batch is missing",
                           "the sequence length is missing"}) {
    CAPTURE(what);
    CHECK(outcome.says(what));
  }
}

TEST_CASE("degrees that do not divide are reported at their key") {
  refuses(small_estimate("--tp 3"), "--tp: ");
  refuses(small_estimate("--tp 3"), "32 attention heads do not divide over tensor parallel 3");
  refuses(small_estimate("--dp 3"), "the pool has 8");
  refuses(small_estimate("--micro-batch 3"), "not a multiple of");
  refuses(small_estimate("--ep 4"), "expert parallel 4 for a model without experts");
}

TEST_CASE("more stages than layers are refused") {
  refuses(
      "estimate train --model llama3.1-8b --accelerator nv_h100_sxm --devices 64 --pp 64 "
      "--global-batch 64 --sequence 4096",
      "64 pipeline chunks (pipeline 64 x virtual 1) for 32 layers");
}

TEST_CASE("degrees beyond any machine are refused, not computed with") {
  refuses(small_estimate("--tp 16777216 --pp 16777216 --cp 16777216"),
          "devices, but the pool has 8");
  refuses(small_estimate("--devices 1e30"), "must be a whole number");
  refuses(small_estimate("--global-batch 9223372036854775807"), "global_batch");
  refuses(small_estimate("--vpp 16777216"), "pipeline chunks");
  refuses(small_estimate("--set plan.layout.tensor=nan"), "must be a whole number");
  refuses(small_estimate("--set model="), "the model is missing");
}

TEST_CASE("a schedule that the shape does not allow is refused") {
  refuses(small_estimate("--schedule dual-pipe"), "--schedule: ");
  refuses(small_estimate("--schedule interleaved --pp 2"), "virtual stages");
}

TEST_CASE("several problems are reported together") {
  const Outcome outcome = polyfleet_run(small_estimate("--model lama --accelerator h999"));
  CHECK(outcome.code == 2);
  CHECK(outcome.says("lama"));
  CHECK(outcome.says("h999"));
}

TEST_CASE("a file that is no scenario is refused with its place") {
  refuses("estimate train /nowhere/scenario.toml", "/nowhere/scenario.toml");
  refuses(with_scenario("truncated.toml", "model = \"llama3.1-8b\ndevices = "), "truncated.toml:1");
  refuses(with_scenario("binary.toml", std::string("\x7f"
                                                   "ELF\x02\x01\x01\0\0\0\xff\xfe",
                                                   12)),
          "binary.toml");
  refuses(with_scenario("twice.toml", "model = \"a\"\nmodel = \"b\"\n"), "twice.toml:2");
  refuses(with_scenario("huge.toml", std::string(std::size_t{17} << 20, '#')), "huge.toml");
  refuses(with_scenario("deep.toml", "a = " + std::string(100000, '[')), "deep.toml");
}

TEST_CASE("a config.json that contradicts itself is refused") {
  const std::string path = scratch().write(
      "config.json",
      "{\"model_type\": \"llama\", \"hidden_size\": 4096, \"num_hidden_layers\": 32,\n"
      " \"num_attention_heads\": 32, \"num_key_value_heads\": 5,\n"
      " \"intermediate_size\": 14336, \"vocab_size\": 128256}");
  refuses(small_estimate("--model " + path), "config.json:");
  const std::string lacking = scratch().write("lacking.json", "{\"model_type\": \"llama\"}");
  refuses(small_estimate("--model " + lacking), "lacking.json");
}

TEST_CASE("nothing is written when the input is bad") {
  const auto path = scratch() / "never.json";
  refuses(small_estimate("--tp 3 --timeline " + path.string()), "tensor");
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("a timeline that cannot be written is an error") {
  refuses(small_estimate("--timeline /nowhere/trace.json"), "/nowhere/trace.json");
}

TEST_CASE("foreign text cannot drive the terminal") {
  const Outcome outcome = polyfleet_run(small_estimate("--model \"$(printf '\\033[31mred')\""));
  CHECK(outcome.code == 2);
  CHECK(outcome.err.find('\033') == std::string::npos);
}
