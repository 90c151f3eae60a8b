// Published memory footprints and what the model says to them: rows of data/memory/footprints.csv,
// or of a user's file with the same columns. Each row states what was measured (a whole device, the
// allocator's reserve, the model states, the activations), because sources report different things.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "training/memory.hpp"

namespace polyfleet {

/// What the published figure covers.
enum class FootprintBasis { device, reserved, states, activations };

struct MemoryFootprint {
  std::string id;
  std::string source;
  std::string vendor;  ///< key of data/memory/overheads.toml
  std::string framework;
  FootprintBasis basis = FootprintBasis::device;
  ModelSpec model;
  TrainingPlan plan;
  Bytes measured;
  std::string excluded;  ///< why the row is not counted; empty = it is
};

struct FootprintPrediction {
  std::string id, source, excluded;
  Bytes measured, predicted;
  double error() const { return predicted / measured - 1; }
};

/// Diagnoses missing columns, unknown words and cells that are no numbers, each with its line.
Result<std::vector<MemoryFootprint>> read_footprints(const std::filesystem::path& file);

/// Every row, the excluded ones too.
Result<std::vector<FootprintPrediction>> predict_footprints(
    const std::vector<MemoryFootprint>& footprints, const std::filesystem::path& data_directory);

}  // namespace polyfleet
