#include "app/workspace.hpp"

#include "base/files.hpp"
#include "workload/model_reader.hpp"

namespace polyfleet {
namespace {

/// A name that leads to a file of the user's rather than into the catalogue.
bool is_path(const std::string& name) {
  return name.find('/') != std::string::npos || name.find(".toml") != std::string::npos;
}

/// What `load` reads from the data folder, read once.
template <class T, class Load>
Result<const T*> kept(std::unique_ptr<T>& held, const Load& load,
                      const std::filesystem::path& data_directory) {
  if (held == nullptr) {
    Result<T> loaded = load(data_directory);
    if (!loaded) return loaded.problems();
    held = std::make_unique<T>(*std::move(loaded));
  }
  return static_cast<const T*>(held.get());
}

}  // namespace

Result<std::unique_ptr<Workspace>> Workspace::open() {
  const Result<std::filesystem::path> data = polyfleet::data_directory();
  if (!data) return data.problems();
  return open(*data);
}

Result<std::unique_ptr<Workspace>> Workspace::open(const std::filesystem::path& data_directory) {
  Result<Catalogue> catalogue = load_catalogue(data_directory);
  if (!catalogue) return catalogue.problems();
  return std::unique_ptr<Workspace>(new Workspace(data_directory, *std::move(catalogue)));
}

std::filesystem::path Workspace::validation_directory() const {
  return data_directory_.parent_path() / "validation";
}

void Workspace::lend_models(std::map<std::string, ModelSpec, std::less<>> models) {
  lent_models_ = std::move(models);
}

Result<const ModelSpec*> Workspace::model(std::string_view name) {
  if (const auto lent = lent_models_.find(name); lent != lent_models_.end())
    return static_cast<const ModelSpec*>(&lent->second);
  auto found = models_.find(name);
  if (found == models_.end()) {
    const Result<std::filesystem::path> file = catalogue_.model_file(name);
    if (!file) return file.problems();
    Result<ModelSpec> spec = load_model(*file);
    if (!spec) return spec.problems();
    found = models_.emplace(std::string(name), std::make_unique<ModelSpec>(*std::move(spec))).first;
  }
  return static_cast<const ModelSpec*>(found->second.get());
}

Result<Accelerator> Workspace::part_named(const std::string& name) const {
  Result<Accelerator> part = catalogue_.accelerator(name);
  if (part || is_path(name) || !catalogue_.find(Shelf::systems, name)) return part;
  return problem("'" + name + "' is a system, not an accelerator", "give it as the system");
}

Result<System> Workspace::usual_system(const Accelerator& part, const std::string& name) const {
  if (!is_path(name)) return catalogue_.system(name);
  if (!part.default_system.empty()) return catalogue_.system(part.default_system);
  return problem(name + " does not say which system the part is built into",
                 "add default_system = \"...\" to it, or give a system");
}

Result<std::pair<Accelerator, System>> Workspace::parts_named(const std::string& accelerator,
                                                              const std::string& system) const {
  if (accelerator.empty()) {
    const Result<System> housing = catalogue_.system(system);
    if (!housing) return housing.problems();
    const Result<Accelerator> part = catalogue_.accelerator_of(*housing);
    if (!part) return part.problems();
    return std::pair(*part, *housing);
  }
  const Result<Accelerator> part = part_named(accelerator);
  const Result<System> housing = !system.empty() ? catalogue_.system(system)
                                 : part          ? usual_system(*part, accelerator)
                                                 : Result<System>(Diagnostics{});
  if (part && housing) return std::pair(*part, *housing);
  Diagnostics problems;
  if (!part) problems = part.problems();
  if (!housing)
    problems.insert(problems.end(), housing.problems().begin(), housing.problems().end());
  return problems;
}

Result<const Machine*> Workspace::machine(const std::string& accelerator,
                                          const std::string& system) {
  const std::string key = accelerator + '|' + system;
  auto found = machines_.find(key);
  if (found == machines_.end()) {
    const auto parts = parts_named(accelerator, system);
    if (!parts) return parts.problems();
    Result<Machine> loaded = load_machine(parts->first, parts->second, data_directory_);
    if (!loaded) return loaded.problems();
    found = machines_.emplace(key, std::make_unique<Machine>(*std::move(loaded))).first;
  }
  return static_cast<const Machine*>(found->second.get());
}

Result<const TrainingModels*> Workspace::training_models() {
  if (training_models_ == nullptr) {
    Result<TrainingModels> loaded = load_training_models(data_directory_);
    if (!loaded) return loaded.problems();
    training_models_ = std::make_unique<TrainingModels>(*std::move(loaded));
  }
  return static_cast<const TrainingModels*>(training_models_.get());
}

Result<const MappingTables*> Workspace::mapping_tables() {
  if (mapping_tables_ == nullptr) {
    Result<MappingTables> loaded =
        MappingTables::load(data_directory_.string(), validation_directory().string());
    if (!loaded) return loaded.problems();
    mapping_tables_ = std::make_unique<MappingTables>(*std::move(loaded));
  }
  return static_cast<const MappingTables*>(mapping_tables_.get());
}

Result<const EngineMachine*> Workspace::engine_machine(const std::string& accelerator,
                                                       const std::string& system) {
  const std::string key = accelerator + '|' + system;
  auto found = engine_machines_.find(key);
  if (found == engine_machines_.end()) {
    const auto parts = parts_named(accelerator, system);
    if (!parts) return parts.problems();
    Result<EngineMachine> loaded =
        load_engine_machine(parts->first, parts->second, data_directory_);
    if (!loaded) return loaded.problems();
    auto machine = std::make_unique<EngineMachine>(*std::move(loaded));
    found = engine_machines_.emplace(key, std::move(machine)).first;
  }
  return static_cast<const EngineMachine*>(found->second.get());
}

Result<const std::vector<EngineProfile>*> Workspace::engine_profiles() {
  return kept(engine_profiles_, load_engine_profiles, data_directory_);
}
Result<const std::vector<InferenceFormats>*> Workspace::inference_formats() {
  return kept(inference_formats_, load_inference_formats, data_directory_);
}
Result<const std::vector<MediaPipeline>*> Workspace::media_pipelines() {
  return kept(media_pipelines_, load_media_pipelines, data_directory_);
}
Result<const std::vector<MediaEngine>*> Workspace::media_engines() {
  return kept(media_engines_, load_media_engines, data_directory_);
}

}  // namespace polyfleet
