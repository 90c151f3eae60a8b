// Engine models for published serving configurations, made once for all configurations that share
// hardware, model, engine, formats and layout. What is loaded from files is shared by threads; the
// models, whose tables fill on use, belong to one thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "serving/engine_model.hpp"
#include "training/energy.hpp"
#include "validation/interpretation.hpp"
#include "validation/serve_case.hpp"

namespace polyfleet {

struct ServeWorldOptions {
  bool host_times = true;  ///< false: what was fitted to end-to-end rows is left out
};

/// Everything that engine models are made from; constant once loaded.
class ServeWorld {
 public:
  /// Loads engines, formats, and the machine of every accelerator that a case names. A machine that
  /// cannot be loaded is remembered with its reason.
  static Result<ServeWorld> load(const Catalogue& catalogue, const std::vector<ServeCase>& cases,
                                 const CatalogueLookup& lookup,
                                 const ServeWorldOptions& options = {});

  const EngineProfile* profile(std::string_view id) const;
  const InferenceFormats* formats(std::string_view name) const;
  /// Errors: why the accelerator's machine could not be loaded.
  Result<const EngineMachine*> machine(const std::string& accelerator_id) const;
  const ModelSpec* model(const std::string& id) const;
  const PowerActivity& activity() const { return activity_; }
  bool host_times() const { return host_times_; }

 private:
  std::vector<EngineProfile> profiles_;
  std::vector<InferenceFormats> formats_;
  std::map<std::string, std::unique_ptr<Result<EngineMachine>>> machines_;
  std::map<std::string, const ModelSpec*> models_;
  PowerActivity activity_;
  bool host_times_ = true;
};

/// One engine on one layout, ready to be simulated under any settings.
struct ServeEngine {
  std::unique_ptr<EngineProfile> profile;  ///< the model points into it
  std::unique_ptr<EngineModel> model;
  double log_sigma = 0;
};

/// Engine models by what they depend on. Not for concurrent use.
class ServeEngines {
 public:
  explicit ServeEngines(const ServeWorld& world) : world_(world) {}

  /// The engine of a case, or of one of its pools or candidate layouts. Errors: a layout that does
  /// not divide the model, weights that do not fit, an unknown engine.
  Result<const ServeEngine*> engine(const ServeCase& read, const ServingLayout& layout);
  /// What engines of two cases share, when equal.
  static std::string key(const ServeCase& read, const ServingLayout& layout);
  const ServeWorld& world() const { return world_; }

 private:
  Result<ServeEngine> make(const ServeCase& read, const ServingLayout& layout) const;

  const ServeWorld& world_;
  std::map<std::string, Result<ServeEngine>> engines_;
};

/// "lmsysorg/sglang:v0.5.12-cu130" -> "0.5.12"; empty when the text names no release of the engine
/// itself (a tag of an orchestrator, a commit).
std::string release_of(std::string_view engine, std::string_view version);

}  // namespace polyfleet
