#include "validation/serve_engines.hpp"

#include <fmt/format.h>

#include <cctype>

#include "serving/steady_state.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

template <class T>
const T* named(const std::vector<T>& list, std::string_view name, std::string T::*member) {
  for (const T& entry : list) {
    if (entry.*member == name) return &entry;
  }
  return nullptr;
}

/// What scripts/fit_serving.py may change.
void without_host_times(EngineProfile& profile) {
  profile.host_per_iteration = {};
  profile.host_shortest_iteration = {};
  profile.host_per_sequence = {};
  profile.eager_launch = {};
  profile.settings.front_end = 0;
}

}  // namespace

std::string release_of(std::string_view engine, std::string_view version) {
  // Images of ai-dynamo carry the orchestrator's release (0.5 to 0.8), not that of TensorRT-LLM.
  if (engine == "trtllm" && version.find("0.") == 0) return {};
  if (mentions(version, "dynamo")) return {};
  const std::size_t tag = version.rfind(':');
  std::string_view text = tag == std::string_view::npos ? version : version.substr(tag + 1);
  if (!text.empty() && text.front() == 'v') text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() &&
         (std::isdigit(static_cast<unsigned char>(text[end])) != 0 || text[end] == '.'))
    ++end;
  while (end > 0 && text[end - 1] == '.') --end;
  const std::string_view release = text.substr(0, end);
  return release.find('.') == std::string_view::npos ? std::string() : std::string(release);
}

Result<ServeWorld> ServeWorld::load(const Catalogue& catalogue, const std::vector<ServeCase>& cases,
                                    const CatalogueLookup& lookup,
                                    const ServeWorldOptions& options) {
  ServeWorld world;
  world.host_times_ = options.host_times;
  Result<std::vector<EngineProfile>> profiles = load_engine_profiles(catalogue.directory());
  if (!profiles) return profiles.problems();
  world.profiles_ = *std::move(profiles);
  Result<std::vector<InferenceFormats>> formats = load_inference_formats(catalogue.directory());
  if (!formats) return formats.problems();
  world.formats_ = *std::move(formats);
  Result<PowerActivity> activity = load_power_activity(catalogue.directory());
  if (!activity) return activity.problems();
  world.activity_ = *std::move(activity);
  for (const ServeCase& read : cases) {
    if (!read.skip.empty()) continue;
    world.models_[read.model_id] = lookup.model(read.model_id);
    auto [slot, fresh] = world.machines_.try_emplace(read.accelerator_id);
    if (!fresh) continue;
    const Accelerator* part = lookup.accelerator(read.accelerator_id);
    const Result<System> system = catalogue.system(read.accelerator_id);
    slot->second = std::make_unique<Result<EngineMachine>>(
        system ? load_engine_machine(*part, *system, catalogue.directory())
               : Result<EngineMachine>(system.problems()));
  }
  return world;
}

const EngineProfile* ServeWorld::profile(std::string_view id) const {
  return named(profiles_, id, &EngineProfile::id);
}

const InferenceFormats* ServeWorld::formats(std::string_view name) const {
  return named(formats_, name, &InferenceFormats::name);
}

Result<const EngineMachine*> ServeWorld::machine(const std::string& accelerator_id) const {
  const auto found = machines_.find(accelerator_id);
  if (found == machines_.end()) return problem("no machine of " + accelerator_id);
  if (!*found->second) return found->second->problems();
  return static_cast<const EngineMachine*>(&**found->second);
}

const ModelSpec* ServeWorld::model(const std::string& id) const {
  const auto found = models_.find(id);
  return found == models_.end() ? nullptr : found->second;
}

std::string ServeEngines::key(const ServeCase& read, const ServingLayout& layout) {
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", read.accelerator_id,
                     read.model_id, read.engine, release_of(read.engine, read.engine_version),
                     read.formats, read.recipe.cache, read.recipe.memory_fraction,
                     read.recipe.token_budget, read.recipe.draft_tokens, layout.tensor,
                     layout.pipeline, layout.expert, layout.attention_data, layout.context);
}

Result<const ServeEngine*> ServeEngines::engine(const ServeCase& read,
                                                const ServingLayout& layout) {
  const std::string name = key(read, layout);
  auto found = engines_.find(name);
  if (found == engines_.end()) found = engines_.emplace(name, make(read, layout)).first;
  if (!found->second) return found->second.problems();
  return static_cast<const ServeEngine*>(&*found->second);
}

Result<ServeEngine> ServeEngines::make(const ServeCase& read, const ServingLayout& layout) const {
  const EngineProfile* profile = world_.profile(read.engine);
  if (profile == nullptr) return problem("no profile of its engine");
  const InferenceFormats* formats = world_.formats(read.formats);
  if (formats == nullptr) return problem("no such set of formats: " + read.formats);
  const Result<const EngineMachine*> machine = world_.machine(read.accelerator_id);
  if (!machine) return machine.problems();
  ServeEngine engine;
  engine.profile = std::make_unique<EngineProfile>(profile_on(
      *profile, {(*machine)->accelerator, (*machine)->visible_memory,
                 release_of(read.engine, read.engine_version), world_.model(read.model_id)}));
  if (!world_.host_times()) without_host_times(*engine.profile);
  EngineQuestion question;
  question.model = world_.model(read.model_id);
  question.machine = *machine;
  question.profile = engine.profile.get();
  question.layout = layout;
  question.formats = formats_of_engine(*formats, *engine.profile);
  if (const auto cache = dtype_named(read.recipe.cache)) question.formats.cache = *cache;
  question.settings = engine.profile->settings;
  question.settings.prefix_cache = false;  // random prompts, and the scripts switch it off
  if (read.recipe.token_budget > 1) question.settings.token_budget = read.recipe.token_budget;
  question.memory_fraction = read.recipe.memory_fraction;
  question.speculation = {read.recipe.draft_tokens, read.tokens_per_step};
  Result<std::unique_ptr<EngineModel>> model = EngineModel::make(question, world_.activity());
  if (!model) return model.problems();
  engine.model = *std::move(model);
  if (!engine.model->fits_in_memory()) return problem("does not fit: " + engine.model->misfit());
  engine.log_sigma = steady_engine(*engine.model).log_sigma;
  return engine;
}

}  // namespace polyfleet
