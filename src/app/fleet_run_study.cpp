#include "app/fleet_run_study.hpp"

#include <fmt/format.h>

#include "app/fleet_deals.hpp"
#include "app/fleet_run_settings.hpp"
#include "app/futures_run.hpp"

namespace polyfleet {
namespace {

void tell(const FleetStudyOptions& options, const std::string& what, double share) {
  if (options.progress) options.progress(what, share);
}

double share_of(int done, int all) { return all > 0 ? static_cast<double>(done) / all : -1; }

FleetRun played(const FleetModel& model, const FleetStudyOptions& options) {
  FleetRunOptions run;
  run.with_hourly = options.with_hourly;
  run.stop = options.stop;
  run.progress = [&](double share) { tell(options, "playing the plan out", share); };
  return simulate_fleet(model, {}, run);
}

bool wants_futures(const FleetStudyOptions& options) {
  return options.futures > 0 || options.with_tornado || options.with_tree;
}

FuturesRunOptions futures_options(const FleetStudyOptions& options) {
  FuturesRunOptions futures;
  futures.futures = options.futures;
  futures.seed = options.seed;
  futures.threads = options.threads;
  futures.store = options.store;
  futures.with_tornado = options.with_tornado;
  futures.with_tree = options.with_tree;
  futures.with_deals = options.futures > 0;
  futures.price_paths = options.share_paths;
  futures.stop = options.stop;
  futures.progress = [&options](const std::string& what, int done, int all) {
    tell(options, fmt::format("{}, {} of {} (Ctrl-C: report so far)", what, done, all),
         share_of(done, all));
  };
  return futures;
}

FleetDealOptions deal_options(const FleetStudyOptions& options) {
  FleetDealOptions deals;
  deals.price_paths = options.share_paths;
  deals.seed = options.seed;
  deals.threads = options.threads;
  return deals;
}

/// A scenario already parsed, named by its path, with settings laid over it.
Result<FleetDocument> fleet_with_settings(const Value& scenario, const std::string& path,
                                          const std::vector<Setting>& settings,
                                          Workspace& workspace) {
  const Result<Value> document = with_fleet_settings(scenario, settings);
  if (!document) return document.problems();
  return read_fleet_document(*document, std::filesystem::path(path).parent_path(), workspace);
}

}  // namespace

Result<FleetDocument> fleet_document_of(const Question& question, const RunControl& control,
                                        Workspace& workspace) {
  if (control.progress) control.progress("reading the scenario", -1);
  const Result<Value> scenario = scenario_value(question);
  if (!scenario) return scenario.problems();
  return fleet_with_settings(*scenario, question.scenario->file, question.settings, workspace);
}

Result<FleetDocument> fleet_document_at(const std::string& path,
                                        const std::vector<Setting>& settings,
                                        Workspace& workspace) {
  const Result<Value> file = scenario_document(path, {});
  if (!file) return file.problems();
  return fleet_with_settings(*file, path, settings, workspace);
}

Diagnostics fill_rates(FleetDocument& document, const Workspace& workspace,
                       const FleetStudyOptions& options) {
  RateOptions rates;
  rates.cache = options.rates;
  rates.threads = options.threads;
  rates.stop = options.stop;
  rates.progress = [&](int done, int all) {
    tell(options, fmt::format("predicting rates, {} of {}", done, all), share_of(done, all));
  };
  auto predicted =
      predict_rates(workspace.data_directory(), document.questions, document.classes, rates);
  if (!predicted) return predicted.problems();
  FleetModel& model = document.model;
  model.rates = *std::move(predicted);
  for (std::size_t w = 0; w < model.rates.size(); ++w) {
    for (std::size_t c = 0; c < model.rates[w].size(); ++c) {
      WorkloadRate& rate = model.rates[w][c];
      if (!rate.possible) continue;
      // The engine's draw ends at the node: switches and storage come on top.
      rate.active += model.classes[c].network;
      if (model.workloads[w].gang) rate.most_accelerators = document.questions[w].accelerators;
    }
  }
  return {};
}

Result<FleetAnswer> run_fleet(FleetDocument document, const Workspace& workspace,
                              const FleetStudyOptions& options) {
  if (const Diagnostics problems = fill_rates(document, workspace, options); !problems.empty())
    return problems;
  FleetAnswer answer;
  answer.run = played(document.model, options);
  auto deals = value_fleet_deals(workspace.data_directory(), document, {FleetVariation{}},
                                 deal_options(options));
  if (!deals) return deals.problems();
  answer.deals = *std::move(deals);
  if (wants_futures(options) && !answer.run.interrupted) {
    auto futures =
        run_fleet_futures(workspace.data_directory(), document, futures_options(options));
    if (!futures) return futures.problems();
    answer.futures = *std::move(futures);
  }
  answer.model = std::move(document.model);
  return answer;
}

}  // namespace polyfleet
