// Options of a question: checked against the record of their kind, read with their usual values.
#include <fmt/format.h>

#include <algorithm>

#include "app/question.hpp"
#include "base/check.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

Position place_of(const QuestionOption& option) {
  return {(option.positional ? "" : "--") + option.name, 0, 0};
}

bool is_of_kind(const Value& value, OptionKind kind) {
  const auto is_text = [](const Value& each) { return each.text() != nullptr; };
  switch (kind) {
    case OptionKind::truth:
      return value.boolean() != nullptr;
    case OptionKind::integer:
      return value.integer() != nullptr;
    case OptionKind::number:
      return value.number().has_value();
    case OptionKind::text:
      return is_text(value);
    case OptionKind::texts:
      return value.array() != nullptr &&
             std::all_of(value.array()->begin(), value.array()->end(), is_text);
  }
  return false;
}

std::string_view words_of(OptionKind kind) {
  switch (kind) {
    case OptionKind::truth:
      return "true or false";
    case OptionKind::integer:
      return "an integer";
    case OptionKind::number:
      return "a number";
    case OptionKind::text:
      return "text";
    case OptionKind::texts:
      return "a list of texts";
  }
  return "";
}

/// "a number from 0 to 1000", "a number of at least 0".
std::string range_text(const QuestionOption& option) {
  if (option.least && option.most)
    return fmt::format("a number from {} to {}", *option.least, *option.most);
  if (option.least) return fmt::format("a number of at least {}", *option.least);
  return fmt::format("a number of at most {}", *option.most);
}

void check_range(const QuestionOption& option, double number, Diagnostics& problems) {
  const bool low = option.least && number < *option.least;
  const bool high = option.most && number > *option.most;
  if (low || high)
    problems.push_back(problem_at(place_of(option), fmt::format("{} is out of range", number),
                                  "give " + range_text(option)));
}

void check_choice(const QuestionOption& option, const std::string& text, Diagnostics& problems) {
  const auto& choices = option.choices;
  if (choices.empty() || std::find(choices.begin(), choices.end(), text) != choices.end()) return;
  problems.push_back(problem_at(place_of(option), "'" + text + "' is not one of its values",
                                name_suggestion(text, choices)));
}

void check_value(const QuestionOption& option, const Value& value, Diagnostics& problems) {
  if (!is_of_kind(value, option.kind)) {
    problems.push_back(problem_at(
        place_of(option), fmt::format("{} where {} belongs", value.kind(), words_of(option.kind)),
        option.help));
    return;
  }
  if (const auto number = value.number()) check_range(option, *number, problems);
  if (value.text() != nullptr) check_choice(option, *value.text(), problems);
  if (value.array() != nullptr) {
    for (const Value& each : *value.array()) check_choice(option, *each.text(), problems);
  }
}

const QuestionOption* option_named(const QuestionKind& kind, std::string_view name) {
  for (const QuestionOption& option : kind.options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

/// The value given, else the usual one (may be null).
const Value& value_of(const Question& question, std::string_view name, OptionKind wanted) {
  const QuestionKind* kind = question_kind(question.command);
  const QuestionOption* option = kind == nullptr ? nullptr : option_named(*kind, name);
  POLYFLEET_CHECK(option != nullptr && option->kind == wanted,
                  "an option that this kind of question does not have");
  const Value* given = question.options.find(name);
  return given != nullptr ? *given : option->usual;
}

}  // namespace

Diagnostics question_problems(const QuestionKind& kind, const Question& question) {
  Diagnostics problems;
  if (kind.scenario == ScenarioUse::required && !question.scenario)
    problems.push_back(problem_at({"scenario", 0, 0}, "no scenario", kind.scenario_help));
  if (kind.scenario == ScenarioUse::none && question.scenario)
    problems.push_back(problem_at({"scenario", 0, 0}, kind.command + " takes no scenario"));
  if (!kind.takes_settings && !question.settings.empty())
    problems.push_back(
        problem_at({question.settings.front().flag, 0, 0}, kind.command + " takes no settings"));
  std::vector<std::string> names;
  for (const QuestionOption& option : kind.options) names.push_back(option.name);
  for (const auto& [name, value] : *question.options.table()) {
    if (const QuestionOption* option = option_named(kind, name)) {
      check_value(*option, value, problems);
    } else {
      problems.push_back(problem_at({"--" + name, 0, 0}, "unknown option of " + kind.command,
                                    name_suggestion(name, names)));
    }
  }
  for (const QuestionOption& option : kind.options) {
    if (option.required && question.options.find(option.name) == nullptr)
      problems.push_back(problem_at(place_of(option), "is not given", option.help));
  }
  return problems;
}

bool flag_option(const Question& question, std::string_view name) {
  const Value& value = value_of(question, name, OptionKind::truth);
  return value.boolean() != nullptr && *value.boolean();
}

std::int64_t integer_option(const Question& question, std::string_view name) {
  const Value& value = value_of(question, name, OptionKind::integer);
  return value.integer() != nullptr ? *value.integer() : 0;
}

std::optional<double> number_option(const Question& question, std::string_view name) {
  return value_of(question, name, OptionKind::number).number();
}

std::string text_option(const Question& question, std::string_view name) {
  const Value& value = value_of(question, name, OptionKind::text);
  return value.text() != nullptr ? *value.text() : "";
}

std::vector<std::string> texts_option(const Question& question, std::string_view name) {
  const Value& value = value_of(question, name, OptionKind::texts);
  std::vector<std::string> texts;
  if (value.array() != nullptr) {
    for (const Value& each : *value.array()) texts.push_back(*each.text());
  }
  return texts;
}

}  // namespace polyfleet
