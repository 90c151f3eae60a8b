// FLOP definitions by hand: a small GPT without surprises.
#include <doctest/doctest.h>

#include "validation/knowledge.hpp"
#include "validation/measured.hpp"

using namespace polyfleet;

namespace {

constexpr double kLayers = 2, kWidth = 1024, kVocabulary = 2048, kLength = 512;

ModelSpec small_gpt() {
  ModelSpec model;
  model.layers = 2;
  model.hidden = 1024;
  model.ffn = 4096;
  model.ffn_matrices = 2;
  model.heads = model.kv_heads = 16;
  model.head_dim = 64;
  model.vocab = 2048;
  return model;
}

/// 6 (12 L h^2 + V h) + 12 L h s: weights, logits, the whole score square.
double full_by_hand() {
  return 6 * (12 * kLayers * kWidth * kWidth + kVocabulary * kWidth) +
         12 * kLayers * kWidth * kLength;
}

}  // namespace

TEST_CASE("full attention: six a weight and the whole square") {
  CHECK(flops_per_token(small_gpt(), kLength, FlopCount::full_attention) ==
        doctest::Approx(full_by_hand()).epsilon(1e-6));
}

TEST_CASE("causal attention: the triangle with its diagonal") {
  const double kept = (kLength + 1) / 2 / kLength;
  const double by_hand = full_by_hand() - 12 * kLayers * kWidth * kLength * (1 - kept);
  CHECK(flops_per_token(small_gpt(), kLength, FlopCount::causal_attention) ==
        doctest::Approx(by_hand).epsilon(2e-3));
}

TEST_CASE("with recomputation: Equation 3 of Narayanan et al. 2021") {
  const double equation = 96 * kLayers * kWidth * kWidth *
                          (1 + kLength / (6 * kWidth) + kVocabulary / (16 * kLayers * kWidth));
  CHECK(flops_per_token(small_gpt(), kLength, FlopCount::with_recompute) ==
        doctest::Approx(equation).epsilon(1e-6));
}

TEST_CASE("samples to convergence lie on the line between two reference batches") {
  ConvergenceRule rule;
  rule.batch = {1000, 2000};
  rule.samples = {500, 700};
  CHECK(*rule.samples_at(1500) == doctest::Approx(600));
  CHECK(*rule.samples_at(2000) == doctest::Approx(700));
  CHECK_FALSE(rule.samples_at(2001));
  CHECK_FALSE(ConvergenceRule{}.samples_at(1500));
}

TEST_CASE("the split of sources is the stated hash, and overrides win") {
  SourceSplit split;
  split.two_part = {"paper"};
  // FNV-1a of "a" is 0xe40c292c (even), of "b" 0xe70c2de5 (odd).
  CHECK(split.fits("a"));
  CHECK_FALSE(split.fits("b"));
  split.fit_override["b"] = true;
  CHECK(split.fits("b"));
  CHECK(split.source_of("paper-x-1") == "paper-x");
  CHECK(split.source_of("paper") == "paper");
}
