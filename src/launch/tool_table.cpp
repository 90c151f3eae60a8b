#include "launch/tool_table.hpp"

#include <fmt/format.h>

#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

using Names = std::map<std::string, std::string, std::less<>>;

/// The longest entry that is the name, or that ends in * and begins it.
const std::string* matched(const Names& names, std::string_view name) {
  if (const auto exact = names.find(name); exact != names.end()) return &exact->second;
  const std::string* best = nullptr;
  std::size_t longest = 0;
  for (const auto& [pattern, text] : names) {
    const std::string_view stem = std::string_view(pattern).substr(0, pattern.size() - 1);
    if (!pattern.ends_with('*') || !name.starts_with(stem) || stem.size() < longest) continue;
    longest = stem.size();
    best = &text;
  }
  return best;
}

const std::string* found(const Names& names, std::string_view key) {
  const auto at = names.find(key);
  return at == names.end() ? nullptr : &at->second;
}

/// Every member of a section of texts; a member of another kind is a problem.
Names section_of(const Value& document, std::string_view name, Diagnostics& out) {
  Names texts;
  const Value* section = document.find(name);
  if (section == nullptr || section->table() == nullptr) return texts;
  for (const auto& [key, value] : *section->table()) {
    if (const std::string* text = value.text())
      texts.emplace(key, *text);
    else
      out.push_back(problem_at(value.where(), fmt::format("{}.{} must be text", name, key)));
  }
  return texts;
}

std::string required_text(const Value& document, std::string_view key, Diagnostics& out) {
  const Value* value = document.find(key);
  if (value != nullptr && value->text() != nullptr) return *value->text();
  out.push_back(problem_at(document.where(), fmt::format("the key {} is missing", key)));
  return {};
}

std::vector<std::string> texts_of(const Value* list) {
  std::vector<std::string> texts;
  if (list == nullptr || list->array() == nullptr) return texts;
  for (const Value& each : *list->array()) {
    if (each.text() != nullptr) texts.push_back(*each.text());
  }
  return texts;
}

/// The named recipes; notes and sources stand beside the fields.
std::map<std::string, PrecisionRecipe, std::less<>> recipes_of(const Value& document,
                                                               Diagnostics& out) {
  std::map<std::string, PrecisionRecipe, std::less<>> recipes;
  const Value* list = document.find("recipe");
  if (list == nullptr || list->array() == nullptr) return recipes;
  for (const Value& entry : *list->array()) {
    Value fields{Table{}};
    if (entry.table() == nullptr) continue;
    for (const auto& [key, value] : *entry.table()) {
      if (field_named(precision_fields(), key) != nullptr) fields.set(key, value);
    }
    PrecisionRecipe recipe;
    read_fields(fields, precision_fields(), recipe, "a precision recipe", out);
    recipes.emplace(recipe.name, recipe);
  }
  return recipes;
}

}  // namespace

Result<ToolTable> ToolTable::read(const Value& document) {
  ToolTable table;
  Diagnostics problems;
  table.tool_ = required_text(document, "tool", problems);
  table.checked_ = required_text(document, "checked", problems);
  table.source_ = required_text(document, "source", problems);
  table.names_ = section_of(document, "names", problems);
  for (const auto& [concept_id, name] : table.names_) {
    if (!table.concepts_.emplace(name, concept_id).second)
      problems.push_back(problem_at(document.where(), fmt::format("the name {} stands twice", name),
                                    "one name means one concept"));
  }
  for (auto& [name, concept_id] : section_of(document, "also", problems))
    table.concepts_.emplace(name, concept_id);
  table.off_concepts_ = section_of(document, "switched_off", problems);
  for (const auto& [name, concept_id] : table.off_concepts_)
    table.off_names_.emplace(concept_id, name);
  table.without_effect_ = section_of(document, "without_effect", problems);
  table.not_modelled_ = section_of(document, "not_modelled", problems);
  if (const Value* switches = document.find("switches")) {
    for (std::string& name : texts_of(switches->find("names")))
      table.switches_.insert(std::move(name));
  }
  if (const Value* mirrors = document.find("mirrors"); mirrors && mirrors->table() != nullptr) {
    for (const auto& [concept_id, list] : *mirrors->table())
      table.mirrors_.emplace(concept_id, texts_of(&list));
  }
  if (const Value* defaults = document.find("defaults")) table.defaults_ = *defaults;
  table.document_ = document;
  if (!problems.empty()) return problems;
  return table;
}

const std::string* ToolTable::name_of(std::string_view concept_id) const {
  return found(names_, concept_id);
}
const std::string* ToolTable::concept_of(std::string_view name) const {
  return found(concepts_, name);
}
const std::string* ToolTable::without_effect(std::string_view name) const {
  return matched(without_effect_, name);
}
const std::string* ToolTable::not_modelled(std::string_view name) const {
  return matched(not_modelled_, name);
}
const std::string* ToolTable::switched_off_by(std::string_view name) const {
  return found(off_concepts_, name);
}
const std::string* ToolTable::off_name_of(std::string_view concept_id) const {
  return found(off_names_, concept_id);
}
const std::vector<std::string>& ToolTable::mirrors_of(std::string_view concept_id) const {
  static const std::vector<std::string> kNone;
  const auto at = mirrors_.find(concept_id);
  return at == mirrors_.end() ? kNone : at->second;
}

Result<ToolTables> ToolTables::load(const std::string& data_folder) {
  ToolTables tables;
  Diagnostics problems;
  const auto add = [&](const Diagnostics& more) {
    problems.insert(problems.end(), more.begin(), more.end());
  };
  const auto read = [&](const char* name) {
    Result<Value> document = read_document(data_folder + "/" + name);
    if (!document) add(document.problems());
    return document ? *document : Value(Table{});
  };
  const std::pair<const char*, ToolTable*> tools[] = {
      {"launch/megatron_lm.toml", &tables.megatron_lm},
      {"launch/megatron_bridge.toml", &tables.megatron_bridge},
      {"launch/primus.toml", &tables.primus},
      {"launch/deepspeed.toml", &tables.deepspeed},
      {"launch/torchtitan.toml", &tables.torchtitan}};
  for (const auto& [name, table] : tools) {
    Result<ToolTable> made = ToolTable::read(read(name));
    if (made)
      *table = std::move(*made);
    else
      add(made.problems());
  }
  tables.cluster = read("launch/cluster.toml");
  tables.recipes = recipes_of(read("frameworks/precision.toml"), problems);
  if (!problems.empty()) return problems;
  return tables;
}

}  // namespace polyfleet
