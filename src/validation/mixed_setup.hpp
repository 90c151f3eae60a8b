// How rows of published heterogeneous training results become mixed plans:
// validation/mixed_rows.toml. A row that cannot be set up says what its source leaves open; nothing
// is left out silently.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "training/plan.hpp"

namespace polyfleet {

struct SetupPool {
  std::string name;
  std::string system;  ///< catalogue id
  std::int64_t devices = 0;
  std::string framework;  ///< profile id
  std::string release_date;
};

struct SetupStages {
  std::string pool;
  int tensor = 1;
  std::vector<int> layers;  ///< one entry per stage
};

struct SetupGroup {
  int replicas = 1;
  std::vector<SetupStages> stages;
};

/// Another reading of what the source leaves open; zero keeps the row's own figure.
struct SetupAlternative {
  std::string what;
  std::int64_t sequence_length = 0, global_batch = 0;
  int micro_batch = 0;
  bool reversed = false;  ///< stages of every pipeline in the opposite order
};

struct MixedSetup {
  std::string source, workload;      ///< of the published row
  std::string compared;              ///< what the ratio is against, in words
  std::optional<double> published;   ///< where the ratio is not the row's own figure
  std::vector<std::string> missing;  ///< why it cannot be set up
  std::string model;
  std::int64_t sequence_length = 0, global_batch = 0;
  int micro_batch = 1;
  TrainingPlan settings;
  std::vector<SetupPool> pools;
  std::vector<SetupGroup> mixed;
  std::vector<SetupGroup> reference;  ///< each run alone; their throughputs add up
  std::vector<SetupAlternative> alternatives;
  std::vector<std::string> assumptions;
};

/// Diagnoses unknown keys, pools that no row names, rows with neither plan nor reason.
Result<std::vector<MixedSetup>> load_mixed_setups(
    const std::filesystem::path& validation_directory);

}  // namespace polyfleet
