#include "training/energy.hpp"

#include <fmt/format.h>

#include <cmath>

#include "catalogue/figure_field.hpp"

namespace polyfleet {
namespace {

bool is_matrix_work(std::size_t op_class) {
  switch (static_cast<OpClass>(op_class)) {
    case OpClass::projection:
    case OpClass::attention:
    case OpClass::mlp:
    case OpClass::expert:
    case OpClass::shared_expert:
    case OpClass::logits:
    case OpClass::adapter:
      return true;
    default:
      return false;
  }
}

struct Shares {
  double matrix = 0, memory = 0, waiting = 0;
};

/// Fractions of the step; recompute is split like the compute it repeats.
Shares shares_of(const StepBreakdown& where) {
  Seconds matrix, memory;
  for (std::size_t i = 0; i < kOpClassCount; ++i) {
    (is_matrix_work(i) ? matrix : memory) += where.compute[i];
  }
  const Seconds compute = matrix + memory;
  if (compute > 0 * second) {
    matrix += where.recompute * (matrix / compute);
    memory += where.recompute * (memory / compute);
  }
  memory += where.optimizer;
  Shares shares;
  shares.matrix = matrix / where.total;
  shares.memory = memory / where.total;
  shares.waiting = std::max(0.0, 1 - shares.matrix - shares.memory);
  return shares;
}

}  // namespace

Result<PowerActivity> load_power_activity(const std::filesystem::path& data_directory) {
  const std::string path = (data_directory / "power" / "activity.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  PowerActivity activity;
  Diagnostics problems;
  const std::pair<const char*, Figure<double> PowerActivity::*> members[] = {
      {"idle_of_tdp", &PowerActivity::idle_of_tdp},
      {"compute_of_span", &PowerActivity::compute_of_span},
      {"memory_of_span", &PowerActivity::memory_of_span},
      {"waiting_of_span", &PowerActivity::waiting_of_span},
      {"host_of_accelerators", &PowerActivity::host_of_accelerators},
      {"host_use_of_rating", &PowerActivity::host_use_of_rating}};
  for (const auto& [key, member] : members) {
    const Value* value = document->find(key);
    if (value == nullptr) {
      problems.push_back(problem_at({path, 0, 0}, fmt::format("lacks '{}'", key)));
    } else if (auto figure = read_figure<double>(*value, key, problems)) {
      activity.*member = *figure;
    }
  }
  if (!problems.empty()) return problems;
  return activity;
}

StepEnergy step_energy(const StepTime& step, const Accelerator& accelerator, const System& system,
                       double devices, const PowerActivity& activity) {
  StepEnergy energy;
  energy.pue = system.pue ? system.pue->value : 1;
  const Seconds time = step.where.total;
  if (!accelerator.tdp) {
    const auto& all_in = system.all_in_power ? system.all_in_power : accelerator.all_in_power;
    if (!all_in) {
      energy.basis = "no power figure is published for this part";
      return energy;
    }
    // Without a TDP only the provisioned facility share is known; it is an upper bound, used as the
    // estimate.
    energy.known = true;
    energy.facility_per_accelerator = all_in->value;
    energy.per_accelerator = all_in->value / energy.pue / (1 + activity.host_of_accelerators.value);
    energy.basis = "provisioned all-in power (no TDP published)";
  } else {
    const Watts tdp = accelerator.tdp->value;
    const Watts idle =
        accelerator.idle ? accelerator.idle->value : tdp * activity.idle_of_tdp.value;
    const Watts span = tdp - idle;
    const Shares shares = shares_of(step.where);
    energy.per_accelerator = idle + span * (shares.matrix * activity.compute_of_span.value +
                                            shares.memory * activity.memory_of_span.value +
                                            shares.waiting * activity.waiting_of_span.value);
    const Watts rated_host =
        system.host_power ? system.host_power->value : tdp * activity.host_of_accelerators.value;
    const Watts host = rated_host * activity.host_use_of_rating.value;
    energy.facility_per_accelerator = (energy.per_accelerator + host) * energy.pue;
    energy.known = true;
    energy.basis =
        fmt::format("TDP {}, idle {}, shares of time {:.0f}% matrix {:.0f}% memory {:.0f}% waiting",
                    print_quantity(tdp), print_quantity(idle), 100 * shares.matrix,
                    100 * shares.memory, 100 * shares.waiting);
  }
  energy.accelerators = energy.per_accelerator * time * devices;
  energy.facility = energy.facility_per_accelerator * time * devices;
  energy.it = energy.facility / energy.pue;
  return energy;
}

}  // namespace polyfleet
