#include "launch/foreign_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "launch/plan_settings.hpp"

namespace polyfleet {
namespace {

std::string place(const Position& where) {
  return where.line > 0 ? fmt::format("line {}", where.line) : where.file;
}

/// The number in a text such as "8" of a command line.
std::optional<double> number_in(const Value& value) {
  if (const auto number = value.number()) return number;
  const std::string* text = value.text();
  if (text == nullptr) return {};
  double number = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || stop != end) return {};
  return number;
}

}  // namespace

void set_dotted(Value& table, std::string_view key, Value value) {
  const std::size_t dot = key.find('.');
  const std::string head(key.substr(0, dot));
  if (dot == std::string_view::npos) {
    table.set(head, std::move(value));
    return;
  }
  if (table.find(head) == nullptr) table.set(head, Value(Table{}));
  for (auto& [name, inner] : *table.table()) {
    if (name == head) set_dotted(inner, key.substr(dot + 1), std::move(value));
  }
}

void ForeignSettings::add(const std::string& written, Value value, const Position& where) {
  if (const std::string* concept_id = table_.concept_of(written))
    return add_concept(*concept_id, written, std::move(value), where);
  if (const std::string* concept_id = table_.switched_off_by(written))
    return add_concept(*concept_id, written, Value(false), where);
  ForeignSetting setting{written, bare_text(value), "", where};
  if (const std::string* why = table_.without_effect(written)) {
    setting.why = *why;
    into_.without_effect.push_back(std::move(setting));
  } else if (const std::string* reason = table_.not_modelled(written)) {
    setting.why = *reason;
    into_.not_modelled.push_back(std::move(setting));
  } else {
    into_.unknown.push_back(std::move(setting));
  }
}

void ForeignSettings::add_concept(const std::string& concept_id, const std::string& written,
                                  Value value, const Position& where) {
  for (Given& each : given_) {
    if (each.concept_id != concept_id) continue;
    each = {concept_id, written, std::move(value), where};
    return;
  }
  given_.push_back({concept_id, written, std::move(value), where});
}

void ForeignSettings::not_modelled(std::string_view concept_id, std::string why) {
  if (const Given* found = given(concept_id))
    into_.not_modelled.push_back(
        {found->written, bare_text(found->value), std::move(why), found->where});
}

const ForeignSettings::Given* ForeignSettings::given(std::string_view concept_id) const {
  for (const Given& each : given_) {
    if (each.concept_id == concept_id && !each.value.is_null()) return &each;
  }
  return nullptr;
}

const Value* ForeignSettings::value(std::string_view concept_id) const {
  const Given* found = given(concept_id);
  return found != nullptr ? &found->value : table_.default_of(concept_id);
}

bool ForeignSettings::is_on(std::string_view concept_id) const {
  const Value* found = value(concept_id);
  if (found == nullptr) return false;
  if (found->boolean() != nullptr) return *found->boolean();
  if (const std::string* text = found->text())
    return text->empty() || *text == "true" || *text == "True" || *text == "1";
  return found->number().value_or(0) != 0;
}

std::optional<std::int64_t> ForeignSettings::whole(std::string_view concept_id, std::int64_t low) {
  const auto found = number(concept_id);
  if (!found) return {};
  constexpr double kLargest = 1e12;
  if (*found == std::floor(*found) && *found >= static_cast<double>(low) && *found <= kLargest)
    return static_cast<std::int64_t>(*found);
  const Given* setting = given(concept_id);
  problems_.push_back(problem_at(
      setting == nullptr ? Position{} : setting->where,
      fmt::format("{} is {}", setting == nullptr ? concept_id : setting->written, *found),
      fmt::format("a whole number from {} on is needed", low)));
  return {};
}

std::optional<double> ForeignSettings::number(std::string_view concept_id) {
  const Value* found = value(concept_id);
  if (found == nullptr) return {};
  if (const auto number = number_in(*found); number && std::isfinite(*number)) return number;
  const Given* setting = given(concept_id);
  problems_.push_back(
      problem_at(setting == nullptr ? Position{} : setting->where,
                 fmt::format("{} is '{}'", setting == nullptr ? concept_id : setting->written,
                             bare_text(*found)),
                 "a number is needed; give variables with --define NAME=VALUE"));
  return {};
}

std::string ForeignSettings::text(std::string_view concept_id) const {
  const Value* found = value(concept_id);
  if (found == nullptr || found->is_null()) return {};
  if (found->array() != nullptr && found->array()->size() == 1)
    return bare_text(found->array()->front());
  return bare_text(*found);
}

std::vector<std::string> ForeignSettings::words(std::string_view concept_id) const {
  std::vector<std::string> all;
  const Value* found = value(concept_id);
  if (found == nullptr || found->is_null()) return all;
  if (found->array() == nullptr) return {bare_text(*found)};
  for (const Value& each : *found->array()) all.push_back(bare_text(each));
  return all;
}

void ForeignSettings::state(const std::string& key, Value value,
                            std::initializer_list<std::string_view> from) {
  for (const std::string_view concept_id : from) {
    const auto origin = std::find_if(given_.begin(), given_.end(), [&](const Given& each) {
      return each.concept_id == concept_id;  // also an explicit null
    });
    if (origin == given_.end()) continue;
    return state_from(key, std::move(value),
                      fmt::format("{} ({})", origin->written, place(origin->where)), origin->where);
  }
  const Value* defaults = table_.section("defaults");
  if (defaults == nullptr) return;
  state_from(key, std::move(value), fmt::format("default of {}", table_.tool()), {});
}

void ForeignSettings::state_from(const std::string& key, Value value, std::string why,
                                 const Position& where) {
  value.at(where);
  set_dotted(into_.scenario, key, std::move(value));
  into_.why[key] = std::move(why);
}

}  // namespace polyfleet
