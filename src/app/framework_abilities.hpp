// What a training framework can be told to do (data/training/framework_abilities.toml): the values
// that a search for the best plan may choose from unless the user states others. Wrong where a fork
// or a newer release can do more; stating a setting overrides it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "planner/plan_space.hpp"
#include "training/scenario.hpp"

namespace polyfleet {

struct FrameworkAbility {
  std::vector<std::string> frameworks;  ///< profile ids
  std::vector<std::string> degrees;     ///< keys of plan.layout that may be above 1
  std::vector<std::string> schedules, sharding, recompute;  ///< as plan keys name them
  bool recompute_layers = false;                            ///< full recompute of some layers only
  std::vector<std::string> offload;                         ///< "optimizer", "activations"
  std::vector<std::string> overlap;                         ///< "gradients", "parameters"
  std::string left_out;                                     ///< what it cannot, in a sentence
  std::string source, status;
};

class FrameworkAbilities {
 public:
  /// Errors: those of the file; a name that no plan key knows; a framework that stands twice.
  static Result<FrameworkAbilities> load(const std::filesystem::path& data_directory);
  /// Null pointer for a framework without an entry (or none): nothing is left out.
  const FrameworkAbility* of(std::string_view framework) const;

 private:
  std::vector<FrameworkAbility> entries_;
};

/// Restricts the space to what the framework can do. Exchanges that may hide behind compute do: no
/// step is slower for it here. `limits` gains a line for each dimension that lost values.
void restrict_to(const FrameworkAbility& ability, PlanSpace& space,
                 std::vector<Assumption>& limits);

}  // namespace polyfleet
