// What the settings of a training tool are called, as data (data/launch/<tool>.toml): our concept
// -> the tool's name, names that do not touch speed and names that do but have no place in a plan.
// Every table says which version of the tool it was checked against and where.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"

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

 private:
  using Names = std::map<std::string, std::string, std::less<>>;
  const std::string* matched(const Names& names, std::string_view name) const;

  std::string tool_, checked_, source_;
  Names names_;     // concept -> name
  Names concepts_;  // name -> concept
  Names without_effect_;
  Names not_modelled_;
};

/// All of data/launch.
struct ToolTables {
  ToolTable megatron_lm, megatron_bridge, primus, deepspeed, torchtitan;
  Value frameworks;  ///< frameworks.toml: what a job of each framework starts
  Value cluster;     ///< cluster.toml: resource names per vendor

  static Result<ToolTables> load(const std::string& data_folder);
};

}  // namespace polyfleet
