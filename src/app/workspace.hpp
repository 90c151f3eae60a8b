// Everything that one run of the program shares: the data folder, the catalogue, and the machines,
// models and tables that are loaded from it when first asked for. The command line, later the
// server and Python, see the engine through this one object. Not for concurrent use: one per
// thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "serving/engine_machine.hpp"
#include "serving/engine_profile.hpp"
#include "serving/media_pipeline.hpp"
#include "training/estimate.hpp"
#include "training/machine.hpp"
#include "validation/knowledge.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

class Workspace {
 public:
  /// Opens the program's own data (base/files.hpp) or the given folder; loads next to nothing.
  static Result<std::unique_ptr<Workspace>> open();
  static Result<std::unique_ptr<Workspace>> open(const std::filesystem::path& data_directory);

  const std::filesystem::path& data_directory() const { return data_directory_; }
  /// The folder of published measurements beside data/.
  std::filesystem::path validation_directory() const;
  const Catalogue& catalogue() const { return catalogue_; }

  /// A model by catalogue id, alias, path to a config.json, its folder, or a TOML file.
  Result<const ModelSpec*> model(std::string_view name);
  /// Models of one question by the names that it uses for them: they come before the catalogue and
  /// are forgotten at the next call (with none).
  void lend_models(std::map<std::string, ModelSpec, std::less<>> models);
  /// How many machines and models are held: what a process that lives long may want to bound.
  std::size_t loaded() const { return models_.size() + machines_.size() + engine_machines_.size(); }
  /// Accelerator (with @edition) inside a system, with its cost models; an empty accelerator means
  /// that of the system, an empty system the accelerator's default.
  Result<const Machine*> machine(const std::string& accelerator, const std::string& system);
  Result<const TrainingModels*> training_models();
  /// Framework profiles, precision recipes and the wording of published rows.
  Result<const MappingTables*> mapping_tables();
  /// The same as machine(), with the kernels and collectives of inference engines.
  Result<const EngineMachine*> engine_machine(const std::string& accelerator,
                                              const std::string& system);
  /// Every inference engine of data/engines, and the named sets of number formats.
  Result<const std::vector<EngineProfile>*> engine_profiles();
  Result<const std::vector<InferenceFormats>*> inference_formats();
  /// What stands around diffusion transformers, and the engines that run them (data/media).
  Result<const std::vector<MediaPipeline>*> media_pipelines();
  Result<const std::vector<MediaEngine>*> media_engines();

 private:
  Workspace(std::filesystem::path data_directory, Catalogue catalogue)
      : data_directory_(std::move(data_directory)), catalogue_(std::move(catalogue)) {}
  Result<Accelerator> part_named(const std::string& name) const;
  Result<System> usual_system(const Accelerator& part, const std::string& name) const;
  Result<std::pair<Accelerator, System>> parts_named(const std::string& accelerator,
                                                     const std::string& system) const;

  std::filesystem::path data_directory_;
  Catalogue catalogue_;
  std::map<std::string, ModelSpec, std::less<>> lent_models_;
  std::map<std::string, std::unique_ptr<ModelSpec>, std::less<>> models_;
  std::map<std::string, std::unique_ptr<Machine>, std::less<>> machines_;
  std::unique_ptr<TrainingModels> training_models_;
  std::unique_ptr<MappingTables> mapping_tables_;
  std::map<std::string, std::unique_ptr<EngineMachine>, std::less<>> engine_machines_;
  std::unique_ptr<std::vector<EngineProfile>> engine_profiles_;
  std::unique_ptr<std::vector<InferenceFormats>> inference_formats_;
  std::unique_ptr<std::vector<MediaPipeline>> media_pipelines_;
  std::unique_ptr<std::vector<MediaEngine>> media_engines_;
};

}  // namespace polyfleet
