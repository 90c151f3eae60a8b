#include "training/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "training/memory.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr std::array<std::string_view, 3> kModeNames{"blocking", "asynchronous", "in memory"};

/// Bytes of one trainable parameter in a checkpoint: what the device keeps of it between steps,
/// gradients apart. FSDP keeps only the FP32 original, which the optimiser's bytes count.
double bytes_per_parameter(const TrainingPlan& plan) {
  const double narrow = plan.low_precision_parameters ? 1 : 2;
  const double kept = plan.sharding == Sharding::zero3 ? 0 : narrow;
  return kept + plan.optimizer_bytes_per_parameter;
}

double accelerators_per_node(const Machine& machine) {
  return std::max(1, machine.system.accelerators_per_node);
}

/// Rate from device to host memory.
BytesPerSecond host_rate(const Machine& machine, const CheckpointRates& rates) {
  return machine.accelerator.host_rate ? machine.accelerator.host_rate->value
                                       : rates.host_copy.value;
}

/// Rate of one accelerator's share of the scale-out network, else of the node's storage port.
BytesPerSecond peer_rate(const Machine& machine, const CheckpointRates& rates) {
  if (machine.system.scale_out_rate) return machine.system.scale_out_rate->value;
  if (machine.accelerator.scale_out_rate) return machine.accelerator.scale_out_rate->value;
  return rates.node_limit.value / accelerators_per_node(machine);
}

/// Shared storage and how fast one node reaches it.
struct StoragePath {
  BytesPerSecond aggregate;
  BytesPerSecond per_device;
  Seconds time(const CheckpointSize& size) const {
    return max(size.total / aggregate, size.fullest_device / per_device);
  }
};

StoragePath storage_path(const CheckpointRequest& request, BytesPerSecond per_accelerator,
                         const Machine& machine, const CheckpointRates& rates, double devices) {
  StoragePath path;
  path.per_device = rates.node_limit.value / accelerators_per_node(machine);
  path.aggregate = request.storage ? *request.storage : per_accelerator * devices;
  return path;
}

std::string storage_basis(const CheckpointRequest& request, const CheckpointRates& rates,
                          const StoragePath& path) {
  if (request.write_time) return "write time as stated";
  if (request.storage)
    return fmt::format("storage of {} as stated, at most {} a node", print_quantity(path.aggregate),
                       print_quantity(rates.node_limit.value));
  return fmt::format(
      "storage of {} in all: {} an accelerator ({}, {})", print_quantity(path.aggregate),
      print_quantity(rates.write_per_accelerator.value),
      name_of(rates.write_per_accelerator.status), rates.write_per_accelerator.source);
}

}  // namespace

std::string_view name_of(CheckpointMode mode) { return kModeNames[static_cast<std::size_t>(mode)]; }

CheckpointSize checkpoint_size(const ModelSpec& model, const TrainingPlan& plan) {
  const ParallelLayout& layout = plan.layout;
  const double copies = static_cast<double>(layout.data) * layout.context;
  const double expert_ranks = static_cast<double>(layout.expert) * layout.expert_tensor;
  const double stage_devices = copies * layout.tensor;
  // Under DualPipe a device holds the stages of both directions: everything is there twice.
  const double held_twice = plan.schedule == Schedule::dual_pipe && layout.pipeline > 1 ? 2.0 : 1.0;
  CheckpointSize size;
  for (const StageInventory& stage : stage_inventories(model, plan)) {
    const double unique = stage.parameters * layout.tensor + stage.expert_parameters * expert_ranks;
    const Bytes bytes = unique / held_twice * bytes_per_parameter(plan) * byte;
    size.total += bytes;
    size.fullest_device = max(size.fullest_device, bytes / stage_devices);
  }
  return size;
}

CheckpointCost checkpoint_cost(const CheckpointRequest& request, const TrainingScenario& scenario,
                               const Machine& machine, const CheckpointRates& rates) {
  const double devices = static_cast<double>(scenario.devices);
  CheckpointCost cost;
  cost.size = checkpoint_size(scenario.model, scenario.plan);
  cost.mode = request.mode;
  const StoragePath writing =
      storage_path(request, rates.write_per_accelerator.value, machine, rates, devices);
  const StoragePath reading =
      storage_path(request, rates.read_per_accelerator.value, machine, rates, devices);
  const Seconds write = request.write_time ? *request.write_time : writing.time(cost.size);
  const Seconds copy = cost.size.fullest_device / host_rate(machine, rates);
  cost.basis = storage_basis(request, rates, writing);
  cost.load = reading.time(cost.size);
  switch (request.mode) {
    case CheckpointMode::blocking:
      cost.blocking = write;
      break;
    case CheckpointMode::asynchronous:
      cost.blocking = copy;
      cost.background = write;
      cost.basis =
          fmt::format("host copy at {}; {}", print_quantity(host_rate(machine, rates)), cost.basis);
      break;
    case CheckpointMode::in_memory:
      cost.blocking = copy;
      cost.background = request.write_time ? *request.write_time
                                           : cost.size.fullest_device / peer_rate(machine, rates);
      cost.load = cost.size.fullest_device / peer_rate(machine, rates) + copy;
      cost.basis =
          fmt::format("host copy at {}; {}", print_quantity(host_rate(machine, rates)),
                      request.write_time ? std::string("time to the peer as stated")
                                         : fmt::format("to a peer at {} an accelerator",
                                                       print_quantity(peer_rate(machine, rates))));
      break;
  }
  return cost;
}

}  // namespace polyfleet
