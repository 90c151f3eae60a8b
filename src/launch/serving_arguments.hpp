// The command line of one replica as words: options by their concept, and a list of what could not
// be said. Shared by the engines' exports and the Kubernetes manifests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "launch/serving_launch.hpp"

namespace polyfleet {

/// How a command line refers to the other nodes of its replica: shell text, or empty on one node.
struct NodeWords {
  std::string nodes, rank, master;
};

/// Words of a command; the ones that `verbatim` marks go into shell text unquoted ("$MODEL").
struct CommandWord {
  std::string text;
  bool verbatim = false;
};

class ServingArguments {
 public:
  ServingArguments(const ToolTable& table, const ServingLaunchPool& pool)
      : table_(table), pool_(pool) {}

  void word(std::string text) { words_.push_back({std::move(text), false}); }
  void shell(std::string text) { words_.push_back({std::move(text), true}); }
  /// "--option value"; a concept without an option is left out and listed.
  void option(std::string_view concept_id, const std::string& value);
  void shell_option(std::string_view concept_id, const std::string& value);
  void flag(std::string_view concept_id);
  void off(std::string_view concept_id);
  void leave_out(std::string setting, std::string value, std::string why);
  /// Weight and cache formats, alike in both engines.
  void formats();
  /// Sequences, tokens, memory and request length, alike in both engines.
  void limits();

  const std::vector<CommandWord>& words() const { return words_; }
  const std::vector<Unexpressed>& unexpressed() const { return unexpressed_; }
  std::vector<Unexpressed> take_unexpressed() { return std::move(unexpressed_); }

 private:
  bool push_name(std::string_view concept_id, const std::string& value);

  const ToolTable& table_;
  const ServingLaunchPool& pool_;
  std::vector<CommandWord> words_;
  std::vector<Unexpressed> unexpressed_;
};

/// A text member of a section of the table, or null pointer.
const std::string* table_text(const ToolTable& table, std::string_view section,
                              std::string_view key);
/// Where the engine tells that it is ready.
struct HealthCheck {
  std::string path;
  int port = 0;
};
HealthCheck health_of(const ToolTable& table);

/// The command in lines that end in a backslash: an option and its value on each.
std::string shell_lines(const std::vector<CommandWord>& words);

}  // namespace polyfleet
