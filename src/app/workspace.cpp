#include "app/workspace.hpp"

#include "base/files.hpp"
#include "workload/model_reader.hpp"

namespace polyfleet {

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

Result<const ModelSpec*> Workspace::model(std::string_view name) {
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

Result<Machine> Workspace::load(const std::string& accelerator, const std::string& system) const {
  Diagnostics problems;
  const auto keep = [&](const Diagnostics& found) {
    problems.insert(problems.end(), found.begin(), found.end());
  };
  const Result<System> housing = catalogue_.system(system.empty() ? accelerator : system);
  if (!housing) keep(housing.problems());
  const bool of_system = accelerator.empty() && housing.has_value();
  if (!accelerator.empty() || of_system) {
    const Result<Accelerator> part =
        of_system ? catalogue_.accelerator_of(*housing) : catalogue_.accelerator(accelerator);
    if (!part && !(system.empty() && !housing)) keep(part.problems());
    if (part && housing) return load_machine(*part, *housing, data_directory_);
  }
  return problems;
}

Result<const Machine*> Workspace::machine(const std::string& accelerator,
                                          const std::string& system) {
  const std::string key = accelerator + '|' + system;
  auto found = machines_.find(key);
  if (found == machines_.end()) {
    Result<Machine> loaded = load(accelerator, system);
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

}  // namespace polyfleet
