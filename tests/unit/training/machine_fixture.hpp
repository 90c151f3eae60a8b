// A machine and plans for tests of the training room: the shipped H100 with the shipped tables, and
// a small dense model.
#pragma once

#include <doctest/doctest.h>

#include "catalogue/catalogue.hpp"
#include "training/machine.hpp"
#include "training/plan.hpp"

namespace polyfleet {

inline const Catalogue& shipped_catalogue() {
  static const Catalogue catalogue = [] {
    auto loaded = load_catalogue(POLYFLEET_SOURCE_DIR "/data");
    REQUIRE(loaded);
    return *loaded;
  }();
  return catalogue;
}

inline const Machine& h100_machine() {
  static const Machine machine = [] {
    auto part = shipped_catalogue().accelerator("nv_h100_sxm");
    auto system = shipped_catalogue().system("hgx_h100");
    REQUIRE(part);
    REQUIRE(system);
    auto loaded = load_machine(*part, *system, shipped_catalogue().directory());
    REQUIRE(loaded);
    return *std::move(loaded);
  }();
  return machine;
}

inline ModelSpec dense_model() {
  ModelSpec model;
  model.layers = 32;
  model.hidden = 4096;
  model.ffn = 14336;
  model.heads = 32;
  model.kv_heads = 8;
  model.head_dim = 128;
  model.vocab = 128256;
  return model;
}

/// TP2 PP1 DP4 on eight devices, four micro-batches.
inline TrainingPlan dense_plan() {
  TrainingPlan plan;
  plan.layout = {.tensor = 2, .data = 4, .sequence_parallel = true};
  plan.micro_batch = 1;
  plan.global_batch = 16;
  plan.sequence_length = 4096;
  plan.overlap.gradient_reduce = plan.overlap.parameter_gather = true;
  return plan;
}

}  // namespace polyfleet
