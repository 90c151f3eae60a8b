#include "planner/plan_families.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/parallel_work.hpp"
#include "planner/family_reason.hpp"

namespace polyfleet {
namespace {

/// Work for one family of a small space (that many groups of cuts), in stage memories worked out
/// below one group; larger spaces are searched near the best plan.
constexpr std::size_t kSmallSpace = 48;
constexpr std::size_t kFewGroups = 6;
constexpr std::int64_t kGroupBudget = 3000;

std::string_view name_of(Schedule schedule) {
  switch (schedule) {
    case Schedule::gpipe:
      return "gpipe";
    case Schedule::one_forward_one_backward:
      return "1f1b";
    case Schedule::interleaved:
      return "interleaved";
    case Schedule::zero_bubble:
      return "zero-bubble";
    case Schedule::dual_pipe:
      return "dual-pipe";
  }
  return "";
}

std::string_view name_of(Sharding sharding) {
  constexpr std::string_view kNames[] = {"none", "zero1", "zero2", "zero3"};
  return kNames[static_cast<std::size_t>(sharding)];
}

std::string_view name_of(Recompute mode) {
  constexpr std::string_view kNames[] = {"none", "selective", "full"};
  return kNames[static_cast<std::size_t>(mode)];
}

/// A family before it is searched.
struct Pin {
  std::string dimension, value;
  PlanSpace space;  ///< the question's, pinned
  bool runs = true;
  std::int64_t plans = 0;
};

class PinList {
 public:
  PinList(const PlanSearchQuestion& question, const CutQueue& queue)
      : space_(question.space), queue_(queue) {}

  std::vector<Pin> run() {
    collect();
    add("tensor parallel", &PlanSpace::tensor, tensor_);
    add("pipeline parallel", &PlanSpace::pipeline, pipeline_);
    add("virtual stages", &PlanSpace::virtual_stages, virtual_stages_);
    add("context parallel", &PlanSpace::context, context_);
    add("expert parallel", &PlanSpace::expert, expert_);
    add("expert tensor parallel", &PlanSpace::expert_tensor, expert_tensor_);
    add("data parallel", &PlanSpace::data, data_);
    add("micro-batch", &PlanSpace::micro_batch, micro_batch_);
    add_switch("sequence parallel", &PlanSpace::sequence_parallel);
    add_named("schedule", &PlanSpace::schedule, schedule_);
    add_named(
        "sharding", &PlanSpace::sharding,
        std::set<Sharding>{Sharding::none, Sharding::zero1, Sharding::zero2, Sharding::zero3});
    const std::vector<Recompute> modes = queue_.candidates().recompute_modes();
    add_named("recompute", &PlanSpace::recompute, std::set<Recompute>(modes.begin(), modes.end()));
    add_switch("optimiser offload", &PlanSpace::optimizer_offload);
    add_offloads();
    return std::move(pins_);
  }

 private:
  void collect() {
    for (const PlanCut& devices : queue_.candidates().devices().values) {
      tensor_.insert(devices.tensor);
      context_.insert(devices.context);
      data_.insert(devices.data);
      for (const auto& [expert, width] : queue_.candidates().expert_cuts(devices)) {
        expert_.insert(expert);
        expert_tensor_.insert(width);
      }
    }
    for (const CutGroup& group : queue_.groups()) micro_batch_.insert(group.cut.micro_batch);
    for (const PlanSplit& split : queue_.all_splits()) {
      pipeline_.insert(split.pipeline);
      virtual_stages_.insert(split.virtual_stages);
      schedule_.insert(split.schedule);
    }
  }

  /// Values that occur, and those that were stated and cannot run.
  void add(const char* dimension, std::vector<int> PlanSpace::*member, std::set<int> values) {
    const std::set<int> running = values;
    for (const int stated : space_.*member) values.insert(stated);
    if (values.size() < 2 && running.size() == values.size()) return;
    for (const int value : values) {
      Pin pin{dimension, fmt::format("{}", value), space_, running.contains(value)};
      pin.space.*member = {value};
      pin.plans = queue_.tally().of_cut(dimension, value);
      if (member == &PlanSpace::expert_tensor) keep_multiples(pin.space, value);
      if (member == &PlanSpace::pipeline)
        pin.plans =
            queue_.plans_of_splits([&](const auto& each) { return each.pipeline == value; });
      if (member == &PlanSpace::virtual_stages)
        pin.plans =
            queue_.plans_of_splits([&](const auto& each) { return each.virtual_stages == value; });
      pins_.push_back(std::move(pin));
    }
  }

  void add_switch(const char* dimension, std::vector<int> PlanSpace::*member) {
    if ((space_.*member).size() == 1) return;
    for (const int value : {0, 1}) {
      Pin pin{dimension, value == 0 ? "off" : "on", space_};
      pin.space.*member = {value};
      if (member == &PlanSpace::sequence_parallel) {
        pin.plans = queue_.tally().of_cut(dimension, value);
        if (value == 1) keep_multiples(pin.space, 0);
      } else {
        pin.plans = queue_.plans_of_switches(
            [&](const auto& each) { return each.optimizer_offload == (value == 1); });
      }
      pins_.push_back(std::move(pin));
    }
  }

  /// An open expert width divides the tensor degree; sequence parallel (0) needs a tensor group.
  void keep_multiples(PlanSpace& space, int width) const {
    if (width > 0 && !space_.expert_tensor.empty()) return;
    space.tensor.clear();
    for (const int tensor : tensor_)
      if (width == 0 ? tensor > 1 : tensor % width == 0) space.tensor.push_back(tensor);
    if (space.tensor.empty()) space.tensor = {0};
  }

  template <class Value>
  void add_named(const char* dimension, std::vector<Value> PlanSpace::*member,
                 std::set<Value> values) {
    const std::vector<Value>& stated = space_.*member;
    if (!stated.empty()) {
      std::erase_if(values, [&](Value value) {
        return std::find(stated.begin(), stated.end(), value) == stated.end();
      });
    }
    if (values.size() < 2) return;
    for (const Value value : values) {
      Pin pin{dimension, std::string(name_of(value)), space_};
      pin.space.*member = {value};
      pin.plans = plans_of(value);
      keep_stages(pin.space, value);
      pins_.push_back(std::move(pin));
    }
  }

  /// One stage runs by the plain schedule where the list was open.
  void keep_stages(PlanSpace& space, Schedule value) const {
    if (!space_.schedule.empty() || value == Schedule::one_forward_one_backward) return;
    space.pipeline.clear();
    for (const int stages : pipeline_)
      if (stages > 1) space.pipeline.push_back(stages);
  }
  void keep_stages(PlanSpace&, Sharding) const {}
  void keep_stages(PlanSpace&, Recompute) const {}

  std::int64_t plans_of(Schedule value) const {
    return queue_.plans_of_splits([&](const auto& each) { return each.schedule == value; });
  }
  std::int64_t plans_of(Sharding value) const {
    return queue_.plans_of_switches([&](const auto& each) { return each.sharding == value; });
  }
  std::int64_t plans_of(Recompute value) const { return queue_.plans_of_recompute(value); }

  void add_offloads() {
    const std::vector<double> values = queue_.candidates().activation_offloads();
    if (values.size() < 2) return;
    for (const double value : values) {
      Pin pin{"activation offload", fmt::format("{:g}", value), space_};
      pin.space.activation_offload = {value};
      pin.plans = queue_.plans() / static_cast<std::int64_t>(values.size());
      pins_.push_back(std::move(pin));
    }
  }

  const PlanSpace& space_;
  const CutQueue& queue_;
  std::set<int> tensor_, pipeline_, virtual_stages_, context_, expert_, expert_tensor_, data_,
      micro_batch_;
  std::set<Schedule> schedule_;
  std::vector<Pin> pins_;
};

class FamilySearch {
 public:
  FamilySearch(const PlanSearchQuestion& question, const CutQueue& queue, const PlansFound& whole,
               const std::atomic<bool>* stop)
      : question_(question), queue_(queue), whole_(whole), stop_(stop) {}

  PlanFamily run(const Pin& pin) const {
    PlanFamily family;
    family.dimension = pin.dimension;
    family.value = pin.value;
    family.plans = pin.plans;
    if (!pin.runs) {
      family.why = "does not divide what it cuts, or exceeds the devices";
      return family;
    }
    for (const PlannedPlan& plan : whole_.best.plans()) {
      if (!belongs(plan, pin.space)) continue;
      family.exact = true;
      family.best = plan;
      family.best_time = plan.time;
      family.least_memory = plan.memory;
      family.fitting = 1;
      family.why = reason(plan, true);
      return family;
    }
    const bool small = queue_.groups().size() <= kSmallSpace;
    if (!small && best() != nullptr && search(pin.space, near(pin.space), family)) return family;
    search(pin.space, pin.space, family);
    return family;
  }

 private:
  const PlannedPlan* best() const {
    return whole_.best.plans().empty() ? nullptr : &whole_.best.plans().front();
  }

  /// The part of a family that differs from the best plan in few degrees; pinned ones stay.
  PlanSpace near(PlanSpace space) const {
    const TrainingPlan& plan = best()->plan;
    const auto pin = [](std::vector<int>& list, std::initializer_list<int> values) {
      std::vector<int> kept;
      for (const int value : values) {
        if (list.empty() || std::find(list.begin(), list.end(), value) != list.end())
          kept.push_back(value);
      }
      if (!kept.empty()) list = kept;
    };
    pin(space.tensor, {plan.layout.tensor});
    pin(space.context, {plan.layout.context});
    pin(space.expert, {plan.layout.expert});
    pin(space.expert_tensor, {1});
    pin(space.micro_batch, {plan.micro_batch, 1});
    pin(space.recompute_layers, {0, plan.recompute_layers});
    return space;
  }

  /// Searches a part of a family; false where it holds no plan that is accepted.
  bool search(const PlanSpace& whole, const PlanSpace& part, PlanFamily& family) const {
    PlanSearchQuestion pinned = question_;
    pinned.space = part;
    pinned.top = 1;
    pinned.with_front = false;
    const PlanCandidates candidates(pinned, queue_.candidates());
    const CutQueue cuts(candidates, queue_);
    SearchFrame frame(pinned, cuts, stop_);
    frame.budget = kGroupBudget;
    PlansFound found(pinned);
    bool complete = true;
    std::size_t looked_at = 0;
    for (const CutGroup& group : cuts.groups()) {
      const double value = frame.floors.value(frame.floor_of(group));
      if (value * (1 - kBoundSlack) > found.best.cutoff()) break;
      if (cuts.layer_cuts(group.cut).empty()) continue;
      if (looked_at++ >= (queue_.groups().size() <= kSmallSpace ? kSmallSpace : kFewGroups)) {
        complete = false;
        break;
      }
      const PlansFound below = search_group(frame, group, found);
      found.merge(below);
      complete = complete && below.counts.untouched == 0;
    }
    const bool is_part = !(whole.tensor == part.tensor && whole.context == part.context &&
                           whole.expert == part.expert && whole.micro_batch == part.micro_batch &&
                           whole.recompute_layers == part.recompute_layers &&
                           whole.expert_tensor == part.expert_tensor);
    describe(pinned, found, complete && !is_part, whole, family);
    return !found.best.plans().empty();
  }

  /// Step time that no plan of the family undercuts.
  std::optional<Seconds> proven_time(const PlanSpace& space) const {
    PlanSearchQuestion pinned = question_;
    pinned.space = space;
    const PlanCandidates candidates(pinned, queue_.candidates());
    const CutQueue cuts(candidates, queue_);
    const SearchFrame frame(pinned, cuts, stop_);
    if (cuts.groups().empty()) return std::nullopt;
    Seconds least = frame.floor_of(cuts.groups().front()).time;
    const bool by_time = question_.objective == Objective::time ||
                         question_.objective == Objective::tokens_per_second;
    // no plan of the family is on the list of the best, so none beats its last
    if (by_time && whole_.best.plans().size() == question_.top && question_.top > 0)
      least = max(least, whole_.best.plans().back().time);
    return least;
  }

  void describe(const PlanSearchQuestion& pinned, const PlansFound& found, bool exact,
                const PlanSpace& whole, PlanFamily& family) const {
    family.fitting = found.counts.evaluated + found.counts.equal;
    family.exact = exact;
    if (found.least_memory) family.least_memory = *found.least_memory;
    if (!found.best.plans().empty()) {
      const PlannedPlan& own = found.best.plans().front();
      const std::optional<Seconds> proven = proven_time(whole);
      family.best_time = exact || !proven ? own.time : *proven;
      family.best = own;
      family.why = reason(own, exact);
    } else if (!exact) {
      family.best_time = proven_time(whole);
      family.why = "no plan that fits was found within the work given to this family";
    } else if (found.fits) {
      family.why = "every plan that fits breaks a constraint";
    } else if (found.leanest) {
      family.least_memory = found.leanest->memory;
      family.why = why_it_does_not_fit(pinned, *found.leanest);
    } else {
      family.why = "no plan of this kind can run, or every one breaks a constraint";
    }
  }

  std::string reason(const PlannedPlan& own, bool exact) const {
    if (best() == nullptr) return "fits";
    const double ratio =
        objective_value(question_.objective, own) / objective_value(question_.objective, *best());
    if (ratio <= 1) return "holds the best plan";
    const std::string lead =
        fmt::format("{}{:.1f} % behind: ", exact ? "" : "best found is ", 100 * (ratio - 1));
    return lead + why_it_loses(question_, own, *best());
  }

  /// Whether a plan is one of a pinned space.
  static bool belongs(const PlannedPlan& planned, const PlanSpace& space) {
    const TrainingPlan& plan = planned.plan;
    const ParallelLayout& cut = plan.layout;
    const auto in = [](const auto& list, auto value) {
      return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
    };
    return in(space.tensor, cut.tensor) && in(space.pipeline, cut.pipeline) &&
           in(space.virtual_stages, cut.virtual_stages) && in(space.context, cut.context) &&
           in(space.expert, cut.expert) && in(space.expert_tensor, cut.expert_tensor) &&
           in(space.data, cut.data) && in(space.micro_batch, plan.micro_batch) &&
           in(space.sequence_parallel, cut.sequence_parallel ? 1 : 0) &&
           in(space.schedule, plan.schedule) && in(space.sharding, plan.sharding) &&
           in(space.recompute, plan.recompute) &&
           in(space.optimizer_offload, plan.optimizer_offload ? 1 : 0) &&
           in(space.activation_offload, plan.activation_offload);
  }

  const PlanSearchQuestion& question_;
  const CutQueue& queue_;
  const PlansFound& whole_;
  const std::atomic<bool>* stop_;
};

}  // namespace

std::vector<PlanFamily> plan_families(const PlanSearchQuestion& question, const CutQueue& queue,
                                      const PlansFound& found, const SearchControl& control) {
  const std::vector<Pin> pins = PinList(question, queue).run();
  const FamilySearch search(question, queue, found, control.stop);
  std::vector<PlanFamily> families(pins.size());
  do_in_parallel(pins.size(), std::max(1U, control.threads), nullptr,
                 [&](std::size_t i) { families[i] = search.run(pins[i]); });
  return families;
}

}  // namespace polyfleet
