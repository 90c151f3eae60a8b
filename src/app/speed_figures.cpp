#include "app/speed_figures.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <functional>

#include "app/results_text.hpp"
#include "app/scenario_resolve.hpp"
#include "app/serving_simulation.hpp"
#include "app/training_run.hpp"
#include "report/training_json.hpp"
#include "training/plan_check.hpp"

namespace polyfleet {
namespace {

/// Long enough that a timer's resolution and a scheduler's slice do not show.
constexpr double kMeasureSeconds = 0.3;

/// Mean processor seconds of one call, after one call to warm up: what the call takes on a core of
/// its own, whatever else the machine does.
double seconds_per_call(const std::function<void()>& call) {
  call();
  const std::clock_t start = std::clock();
  std::int64_t calls = 0;
  double passed = 0;
  for (std::int64_t batch = 1; passed < kMeasureSeconds;
       batch *= 2) {  // reading the clock costs too
    for (std::int64_t i = 0; i < batch; ++i) call();
    calls += batch;
    passed = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  }
  return passed / static_cast<double>(calls);
}

std::vector<Setting> settings(std::initializer_list<std::pair<const char*, Value>> keys) {
  std::vector<Setting> list;
  for (const auto& [key, value] : keys) list.push_back({key, value, "bench"});
  return list;
}

Result<ResolvedTraining> resolved(Workspace& workspace, const std::vector<Setting>& settings) {
  return read_scenario(workspace, "", settings);
}

/// A dense model with everything a plan has: pipeline, interleaving, sequence parallel.
std::vector<Setting> dense_plan() {
  return settings({{"model", Value("llama3.1-70b")},
                   {"accelerator", Value("nv_h100_sxm")},
                   {"devices", Value(512)},
                   {"precision", Value("bf16")},
                   {"plan.layout.tensor", Value(8)},
                   {"plan.layout.pipeline", Value(4)},
                   {"plan.layout.virtual_stages", Value(5)},
                   {"plan.global_batch", Value(512)},
                   {"plan.sequence_length", Value(8192)}});
}

/// The largest published shape: a 671B mixture of experts on 9,216 accelerators.
std::vector<Setting> expert_plan() {
  return settings({{"model", Value("deepseek-v3")},
                   {"accelerator", Value("nv_gb200")},
                   {"devices", Value(9216)},
                   {"precision", Value("mxfp8")},
                   {"plan.layout.pipeline", Value(4)},
                   {"plan.layout.expert", Value(64)},
                   {"plan.global_batch", Value(18432)},
                   {"plan.sequence_length", Value(4096)}});
}

/// Different plans in turn, so that nothing is answered from the last call.
class PlanRound {
 public:
  explicit PlanRound(const ResolvedTraining& base) : base_(base) {
    for (const int micro_batch : {1, 2, 4}) {
      for (const Recompute recompute : {Recompute::none, Recompute::selective, Recompute::full}) {
        for (const Sharding sharding : {Sharding::none, Sharding::zero1}) {
          TrainingScenario scenario = base.scenario;
          scenario.plan.micro_batch = micro_batch;
          scenario.plan.recompute = recompute;
          scenario.plan.sharding = sharding;
          const bool runs = plan_problems(scenario.model, scenario.plan, scenario.devices).empty();
          if (runs) scenarios_.push_back(std::move(scenario));
        }
      }
    }
  }

  const TrainingScenario& next() { return scenarios_[turn_++ % scenarios_.size()]; }

 private:
  const ResolvedTraining& base_;
  std::vector<TrainingScenario> scenarios_;
  std::size_t turn_ = 0;
};

class SpeedMeasurement {
 public:
  SpeedMeasurement(Workspace& workspace, const TrainingModels& models)
      : workspace_(workspace), models_(models) {}

  Result<std::vector<SpeedFigure>> run() {
    const Result<ResolvedTraining> dense = resolved(workspace_, dense_plan());
    const Result<ResolvedTraining> expert = resolved(workspace_, expert_plan());
    if (!dense) return dense.problems();
    if (!expert) return expert.problems();
    evaluate_plans(*dense);
    evaluate_new_shapes(*dense);
    evaluate_experts(*expert);
    time_collective(*dense);
    if (const Result<int> loaded = load_data(); !loaded) return loaded.problems();
    return std::move(figures_);
  }

 private:
  void evaluate_plans(const ResolvedTraining& dense) {
    PlanRound round(dense);
    const double seconds = seconds_per_call([&] {
      const TrainingEstimate estimate =
          estimate_training(round.next(), *dense.machine, models_, dense.prices, {});
      sink_ += estimate.time / second;
    });
    figures_.push_back({"plan_evaluations_per_s",
                        "complete plan evaluations (time, memory, energy, "
                        "cost) of a 70B dense model",
                        1 / seconds, "1/s", 20000, true});
  }

  /// Sequence lengths that were never asked before: no kernel time is remembered.
  void evaluate_new_shapes(const ResolvedTraining& dense) {
    TrainingScenario scenario = dense.scenario;
    const double seconds = seconds_per_call([&] {
      scenario.plan.sequence_length += scenario.plan.layout.tensor;
      const TrainingEstimate estimate =
          estimate_training(scenario, *dense.machine, models_, dense.prices, {});
      sink_ += estimate.time / second;
    });
    figures_.push_back({"new_shape_evaluations_per_s",
                        "the same with shapes never asked before in every evaluation", 1 / seconds,
                        "1/s", 20000, true});
  }

  void evaluate_experts(const ResolvedTraining& expert) {
    const double seconds = seconds_per_call([&] {
      const TrainingEstimate estimate =
          estimate_training(expert.scenario, *expert.machine, models_, expert.prices, {});
      sink_ += estimate.time / second;
    });
    figures_.push_back({"moe_9216_iteration_ms",
                        "one iteration of a 671B mixture of experts on 9,216 "
                        "accelerators",
                        seconds * 1e3, "ms", 1, false});
  }

  void time_collective(const ResolvedTraining& dense) {
    const CollectiveCosts& costs = dense.machine->collectives;
    double payload = 1 << 20;
    const double seconds = seconds_per_call([&] {
      payload = payload > 1e9 ? 1 << 20 : payload * 1.01;
      sink_ +=
          costs.time(CollectiveKind::all_reduce, payload * byte, {1 << 20, 8, 1}).time / second;
    });
    figures_.push_back({"collective_us", "one all-reduce over 1,048,576 accelerators",
                        seconds * 1e6, "us", 1, false});
  }

  /// A fresh catalogue with every accelerator and system parsed.
  Result<int> load_data() {
    Diagnostics problems;
    const double seconds = seconds_per_call([&] {
      const Result<Catalogue> catalogue = load_catalogue(workspace_.data_directory());
      if (!catalogue) {
        problems = catalogue.problems();
        return;
      }
      for (const std::string& id : catalogue->ids(Shelf::hardware))
        sink_ += catalogue->accelerator(id).has_value() ? 1 : 0;
      for (const std::string& id : catalogue->ids(Shelf::systems))
        sink_ += catalogue->system(id).has_value() ? 1 : 0;
    });
    if (!problems.empty()) return problems;
    figures_.push_back({"catalogue_load_ms", "every accelerator and system read from its file",
                        seconds * 1e3, "ms", 50, false});
    return 0;
  }

  Workspace& workspace_;
  const TrainingModels& models_;
  std::vector<SpeedFigure> figures_;
  double sink_ = 0;  // keeps the optimiser from dropping the calls
};

/// Scenario files in the folders under scenarios/ that `wanted` takes, sorted.
std::vector<std::string> files_of(const Workspace& workspace,
                                  const std::function<bool(const std::string&)>& wanted) {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  const fs::path root = workspace.data_directory().parent_path() / "scenarios";
  std::error_code ignored;
  for (const fs::directory_entry& each : fs::recursive_directory_iterator(root, ignored)) {
    const fs::path& path = each.path();
    if (path.extension() == ".toml" && path.filename() != "comparison.toml" &&
        wanted(path.parent_path().filename().string()))
      paths.push_back(path.string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

double processor_seconds(std::clock_t since) {
  return static_cast<double>(std::clock() - since) / CLOCKS_PER_SEC;
}

Result<std::vector<SpeedFigure>> measure_speed(Workspace& workspace) {
  const Result<const TrainingModels*> models = workspace.training_models();
  if (!models) return models.problems();
  return SpeedMeasurement(workspace, **models).run();
}

std::vector<std::string> golden_scenarios(const Workspace& workspace) {
  return files_of(workspace, [](const std::string& folder) {
    // Clusters and serving plans are questions for the planner, fleets and jobs for theirs.
    return folder != "clusters" && !folder.starts_with("serving") && folder != "fleet" &&
           folder != "jobs";
  });
}

std::vector<std::string> golden_services(const Workspace& workspace) {
  return files_of(workspace, [](const std::string& folder) { return folder == "serving"; });
}

Result<std::uint64_t> results_signature(Workspace& workspace) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, 64 bit: offset basis and prime
  const auto add = [&](const Value& result) {
    for (const char c : rounded_text(result))
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  };
  for (const std::string& path : golden_scenarios(workspace)) {
    Result<ResolvedTraining> question = read_scenario(workspace, path);
    if (!question) return question.problems();
    const Result<TrainingRun> run = run_training(workspace, *std::move(question), false);
    if (!run) return run.problems();
    add(training_json(run->answer()));
  }
  for (const std::string& path : golden_services(workspace)) {
    const Result<Value> document = scenario_document(path, {});
    if (!document) return document.problems();
    Result<PreparedServing> service = prepare_serving(workspace, *document);
    if (!service) return service.problems();
    if (service->run.misfits.empty()) {
      if (const auto done = simulate(*service); !done) return done.problems();
    }
    add(serving_simulation_json(service->run));
  }
  return hash;
}

}  // namespace polyfleet
