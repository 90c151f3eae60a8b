// Which plans a search considers: for each degree of freedom the values that may be tried. An empty
// list means every value that the model, the batch and the devices allow; one value pins it. There
// is no cap on degrees, devices or the number of plans.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "training/plan.hpp"

namespace polyfleet {

struct PlanSpace {
  std::vector<int> tensor, pipeline, virtual_stages, context, expert, expert_tensor;
  std::vector<int> data;
  std::vector<int> micro_batch;
  std::vector<int> sequence_parallel;  ///< 0, 1; empty = both where tensor > 1
  std::vector<Schedule> schedule;
  std::vector<Sharding> sharding;
  std::vector<Recompute> recompute;
  std::vector<int> recompute_layers;       ///< of full recompute, per stage; empty = every count
  std::vector<int> optimizer_offload;      ///< 0, 1
  std::vector<double> activation_offload;  ///< fractions; no natural grid: empty = {0, 0.5, 1}
  std::vector<int> gradient_overlap, parameter_overlap, pipeline_overlap;  ///< 0, 1
  /// Hand-over hides where the plan template says so (Megatron-Core: with virtual stages only), and
  /// pipeline_overlap is not looked at.
  bool hand_over_as_template = false;
};

/// What a plan must respect beyond the space.
struct PlanConstraints {
  /// Share of the usable memory that must stay free on the fullest device.
  double memory_head_room = 0;
  bool use_all_devices = false;    ///< plans that leave devices idle are refused
  std::optional<Watts> power_cap;  ///< facility power of the devices in use
  std::optional<Seconds> slowest_step;
};

enum class Objective { time, cost, energy, tokens_per_second };
std::string_view name_of(Objective objective);

/// What a framework makes of a cut: its defaults, host work and overlaps for these degrees. Called
/// for every distinct cut, so it should remember. The returned plan holds the layout, micro-batch
/// and recompute mode that it was given.
using PlanTemplate =
    std::function<TrainingPlan(const ParallelLayout& layout, int micro_batch, Recompute recompute)>;

}  // namespace polyfleet
