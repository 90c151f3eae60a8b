// Serving plans as commands and manifests: options by name, shell words that read back, YAML that
// parses, and what cannot be said.
#include <doctest/doctest.h>

#include <algorithm>

#include "config/value.hpp"
#include "launch/serving_arguments.hpp"
#include "launch/serving_launch.hpp"
#include "launch/shell_script.hpp"
#include "unit/launch/launch_fixture.hpp"

namespace polyfleet {
namespace {

const ServingToolTables& tables() {
  static const Result<ServingToolTables> loaded =
      ServingToolTables::load(POLYFLEET_SOURCE_DIR "/data");
  REQUIRE_MESSAGE(loaded.has_value(),
                  to_text(loaded.has_value() ? Diagnostics{} : loaded.problems()));
  return *loaded;
}

ServingLaunchPool pool_of(const std::string& name, const std::string& engine) {
  ServingLaunchPool pool;
  pool.name = name;
  pool.vendor = "NVIDIA";
  pool.accelerator = "nv_b200";
  pool.system = "hgx_b200";
  pool.engine = engine;
  pool.replicas = 3;
  pool.layout.tensor = 8;
  pool.formats.name = "bf16";
  pool.settings.max_sequences = 128;
  pool.settings.token_budget = 8192;
  pool.settings.prefix_cache = true;
  return pool;
}

ServingLaunchJob job_of(std::vector<ServingLaunchPool> pools) {
  return {"", "deepseek-r1", "", std::move(pools)};
}

LaunchExport made(ServingLaunchFormat format, const ServingLaunchJob& job) {
  Result<LaunchExport> result = export_serving(format, job, tables());
  REQUIRE_MESSAGE(result.has_value(),
                  to_text(result.has_value() ? Diagnostics{} : result.problems()));
  return *result;
}

bool lists(const LaunchExport& result, std::string_view setting) {
  return std::any_of(result.unexpressed.begin(), result.unexpressed.end(),
                     [&](const Unexpressed& each) { return each.setting == setting; });
}

const Value& at(const Value& value, std::initializer_list<const char*> path) {
  const Value* here = &value;
  for (const char* key : path) {
    here = here->array() != nullptr ? &here->array()->front() : here;
    here = here->find(key);
    REQUIRE_MESSAGE(here != nullptr, key);
  }
  return *here;
}

Value parsed(const LaunchFile& file) {
  Result<Value> value = parse_yaml(file.text, file.name);
  REQUIRE_MESSAGE(value.has_value(), to_text(value.has_value() ? Diagnostics{} : value.problems()));
  return *value;
}

}  // namespace

TEST_CASE("vLLM: attention data parallelism is data parallelism with experts over all ranks") {
  ServingLaunchPool pool = pool_of("b200", "vllm");
  pool.layout.attention_data = 4;
  pool.layout.expert = 8;
  pool.formats.name = "fp8";
  pool.formats.mlp = pool.formats.experts = {Dtype::fp8, Dtype::fp8};
  pool.formats.cache = Dtype::fp8;
  const LaunchExport result = made(ServingLaunchFormat::vllm, job_of({pool}));
  REQUIRE(result.files.size() == 1);
  CHECK(result.files[0].name == "vllm_b200.sh");
  const std::string& text = result.files[0].text;
  for (const char* part :
       {"--tensor-parallel-size 2 ", "--data-parallel-size 4 ", "--enable-expert-parallel ",
        "--kv-cache-dtype fp8 ", "--quantization fp8 ", "--max-num-seqs 128 ",
        "--max-num-batched-tokens 8192 ", "--gpu-memory-utilization 0.9 ",
        "--enable-prefix-caching ", "--port 8000"})
    CHECK_MESSAGE(holds(text, part), part);
  CHECK_FALSE(holds(text, "--pipeline-parallel-size"));
  CHECK_FALSE(holds(text, "--kv-transfer-config"));
  CHECK(holds(text, "MODEL=${MODEL:?"));
  // Experts over some ranks only have no option.
  pool.layout.expert = 2;
  CHECK(lists(made(ServingLaunchFormat::vllm, job_of({pool})), "b200: expert"));
}

TEST_CASE("SGLang: the tensor degree counts all ranks") {
  ServingLaunchPool pool = pool_of("b200", "sglang");
  pool.layout = {.tensor = 16, .pipeline = 2, .expert = 16, .attention_data = 16};
  pool.settings.prefix_cache = false;
  pool.speculation = {3, 2.4};
  const std::string text = made(ServingLaunchFormat::sglang, job_of({pool})).files[0].text;
  for (const char* part :
       {"python3 -m sglang.launch_server", "--model-path \"$MODEL\"", "--tp-size 16 ",
        "--pp-size 2 ", "--dp-size 16 ", "--enable-dp-attention ", "--ep-size 16 ",
        "--disable-radix-cache ", "--mem-fraction-static 0.9 ", "--chunked-prefill-size 8192 ",
        "--speculative-algorithm EAGLE ", "--speculative-num-steps 3 ",
        "--speculative-num-draft-tokens 4 ", "--nnodes 4 ", "--node-rank \"$NODE_RANK\"",
        "--dist-init-addr \"$MASTER_ADDR:20000\""})
    CHECK_MESSAGE(holds(text, part), part);
}

TEST_CASE("a pair of pools: roles, connector, and the router that is missing") {
  ServingLaunchPool first = pool_of("b200-prefill", "sglang");
  ServingLaunchPool later = pool_of("mi355x-decode", "sglang");
  first.role = PoolRole::prefill;
  later.role = PoolRole::decode;
  later.vendor = "AMD";
  const LaunchExport mixed = made(ServingLaunchFormat::sglang, job_of({first, later}));
  CHECK(holds(mixed.files[0].text, "--disaggregation-mode prefill "));
  CHECK(holds(mixed.files[1].text, "--disaggregation-mode decode "));
  CHECK(holds(mixed.files[0].text, "--disaggregation-transfer-backend mooncake"));
  CHECK(lists(mixed, "router"));
  later.vendor = "NVIDIA";
  CHECK(holds(made(ServingLaunchFormat::sglang, job_of({first, later})).files[0].text,
              "--disaggregation-transfer-backend nixl"));
  first.engine = later.engine = "vllm";
  const LaunchExport result = made(ServingLaunchFormat::vllm, job_of({first, later}));
  CHECK(holds(
      result.files[0].text,
      R"(--kv-transfer-config '{"kv_connector": "NixlConnector", "kv_role": "kv_producer"}')"));
  CHECK(holds(result.files[1].text, R"("kv_role": "kv_consumer")"));
  CHECK(holds(result.files[1].text, "VLLM_NIXL_SIDE_CHANNEL_HOST"));
}

TEST_CASE("a format that the engine cannot make is left to the checkpoint and named") {
  ServingLaunchPool pool = pool_of("b200", "vllm");
  pool.formats.name = "nvfp4_experts";
  pool.formats.experts = {Dtype::nvfp4, Dtype::nvfp4};
  pool.formats.cache = Dtype::mxfp4;
  const LaunchExport result = made(ServingLaunchFormat::vllm, job_of({pool}));
  CHECK_FALSE(holds(result.files[0].text, "--quantization"));
  CHECK_FALSE(holds(result.files[0].text, "--kv-cache-dtype"));
  CHECK(lists(result, "b200: formats"));
  CHECK(lists(result, "b200: cache"));
}

TEST_CASE("scripts read back word by word") {
  ServingLaunchPool pool = pool_of("b200", "vllm");
  pool.speculation = {1, 1.8};
  pool.role = PoolRole::decode;
  const std::string text = made(ServingLaunchFormat::vllm, job_of({pool})).files[0].text;
  const Result<ShellScript> script = read_shell_script(text, "vllm_b200.sh", {});
  REQUIRE(script.has_value());
  std::vector<std::string> words;
  for (const std::vector<ShellWord>& command : script->commands) {
    for (const ShellWord& word : command) words.push_back(word.text);
  }
  const auto value_after = [&](std::string_view option) -> std::string {
    const auto found = std::find(words.begin(), words.end(), option);
    return found == words.end() || found + 1 == words.end() ? "" : *(found + 1);
  };
  CHECK(value_after("--speculative-config") == R"({"method": "mtp", "num_speculative_tokens": 1})");
  const Result<Value> transfer = parse_json(value_after("--kv-transfer-config"), "words");
  REQUIRE(transfer.has_value());
  CHECK(*transfer->find("kv_role")->text() == "kv_consumer");
  CHECK(value_after("--tensor-parallel-size") == "8");
}

TEST_CASE("Kubernetes: a Deployment and a Service for replicas of one node") {
  const LaunchExport result =
      made(ServingLaunchFormat::kubernetes, job_of({pool_of("b200", "vllm")}));
  REQUIRE(result.files.size() == 2);
  CHECK(result.files[0].name == "b200-workload.yaml");
  const Value workload = parsed(result.files[0]);
  CHECK(*at(workload, {"kind"}).text() == "Deployment");
  CHECK(*at(workload, {"metadata", "name"}).text() == "deepseek-r1-b200");
  CHECK(*at(workload, {"spec", "replicas"}).integer() == 3);
  const Value& pod = at(workload, {"spec", "template", "spec"});
  CHECK(*at(pod, {"nodeSelector", "nvidia.com/gpu.product"}).text() == "NVIDIA-B200");
  CHECK(*at(pod, {"containers", "resources", "limits", "nvidia.com/gpu"}).integer() == 8);
  CHECK(*at(pod, {"containers", "startupProbe", "httpGet", "path"}).text() == "/health");
  CHECK(*at(pod, {"containers", "readinessProbe", "httpGet", "port"}).integer() == 8000);
  const Array& command = *at(pod, {"containers", "command"}).array();
  REQUIRE(command.size() == 3);
  CHECK(holds(*command[2].text(), "exec vllm serve \"$MODEL\" --tensor-parallel-size 8 "));
  const Value service = parsed(result.files[1]);
  CHECK(*at(service, {"kind"}).text() == "Service");
  // The service finds the pods.
  CHECK(*at(service, {"spec", "selector", "pool"}).text() ==
        *at(workload, {"spec", "template", "metadata", "labels", "pool"}).text());
  CHECK(lists(result, "b200: MODEL"));
}

TEST_CASE("Kubernetes: a LeaderWorkerSet where a replica spans nodes; AMD's resource") {
  ServingLaunchPool pool = pool_of("mi300x", "vllm");
  pool.vendor = "AMD";
  pool.accelerator = "amd_mi300x";
  pool.layout.pipeline = 2;
  const LaunchExport result = made(ServingLaunchFormat::kubernetes, job_of({pool}));
  const Value workload = parsed(result.files[0]);
  CHECK(*at(workload, {"kind"}).text() == "LeaderWorkerSet");
  const Value& group = at(workload, {"spec", "leaderWorkerTemplate"});
  CHECK(*at(group, {"size"}).integer() == 2);
  const auto command_of = [&](const char* part) {
    return *at(group, {part, "spec", "containers", "command"}).array()->back().text();
  };
  CHECK(*at(group, {"leaderTemplate", "spec", "containers", "resources", "limits", "amd.com/gpu"})
             .integer() == 8);
  CHECK(holds(command_of("leaderTemplate"), "--nnodes \"$LWS_GROUP_SIZE\""));
  CHECK_FALSE(holds(command_of("leaderTemplate"), "--headless"));
  CHECK(holds(command_of("workerTemplate"), "--headless"));
  CHECK(*at(group, {"leaderTemplate", "metadata", "labels", "role"}).text() == "leader");
  CHECK(*at(parsed(result.files[1]), {"spec", "selector", "role"}).text() == "leader");
}

TEST_CASE("an engine without an export, and a pool of another engine, are refused") {
  CHECK_FALSE(export_serving(ServingLaunchFormat::kubernetes, job_of({pool_of("b200", "trtllm")}),
                             tables()));
  CHECK_FALSE(
      export_serving(ServingLaunchFormat::vllm, job_of({pool_of("b200", "sglang")}), tables()));
  CHECK_FALSE(export_serving(ServingLaunchFormat::vllm, job_of({}), tables()));
}

}  // namespace polyfleet
