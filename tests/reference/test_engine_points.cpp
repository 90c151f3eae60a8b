// Published decode points re-predicted by engine models and the closed form of a closed loop: four
// engines, five accelerators, dense and expert models. A guard for the structure of the iteration
// time (which term is missing); the whole truth is judged by `polyfleet validate serve`.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "serving/steady_state.hpp"
#include "unit/serving/engine_fixture.hpp"

using namespace polyfleet;

namespace {

struct Point {
  const char* id;  ///< row of validation/inference.csv
  const char *model, *accelerator, *engine, *version, *formats;
  Dtype cache;
  ServingLayout layout;
  double users, input, output;  ///< lengths drawn from 80 to 100 % stand with their mean
  double milliseconds;          ///< measured time per output token
};

const Point kPoints[] = {
    {"SIL3821",
     "llama3.1-70b",
     "nv_h100_sxm",
     "vllm",
     "0.11",
     "fp8",
     Dtype::bf16,
     {.tensor = 2},
     4,
     1024,
     1024,
     17.41},
    {"SIL3736",
     "llama3.1-70b",
     "nv_h100_sxm",
     "vllm",
     "0.11",
     "fp8",
     Dtype::bf16,
     {.tensor = 4},
     4,
     1024,
     1024,
     11.78},
    {"SIL3946",
     "llama3.1-70b",
     "nv_h100_sxm",
     "vllm",
     "0.11",
     "fp8",
     Dtype::bf16,
     {.tensor = 2},
     32,
     8192,
     1024,
     52.37},
    {"SIL3820",
     "llama3.1-70b",
     "nv_b200",
     "trtllm",
     "",
     "fp8",
     Dtype::fp8,
     {.tensor = 1},
     4,
     1024,
     1024,
     14.59},
    {"SIL3700",
     "llama3.1-70b",
     "nv_b200",
     "trtllm",
     "",
     "fp8",
     Dtype::fp8,
     {.tensor = 2},
     32,
     1024,
     1024,
     10.91},
    {"SIL0222",
     "minimax-m2.5",
     "nv_b200",
     "vllm",
     "0.19",
     "nvfp4_experts",
     Dtype::fp8,
     {.tensor = 4},
     64,
     1024,
     1024,
     12.12},
    {"SIL0506",
     "deepseek-r1",
     "nv_b200",
     "trtllm",
     "1.2",
     "fp8_block",
     Dtype::fp8,
     {.tensor = 8},
     64,
     1024,
     1024,
     21.50},
    {"IX0112",
     "deepseek-r1",
     "nv_b200",
     "sglang",
     "",
     "fp8_block",
     Dtype::fp8,
     {.tensor = 8},
     4,
     922,
     922,
     8.86},
    {"IX0113",
     "deepseek-r1",
     "nv_b200",
     "sglang",
     "",
     "fp8_block",
     Dtype::fp8,
     {.tensor = 8},
     64,
     922,
     922,
     21.80},
    {"IX0144",
     "deepseek-r1",
     "nv_b200",
     "trtllm",
     "",
     "nvfp4_experts",
     Dtype::fp8,
     {.tensor = 4},
     4,
     922,
     922,
     7.61},
    {"IX0163",
     "deepseek-r1",
     "nv_b200",
     "trtllm",
     "",
     "nvfp4_experts",
     Dtype::fp8,
     {.tensor = 8, .expert = 8, .attention_data = 8},
     128,
     7373,
     922,
     27.32},
    {"IX0461",
     "deepseek-r1",
     "nv_h200",
     "sglang",
     "",
     "fp8_block",
     Dtype::bf16,
     {.tensor = 8},
     4,
     922,
     922,
     9.73},
    {"IX0560",
     "deepseek-r1",
     "amd_mi355x",
     "atom",
     "",
     "mxfp4_experts",
     Dtype::fp8,
     {.tensor = 8},
     128,
     922,
     7373,
     23.07},
    {"IX0588",
     "deepseek-r1",
     "amd_mi355x",
     "atom",
     "",
     "fp8_block",
     Dtype::fp8,
     {.tensor = 8},
     4,
     7373,
     922,
     12.58},
    {"IX0685",
     "deepseek-r1",
     "amd_mi355x",
     "sglang",
     "0.5.9",
     "mxfp4_experts",
     Dtype::fp8,
     {.tensor = 8},
     32,
     922,
     922,
     14.92},
    {"IX0708",
     "deepseek-r1",
     "amd_mi355x",
     "sglang",
     "0.5.9",
     "fp8_block",
     Dtype::bf16,
     {.tensor = 8},
     32,
     922,
     922,
     19.94},
};

const EngineMachine& machine_of(const std::string& id) {
  static std::map<std::string, EngineMachine> machines;
  auto found = machines.find(id);
  if (found == machines.end()) found = machines.emplace(id, engine_machine(id)).first;
  return found->second;
}

double predicted_milliseconds(const Point& point) {
  const EngineMachine& machine = machine_of(point.accelerator);
  const ModelSpec model = engine_test_model(point.model);
  const EngineProfile profile =
      profile_on(engine_profile(point.engine),
                 {machine.accelerator, machine.visible_memory, point.version, &model});
  EngineQuestion question;
  question.model = &model;
  question.machine = &machine;
  question.profile = &profile;
  question.layout = point.layout;
  question.formats = engine_formats(point.formats);
  question.formats.cache = point.cache;
  question.settings = profile.settings;
  const auto engine = EngineModel::make(question, *load_power_activity(engine_data()));
  REQUIRE(engine);
  const SteadyLoad load{
      .input_tokens = point.input, .output_tokens = point.output, .concurrency = point.users};
  return steady_state(**engine, load).tpot / millisecond;
}

}  // namespace

TEST_CASE("published decode points: each within a quarter, half of them within a tenth") {
  std::vector<double> errors;
  for (const Point& point : kPoints) {
    const double predicted = predicted_milliseconds(point);
    const double error = std::log(predicted / point.milliseconds);
    MESSAGE(std::string(point.id), " ", std::string(point.accelerator), " ",
            std::string(point.engine), ": ", predicted, " ms, measured ", point.milliseconds,
            " ms, ln ratio ", error);
    CHECK_MESSAGE(std::abs(error) < 0.25, std::string(point.id));
    errors.push_back(std::abs(error));
  }
  std::sort(errors.begin(), errors.end());
  CHECK(errors[errors.size() / 2] < 0.1);
}
