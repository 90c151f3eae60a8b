#include "app/serving_engine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/scenario_document.hpp"
#include "app/scenario_prices.hpp"
#include "app/serving_fields.hpp"
#include "app/serving_media.hpp"
#include "app/serving_settings.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

/// Taken where no engine is stated: it runs on the parts of most vendors.
constexpr std::string_view kUsualEngine = "vllm";

/// A table of engine settings: checked here, laid over an engine's defaults once that is known.
Field<StatedEngine> settings_field() {
  return {"settings",
          "table",
          "scheduler settings over the engine's defaults",
          false,
          [](StatedEngine& into, const Value& value, Diagnostics& out) {
            EngineSettings scratch;
            read_fields(value, engine_settings_fields(), scratch, "settings", out);
            into.settings = value;
          },
          [](const StatedEngine& from) { return from.settings; }};
}

class EngineResolver {
 public:
  EngineResolver(Workspace& workspace, const StatedEngine& stated, const Value& document)
      : workspace_(workspace), stated_(stated), document_(document) {}

  Result<ResolvedEngine> run(const StatedSite& site) {
    find_model();
    require_part();
    if (problems_.empty()) find_replica();
    if (problems_.empty()) find_prices(site);
    if (!problems_.empty()) return std::move(problems_);
    return std::move(resolved_);
  }

 private:
  void add(const Diagnostics& found, std::string_view key) {
    for (Diagnostic each : found) {
      if (each.where.file.empty()) each.where = position_of(document_, key);
      problems_.push_back(std::move(each));
    }
  }
  void assume(std::string setting, std::string value, std::string basis) {
    resolved_.assumptions.push_back({std::move(setting), std::move(value), std::move(basis)});
  }

  void find_model() {
    if (stated_.model.empty()) {
      problems_.push_back(problem_at(document_.where(), "the model is missing",
                                     "give model = \"llama3.1-70b\" (--model); `polyfleet "
                                     "catalogue list models` lists them"));
      return;
    }
    const Result<const ModelSpec*> model = workspace_.model(stated_.model);
    if (!model) return add(model.problems(), "model");
    resolved_.model = *model;
  }

  void require_part() {
    if (stated_.accelerator.empty() && stated_.system.empty())
      problems_.push_back(
          problem_at(document_.where(), "the accelerator is missing",
                     "give accelerator = \"amd_mi355x\" (--accelerator) or a system (--system)"));
  }

  void find_replica() {
    const Result<bool> media = makes_media(workspace_, *resolved_.model);
    if (!media) return add(media.problems(), "model");
    if (*media) return add(resolve_media(workspace_, stated_, document_, resolved_), "accelerator");
    find_machine();
    find_formats();
    if (problems_.empty()) find_engine();
    if (problems_.empty()) ask();
    if (!problems_.empty()) return;
    resolved_.power = resolved_.engine->power();
    resolved_.accelerators = resolved_.engine->accelerators();
  }

  void find_machine() {
    const auto machine = workspace_.engine_machine(stated_.accelerator, stated_.system);
    if (!machine)
      return add(machine.problems(), stated_.accelerator.empty() ? "system" : "accelerator");
    resolved_.machine = *machine;
    resolved_.accelerator = &(*machine)->accelerator;
    resolved_.system = &(*machine)->system;
    if (stated_.system.empty())
      assume("system", resolved_.system->id,
             fmt::format("not stated: {} is usually built into it", resolved_.accelerator->id));
  }

  void find_formats() {
    const auto sets = workspace_.inference_formats();
    if (!sets) return add(sets.problems(), "formats");
    const std::string name = stated_.formats.empty() ? "bf16" : stated_.formats;
    std::vector<std::string> names;
    for (const InferenceFormats& each : **sets) {
      names.push_back(each.name);
      if (each.name == name) formats_ = each;
    }
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      problems_.push_back(problem_at(position_of(document_, "formats"),
                                     fmt::format("no set of number formats is named '{}'", name),
                                     name_suggestion(name, names)));
    } else if (stated_.formats.empty()) {
      assume("formats", name, "not stated: weights, products and cache in BF16");
    }
    if (!stated_.cache.empty() && !dtype_named(stated_.cache)) {
      const std::vector<std::string> known(kDtypeNames.begin(), kDtypeNames.end());
      problems_.push_back(problem_at(position_of(document_, "cache"),
                                     fmt::format("unknown number format '{}'", stated_.cache),
                                     name_suggestion(stated_.cache, known)));
    }
  }

  /// The engine of this name, else the usual one for the vendor.
  const EngineProfile* chosen(const std::vector<EngineProfile>& profiles) {
    const std::string& vendor = resolved_.machine->accelerator.vendor;
    const auto runs = [&](const EngineProfile& each) {
      return std::find(each.vendors.begin(), each.vendors.end(), vendor) != each.vendors.end();
    };
    std::vector<std::string> names;
    const EngineProfile* usual = nullptr;
    for (const EngineProfile& each : profiles) {
      names.push_back(each.id);
      if (each.id == stated_.engine) {
        if (!runs(each))
          problems_.push_back(
              problem_at(position_of(document_, "engine"),
                         fmt::format("{} does not run on accelerators of {}", each.name, vendor),
                         "choose another engine or part"));
        return &each;
      }
      if (runs(each) && (usual == nullptr || each.id == kUsualEngine)) usual = &each;
    }
    if (!stated_.engine.empty()) {
      problems_.push_back(problem_at(position_of(document_, "engine"),
                                     fmt::format("no engine is named '{}'", stated_.engine),
                                     name_suggestion(stated_.engine, names)));
    } else if (usual == nullptr) {
      problems_.push_back(problem_at(document_.where(),
                                     fmt::format("no engine is known to run on {}", vendor),
                                     "state engine = \"vllm\" to assume that one does"));
    } else {
      assume("engine", usual->id, fmt::format("not stated: the usual one on {}", vendor));
    }
    return usual;
  }

  void find_engine() {
    const auto profiles = workspace_.engine_profiles();
    if (!profiles) return add(profiles.problems(), "engine");
    const EngineProfile* profile = chosen(**profiles);
    if (profile == nullptr || !problems_.empty()) return;
    const Accelerator& part = resolved_.machine->accelerator;
    resolved_.profile = std::make_unique<EngineProfile>(profile_on(
        *profile, {part, resolved_.machine->visible_memory, stated_.release, resolved_.model}));
  }

  void find_prices(const StatedSite& site) {
    StatedScenario scenario;
    scenario.site = site.site;
    scenario.prices = {stated_.price, site.electricity, site.carbon};
    Result<PricedTraining> priced =
        part_prices(workspace_, scenario, {*resolved_.accelerator, *resolved_.system});
    if (!priced) return add(priced.problems(), "site");
    resolved_.prices = priced->prices;
    for (Assumption& each : priced->assumptions) resolved_.assumptions.push_back(std::move(each));
  }

  EngineQuestion question(int tensor) const {
    EngineQuestion question;
    question.model = resolved_.model;
    question.machine = resolved_.machine;
    question.profile = resolved_.profile.get();
    question.layout = {.tensor = tensor,
                       .pipeline = stated_.pipeline,
                       .expert = stated_.expert,
                       .attention_data = stated_.attention_data,
                       .context = stated_.context};
    question.formats = formats_of_engine(formats_, *resolved_.profile);
    if (!stated_.cache.empty()) question.formats.cache = *dtype_named(stated_.cache);
    question.settings = settings_over(resolved_.profile->settings, stated_.settings);
    question.speculation = {stated_.draft_tokens, stated_.tokens_per_step};
    question.expert_imbalance = stated_.expert_imbalance;
    question.maturity = stated_.maturity;
    question.memory_fraction = stated_.memory_fraction;
    return question;
  }

  void ask() {
    const auto models = workspace_.training_models();
    if (!models) return add(models.problems(), "model");
    if (stated_.tensor > 0) {
      auto made = EngineModel::make(question(stated_.tensor), (*models)->activity);
      if (!made) return add(made.problems(), "tensor");
      resolved_.engine = *std::move(made);
      return;
    }
    smallest_that_fits((*models)->activity);
  }

  /// Where no tensor degree is stated: the smallest power of two that fits the scale-up domain, the
  /// model and the memory; the largest possible one where none does.
  void smallest_that_fits(const PowerActivity& activity) {
    Diagnostics refusals;
    const int least = std::max(stated_.expert, stated_.attention_data);
    for (int tensor = 1; tensor <= resolved_.machine->network.scale_up_domain; tensor *= 2) {
      if (tensor % least != 0) continue;
      auto made = EngineModel::make(question(tensor), activity);
      if (!made) {
        refusals = made.problems();
        continue;
      }
      resolved_.engine = *std::move(made);
      if (resolved_.engine->fits_in_memory()) break;
    }
    if (resolved_.engine == nullptr) return add(refusals, "model");
    assume("tensor", fmt::format("{}", resolved_.engine->question().layout.tensor),
           resolved_.engine->fits_in_memory()
               ? "not stated: the smallest power of two that the model fits on"
               : "not stated: the largest that the model and the scale-up domain allow");
  }

  Workspace& workspace_;
  const StatedEngine& stated_;
  const Value& document_;
  InferenceFormats formats_;
  ResolvedEngine resolved_;
  Diagnostics problems_;
};

}  // namespace

const FieldTable<StatedEngine>& stated_engine_fields() {
  using E = StatedEngine;
  static const FieldTable<E> fields{
      text_field("model", &E::model,
                 "catalogue id, a path to a config.json (or its folder), or to a model in TOML"),
      text_field("accelerator", &E::accelerator,
                 "catalogue id or path, with an optional @edition; open: that of the system"),
      text_field("system", &E::system,
                 "catalogue id or path; open: the system the accelerator is usually built into"),
      text_field("engine", &E::engine, "vllm, sglang, trtllm or atom; open: the usual one"),
      text_field("release", &E::release, "version of the engine; open: the latest"),
      text_field("formats", &E::formats,
                 "named set of number formats (data/engines/formats.toml); open: bf16"),
      text_field("cache", &E::cache, "number format of the cache; open: as the engine picks it"),
      integer_field("tensor", &E::tensor, kServingDegree,
                    "tensor-parallel degree; open: the smallest that fits"),
      integer_field("pipeline", &E::pipeline, kServingDegree, "pipeline-parallel degree"),
      integer_field("expert", &E::expert, kServingDegree,
                    "expert-parallel degree; divides the tensor degree"),
      integer_field("attention_data", &E::attention_data, kServingDegree,
                    "groups of ranks with attention and cache of their own (DP attention)"),
      integer_field("context", &E::context, kServingDegree, "context-parallel degree of prefill"),
      integer_field("draft_tokens", &E::draft_tokens, {0, 64},
                    "speculative tokens that each step verifies; 0 = off"),
      number_field("tokens_per_step", &E::tokens_per_step, {1, 65},
                   "tokens that one verified step yields on average, the sure one included"),
      number_field("expert_imbalance", &E::expert_imbalance, {1, 256},
                   "tokens of the busiest expert rank over the mean"),
      number_field("maturity", &E::maturity, {0.1, 100},
                   "factor on device time of a software release"),
      number_field("memory_fraction", &E::memory_fraction, {0, 1},
                   "share of memory that the engine takes; 0 = the engine's default"),
      optional_quantity_field("price", &E::price, {0, 1e6}, "price of one accelerator"),
      settings_field(),
  };
  return fields;
}

const FieldTable<StatedSite>& stated_site_fields() {
  using S = StatedSite;
  static const FieldTable<S> fields{
      text_field("site", &S::site, "site of data/sites: price and carbon of electricity"),
      optional_quantity_field("electricity", &S::electricity, {0, 1},
                              "price of electricity, added to the device price"),
      optional_quantity_field("carbon", &S::carbon, {0, 1}, "carbon intensity of electricity"),
  };
  return fields;
}

Position position_of(const Value& document, std::string_view key) {
  const Value* value = document.find(key);
  return value != nullptr ? value->where() : document.where();
}

Result<ResolvedEngine> resolve_engine(Workspace& workspace, const StatedEngine& stated,
                                      const StatedSite& site, const Value& document) {
  return EngineResolver(workspace, stated, document).run(site);
}

}  // namespace polyfleet
