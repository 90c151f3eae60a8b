// Rows of a table become scenarios: what is stated wins, what is open is filled and said.
#include <doctest/doctest.h>

#include <map>

#include "base/files.hpp"
#include "catalogue/catalogue.hpp"
#include "validation/interpretation.hpp"
#include "validation/row_formats.hpp"
#include "workload/model_reader.hpp"

using namespace polyfleet;

namespace {

/// The shipped catalogue behind the interpreter's lookups; entries are read once.
struct Shelves {
  Catalogue catalogue;
  std::map<std::string, std::optional<ModelSpec>, std::less<>> models;
  std::map<std::string, std::optional<Accelerator>, std::less<>> parts;

  const ModelSpec* model(std::string_view name) {
    auto [slot, fresh] = models.try_emplace(std::string(name));
    if (fresh) {
      if (const auto file = catalogue.model_file(name)) {
        if (const auto read = load_model(*file)) slot->second = *read;
      }
    }
    return slot->second ? &*slot->second : nullptr;
  }
  const Accelerator* part(std::string_view name) {
    auto [slot, fresh] = parts.try_emplace(std::string(name));
    if (fresh) {
      if (const auto read = catalogue.accelerator(name)) slot->second = *read;
    }
    return slot->second ? &*slot->second : nullptr;
  }
};

Shelves& shelves() {
  static Shelves all{*load_catalogue(*data_directory()), {}, {}};
  return all;
}

const TruthInterpreter& interpreter() {
  static const TruthInterpreter one = [] {
    const std::filesystem::path data = *data_directory();
    auto loaded =
        TruthInterpreter::load(data.string(), (data.parent_path() / "validation").string(),
                               {[](std::string_view name) { return shelves().model(name); },
                                [](std::string_view name) { return shelves().part(name); }});
    if (!loaded) FAIL(to_text(loaded.problems()));
    return *std::move(loaded);
  }();
  return one;
}

std::vector<RowInterpretation> read(const std::string& lines) {
  const std::string header =
      "id,date,framework,vendor,accelerator,num_accelerators,accelerators_per_node,model,layers,"
      "hidden,heads,seq_len,global_batch_size,micro_batch_size,tp,pp,cp,dp,precision,"
      "measured_metric,measured_value,notes,zero_or_fsdp,recompute\n";
  const auto rows = read_truth(header + lines, "t.csv");
  REQUIRE(rows);
  return interpreter().interpret(*rows);
}

bool assumed(const RowInterpretation& row, std::string_view setting, std::string_view basis) {
  for (const Assumption& assumption : row.scenario->assumptions) {
    if (assumption.setting == setting && assumption.basis.starts_with(basis)) return true;
  }
  return false;
}

const std::vector<RowInterpretation>& shipped_rows() {
  static const std::vector<RowInterpretation> rows = [] {
    const auto text = read_file(data_directory()->parent_path() / "validation" / "training.csv");
    REQUIRE(text);
    const auto table = read_truth(*text, "training.csv");
    REQUIRE(table);
    return interpreter().interpret(*table);
  }();
  return rows;
}

const RowInterpretation& row_named(const std::vector<RowInterpretation>& rows,
                                   std::string_view id) {
  for (const RowInterpretation& row : rows) {
    if (row.id == id && row.scenario) return row;
  }
  FAIL("no scenario for row " << id);
  return rows.front();
}

}  // namespace

TEST_CASE("a stated row keeps what it states and fills the rest from its framework") {
  const auto rows = read(
      "x-1,2025-03,Megatron-LM,NVIDIA,H100,64,8,Llama 3.1 70B,,,,8192,128,1,4,4,1,,BF16,"
      "tokens_per_s_per_gpu,800,,,\n");
  REQUIRE(rows[0].skip.empty());
  const TrainingPlan& plan = rows[0].scenario->plan;
  CHECK(rows[0].scenario->model.layers == 80);
  CHECK(rows[0].accelerator == "nv_h100_sxm");
  CHECK(plan.layout.data == 4);
  CHECK(plan.layout.sequence_parallel);
  CHECK(plan.recompute == Recompute::none);
  CHECK(plan.precision.name == "bf16");
  CHECK(assumed(rows[0], "recompute", "documented default of Megatron-LM"));
  CHECK(assumed(rows[0], "dp", "derived"));
  CHECK(rows[0].measured.time / second == doctest::Approx(128.0 * 8192 / (800 * 64)));
}

TEST_CASE("the release decides: full recomputation and unfused attention in 2021") {
  const auto rows = read(
      "x-1,2021-04,Megatron-LM,NVIDIA,A100-80GB,64,8,GPT 175B,96,12288,96,2048,64,1,8,8,,,FP16,"
      "step_time_s,10,,,\n");
  REQUIRE(rows[0].skip.empty());
  CHECK(rows[0].scenario->plan.recompute == Recompute::full);
  CHECK_FALSE(rows[0].scenario->plan.fused_attention);
  CHECK_FALSE(rows[0].scenario->plan.layout.sequence_parallel);
}

TEST_CASE("a printed DP that contradicts N loses and is said to") {
  const auto rows = read(
      "x-1,2025-03,NeMo,NVIDIA,H100,32,8,Llama 3 8B,,,,4096,128,1,1,1,1,8,BF16,step_time_s,1,,,\n");
  REQUIRE(rows[0].skip.empty());
  CHECK(rows[0].scenario->plan.layout.data == 32);
  CHECK(assumed(rows[0], "dp", "inferred"));
}

TEST_CASE("logged accumulation steps give the replica, a sibling its cut") {
  const auto rows = read(
      "m-1,2024-06,NeMo,NVIDIA,H100,16,8,Llama 3 8B,,,,4096,8,1,4,1,2,,BF16,step_time_s,1,"
      "grad_accum=4,,\n"
      "m-2,2024-06,NeMo,NVIDIA,H100,32,8,Llama 3 8B,,,,4096,8,,,,,,BF16,step_time_s,1,"
      "grad_accum=2,,\n"
      "m-3,2024-06,NeMo,NVIDIA,H100,32,8,Llama 3 8B,,,,4096,8,1,2,1,1,,BF16,step_time_s,1,"
      "grad_accum=1,,\n");
  REQUIRE(rows[1].skip.empty());
  CHECK(rows[1].scenario->plan.layout.tensor == 4);
  CHECK(rows[1].scenario->plan.layout.context == 2);
  CHECK(rows[1].scenario->plan.layout.data == 4);
  CHECK(assumed(rows[1], "mapping", "inferred: as row m-1"));
}

TEST_CASE("fully sharded runs need no stated degrees; groups are read") {
  const auto rows = read(
      "f-1,2024-06,llm-foundry,NVIDIA,H100,64,8,MPT-7b,,,,2048,128,2,,,,,amp_bf16,step_time_s,1,,"
      "FSDP+DP (FSDP=16),none\n");
  REQUIRE(rows[0].skip.empty());
  CHECK(rows[0].scenario->plan.layout.data == 64);
  CHECK(rows[0].scenario->plan.sharding == Sharding::zero3);
  CHECK(rows[0].scenario->plan.hybrid_shard == 16);
}

TEST_CASE("best mappings are searched, not guessed") {
  const auto rows = read(
      "b-1,2025-05,NeMo,NVIDIA,B200,16,8,Llama 3 8B,,,,32768,128,1,,,,,FP8,step_time_s,1,"
      "best non-CP mapping; TP/PP not stated,,\n");
  REQUIRE(rows[0].skip.empty());
  CHECK(rows[0].alternatives.size() > 4);
  for (const TrainingPlan& plan : rows[0].alternatives) CHECK(plan.layout.devices() == 16);
}

TEST_CASE("rows whose workload is undefined are left out with the reason") {
  const auto rows = read(
      "u-1,2025,NeMo,NVIDIA,H100,,8,Llama 3 8B,,,,4096,8,1,1,1,1,,BF16,step_time_s,1,,,\n"
      "u-2,2025,NeMo,NVIDIA,H100,8,8,Llama 3 8B,,,,,8,1,1,1,1,,BF16,step_time_s,1,,,\n"
      "u-3,2025,NeMo,NVIDIA,H100,8,8,Nobody 9B,,,,4096,8,1,1,1,1,,BF16,step_time_s,1,,,\n"
      "u-4,2025,NeMo,NVIDIA,Nothing 9,8,8,Llama 3 8B,,,,4096,8,1,1,1,1,,BF16,step_time_s,1,,,\n"
      "u-5,2025,NeMo,NVIDIA,H100,8,8,Llama 3 8B,,,,4096,,,1,1,1,,BF16,step_time_s,1,,,\n"
      "u-6,2025,NeMo,NVIDIA,H100,8,8,Llama 3 8B,,,,4096,8,1,1,1,1,,BF16,time_to_train_min,1,,,\n"
      "u-7,2025,NeMo,NVIDIA,H100,8,8,Llama 3 8B,,,,4096,12,1,1,1,1,,BF16,step_time_s,1,,,\n");
  CHECK(rows[0].skip == "number of accelerators not stated");
  CHECK(rows[1].skip == "sequence length not stated");
  CHECK(rows[2].skip.starts_with("architecture not stated"));
  CHECK(rows[3].skip.starts_with("accelerator not in the catalogue"));
  CHECK(rows[4].skip == "batch size not stated");
  CHECK(rows[5].skip.starts_with("time to train without"));
  CHECK(rows[6].skip.starts_with("global batch does not divide"));
  for (const RowInterpretation& row : rows) CHECK_FALSE(row.scenario);
}

TEST_CASE("what is measured becomes a step time") {
  const std::string plan = "NeMo,NVIDIA,H100,8,8,Llama 3 8B,,,,4096,16,1,1,1,1,,BF16,";
  const auto rows =
      read("t-1,2025," + plan + "step_time_s,2,,,\n" + "t-2,2025," + plan +
           "tokens_per_s_total,32768,,,\n" + "t-3,2025," + plan + "train_samples_per_s,8,,,\n" +
           "t-lora,2025," + plan + "time_to_train_min,19,samples_to_target_median=1600,,\n" +
           "t-5,2025," + plan + "bogus,2,,,\n");
  for (std::size_t i = 0; i < 3; ++i) CHECK(rows[i].measured.time / second == doctest::Approx(2));
  // 1,600 samples in batches of 16 are 100 steps; 14 % of the run is not training.
  CHECK(rows[3].measured.time / second == doctest::Approx(19.0 * 60 / 100 / 1.14));
  CHECK(rows[3].measured.uncertainty > 0);
  CHECK(rows[4].skip == "unknown metric: bogus");
}

TEST_CASE("host floors grow with the passes over a layer") {
  const auto rows = read(
      "e-1,2024,Megatron-DeepSpeed,NVIDIA,A100-80GB,8,8,GPT (custom),24,1024,16,1024,64,4,1,1,,,"
      "fp16,step_time_s,1,,,full\n"
      "e-2,2024,Megatron-DeepSpeed,NVIDIA,A100-80GB,8,8,GPT (custom),24,1024,16,1024,64,4,8,1,,,"
      "fp16,step_time_s,1,,,none\n");
  CHECK(rows[0].scenario->plan.host_seconds_per_layer == doctest::Approx(3 * 1.01e-3));
  CHECK(rows[1].scenario->plan.host_seconds_per_layer == doctest::Approx(2 * 1.66e-3));
}

TEST_CASE("absurd numbers leave a row out and break nothing") {
  const char* huge = "999999999999";
  const std::string tail = ",,BF16,step_time_s,1,,,\n";
  std::string lines;
  lines +=
      std::string("h-1,2025,NeMo,NVIDIA,H100,") + huge + ",8,Llama 3 8B,,,,4096,8,1,1,1,1" + tail;
  lines +=
      std::string("h-2,2025,NeMo,NVIDIA,H100,8,8,Llama 3 8B,,,,4096,8,1,") + huge + ",1,1" + tail;
  lines += std::string("h-3,2025,NeMo,NVIDIA,H100,8,8,Llama 3 8B,,,,") + huge + ",8,1,1,1,1" + tail;
  lines += std::string("h-4,2025,NeMo,NVIDIA,H100,8,8,GPT x,4,") + huge + ",,4096,8,1,1,1,1" + tail;
  lines +=
      std::string("h-5,2025,NeMo,NVIDIA,H100,8,8,GPT x,") + huge + ",64,,4096,8,1,1,1,1" + tail;
  lines +=
      std::string("h-6,2025,NeMo,NVIDIA,H100,8,8,Llama 3 8B,,,,4096,8,") + huge + ",1,1,1" + tail;
  lines += "h-7,2025,NeMo,NVIDIA,H100,8,8,Llama 3 8B,,,,4096,8,1,-4,0,nan" + tail;
  const auto rows = read(lines);
  for (std::size_t i = 0; i < 6; ++i) CHECK_MESSAGE(!rows[i].skip.empty(), rows[i].id);
  CHECK(rows.size() == 7);
}

TEST_CASE("an accelerator by any name the catalogue knows, a model by its columns alone") {
  const auto rows = read(
      "n-1,2026-08,some new stack,AMD,MI455X,72,72,GPT (custom),40,8192,64,4096,144,1,8,1,1,,MXFP8,"
      "step_time_s,1,,,\n");
  REQUIRE_MESSAGE(rows[0].skip.empty(), rows[0].skip);
  CHECK(rows[0].accelerator == "amd_mi455x");
  CHECK(rows[0].scenario->model.ffn == 4 * 8192);
  CHECK(rows[0].scenario->model.ffn_matrices == 2);
  CHECK(assumed(rows[0], "framework", "inferred"));
}

TEST_CASE("precision wording") {
  CHECK(recipe_named("FP8 (per-tensor current scaling)") == "fp8_current");
  CHECK(recipe_named("fp8 delayed scaling, format hybrid") == "fp8_delayed");
  CHECK(recipe_named("mxfp8, format e4m3") == "mxfp8");
  CHECK(recipe_named("FP4 (nvfp4)") == "nvfp4");
  CHECK(recipe_named("Autocast:BF16+FP32Optimizer") == "bf16");
  CHECK(recipe_named("amp") == "fp16");
}

TEST_CASE("sources: series of independent publications count apart") {
  CHECK(interpreter().source_of("vtrain-single-0003") == "vtrain-single");
  CHECK(interpreter().source_of("mlperf-v50-x-y") == "mlperf-v50");
  CHECK(interpreter().source_of("dgxc-v25.04-h100") == "dgxc");
  CHECK(interpreter().source_of("one") == "one");
}

TEST_CASE("shipped rows read as a person reads them") {
  const auto& rows = shipped_rows();
  const auto plan = [&](std::string_view id) -> const TrainingPlan& {
    return row_named(rows, id).scenario->plan;
  };
  // Eight devices, one sequence each, no accumulation printed.
  CHECK(plan("stas-h200-llama3.1-8b-8k").global_batch == 8);
  CHECK(plan("rocmte-gpt2xl-ddp8-mi300x-b28").global_batch == 8 * 28);
  // BF16 moments beside an FP32 master copy.
  CHECK(plan("mb-26.08-gb200-deepseek-v3-mxfp8-256").optimizer_bytes_per_parameter == 8);
  CHECK(plan("mb-26.06-gb200-llama3.1-405b-fp8-256").optimizer_bytes_per_parameter == 12);
  // Part of each layer as a graph halves the launch floor: 2 passes of 0.35 ms.
  CHECK(plan("mb-26.04.01-b200-deepseek-v3-mxfp8-256").host_seconds_per_layer ==
        doctest::Approx(0.35e-3));
  // SQuAD samples packed to 4,096 attend to a tenth.
  CHECK(plan("dgxc-v25.04-h100-llama38b-lora-bf16-16").mean_document == doctest::Approx(409.6));
  CHECK(plan("mlperf-v50-ll270blora-qct-d74h-7u").mean_document == 0);
  // 16,777,216 logged tokens of 512 sequences; ici_fsdp 8 x dcn_fsdp 16 inside four replicas.
  CHECK(plan("tpu-trillium-mixtral-8x22b-256").sequence_length == 4096);
  CHECK(plan("dgxc-v25.04-h100-llama3.170b-bf16-512-2").hybrid_shard == 128);
  // Two NeuronCores a chip.
  CHECK(plan("neuron-2.24.0-trn1-llama-3.1-70b-n32").layout.tensor == 16);
  // P = L (12 h^2 + 13 h) + V h with 183 billion parameters of width 14,400.
  CHECK(row_named(rows, "bigsci-a100-183b-g384-pp12-dp4-mbs1").scenario->model.layers == 72);
  // Four NDR adapters for eight accelerators, and 4 x 100 Gbit/s.
  const auto rate = [&](std::string_view id) {
    return *row_named(rows, id).scale_out_rate / gigabit_per_second;
  };
  CHECK(rate("bigsci-a100-183b-g384-pp12-dp4-mbs1") == doctest::Approx(50));
  CHECK(rate("mlperf-v40-ll270blora-fujitsu-gx2560m7-h100-sxm-80gbx4") == doctest::Approx(400));
}

TEST_CASE("at least 97 % of the shipped rows become scenarios, every other has a reason") {
  const auto& read_rows = shipped_rows();
  REQUIRE(read_rows.size() == 2738);
  std::size_t complete = 0;
  for (const RowInterpretation& row : read_rows) {
    CHECK(row.skip.empty() == row.scenario.has_value());
    if (!row.scenario) continue;
    ++complete;
    CHECK(row.measured.time > 0 * second);
    CHECK(row.scenario->plan.layout.devices() == row.scenario->devices);
  }
  CHECK(complete >= 0.97 * 2738);
}
