#include <doctest/doctest.h>

#include "unit/workload/fixtures.hpp"
#include "workload/flops.hpp"

using namespace polyfleet;
using namespace polyfleet::fixture;

namespace {

double count(const ModelSpec& model, const StepWorkload& step, FlopDefinition definition) {
  return flop_counts(model, step)[definition] / flop;
}

StepWorkload step_of(double sequences, double length) {
  StepWorkload step;
  step.batch.sequences = sequences;
  step.batch.sequence_length = length;
  return step;
}

}  // namespace

// Narayanan et al. 2021, arXiv:2104.04473, appendix: forward 24 B s l h^2 + 4 B s^2 l h and
// 2 B s h V for the logits; backward twice that; full recompute one forward of the layers more.
TEST_CASE("model FLOPs and full recompute are Narayanan's") {
  const ModelSpec model = gpt();
  const double B = 3, s = 32, h = 64, l = 2, V = 1024;
  const double layers = 24 * B * s * l * h * h + 4 * B * s * s * l * h;
  const double logits = 2 * B * s * h * V;
  StepWorkload step = step_of(B, s);
  CHECK(count(model, step, FlopDefinition::model_full_attention) == 3 * (layers + logits));
  step.batch.fused_attention = false;  // runs the whole square and nothing twice
  CHECK(count(model, step, FlopDefinition::hardware) == 3 * (layers + logits));
  step.recomputed = RecomputedPart::everything;
  CHECK(count(model, step, FlopDefinition::hardware) == 4 * layers + 3 * logits);
  step.recomputed = RecomputedPart::attention_core;
  CHECK(count(model, step, FlopDefinition::hardware) ==
        3 * (layers + logits) + 4 * B * s * s * l * h);
}

TEST_CASE("causal model FLOPs halve the square up to its diagonal") {
  const ModelSpec model = gpt();
  const StepWorkload step = step_of(1, 32);
  const double difference = count(model, step, FlopDefinition::model_full_attention) -
                            count(model, step, FlopDefinition::model_causal);
  CHECK(difference == 3 * 4 * (32 * 32 - 32 * 33 / 2) * 64 * 2);
}

TEST_CASE("6ND and its relatives") {
  const ModelSpec model = mixture();
  const ParameterCounts weights = parameter_counts(model);
  const StepWorkload step = step_of(1, 32);
  CHECK(count(model, step, FlopDefinition::six_nd_total) == 6 * 32 * weights.total);
  CHECK(count(model, step, FlopDefinition::six_nd_active) == 6 * 32 * weights.active);
  CHECK(weights.active ==
        doctest::Approx(weights.total - weights.expert * (1 - 2.0 / 8)).epsilon(1e-12));
  CHECK(count(model, step, FlopDefinition::palm) ==
        32 * (6 * (weights.active - weights.embedding) + 12 * 4 * 64 * 32));
  CHECK(count(model, step, FlopDefinition::llm_foundry) ==
        32 * (6 * weights.total + 12 * 4 * 64 * 32));
  // lookups as a one-hot product and three operations a score, forward and twice backward
  CHECK(count(model, step, FlopDefinition::chinchilla) ==
        doctest::Approx(count(model, step, FlopDefinition::model_full_attention) +
                        3 * (2 * 32 * 512 * 64 + 3 * 4 * 8 * 32 * 32)));
}

TEST_CASE("LoRA leaves out the weight gradients of the base") {
  const ModelSpec model = llama();
  StepWorkload step = step_of(1, 32);
  const double full = count(model, step, FlopDefinition::model_full_attention);
  step.lora.rank = 1;
  const double tuned = count(model, step, FlopDefinition::model_full_attention);
  CHECK(tuned > full * 0.6);
  CHECK(tuned < full * 0.85);
}

TEST_CASE("parameters by part") {
  const ModelSpec model = mixture();
  const ParameterCounts weights = parameter_counts(model);
  const double attention = 64 * 96 + 64 * 64 + 2 * 64;
  const double dense = 3 * 64 * 192, routed = 8 * 3 * 64 * 48, shared = 3 * 64 * 48;
  CHECK(weights.expert == 3 * routed);
  CHECK(weights.embedding == 512 * 64);
  CHECK(weights.head == 512 * 64 + 64);
  CHECK(weights.total ==
        4 * attention + dense + 3 * (routed + shared + 64 * 8) + weights.embedding + weights.head);
  CHECK(weights.mtp == 0);
}

TEST_CASE("every definition has a name") {
  for (std::size_t i = 0; i < kFlopDefinitionCount; ++i)
    CHECK_FALSE(name_of(static_cast<FlopDefinition>(i)).empty());
}
