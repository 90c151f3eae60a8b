#include <doctest/doctest.h>

#include <cmath>

#include "cli/json_output.hpp"
#include "config/value.hpp"
#include "run_binary.hpp"

using polyfleet::Value;

namespace {

double member_number(const Value& json, const std::string& first, const std::string& second = "") {
  const Value* found = json.find(first);
  REQUIRE(found != nullptr);
  if (!second.empty()) found = found->find(second);
  REQUIRE(found != nullptr);
  REQUIRE(found->number().has_value());
  return *found->number();
}

}  // namespace

TEST_CASE("an estimate by flags shows every section") {
  const Outcome outcome = polyfleet_run(small_estimate());
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  for (const char* part : {"step time", "80 % interval", "where the time goes", "memory, GB", "MFU",
                           "energy per step", "cost per million tokens", "assumed"}) {
    CAPTURE(part);
    CHECK(outcome.says(part));
  }
}

TEST_CASE("the parts of a step sum to its time") {
  const Value json = json_of(small_estimate("--json"));
  const Value* parts = json.find("where_s");
  REQUIRE(parts != nullptr);
  double sum = 0;
  for (const auto& [name, seconds] : *parts->table()) {
    if (name != "total") sum += *seconds.number();
  }
  const double total = member_number(json, "where_s", "total");
  CHECK(sum == doctest::Approx(total).epsilon(1e-9));
  CHECK(member_number(json, "step_time_s") == doctest::Approx(total).epsilon(1e-12));
  CHECK(member_number(json, "interval", "low_s") < total);
  CHECK(member_number(json, "interval", "high_s") > total);
}

TEST_CASE("memory parts of each stage sum to its total") {
  const Value json = json_of(small_estimate("--json"));
  const Value* stages = json.find("memory")->find("stages");
  REQUIRE(stages != nullptr);
  REQUIRE(!stages->array()->empty());
  for (const Value& stage : *stages->array()) {
    double sum = 0;
    for (const auto& [name, bytes] : *stage.find("parts_bytes")->table()) sum += *bytes.number();
    CHECK(sum == doctest::Approx(member_number(stage, "total_bytes")).epsilon(1e-9));
  }
}

TEST_CASE("a file, flags and --set mean the same") {
  const std::string file =
      scratch().write("same.toml",
                      "model = \"llama3.1-8b\"\naccelerator = \"nv_h100_sxm\"\n"
                      "devices = 8\nprecision = \"bf16\"\n[plan]\n"
                      "global_batch = 64\nsequence_length = 4096\n"
                      "recompute = \"full\"\n");
  const double by_flags = member_number(json_of(small_estimate("--tp 2 --json")), "step_time_s");
  const double by_file = member_number(
      json_of("estimate train " + file + " --set plan.layout.tensor=2 --json"), "step_time_s");
  CHECK(by_file == by_flags);
}

TEST_CASE("a stated setting is no assumption any more") {
  const Outcome open = polyfleet_run(small_estimate("--json"));
  CHECK(open.says("\"micro_batch\""));
  const Value stated = json_of(small_estimate("--micro-batch 2 --dp 8 --json"));
  for (const Value& each : *stated.find("assumptions")->array()) {
    CHECK(*each.find("setting")->text() != "micro_batch");
    CHECK(*each.find("setting")->text() != "data parallel");
  }
}

TEST_CASE("strict leaves the software-maturity factor out") {
  const Value json = json_of(small_estimate("--strict --json"));
  CHECK(member_number(json, "where_s", "software") == 0);
  CHECK(member_number(json, "software_maturity", "factor") == 1);
}

TEST_CASE("a stated price gives a cost") {
  const Value json = json_of(small_estimate("--price '3.6 USD/h' --json"));
  const double seconds = member_number(json, "step_time_s");
  CHECK(member_number(json, "cost", "per_step_usd") == doctest::Approx(8 * seconds * 0.001));
}

TEST_CASE("explain names kernels, collectives and sources") {
  const Outcome outcome = polyfleet_run(small_estimate("--tp 8 --explain"));
  CHECK(outcome.code == 0);
  for (const char* part : {"GEMM bf16", "all-gather", "specification", "algorithm"}) {
    CAPTURE(part);
    CHECK(outcome.says(part));
  }
}

TEST_CASE("a timeline is JSON whose last event ends with the step") {
  const auto path = scratch() / "trace.json";
  const Value json = json_of(small_estimate("--json --timeline " + path.string()));
  const auto trace = polyfleet::parse_json(content_of(path), path.string());
  REQUIRE(trace.has_value());
  double end = 0;
  for (const Value& event : *trace->find("traceEvents")->array()) {
    if (event.find("dur") == nullptr) continue;
    end = std::max(end, *event.find("ts")->number() + *event.find("dur")->number());
  }
  CHECK(end * 1e-6 == doctest::Approx(member_number(json, "step_time_s")).epsilon(0.02));
}

TEST_CASE("what does not fit in memory exits with 1, the shortfall and remedies") {
  const Outcome outcome = polyfleet_run(
      "estimate train --model llama3.1-70b --accelerator nv_h100_sxm --devices 8 --global-batch 8 "
      "--sequence 8192 --precision bf16");
  CHECK(outcome.code == 1);
  CHECK(outcome.says("does not fit in memory"));
  CHECK(outcome.says("GB too much"));
}

TEST_CASE("a part, a system and a model of the user's own work like shipped ones") {
  const std::string data = std::string(POLYFLEET_SOURCE_DIR) + "/data";
  const auto copied = [&](const std::string& file, const std::string& id, const std::string& own) {
    std::string text = content_of(data + file);
    const std::size_t at = text.find("\"" + id + "\"");
    REQUIRE(at != std::string::npos);
    text.replace(at, id.size() + 2, "\"" + own + "\"");
    return scratch().write(own + ".toml", text);
  };
  const std::string part = copied("/hardware/nv_h100_sxm.toml", "nv_h100_sxm", "my_part");
  const std::string model = copied("/models/llama3.1-8b.toml", "llama3.1-8b", "my_model");
  const std::string system = copied("/systems/hgx_h100.toml", "hgx_h100", "my_system");
  const Value own = json_of(small_estimate("--accelerator " + part + " --model " + model +
                                           " --system " + system + " --json"));
  CHECK(*own.find("scenario")->find("accelerator")->text() == "my_part");
  CHECK(member_number(own, "step_time_s") > 0);
  const Value usual = json_of(small_estimate("--accelerator " + part + " --json"));
  CHECK(*usual.find("scenario")->find("system")->text() == "hgx_h100");
}

TEST_CASE("a Hugging Face config.json is a model") {
  const std::string config = scratch().write(
      "hf_config.json",
      "{\"model_type\": \"llama\", \"architectures\": [\"LlamaForCausalLM\"], \"hidden_size\": "
      "4096, \"num_hidden_layers\": 32, \"num_attention_heads\": 32, \"num_key_value_heads\": 8, "
      "\"intermediate_size\": 14336, \"vocab_size\": 128256, \"max_position_embeddings\": 131072, "
      "\"tie_word_embeddings\": false, \"hidden_act\": \"silu\"}");
  const double own =
      member_number(json_of(small_estimate("--model " + config + " --json")), "step_time_s");
  const double shipped = member_number(json_of(small_estimate("--json")), "step_time_s");
  CHECK(own == doctest::Approx(shipped).epsilon(1e-9));
}
