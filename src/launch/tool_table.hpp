// What the settings of a training tool are called, as data (data/launch/<tool>.toml): our concept
// -> the tool's name, names that do not touch speed and names that do but have no place in a plan.
// Every table says which version of the tool it was checked against and where.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"
#include "workload/layout.hpp"

namespace polyfleet {

/// One tool's vocabulary.
class ToolTable {
 public:
  /// Reads a document of data/launch. Errors: missing keys, a name that stands twice.
  static Result<ToolTable> read(const Value& document);

  const std::string& tool() const { return tool_; }
  const std::string& checked() const { return checked_; }  ///< version the names were checked with
  const std::string& source() const { return source_; }

  /// The tool's name for a concept, or null pointer where it has none.
  const std::string* name_of(std::string_view concept_id) const;
  /// The concept that a name (or one of its older spellings) means, or null pointer.
  const std::string* concept_of(std::string_view name) const;
  /// What a setting without effect on speed is for, or null pointer.
  const std::string* without_effect(std::string_view name) const;
  /// Why a setting that matters has no place in a plan, or null pointer.
  const std::string* not_modelled(std::string_view name) const;
  /// Whether the concept's name stands without a value on a command line.
  bool is_switch(std::string_view concept_id) const { return switches_.contains(concept_id); }
  /// The concept that a name without a value sets to false, or null pointer.
  const std::string* switched_off_by(std::string_view name) const;
  /// The name that sets the concept to false, or null pointer.
  const std::string* off_name_of(std::string_view concept_id) const;
  /// What the tool takes where a file says nothing, or null pointer.
  const Value* default_of(std::string_view concept_id) const { return defaults_.find(concept_id); }
  /// Further names that repeat a concept's value (a tool that keeps a setting twice).
  const std::vector<std::string>& mirrors_of(std::string_view concept_id) const;
  /// Sections of one tool alone, as read.
  const Value* section(std::string_view name) const { return document_.find(name); }

 private:
  using Names = std::map<std::string, std::string, std::less<>>;

  std::string tool_, checked_, source_;
  Names names_;     // concept -> name
  Names concepts_;  // name -> concept
  Names off_names_, off_concepts_;
  Names without_effect_, not_modelled_;  // a name may end in *
  std::set<std::string, std::less<>> switches_;
  std::map<std::string, std::vector<std::string>, std::less<>> mirrors_;
  Value defaults_{Table{}};
  Value document_;
};

/// All of data/launch.
struct ToolTables {
  ToolTable megatron_lm, megatron_bridge, primus, deepspeed, torchtitan;
  Value cluster;  ///< cluster.toml: resource names per vendor, what a framework starts
  std::map<std::string, PrecisionRecipe, std::less<>> recipes;  ///< data/frameworks/precision.toml

  static Result<ToolTables> load(const std::string& data_folder);
};

}  // namespace polyfleet
