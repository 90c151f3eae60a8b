#include "app/sweep.hpp"

#include <fmt/format.h>

#include <set>

#include "units/text.hpp"

namespace polyfleet {
namespace {

/// The values of every axis at one point of the grid, the first axis slowest.
std::vector<std::string> values_at(const std::vector<SweepAxis>& axes, std::size_t point) {
  std::vector<std::string> values(axes.size());
  for (std::size_t i = axes.size(); i-- > 0;) {
    const std::size_t count = axes[i].values.size();
    values[i] = axes[i].values[point % count];
    point /= count;
  }
  return values;
}

class Sweep {
 public:
  Sweep(Workspace& workspace, const SweepRequest& request)
      : workspace_(workspace), request_(request) {}

  Result<SweepAnswer> run() {
    Diagnostics problems = faults_of_axes();
    if (!problems.empty()) return problems;
    const Result<const TrainingModels*> models = workspace_.training_models();
    if (!models) return models.problems();
    models_ = *models;
    answer_.axes = request_.axes;
    const std::size_t points = grid_points(request_.axes);
    for (std::size_t i = 0; i < points; ++i) {
      if (request_.stop != nullptr && request_.stop->load()) {
        answer_.interrupted = true;
        break;
      }
      problems = add(values_at(request_.axes, i));
      if (!problems.empty()) return problems;
      if (request_.progress)
        request_.progress(static_cast<double>(i + 1) / static_cast<double>(points));
    }
    return std::move(answer_);
  }

 private:
  Diagnostics faults_of_axes() const {
    Diagnostics problems;
    std::set<std::string> keys;
    for (const SweepAxis& axis : request_.axes) {
      if (!keys.insert(axis.key).second)
        problems.push_back(problem_at({"--sweep " + axis.key, 0, 0}, "this key is swept twice",
                                      "give all of its values in one --sweep"));
    }
    if (grid_points(request_.axes) > kMostGridPoints)
      problems.push_back(problem_at(
          {"--sweep", 0, 0}, fmt::format("the grid has more than {} points", kMostGridPoints),
          "give fewer values, or ask in parts"));
    return problems;
  }

  Result<std::vector<Setting>> settings_of(const std::vector<std::string>& values) const {
    std::vector<Setting> settings;
    for (std::size_t i = 0; i < values.size(); ++i) {
      Result<Setting> setting = what_if_setting(request_.axes[i].key + '=' + values[i], "--sweep");
      if (!setting) return setting.problems();
      settings.push_back(*std::move(setting));
    }
    return settings;
  }

  /// The problems that are the user's writing rather than a plan that cannot run: what the readers
  /// refuse, and names that lead nowhere.
  Diagnostics faults_of_writing(const std::vector<Setting>& settings) {
    std::vector<Setting> of_scenario;
    for (const Setting& each : settings)
      if (!reaches_into_machine(each.key)) of_scenario.push_back(each);
    const Result<Value> laid = with_settings(request_.document, of_scenario);
    if (!laid) return laid.problems();
    const Result<StatedScenario> stated = read_stated(*laid, {});
    if (!stated) return stated.problems();
    if (!stated->model.empty()) {
      if (const auto model = workspace_.model(stated->model); !model) return model.problems();
    }
    if (!stated->accelerator.empty() || !stated->system.empty()) {
      const auto machine = workspace_.machine(stated->accelerator, stated->system);
      if (!machine) return machine.problems();
    }
    return {};
  }

  /// Adds one point; returns problems that stop the sweep.
  Diagnostics add(std::vector<std::string> values) {
    const Result<std::vector<Setting>> settings = settings_of(values);
    if (!settings) return settings.problems();
    SweepPoint point;
    point.values = std::move(values);
    const Result<HypotheticalTraining> training =
        resolve_what_if(workspace_, request_.document, *settings);
    if (!training) {
      const Diagnostic& first = training.problems().front();
      const bool own_mistake = first.where.file.starts_with("--sweep ") &&
                               reaches_into_machine(first.where.file.substr(8));
      if (own_mistake) return training.problems();
      Diagnostics faults = faults_of_writing(*settings);
      if (!faults.empty()) return faults;
      point.reason = first.what;
    } else {
      estimate(training->resolved, point);
    }
    answer_.points.push_back(std::move(point));
    return {};
  }

  void estimate(const ResolvedTraining& resolved, SweepPoint& point) {
    const TrainingScenario& scenario = resolved.scenario;
    point.devices = scenario.devices;
    point.estimate = estimate_training(scenario, *resolved.machine, *models_, resolved.prices,
                                       {.software_maturity = !request_.strict});
    const TrainingEstimate& e = *point.estimate;
    if (!e.fits_in_memory) {
      const std::size_t stage = fullest_stage(e.memory);
      point.reason = fmt::format("does not fit: stage {} misses {}", stage + 1,
                                 print_quantity(e.memory[stage].total - e.memory_capacity));
    }
    if (!answer_.what.empty()) return;
    answer_.name = scenario.name;
    const std::string& model = scenario.model.id.empty() ? scenario.model.name : scenario.model.id;
    answer_.what =
        fmt::format("{} on {} x {} ({}), swept over {}", model, scenario.devices,
                    resolved.machine->accelerator.name, resolved.machine->system.name, keys_text());
  }

  std::string keys_text() const {
    std::string text;
    for (const SweepAxis& axis : request_.axes) text += (text.empty() ? "" : ", ") + axis.key;
    return text;
  }

  Workspace& workspace_;
  const SweepRequest& request_;
  const TrainingModels* models_ = nullptr;
  SweepAnswer answer_;
};

}  // namespace

Result<SweepAnswer> run_sweep(Workspace& workspace, const SweepRequest& request) {
  return Sweep(workspace, request).run();
}

}  // namespace polyfleet
