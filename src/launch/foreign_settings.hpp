// The settings of somebody's file under our concepts' names, and the scenario that is made of them:
// every key remembers the setting it came from. Settings that no concept means are sorted into
// those without effect on speed, those that matter but are not modelled, and unknown ones.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "launch/launch.hpp"

namespace polyfleet {

class ForeignSettings {
 public:
  ForeignSettings(const ToolTable& table, LaunchImport& into) : table_(table), into_(into) {}

  /// One setting as written. Later ones win, as on a command line.
  void add(const std::string& written, Value value, const Position& where);
  /// The same under a concept's name.
  void add_concept(const std::string& concept_id, const std::string& written, Value value,
                   const Position& where);
  /// Declares that a setting's value has no place in the scenario.
  void not_modelled(std::string_view concept_id, std::string why);

  bool is_empty() const { return given_.empty(); }
  bool is_given(std::string_view concept_id) const { return given(concept_id) != nullptr; }
  /// The value given, else the tool's default; null pointer when there is neither.
  const Value* value(std::string_view concept_id) const;
  /// True when given (or by default) true, 1 or "true".
  bool is_on(std::string_view concept_id) const;
  /// A whole number from `low` on; something else is a problem at its place.
  std::optional<std::int64_t> whole(std::string_view concept_id, std::int64_t low = 0);
  std::optional<double> number(std::string_view concept_id);
  /// Text, also of a number; empty when there is none.
  std::string text(std::string_view concept_id) const;
  /// The words of a list or of one text.
  std::vector<std::string> words(std::string_view concept_id) const;

  /// States a key of the scenario ("plan.layout.tensor"). Its origin is the first of the concepts
  /// that is given. Where none is, the key is stated only if the tool's defaults are known.
  void state(const std::string& key, Value value, std::initializer_list<std::string_view> from);
  /// States a key with an origin of its own.
  void state_from(const std::string& key, Value value, std::string why, const Position& where);

  Diagnostics& problems() { return problems_; }
  LaunchImport& into() { return into_; }
  const ToolTable& table() const { return table_; }

 private:
  struct Given {
    std::string concept_id, written;
    Value value;
    Position where;
  };
  const Given* given(std::string_view concept_id) const;

  const ToolTable& table_;
  LaunchImport& into_;
  std::vector<Given> given_;
  Diagnostics problems_;
};

/// Lays a value at a dotted key, making the tables on the way.
void set_dotted(Value& table, std::string_view key, Value value);

}  // namespace polyfleet
