#include <doctest/doctest.h>

#include "training/plan_check.hpp"

using namespace polyfleet;

namespace {

ModelSpec small_model() {
  ModelSpec model;
  model.layers = 8;
  model.hidden = 1024;
  model.ffn = 4096;
  model.heads = model.kv_heads = 16;
  model.head_dim = 64;
  model.vocab = 32000;
  return model;
}

TrainingPlan sound_plan() {
  TrainingPlan plan;
  plan.layout = {.tensor = 2, .pipeline = 2, .data = 4};
  plan.global_batch = 32;
  plan.sequence_length = 2048;
  return plan;
}

bool mentions(const Diagnostics& problems, std::string_view text) {
  for (const Diagnostic& problem : problems) {
    if (problem.what.find(text) != std::string::npos || problem.fix.find(text) != std::string::npos)
      return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a sound plan has no problems") {
  CHECK(plan_problems(small_model(), sound_plan(), 16).empty());
}

TEST_CASE("device counts must match, and the fix names the degree that does") {
  const Diagnostics problems = plan_problems(small_model(), sound_plan(), 32);
  CHECK(problems.size() == 1);
  CHECK(mentions(problems, "data parallel 8 uses all 32"));
}

TEST_CASE("every contradiction is reported at once") {
  TrainingPlan plan = sound_plan();
  plan.layout.tensor = 3;     // 16 heads, 4096 FFN
  plan.layout.pipeline = 16;  // 8 layers
  plan.global_batch = 33;     // data 4
  plan.layout.expert = 2;     // dense model
  const Diagnostics problems = plan_problems(small_model(), plan, 16);
  CHECK(mentions(problems, "16 attention heads do not divide over tensor parallel 3"));
  CHECK(mentions(problems, "use 2 or 4"));
  CHECK(mentions(problems, "FFN width 4096"));
  CHECK(mentions(problems, "16 pipeline chunks"));
  CHECK(mentions(problems, "global batch 33"));
  CHECK(mentions(problems, "model without experts"));
  CHECK(problems.size() == 6);
}

TEST_CASE("experts divide over expert parallel and ranks") {
  ModelSpec model = small_model();
  model.moe = {.experts = 60, .top_k = 4, .expert_ffn = 512};
  TrainingPlan plan = sound_plan();
  plan.layout.expert = 8;
  const Diagnostics problems = plan_problems(model, plan, 16);
  CHECK(mentions(problems, "60 experts do not divide over expert parallel 8"));
  plan.layout.expert = 16;
  model.moe.experts = 64;
  CHECK(mentions(plan_problems(model, plan, 16), "does not divide tensor x context x data = 8"));
}

TEST_CASE("schedules and virtual stages agree") {
  TrainingPlan plan = sound_plan();
  plan.schedule = Schedule::interleaved;
  CHECK(mentions(plan_problems(small_model(), plan, 16), "at least 2 virtual stages"));
  plan.schedule = Schedule::one_forward_one_backward;
  plan.layout.virtual_stages = 2;
  CHECK(mentions(plan_problems(small_model(), plan, 16), "interleaved"));
}

TEST_CASE("zero and negative degrees stop the other checks") {
  TrainingPlan plan = sound_plan();
  plan.layout.tensor = 0;
  const Diagnostics problems = plan_problems(small_model(), plan, 16);
  CHECK(problems.size() == 1);
  CHECK(mentions(problems, "tensor parallel is 0"));
}
