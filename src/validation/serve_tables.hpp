// What turns published serving rows into configurations, as data: launch recipes, number formats,
// MLPerf's data sets and limits, rules about faulty rows, which half engine host times are fitted
// on (validation/serving_*.toml, each entry with its source).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "units/quantity.hpp"
#include "validation/serve_case.hpp"

namespace polyfleet {

/// What conditions of an entry are held against.
struct ServeFacts {
  std::string id, source, engine, vendor, accelerator, family, model, precision, gemm;
  bool moe = false, speculative = false, attention_data = false, disaggregated = false;
  int tensor = 1;
  std::int64_t concurrency = 0, input_tokens = 0;
};

/// Empty or zero = holds for everything. Lists hold when they contain the fact.
struct ServeConditions {
  std::vector<std::string> sources, engines, accelerators, families, models;
  std::vector<std::int64_t> input_lengths;
  std::string id;  ///< pattern (wording.hpp)
  std::string vendor, accelerator, precision, gemm;
  std::string kind;                                      ///< dense, moe
  std::string speculative, attention_dp, disaggregated;  ///< yes, no
  int tensor = 0;
  std::int64_t least_concurrency = 0, most_concurrency = 0;

  bool hold(const ServeFacts& facts) const;
};

struct RecipeEntry : ServeConditions {
  ServeRecipe recipe;
  std::string source;
};

struct FormatEntry : ServeConditions {
  std::string formats, source;
};

struct AcceptanceEntry {
  int draft_tokens = 0;
  double tokens_per_step = 1;
  std::string source, status;
};

struct ServeDataset {
  std::string benchmark;  ///< beginning of the model's letters and digits
  double input_tokens = 0, output_tokens = 0;
  double input_variation = 0, output_variation = 0;
  std::string server_ttft, server_tpot, interactive_ttft,
      interactive_tpot;  ///< "2 s"; empty = none
  std::string source, status;
};

/// A rule about rows (validation/serving_rules.toml).
struct ServeRule {
  std::vector<std::string> ids;  ///< ids, patterns or ranges "SIL0333..SIL0344"
  std::string note;
  std::vector<std::string> metrics;  ///< names; empty = all
  std::string action;                ///< leave_out, apart
  std::string label, reason, source;

  /// Whether it speaks of this configuration (id up to the first dot).
  bool speaks_of(std::string_view configuration, std::string_view notes) const;
};

struct MeasuredRules {
  double most_of_peak = 0, saturated_ttft_of_decode = 0;
};

/// The release of an engine that runs before a month used where a row states none.
struct ServeRelease {
  std::string engine, until, version, source;  ///< until: "2026-01", not included
};

struct ServeHarness {
  std::string name;
  std::vector<std::string> sources;
};

class ServeTables {
 public:
  /// Reads the serving_*.toml and aliases.csv; every problem is reported.
  static Result<ServeTables> load(const std::filesystem::path& validation_directory);

  /// All settings of the entries that hold, later ones first.
  ServeRecipe recipe(const ServeFacts& facts) const;
  /// The named set of formats; null pointer when no entry holds.
  const FormatEntry* formats(const ServeFacts& facts) const;
  const ServeDataset* dataset(std::string_view benchmark) const;
  double tokens_per_step(int draft_tokens) const;
  /// Requests of an offline run of these lengths, 0 = not stated.
  std::int64_t offline_requests(double input, double output) const;
  /// The release of a run of this date ("2025-11-27"); empty = the latest, or no date.
  std::string release_at(std::string_view engine, std::string_view date) const;
  bool in_fit_half(std::string_view source, std::string_view model_id) const;
  std::string harness_of(std::string_view source) const;
  /// Catalogue ids of names as the table writes them; empty when unknown.
  std::string model_id(std::string_view name) const;
  std::string accelerator_id(std::string_view name) const;

  std::vector<ServeRule> rules;
  MeasuredRules measured;
  std::vector<ServeHarness> harnesses;

 private:
  std::vector<RecipeEntry> recipes_;
  std::vector<FormatEntry> formats_;
  std::vector<ServeRelease> releases_;
  std::vector<AcceptanceEntry> acceptance_;
  std::vector<ServeDataset> datasets_;
  std::vector<std::vector<std::int64_t>> offline_runs_;  ///< input, output, requests
  std::vector<std::string> fit_, judge_, judged_models_;
  std::map<std::string, std::string, std::less<>> models_, accelerators_;
  friend class ServeTablesReader;
};

}  // namespace polyfleet
