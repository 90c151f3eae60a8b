// A training scenario as people write it: a TOML file, flags and --set, all laid into one document
// with positions before anything is read, so that a mistake is reported the same way wherever it
// was made. What the document leaves open is filled in by app/scenario_resolve.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/fields.hpp"
#include "config/value.hpp"
#include "training/plan.hpp"

namespace polyfleet {

/// One key given on the command line: "plan.layout.tensor" and its value; `flag` is how the user
/// wrote it ("--tp"), for messages.
struct Setting {
  std::string key;
  Value value;
  std::string flag;
};

/// "plan.layout.tensor=8" of --set. Errors: no "=".
Result<Setting> setting_of(std::string_view text);

/// Prices that a user states; absent ones come from the catalogue or stay unknown.
struct StatedPrices {
  std::optional<UsdPerSecond> device;       ///< per accelerator
  std::optional<UsdPerJoule> energy;        ///< at the meter
  std::optional<GramsCo2ePerJoule> carbon;  ///< of the grid
};

/// The document read into fields; empty texts and zero counts were not stated.
struct StatedScenario {
  std::string name;
  std::string model;
  std::string accelerator;
  std::string system;
  std::int64_t devices = 0;
  std::string framework;
  std::string release;
  std::string precision;
  std::string site;
  TrainingPlan plan;
  StatedPrices prices;
};

/// The keys of a scenario, for the reader and docs/scenarios.md.
const FieldTable<StatedScenario>& scenario_fields();

/// The file (may be empty: flags alone) with the settings laid over it.
/// Errors: an unreadable file, a setting below a key that is not a table.
Result<Value> scenario_document(const std::string& path, const std::vector<Setting>& settings);

/// The document with settings laid over it. Errors: a setting below a key that is not a table.
Result<Value> with_settings(Value document, const std::vector<Setting>& settings);

/// Every field of the document over the plan `base`. Errors: unknown keys (with a suggestion),
/// wrong kinds, ranges and units, each with its position.
Result<StatedScenario> read_stated(const Value& document, const TrainingPlan& base);

/// The value at a dotted key, or null pointer.
const Value* stated(const Value& document, std::string_view dotted_key);

}  // namespace polyfleet
