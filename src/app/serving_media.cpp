#include "app/serving_media.hpp"

#include <fmt/format.h>

#include "base/spelling.hpp"

namespace polyfleet {
namespace {

/// Keys of a pool that say nothing about images and video.
constexpr std::string_view kOnlyOfLanguage[] = {
    "cache",        "pipeline",         "expert",          "attention_data",  "context", "settings",
    "draft_tokens", "expert_imbalance", "memory_fraction", "tokens_per_step", "release"};
constexpr std::string_view kUsualMediaEngine = "compiled";

void refuse_language_keys(const Value& document, Diagnostics& out) {
  for (const std::string_view key : kOnlyOfLanguage) {
    if (const Value* value = document.find(key))
      out.push_back(problem_at(value->where(),
                               fmt::format("{} says nothing about images and video", key),
                               "leave it out"));
  }
}

const MediaEngine* engine_named(const std::vector<MediaEngine>& engines, const std::string& name,
                                const Value& document, Diagnostics& out) {
  std::vector<std::string> names;
  for (const MediaEngine& each : engines) {
    if (each.id == name) return &each;
    names.push_back(each.id);
  }
  out.push_back(problem_at(position_of(document, "engine"),
                           fmt::format("no engine of images and video is named '{}'", name),
                           name_suggestion(name, names)));
  return nullptr;
}

}  // namespace

Result<bool> makes_media(Workspace& workspace, const ModelSpec& model) {
  const auto pipelines = workspace.media_pipelines();
  if (!pipelines) return pipelines.problems();
  return pipeline_of(**pipelines, model.id) != nullptr;
}

Diagnostics resolve_media(Workspace& workspace, const StatedEngine& stated, const Value& document,
                          ResolvedEngine& into) {
  Diagnostics problems;
  refuse_language_keys(document, problems);
  const auto pipelines = workspace.media_pipelines();
  if (!pipelines) return pipelines.problems();
  const auto engines = workspace.media_engines();
  if (!engines) return engines.problems();
  const auto machine = workspace.machine(stated.accelerator, stated.system);
  if (!machine) return machine.problems();
  MediaQuestion question;
  question.model = into.model;
  question.machine = *machine;
  question.pipeline = pipeline_of(**pipelines, into.model->id);
  const std::string name = stated.engine.empty() ? std::string(kUsualMediaEngine) : stated.engine;
  question.engine = engine_named(**engines, name, document, problems);
  question.accelerators = stated.tensor > 0 ? stated.tensor : 1;
  question.maturity = stated.maturity;
  if (!stated.formats.empty()) {
    if (const auto dtype = dtype_named(stated.formats)) {
      question.linear = *dtype;
    } else {
      problems.push_back(problem_at(position_of(document, "formats"),
                                    fmt::format("unknown number format '{}'", stated.formats),
                                    "give that of the transformer's products: bf16, fp8"));
    }
  }
  if (!problems.empty()) return problems;
  auto media = MediaModel::make(question);
  if (!media) return media.problems();
  const auto models = workspace.training_models();
  if (!models) return models.problems();
  into.media = *std::move(media);
  into.accelerator = &(*machine)->accelerator;
  into.system = &(*machine)->system;
  into.accelerators = question.accelerators;
  into.power =
      replica_power(*into.accelerator, *into.system, into.accelerators, (*models)->activity);
  if (stated.engine.empty())
    into.assumptions.push_back({"engine", name, "not stated: small kernels fused"});
  if (stated.tensor == 0)
    into.assumptions.push_back({"tensor", "1", "not stated: one accelerator a sample"});
  return {};
}

}  // namespace polyfleet
