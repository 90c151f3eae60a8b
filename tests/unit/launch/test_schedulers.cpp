// Slurm scripts and Kubernetes manifests, parsed back for counts, resources and components; mixed
// jobs; and YAML text.
#include <fmt/format.h>

#include "launch/shell_script.hpp"
#include "launch/yaml_text.hpp"
#include "launch_fixture.hpp"
#include "unit/launch/launch_fixture.hpp"

namespace polyfleet {
namespace {

TrainingPlan plain_plan(int tensor, int data) {
  TrainingPlan plan;
  plan.layout.tensor = tensor;
  plan.layout.data = data;
  plan.global_batch = 64;
  plan.sequence_length = 4096;
  return plan;
}

/// 64 H100 in nodes of 8 and 32 MI300X in nodes of 8.
LaunchJob mixed_job() {
  LaunchJob job = job_of(dense_model(), plain_plan(8, 8));
  LaunchPool amd;
  amd.name = "mi300x";
  amd.vendor = "AMD";
  amd.accelerator = "amd_mi300x";
  amd.devices = 32;
  amd.plan = plain_plan(4, 8);
  job.pools.push_back(amd);
  return job;
}

LaunchExport export_of(LaunchFormat format, const LaunchJob& job) {
  const Result<LaunchExport> made = export_launch(format, job, shipped_tables());
  REQUIRE_MESSAGE(made.has_value(), to_text(made.has_value() ? Diagnostics{} : made.problems()));
  return *made;
}

std::string batch_words(const std::string& text) {
  const Result<ShellScript> script = read_shell_script(text, "job.sbatch", {});
  REQUIRE(script.has_value());
  std::string words;
  for (const ShellWord& word : script->batch_options) words += word.text + " ";
  return words;
}

}  // namespace

TEST_CASE("a batch script asks for the nodes and accelerators of the plan") {
  const LaunchExport made = export_of(LaunchFormat::slurm, job_of(dense_model(), plain_plan(8, 8)));
  REQUIRE(made.files.size() == 2);
  CHECK(made.files[0].name == "job.sbatch");
  CHECK(made.files[1].name == "megatron_lm.sh");
  CHECK(batch_words(made.files[0].text) ==
        "--job-name llama3-1-70b --nodes 8 --ntasks-per-node 1 --gres gpu:h100:8 --exclusive ");
  CHECK(holds(made.files[0].text, "srun bash -c run_pool_0"));
  CHECK(holds(made.files[0].text, "bash megatron_lm.sh"));
  CHECK(!holds(made.files[0].text, "hetjob"));
}

TEST_CASE("part of a node is one node, odd counts take equal nodes") {
  LaunchJob job = job_of(dense_model(), plain_plan(4, 1));
  CHECK(holds(batch_words(export_of(LaunchFormat::slurm, job).files[0].text),
              "--nodes 1 --ntasks-per-node 1 --gres gpu:h100:4"));
  job.pools[0].devices = 12;
  job.pools[0].devices_per_node = 8;
  CHECK(holds(batch_words(export_of(LaunchFormat::slurm, job).files[0].text),
              "--nodes 2 --ntasks-per-node 1 --gres gpu:h100:6"));
  job.pools[0].devices = 9;  // three nodes, not two of unequal shares
  CHECK(holds(batch_words(export_of(LaunchFormat::slurm, job).files[0].text),
              "--nodes 3 --ntasks-per-node 1 --gres gpu:h100:3"));
  job.pools[0].devices = 0;
  CHECK(!export_launch(LaunchFormat::slurm, job, shipped_tables()).has_value());
  job.pools.clear();
  for (const LaunchFormatEntry& entry : launch_formats())
    CHECK(!export_launch(entry.format, job, shipped_tables()).has_value());
}

TEST_CASE("where vendors mix, a heterogeneous job has one component a pool") {
  const LaunchExport made = export_of(LaunchFormat::slurm, mixed_job());
  const std::string& text = made.files[0].text;
  const std::string words = batch_words(text);
  CHECK(holds(words,
              "--nodes 8 --ntasks-per-node 1 --gres gpu:h100:8 --exclusive hetjob "
              "--nodes 4 --ntasks-per-node 1 --gres gpu:mi300x:8"));
  CHECK(holds(text, "srun --het-group=0 bash -c run_pool_0 : --het-group=1 bash -c run_pool_1"));
  CHECK(holds(text, "POOL_FIRST_NODE=8 POOL_FIRST_RANK=64"));
  CHECK(holds(text, "JOB_NODES=12 JOB_RANKS=96"));
  CHECK(made.files[1].name == "megatron_lm.h100.sh");
  CHECK(made.files[2].name == "megatron_lm.mi300x.sh");
  CHECK(is_listed(made, "pools"));
}

TEST_CASE("a JobSet has one replicated job a pool, with the vendor's resource and label") {
  const LaunchExport made = export_of(LaunchFormat::kubernetes, mixed_job());
  CHECK(made.files[0].name == "jobset.yaml");
  const Result<Value> document = parse_yaml(made.files[0].text, "jobset.yaml");
  REQUIRE(document.has_value());
  CHECK(*document->find("kind")->text() == "JobSet");
  const Array& jobs = *document->find("spec")->find("replicatedJobs")->array();
  REQUIRE(jobs.size() == 2);
  const auto job_spec = [&](std::size_t i) { return jobs[i].find("template")->find("spec"); };
  const auto pod_spec = [&](std::size_t i) { return job_spec(i)->find("template")->find("spec"); };
  CHECK(*job_spec(0)->find("parallelism")->integer() == 8);
  CHECK(*job_spec(0)->find("completions")->integer() == 8);
  CHECK(*job_spec(1)->find("parallelism")->integer() == 4);
  const auto limits = [&](std::size_t i) {
    return (*pod_spec(i)->find("containers")->array())[0].find("resources")->find("limits");
  };
  CHECK(*limits(0)->find("nvidia.com/gpu")->integer() == 8);
  CHECK(*limits(1)->find("amd.com/gpu")->integer() == 8);
  CHECK(*pod_spec(0)->find("nodeSelector")->find("nvidia.com/gpu.product")->text() ==
        "NVIDIA-H100-80GB-HBM3");
  // A label's value is text, though it might read as a number.
  CHECK(*pod_spec(1)->find("nodeSelector")->find("amd.com/gpu.device-id")->text() == "74a1");
  CHECK(is_listed(made, "h100: image"));
}

TEST_CASE("each framework is started by its own files; an unknown one is named") {
  const auto first_file = [&](const std::string& framework) {
    const LaunchExport made =
        export_of(LaunchFormat::slurm, job_of(dense_model(), plain_plan(8, 8), framework));
    return made.files.size() > 1 ? made.files[1].name : std::string("none");
  };
  CHECK(first_file("primus") == "primus.yaml");
  CHECK(first_file("megatron_bridge") == "megatron_bridge.yaml");
  CHECK(first_file("deepspeed_zero") == "deepspeed.json");
  CHECK(first_file("torchtitan") == "torchtitan_plan.py");
  CHECK(first_file("maxtext") == "none");
  CHECK(
      is_listed(export_of(LaunchFormat::slurm, job_of(dense_model(), plain_plan(8, 8), "maxtext")),
                "framework"));
}

TEST_CASE("mixed jobs write a file a pool and say which pool a setting belongs to") {
  LaunchJob job = mixed_job();
  job.pools[1].plan.mean_document = 700;
  const LaunchExport made = export_of(LaunchFormat::torchtitan, job);
  CHECK(made.files[0].name == "torchtitan_plan_h100.py");
  CHECK(made.files[1].name == "torchtitan_plan_mi300x.py");
  CHECK(is_listed(made, "mi300x: plan.mean_document"));
  CHECK(!is_listed(made, "h100: plan.mean_document"));
}

TEST_CASE("parts of a model without an argument are named") {
  ModelSpec model = dense_model();
  model.linear_layers = 60;
  model.sparse = {.heads = 64, .head_dim = 128, .top_k = 2048};
  const LaunchExport made = export_of(LaunchFormat::megatron_lm, job_of(model, plain_plan(8, 8)));
  CHECK(is_listed(made, "model.linear_layers"));
  CHECK(is_listed(made, "model.sparse"));
}

TEST_CASE("YAML text reads back the same, also by readers to whom NO is false") {
  Value document{Table{}};
  document.set("plain", "text");
  document.set("country", "NO");
  document.set("switch", "on");
  document.set("other", "Off");
  document.set("number", "1.0");
  document.set("colon", "a: b # c");
  document.set("empty", "");
  document.set("nothing", Value());
  document.set("list", Array{Value(1), Value("x"), Value(true)});
  document.set("nested",
               Array{Value(Table{{"a", Value(1)}, {"b", Value(Array{Value(2)})}}), Value("end")});
  document.set("none", Value(Array{}));
  document.set("table", Value(Table{}));
  const std::string text = to_yaml(document);
  CHECK(holds(text, "country: \"NO\""));
  CHECK(holds(text, "switch: \"on\""));
  CHECK(holds(text, "other: \"Off\""));
  const Result<Value> read = parse_yaml(text, "text");
  REQUIRE_MESSAGE(read.has_value(), text);
  CHECK(to_json(*read, -1) == to_json(document, -1));
}

TEST_CASE(
    "the shipped tables: every switch and default has a meaning, checked versions are noted") {
  const ToolTables& tables = shipped_tables();
  for (const ToolTable* table : {&tables.megatron_lm, &tables.megatron_bridge, &tables.primus,
                                 &tables.deepspeed, &tables.torchtitan}) {
    CHECK(!table->tool().empty());
    CHECK(table->checked().find("commit") != std::string::npos);
    CHECK(table->source().starts_with("https://"));
  }
  CHECK(*tables.megatron_lm.concept_of("--tensor-model-parallel-size") ==
        "tensor_model_parallel_size");
  CHECK(*tables.megatron_lm.switched_off_by("--disable-bias-linear") == "add_bias_linear");
  CHECK(tables.megatron_lm.without_effect("--lr-decay-style") != nullptr);
  CHECK(tables.megatron_lm.without_effect("--tensor-model-parallel-size") == nullptr);
  CHECK(tables.megatron_lm.is_switch("bf16"));
  const Result<Value> twice =
      parse_toml("tool='t'\nchecked='c'\nsource='s'\n[names]\na='--x'\nb='--x'\n", "tables.toml");
  CHECK(!ToolTable::read(*twice).has_value());
}

}  // namespace polyfleet
