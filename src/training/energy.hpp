// Power and energy of a training step: each accelerator draws by what it does (matrix work,
// memory-bound work, waiting), the host on top, the facility by its PUE. Measured draws where they
// exist (data/power/activity.toml), not TDP. Wrong where a rack caps power below the sum of its
// parts: capping is not modelled here.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.hpp"
#include "catalogue/system.hpp"
#include "training/step.hpp"

namespace polyfleet {

/// Shares read from data/power/activity.toml; see the file for their meaning and sources.
struct PowerActivity {
  Figure<double> idle_of_tdp, compute_of_span, memory_of_span, waiting_of_span;
  Figure<double> host_of_accelerators, host_use_of_rating;
};

Result<PowerActivity> load_power_activity(const std::filesystem::path& data_directory);

struct StepEnergy {
  bool known =
      false;  ///< false: neither the accelerator's TDP nor the system's all-in power is published
  Joules accelerators;    ///< one step, all devices
  Joules it;              ///< with hosts and NICs
  Joules facility;        ///< with cooling and power delivery
  Watts per_accelerator;  ///< mean draw of one accelerator during the step
  Watts facility_per_accelerator;
  double pue = 1;
  std::string basis;  ///< one sentence: which figures
};

StepEnergy step_energy(const StepTime& step, const Accelerator& accelerator, const System& system,
                       double devices, const PowerActivity& activity);

}  // namespace polyfleet
