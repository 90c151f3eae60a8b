#include "app/futures_run.hpp"

#include "app/fleet_deals.hpp"

namespace polyfleet {
namespace {

void tell(const FuturesRunOptions& options, const std::string& what, int done, int all) {
  if (options.progress) options.progress(what, done, all);
}

/// Everything that a question points into.
struct Study {
  UncertaintySpec spec;
  OutageData outages;
  FuturesQuestion question;
};

Diagnostics fill_study(const std::filesystem::path& data, const FleetDocument& document,
                       std::uint64_t seed, Study& study) {
  const Result<UncertaintySpec> defaults = default_uncertainty(data);
  if (!defaults) return defaults.problems();
  Result<UncertaintySpec> spec = read_uncertainty(document.uncertainty, *defaults);
  if (!spec) return spec.problems();
  Diagnostics problems = uncertainty_problems(*spec, document.model);
  if (!problems.empty()) return problems;
  Result<OutageData> outages = load_outages(data);
  if (!outages) return outages.problems();
  study.spec = std::move(*spec);
  study.outages = std::move(*outages);
  study.question = {&document.model, &study.spec, &study.outages, simulate_fleet, seed};
  return {};
}

/// Deliveries of every future that was done.
std::vector<FleetVariation> deliveries_of(const Study& study, const Futures& futures) {
  VariationContext context{&*study.question.model, &study.spec, &study.outages};
  context.with_outages = false;  // they move no delivery
  std::vector<FleetVariation> variations;
  for (std::size_t i = 0; i < futures.values.size(); ++i) {
    if (futures.values[i].empty()) continue;
    FleetVariation all =
        variation_of(context, futures.inputs, random_draw(futures.inputs, study.question.seed, i));
    FleetVariation deliveries;
    deliveries.delay_hours = std::move(all.delay_hours);
    deliveries.cancelled = std::move(all.cancelled);
    variations.push_back(std::move(deliveries));
  }
  return variations;
}

FleetDealOptions deal_options(const FuturesRunOptions& options) {
  return {.price_paths = options.price_paths, .seed = options.seed, .threads = options.threads};
}

Usd worth_of(const DealFutures& deal) {
  Usd worth;
  if (deal.warrant) worth += deal.warrant->value.mean * usd;
  if (deal.investment) worth += deal.investment->value;
  if (deal.guarantee) worth += deal.guarantee->expected_loss;
  return worth;
}

/// What each deal is worth in each leaf of the tree.
Diagnostics value_leaves(const std::filesystem::path& data, const FleetDocument& document,
                         const Study& study, const FuturesRunOptions& options,
                         FuturesAnswer& answer) {
  for (std::size_t i = 0; i < answer.tree->leaves.size(); ++i) {
    const ScenarioLeaf& leaf = answer.tree->leaves[i];
    FleetDealOptions of_leaf = deal_options(options);
    of_leaf.stopped_from = document.model.time.begin();
    for (const int index : leaf.branches) {
      const ScenarioBranch& branch = study.spec.branches[static_cast<std::size_t>(index)];
      if (branch.stopped_deals.empty()) continue;
      of_leaf.stopped = branch.stopped_deals;
      if (branch.stopped_from) of_leaf.stopped_from = *branch.stopped_from;
    }
    const auto deals = value_fleet_deals(data, document, {leaf.variation}, of_leaf);
    if (!deals) return deals.problems();
    for (const DealFutures& deal : *deals)
      answer.deal_leaves.push_back({static_cast<int>(i), deal.id, worth_of(deal)});
  }
  return {};
}

/// Deals that branches stop are deals of the scenario.
Diagnostics unknown_stops(const FleetDocument& document, const UncertaintySpec& spec) {
  Diagnostics problems;
  for (const ScenarioBranch& branch : spec.branches) {
    for (const std::string& stopped : branch.stopped_deals) {
      bool known = false;
      for (const NamedDeal& deal : document.deals) known = known || deal.name == stopped;
      if (!known)
        problems.push_back(problem_at(branch.where,
                                      "the deal '" + stopped + "' is not among the scenario's",
                                      "name it as its [[deal]] does"));
    }
  }
  return problems;
}

Diagnostics run_parts(const std::filesystem::path& data, const FleetDocument& document,
                      const Study& study, const FuturesRunOptions& options, FuturesAnswer& answer) {
  const auto stopped = [&] { return options.stop != nullptr && options.stop->load(); };
  if (options.with_tornado && !stopped()) {
    tell(options, "tornado", 0, 1);
    answer.tornado = tornado(study.question, options.threads, options.stop);
  }
  if (options.with_tree && !study.spec.branches.empty() && !stopped()) {
    tell(options, "scenario tree", 0, 1);
    answer.tree = scenario_tree(study.question, options.threads, options.stop);
    if (options.with_deals && !answer.tree->interrupted) {
      const Diagnostics problems = value_leaves(data, document, study, options, answer);
      if (!problems.empty()) return problems;
    }
  }
  if (!options.with_deals || answer.futures.done == 0) return {};
  tell(options, "deals", 0, 1);
  auto deals = value_fleet_deals(data, document, deliveries_of(study, answer.futures),
                                 deal_options(options));
  if (!deals) return deals.problems();
  answer.deals = std::move(*deals);
  return {};
}

}  // namespace

Result<FuturesAnswer> run_fleet_futures(const std::filesystem::path& data_directory,
                                        const FleetDocument& document,
                                        const FuturesRunOptions& options) {
  Study study;
  Diagnostics problems = fill_study(data_directory, document, options.seed, study);
  if (problems.empty()) problems = unknown_stops(document, study.spec);
  if (!problems.empty()) return problems;
  FuturesAnswer answer;
  answer.begin = document.model.time.begin();
  answer.store = options.store.string();
  for (const FleetWorkload& workload : document.model.workloads) {
    answer.workloads.push_back(workload.id);
    answer.units.push_back(workload.unit);
  }
  FuturesOptions futures;
  futures.futures = options.futures;
  futures.threads = options.threads;
  futures.store = options.futures > 0 ? options.store : std::filesystem::path();
  futures.stop = options.stop;
  futures.progress = [&](int done, int all) { tell(options, "futures", done, all); };
  Result<Futures> played = run_futures(study.question, futures);
  if (!played) return played.problems();
  answer.futures = std::move(*played);
  if (answer.futures.done > 0) answer.spreads = outcome_spreads(answer.futures);
  problems = run_parts(data_directory, document, study, options, answer);
  if (!problems.empty()) return problems;
  return answer;
}

}  // namespace polyfleet
