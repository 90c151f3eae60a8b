#include "capital/scenario_tree.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel_work.hpp"
#include "fleet/clock_units.hpp"

namespace polyfleet {
namespace {

/// Probability left over below which there is no rest: sums of decimals.
constexpr double kNoRest = 1e-9;
/// Phases that end on a limit of gigawatts are within it: whole accelerators.
constexpr double kGigawattSlack = 1e-6;

/// Applies branches to a variation one after the other.
class BranchMaker {
 public:
  BranchMaker(const FleetModel& model, FleetVariation& into) : model_(model), into_(into) {}

  void apply(const ScenarioBranch& branch) {
    delay(branch);
    lose(branch);
    scale_classes(branch.hardware_price, branch, into_.hardware_price);
    scale_classes(branch.speed, branch, into_.speed);
    scale_all(branch.demand, model_.workloads.size(), into_.demand);
    scale_all(branch.price, model_.sites.size(), into_.price);
    scale_all(branch.carbon, model_.sites.size(), into_.carbon);
  }

 private:
  const DeviceClass& class_of(const FleetPhase& phase) const {
    return model_.classes[static_cast<std::size_t>(phase.device_class)];
  }

  bool is_meant(const FleetPhase& phase, const ScenarioBranch& branch) const {
    return !phase.existing && (branch.program.empty() || phase.program == branch.program) &&
           (branch.vendor.empty() || class_of(phase).vendor == branch.vendor);
  }

  int late(std::size_t phase) const {
    return into_.delay_hours.empty() ? 0 : into_.delay_hours[phase];
  }

  void delay(const ScenarioBranch& branch) {
    if (branch.delay_months == 0) return;
    if (into_.delay_hours.empty()) into_.delay_hours.assign(model_.phases.size(), 0);
    const int hours = static_cast<int>(std::lround(branch.delay_months * kDaysAMonth)) * kHoursADay;
    for (std::size_t i = 0; i < model_.phases.size(); ++i)
      if (is_meant(model_.phases[i], branch)) into_.delay_hours[i] += hours;
  }

  void cancel(std::size_t phase) {
    if (into_.cancelled.empty()) into_.cancelled.assign(model_.phases.size(), false);
    into_.cancelled[phase] = true;
  }

  void lose(const ScenarioBranch& branch) {
    if (branch.lost_from) {
      const FleetHour from = model_.time.hour_of(*branch.lost_from);
      for (std::size_t i = 0; i < model_.phases.size(); ++i) {
        const FleetPhase& phase = model_.phases[i];
        if (is_meant(phase, branch) && phase.first_delivery + late(i) >= from) cancel(i);
      }
    }
    if (branch.lost_after) lose_after(branch, *branch.lost_after * gigawatt);
  }

  /// In order of delivery; a phase that would pass the limit never comes, whole.
  void lose_after(const ScenarioBranch& branch, Watts limit) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < model_.phases.size(); ++i)
      if (is_meant(model_.phases[i], branch)) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return model_.phases[a].last_delivery + late(a) < model_.phases[b].last_delivery + late(b);
    });
    Watts sum;
    for (const std::size_t i : order) {
      sum += model_.phases[i].power;
      if (sum > limit + kGigawattSlack * gigawatt) cancel(i);
    }
  }

  void scale_classes(double by, const ScenarioBranch& branch, std::vector<double>& factors) {
    if (by == 1) return;
    if (factors.empty()) factors.assign(model_.classes.size(), 1.0);
    for (std::size_t i = 0; i < model_.classes.size(); ++i)
      if (branch.vendor.empty() || model_.classes[i].vendor == branch.vendor) factors[i] *= by;
  }

  static void scale_all(double by, std::size_t count, std::vector<double>& factors) {
    if (by == 1) return;
    if (factors.empty()) factors.assign(count, 1.0);
    for (double& factor : factors) factor *= by;
  }

  const FleetModel& model_;
  FleetVariation& into_;
};

class LeafList {
 public:
  LeafList(const FleetModel& model, const UncertaintySpec& spec) : model_(model), spec_(spec) {}

  std::vector<ScenarioLeaf> take() {
    ScenarioLeaf root;
    root.name = "as planned";
    root.probability = 1;
    grow(root, "");
    return std::move(leaves_);
  }

 private:
  void grow(const ScenarioLeaf& node, const std::string& name) {
    double left = 1;
    bool children = false;
    for (std::size_t i = 0; i < spec_.branches.size(); ++i) {
      const ScenarioBranch& branch = spec_.branches[i];
      if (branch.after != name) continue;
      children = true;
      left -= branch.probability;
      ScenarioLeaf child = node;
      child.name = node.branches.empty() ? branch.name : node.name + ", then " + branch.name;
      child.branches.push_back(static_cast<int>(i));
      child.probability *= branch.probability;
      BranchMaker(model_, child.variation).apply(branch);
      grow(child, branch.name);
    }
    if (children && left < kNoRest) return;
    ScenarioLeaf rest = node;
    if (children) {
      rest.probability *= left;
      if (!node.branches.empty()) rest.name += ", then nothing more";
    }
    leaves_.push_back(std::move(rest));
  }

  const FleetModel& model_;
  const UncertaintySpec& spec_;
  std::vector<ScenarioLeaf> leaves_;
};

}  // namespace

std::vector<ScenarioLeaf> scenario_leaves(const FleetModel& model, const UncertaintySpec& spec) {
  return LeafList(model, spec).take();
}

ScenarioTree scenario_tree(const FuturesQuestion& question, unsigned threads,
                           const std::atomic<bool>* stop) {
  const OutcomeTable table(*question.model);
  ScenarioTree tree;
  tree.outcomes = table.outcomes();
  tree.leaves = scenario_leaves(*question.model, *question.spec);
  tree.interrupted = !do_in_parallel(tree.leaves.size(), threads, stop, [&](std::size_t i) {
    FleetRunOptions options;
    options.with_series = false;
    options.stop = stop;
    const FleetRun run = question.simulate(*question.model, tree.leaves[i].variation, options);
    if (run.interrupted) return;
    tree.leaves[i].values = table.values(run);
    tree.leaves[i].feasible = run.feasible();
  });
  if (tree.interrupted) return tree;
  tree.expected.assign(tree.outcomes.size(), 0.0);
  for (const ScenarioLeaf& leaf : tree.leaves) {
    if (leaf.probability <= 0) continue;  // also keeps 0 times "never" out
    for (std::size_t i = 0; i < tree.expected.size(); ++i)
      tree.expected[i] += leaf.probability * leaf.values[i];
  }
  return tree;
}

}  // namespace polyfleet
