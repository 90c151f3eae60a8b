// The tables that turn a published row into a scenario, read once: corrections, aliases, framework
// profiles, precision recipes, recomputation wording, networks, MLPerf rules, the split of sources.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "training/plan.hpp"
#include "validation/corrections.hpp"
#include "validation/framework_profile.hpp"

namespace polyfleet {

/// Part of the interconnect column -> scale-out rate, one of the two in Gbit/s.
struct NetworkWording {
  std::string text;
  double gigabit_per_second = 0;       ///< per accelerator
  double node_gigabit_per_second = 0;  ///< per node
  std::string source;
};

/// Part of the recompute column -> what runs again.
struct RecomputeWording {
  std::string text;
  std::string mode;  ///< none, selective, full, share, layers, layers_per_chunk
  double share = 0;
  std::string modules;  ///< of selective: "core_attn+layernorm+act+mlp"
};

/// How long an MLPerf run takes beyond its training steps, and its samples by batch size.
struct ConvergenceRule {
  std::string benchmark;  ///< part of the row's id
  double overhead = 1;
  double overhead_low = 1, overhead_high = 1;
  std::vector<double> batch, samples;
  std::string source;

  /// Samples to convergence at a batch, between the tabulated ones on a line; nothing outside them.
  std::optional<double> samples_at(double global_batch) const;
};

struct SourceSplit {
  std::vector<std::string> two_part;
  std::map<std::string, bool, std::less<>> fit_override;

  std::string source_of(std::string_view id) const;
  bool fits(std::string_view source) const;
};

struct MappingTables {
  FrameworkProfiles profiles;
  std::vector<RowCorrection> corrections;
  std::map<std::string, std::string, std::less<>> model_alias;        ///< letters and digits -> id
  std::map<std::string, std::string, std::less<>> accelerator_alias;  ///< letters and digits -> id
  std::vector<NetworkWording> networks;
  std::vector<RecomputeWording> recomputes;
  std::vector<ConvergenceRule> convergence;
  std::map<std::string, PrecisionRecipe, std::less<>> precisions;
  SourceSplit split;

  static Result<MappingTables> load(const std::string& data_folder,
                                    const std::string& validation_folder);
};

}  // namespace polyfleet
