// A machine, a model and an engine of the shipped data for the tests of engine models.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "catalogue/catalogue.hpp"
#include "serving/engine_model.hpp"
#include "workload/model_reader.hpp"

namespace polyfleet {

inline std::filesystem::path engine_data() { return POLYFLEET_SOURCE_DIR "/data"; }

inline EngineMachine engine_machine(const std::string& id) {
  const auto catalogue = load_catalogue(engine_data());
  const auto part = catalogue->accelerator(id);
  const auto system = catalogue->system(part->default_system);
  auto machine = load_engine_machine(*part, *system, engine_data());
  REQUIRE(machine);
  return std::move(*machine);
}

inline ModelSpec engine_test_model(const std::string& id) {
  const auto model = load_model(engine_data() / "models" / (id + ".toml"));
  REQUIRE(model);
  return *model;
}

inline EngineProfile engine_profile(const std::string& id) {
  const auto profiles = load_engine_profiles(engine_data());
  REQUIRE(profiles);
  for (const EngineProfile& profile : *profiles) {
    if (profile.id == id) return profile;
  }
  FAIL(std::string("no engine ").append(id));
  return {};
}

inline InferenceFormats engine_formats(const std::string& name) {
  const auto formats = load_inference_formats(engine_data());
  REQUIRE(formats);
  for (const InferenceFormats& set : *formats) {
    if (set.name == name) return set;
  }
  FAIL(std::string("no formats ").append(name));
  return {};
}

/// Everything that one model of the tests points to.
struct EngineCase {
  EngineMachine machine = engine_machine("nv_h100_sxm");
  ModelSpec model = engine_test_model("llama3.1-8b");
  EngineProfile profile =
      profile_on(engine_profile("vllm"), {machine.accelerator, machine.visible_memory});
  EngineQuestion question = {};

  EngineCase() { question.settings = profile.settings; }

  Result<std::unique_ptr<EngineModel>> make() {
    question.model = &model;
    question.machine = &machine;
    question.profile = &profile;
    const auto activity = load_power_activity(engine_data());
    return EngineModel::make(question, *activity);
  }
  std::unique_ptr<EngineModel> made() {
    auto engine = make();
    REQUIRE(engine);
    return std::move(*engine);
  }
};

}  // namespace polyfleet
