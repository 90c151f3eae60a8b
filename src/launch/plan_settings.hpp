// What an export says: a list of settings under our concepts' names, each with the key of the plan
// that it says, and the keys that stay unsaid with the reason. close() adds every key that nobody
// spoke of, so that nothing can be dropped silently.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/value.hpp"
#include "launch/launch.hpp"

namespace polyfleet {

/// One setting as a tool takes it.
struct ToolSetting {
  std::string concept_id;  ///< "tensor_model_parallel_size"
  Value value;
  std::string key;  ///< of the plan: "plan.layout.tensor"; empty = none (the model, run settings)
};

class PlanSettings {
 public:
  explicit PlanSettings(const TrainingPlan& plan);

  /// Adds a setting that says `key` ("layout.tensor"); empty = no key of the plan.
  void put(std::string concept_id, Value value, std::string_view key = {});
  /// The key is said by something else than a setting (the device count, a file's place).
  void said(std::string_view key);
  bool has_said(std::string_view key) const { return said_.contains(key); }
  /// Names a key that the tool cannot be told.
  void leave_out(std::string_view key, std::string why);
  /// Names something that is no key of the plan ("model.linear_layers").
  void leave_out_other(std::string setting, std::string value, std::string why);
  /// Settings whose concept has no name in the table go to the unexpressed ones, unless they are
  /// switched off.
  void keep_named(const ToolTable& table);
  /// Every key that matters, differs from the plain default and was not spoken of.
  void close(const ModelSpec& model, std::string_view tool);

  const std::vector<ToolSetting>& settings() const { return settings_; }
  const Value* value_of(std::string_view concept_id) const;
  /// In the order of the plan's keys.
  std::vector<Unexpressed> unexpressed() const;
  const TrainingPlan& plan() const { return plan_; }
  /// The value of a key of the plan, as text.
  std::string text_of(std::string_view key) const;

 private:
  TrainingPlan plan_;
  std::vector<std::pair<std::string, Value>> keys_;  // every key and value, in order
  std::vector<ToolSetting> settings_;
  std::set<std::string, std::less<>> said_;
  std::vector<Unexpressed> unexpressed_;
};

/// Bytes of optimizer state a parameter in full: an FP32 master weight and two FP32 moments.
inline constexpr double kFullOptimizerBytes = 12;

/// A value as one word: texts without quotes.
std::string bare_text(const Value& value);
/// The values of nested tables under their dotted keys, in order.
std::vector<std::pair<std::string, Value>> flattened(const Value& document);
/// Every key of a plan, nested ones dotted ("layout.tensor"), with its value.
std::vector<std::pair<std::string, Value>> flat_keys(const TrainingPlan& plan);
/// Whether the key has any effect given the rest of the plan: recompute_layers only with full
/// recomputation, overlap.tensor only with a tensor degree, ...
bool has_effect(std::string_view key, const TrainingPlan& plan, const ModelSpec& model);

}  // namespace polyfleet
