#include "app/scenario_resolve.hpp"

#include <fmt/format.h>

#include <array>

#include "app/scenario_defaults.hpp"
#include "app/scenario_prices.hpp"
#include "training/plan_check.hpp"

namespace polyfleet {
namespace {

/// What a plan problem says first and the keys that it is about, most telling one first.
struct ProblemKeys {
  std::string_view mention;
  std::array<std::string_view, 3> keys;
};
constexpr ProblemKeys kProblemKeys[] = {
    {"expert", {"plan.layout.expert", "plan.layout.expert_tensor", "model"}},
    {"pipeline chunks", {"plan.layout.pipeline", "plan.layout.virtual_stages", "model"}},
    {"DualPipe", {"plan.schedule", "plan.layout.pipeline", "plan.global_batch"}},
    {"stage_layers", {"plan.stage_layers", "plan.layout.pipeline", "model"}},
    {"virtual stages", {"plan.layout.virtual_stages", "plan.schedule", "plan.layout.pipeline"}},
    {"interleaved", {"plan.schedule", "plan.layout.virtual_stages", "plan.layout.pipeline"}},
    {"schedule", {"plan.schedule", "plan.layout.pipeline", "plan.global_batch"}},
    {"global batch", {"plan.global_batch", "plan.micro_batch", "plan.layout.data"}},
    {"sequence length", {"plan.sequence_length", "plan.layout.context", "plan.layout.tensor"}},
    {"the pool has", {"devices", "plan.layout.data", "plan.layout.tensor"}},
    {"tensor parallel", {"plan.layout.tensor", "model", "model"}},
};

/// Puts the position of the key that a problem is about into it.
Diagnostic located(Diagnostic problem, const Value& document) {
  if (!problem.where.file.empty()) return problem;
  for (const ProblemKeys& each : kProblemKeys) {
    if (problem.what.find(each.mention) == std::string::npos) continue;
    for (const std::string_view key : each.keys) {
      if (const Value* value = stated(document, key)) {
        problem.where = value->where();
        return problem;
      }
    }
  }
  problem.where = document.where();
  return problem;
}

class Resolver {
 public:
  Resolver(Workspace& workspace, const Value& document)
      : workspace_(workspace), document_(document) {}

  Result<ResolvedTraining> run() {
    const Result<StatedScenario> read = read_stated(document_, {});
    if (!read) return read.problems();
    stated_ = *read;
    require_keys();
    find_model();
    find_machine();
    if (!problems_.empty()) return std::move(problems_);
    derive_data_parallel();
    if (!problems_.empty()) return std::move(problems_);
    fill_plan();
    if (!problems_.empty()) return std::move(problems_);
    check_plan();
    find_prices();
    if (!problems_.empty()) return std::move(problems_);
    return std::move(resolved_);
  }

 private:
  void add(const Diagnostics& found, std::string_view key) {
    const Value* value = stated(document_, key);
    for (Diagnostic each : found) {
      if (each.where.file.empty() && value != nullptr) each.where = value->where();
      problems_.push_back(std::move(each));
    }
  }

  void require(std::string_view key, std::string_view what, std::string_view fix) {
    const Value* value = stated(document_, key);
    const bool is_empty = value != nullptr && value->text() != nullptr && value->text()->empty();
    if (value != nullptr && !is_empty) return;
    problems_.push_back(
        problem_at(document_.where(), fmt::format("{} is missing", what), std::string(fix)));
  }

  void require_keys() {
    require(
        "model", "the model",
        "give model = \"llama3.1-70b\" (--model); `polyfleet catalogue list models` lists them");
    if (stated_.accelerator.empty() && stated_.system.empty())
      problems_.push_back(
          problem_at(document_.where(), "the accelerator is missing",
                     "give accelerator = \"amd_mi355x\" (--accelerator) or a system (--system)"));
    require("devices", "the number of accelerators", "give devices = 64 (--devices)");
    require("plan.global_batch", "the global batch",
            "give plan.global_batch, in sequences a step (--global-batch)");
    require("plan.sequence_length", "the sequence length",
            "give plan.sequence_length, in tokens (--sequence)");
  }

  void find_model() {
    if (stated_.model.empty()) return;
    const Result<const ModelSpec*> model = workspace_.model(stated_.model);
    if (!model) return add(model.problems(), "model");
    resolved_.scenario.model = **model;
  }

  void find_machine() {
    if (stated_.accelerator.empty() && stated_.system.empty()) return;
    const Result<const Machine*> machine = workspace_.machine(stated_.accelerator, stated_.system);
    if (!machine)
      return add(machine.problems(), stated_.accelerator.empty() ? "system" : "accelerator");
    resolved_.machine = *machine;
    const Accelerator& part = (*machine)->accelerator;
    const System& system = (*machine)->system;
    TrainingScenario& scenario = resolved_.scenario;
    scenario.accelerator = part.edition.empty() ? part.id : part.id + '@' + part.edition;
    scenario.system = system.id;
    if (stated_.system.empty())
      assume("system", system.id, fmt::format("not stated: {} is usually built into it", part.id));
    if (stated_.accelerator.empty())
      assume("accelerator", scenario.accelerator, fmt::format("that of {}", system.id));
    if (!system.accelerator.empty() && system.accelerator != part.id)
      assume("system", system.id,
             fmt::format("as stated, though it is built from {}", system.accelerator));
  }

  void assume(std::string setting, std::string value, std::string basis) {
    resolved_.scenario.assumptions.push_back(
        {std::move(setting), std::move(value), std::move(basis)});
  }

  void derive_data_parallel() {
    ParallelLayout& layout = stated_.plan.layout;
    // As doubles first: three degrees of 2^24 each would leave 64 bits.
    const double needed =
        static_cast<double>(layout.tensor) * layout.pipeline * static_cast<double>(layout.context);
    if (needed > static_cast<double>(stated_.devices)) {
      problems_.push_back(located(
          problem(fmt::format(
                      "one replica takes tensor parallel {} x pipeline {} x context {} = {:.0f} "
                      "devices, but the pool has {}",
                      layout.tensor, layout.pipeline, layout.context, needed, stated_.devices),
                  "lower the degrees or take more devices"),
          document_));
      return;
    }
    if (stated(document_, "plan.layout.data") != nullptr) return;
    const std::int64_t replica = std::int64_t{layout.tensor} * layout.pipeline * layout.context;
    layout.data = static_cast<int>(std::max<std::int64_t>(1, stated_.devices / replica));
    assume("data parallel", fmt::format("{}", layout.data),
           fmt::format("derived: {} devices / (tensor {} x pipeline {} x context {})",
                       stated_.devices, layout.tensor, layout.pipeline, layout.context));
  }

  void fill_plan() {
    const Result<const MappingTables*> tables = workspace_.mapping_tables();
    if (!tables) return add(tables.problems(), "framework");
    Result<FilledPlan> filled = filled_plan(**tables, document_, stated_, resolved_.scenario.model,
                                            resolved_.machine->accelerator);
    if (!filled) return add(filled.problems(), "plan");
    TrainingScenario& scenario = resolved_.scenario;
    scenario.name = stated_.name;
    scenario.devices = stated_.devices;
    scenario.plan = std::move(filled->plan);
    scenario.framework = filled->framework;
    scenario.release_date = filled->release_date;
    for (Assumption& each : filled->assumptions) scenario.assumptions.push_back(std::move(each));
  }

  void check_plan() {
    const TrainingScenario& scenario = resolved_.scenario;
    for (Diagnostic& each : plan_problems(scenario.model, scenario.plan, scenario.devices))
      problems_.push_back(located(std::move(each), document_));
  }

  void find_prices() {
    Result<PricedTraining> priced = training_prices(workspace_, stated_, *resolved_.machine);
    if (!priced) return add(priced.problems(), "site");
    resolved_.prices = priced->prices;
    for (Assumption& each : priced->assumptions)
      resolved_.scenario.assumptions.push_back(std::move(each));
  }

  Workspace& workspace_;
  const Value& document_;
  StatedScenario stated_;
  ResolvedTraining resolved_;
  Diagnostics problems_;
};

}  // namespace

Result<ResolvedTraining> resolve_training(Workspace& workspace, const Value& document) {
  return Resolver(workspace, document).run();
}

Result<ResolvedTraining> read_scenario(Workspace& workspace, const std::string& path,
                                       const std::vector<Setting>& settings) {
  const Result<Value> document = scenario_document(path, settings);
  if (!document) return document.problems();
  return resolve_training(workspace, *document);
}

}  // namespace polyfleet
