#include "capital/futures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/check.hpp"
#include "base/parallel_work.hpp"
#include "capital/futures_store.hpp"

namespace polyfleet {
namespace {

/// What the report of the inputs shows of one draw.
std::vector<double> summary_of(const std::vector<UncertainInput>& inputs, const InputDraw& draw) {
  std::vector<double> summary;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    double sum = 0;
    for (const double z : draw[i])
      sum += inputs[i].event ? (event_happens(inputs[i], z) ? 1.0 : 0.0) : z;
    summary.push_back(draw[i].empty() ? 0 : sum / static_cast<double>(draw[i].size()));
  }
  return summary;
}

class FuturesRunner {
 public:
  FuturesRunner(const FuturesQuestion& question, const FuturesOptions& options)
      : question_(question), options_(options), table_(*question.model) {
    futures_.outcomes = table_.outcomes();
    futures_.seed = question.seed;
    futures_.inputs = uncertain_inputs(*question.model, *question.spec, *question.outages);
    futures_.values.resize(static_cast<std::size_t>(std::max(0, options.futures)));
    futures_.drawn.resize(futures_.values.size());
  }

  Result<Futures> run() {
    run_plan();
    if (!futures_.interrupted && !options_.store.empty()) {
      if (const Diagnostics problems = open_store(); !problems.empty()) return problems;
    }
    if (!futures_.interrupted) run_all();
    for (std::size_t i = 0; i < futures_.values.size(); ++i) {
      if (futures_.values[i].empty())
        continue;  // a stop does not wait for draws of what was not done
      futures_.drawn[i] = summary_of(futures_.inputs, draw_of(i));
      ++futures_.done;
    }
    if (store_ && !store_->problem().empty()) futures_.notes.push_back(store_->problem());
    return std::move(futures_);
  }

 private:
  InputDraw draw_of(std::size_t future) const {
    return random_draw(futures_.inputs, question_.seed, future);
  }

  /// Nothing where it was stopped.
  std::vector<double> play(const FleetVariation& variation) const {
    FleetRunOptions options;
    options.with_series = false;
    options.stop = options_.stop;
    const FleetRun run = question_.simulate(*question_.model, variation, options);
    return run.interrupted ? std::vector<double>() : table_.values(run);
  }

  VariationContext context(std::uint64_t outages) const {
    return {question_.model, question_.spec, question_.outages, outages, true};
  }

  void run_plan() {
    VariationContext quiet = context(0);
    quiet.with_outages = false;
    const FleetVariation median =
        variation_of(quiet, futures_.inputs, median_draw(futures_.inputs));
    futures_.plan = play({});
    if (!futures_.plan.empty()) futures_.median = play(median);
    futures_.interrupted = futures_.median.empty();
    if (!futures_.interrupted)
      futures_.fingerprint = futures_fingerprint(question_, futures_.plan, futures_.median);
  }

  Diagnostics open_store() {
    Result<FuturesStore> store =
        FuturesStore::open(options_.store, futures_.fingerprint, futures_.outcomes.size());
    if (!store) return store.problems();
    store_.emplace(std::move(*store));
    for (const auto& [future, values] : store_->finished()) {
      if (future >= futures_.values.size()) continue;
      futures_.values[future] = values;
      ++futures_.resumed;
    }
    if (store_->dropped() > 0)
      futures_.notes.push_back(fmt::format(
          "{}: {} torn or damaged line{} dropped; what is missing is computed again",
          options_.store.string(), store_->dropped(), store_->dropped() == 1 ? "" : "s"));
    return {};
  }

  void run_all() {
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < futures_.values.size(); ++i)
      if (futures_.values[i].empty()) missing.push_back(i);
    int done = futures_.resumed;
    std::mutex progress;
    const auto one = [&](std::size_t i) {
      const std::size_t future = missing[i];
      const FleetVariation variation = variation_of(context(outage_seed(question_.seed, future)),
                                                    futures_.inputs, draw_of(future));
      std::vector<double> values = play(variation);
      if (values.empty()) return;
      if (store_) store_->append(future, values);
      futures_.values[future] = std::move(values);
      const std::lock_guard lock(progress);
      ++done;
      if (options_.progress) options_.progress(done, options_.futures);
    };
    futures_.interrupted = !do_in_parallel(missing.size(), options_.threads, options_.stop, one);
  }

  const FuturesQuestion& question_;
  const FuturesOptions& options_;
  OutcomeTable table_;
  Futures futures_;
  std::optional<FuturesStore> store_;
};

}  // namespace

Result<Futures> run_futures(const FuturesQuestion& question, const FuturesOptions& options) {
  POLYFLEET_CHECK(question.model && question.spec && question.outages && question.simulate,
                  "a question of futures has a model, a specification, outages and a simulation");
  return FuturesRunner(question, options).run();
}

}  // namespace polyfleet
