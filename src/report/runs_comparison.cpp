#include "report/runs_comparison.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace polyfleet {
namespace {

const Value& member(const Value& document, std::string_view key) {
  static const Value kAbsent;
  const Value* found = document.find(key);
  return found == nullptr ? kAbsent : *found;
}

std::string text_member(const Value& document, std::string_view key) {
  const std::string* text = member(document, key).text();
  return text == nullptr ? std::string() : *text;
}

void compare_texts(const std::string& what, const std::string& before, const std::string& after,
                   std::vector<DocumentChange>& into) {
  if (before != after) into.push_back({what, before, after, {}});
}

/// Whether all was asked for, or what text shows alone; some results then lack a member.
std::string extent_of(const RunRecord& run) {
  const bool* text_only = member(run.question, "text_only").boolean();
  return text_only != nullptr && *text_only ? "text alone" : "all";
}

std::set<std::string> members_of(const Value& result) {
  std::set<std::string> keys;
  if (result.table() == nullptr) return keys;
  for (const auto& [key, value] : *result.table()) keys.insert(key);
  return keys;
}

std::vector<DocumentChange> circumstances_of(const RunRecord& before, const RunRecord& after) {
  const RunSummary &a = before.summary, &b = after.summary;
  std::vector<DocumentChange> changes;
  compare_texts("command", a.command, b.command, changes);
  compare_texts("program", a.program, b.program, changes);
  compare_texts("data", a.data, b.data, changes);
  compare_texts("scenario file", text_member(member(before.question, "scenario"), "file"),
                text_member(member(after.question, "scenario"), "file"), changes);
  if (members_of(before.result) != members_of(after.result))
    compare_texts("asked for", extent_of(before), extent_of(after), changes);
  compare_texts("verdict", a.verdict, b.verdict, changes);
  return changes;
}

using Settings = std::vector<std::pair<std::string, Value>>;

/// Settings by their key; of one given twice the last counts, as when it was asked.
Settings settings_of(const RunRecord& run) {
  Value settings{Table{}};
  if (const Array* list = member(run.question, "settings").array()) {
    for (const Value& setting : *list)
      settings.set(text_member(setting, "key"), member(setting, "value"));
  }
  return *settings.table();
}

std::vector<DocumentChange> setting_changes(const RunRecord& before, const RunRecord& after) {
  const Value left(settings_of(before)), right(settings_of(after));
  std::vector<DocumentChange> changes;
  const auto compare = [&](const std::string& key) {
    for (DocumentChange& change : document_changes(member(left, key), member(right, key))) {
      const bool deeper = !change.path.empty() && change.path.front() != '[';
      change.path = key + (deeper ? "." : "") + change.path;
      changes.push_back(std::move(change));
    }
  };
  for (const auto& [key, value] : *left.table()) compare(key);
  for (const auto& [key, value] : *right.table()) {
    if (left.find(key) == nullptr) compare(key);
  }
  return changes;
}

bool is_echo(const std::string& key) { return key == "scenario" || key == "question"; }

/// The result's members that repeat the question, or the others.
Value part_of(const Value& result, bool echo) {
  if (result.table() == nullptr) return echo ? Value() : result;
  Value part{Table{}};
  for (const auto& [key, value] : *result.table()) {
    if (is_echo(key) == echo) part.set(key, value);
  }
  return part;
}

struct LeadingNumber {
  double number = 0;
  std::string rest;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "7.68 s (7.1 to 8.3)" -> 7.68, "s"; groups of thousands are joined.
std::optional<LeadingNumber> leading_number(const std::string& text) {
  std::string digits;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const bool grouping = text[i] == ',' && i + 1 < text.size() && is_digit(text[i + 1]);
    if (!grouping) digits += text[i];
  }
  LeadingNumber found;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), found.number);
  if (error != std::errc()) return std::nullopt;
  std::string rest(end, static_cast<std::size_t>(digits.data() + digits.size() - end));
  found.rest = rest.substr(0, rest.find('('));
  while (found.rest.ends_with(' ')) found.rest.pop_back();
  return found;
}

std::optional<double> ratio_of(const std::string& before, const std::string& after) {
  const auto a = leading_number(before), b = leading_number(after);
  if (!a || !b || a->rest != b->rest || a->number == 0 || b->number == 0) return std::nullopt;
  return b->number / a->number;
}

std::vector<FactChange> fact_changes(const RunRecord& before, const RunRecord& after) {
  const auto left = facts_of(before), right = facts_of(after);
  const auto value_in = [](const auto& facts, const std::string& label) {
    for (const auto& [name, value] : facts) {
      if (name == label) return value;
    }
    return std::string();
  };
  std::vector<FactChange> changes;
  for (const auto& [label, value] : left) {
    const std::string other = value_in(right, label);
    changes.push_back({label, value, other, ratio_of(value, other)});
  }
  for (const auto& [label, value] : right) {
    if (value_in(left, label).empty()) changes.push_back({label, {}, value, {}});
  }
  return changes;
}

bool is_numeric(const DocumentChange& change) {
  const auto fits = [](const Value& value) { return value.is_null() || value.number(); };
  return fits(change.before) && fits(change.after);
}

/// How far a ratio is from one, either way, in steps of about a percent; below zero: it has none
/// to sort by.
double distance(const DocumentChange& change) {
  constexpr double kStepsOfE = 100;
  if (!change.ratio || *change.ratio <= 0) return -1;
  return std::round(kStepsOfE * std::fabs(std::log(*change.ratio)));
}

/// How deep a path leads: of equal changes the one nearer to the top says more.
std::ptrdiff_t depth_of(const std::string& path) {
  return std::count_if(path.begin(), path.end(), [](char c) { return c == '.' || c == '['; });
}

bool comes_first(const DocumentChange& a, const DocumentChange& b) {
  const double far = distance(a), near = distance(b);
  return far != near ? far > near : depth_of(a.path) < depth_of(b.path);
}

/// A file of the list that has the same name, the same content too where there is one.
std::optional<InputFile> counterpart(const std::vector<InputFile>& files, const InputFile& of) {
  std::optional<InputFile> found;
  for (const InputFile& each : files) {
    if (each.name != of.name || each.sent != of.sent) continue;
    if (each.hash == of.hash) return each;
    if (!found) found = each;
  }
  return found;
}

void compare_inputs(const RunRecord& before, const RunRecord& after, RunsComparison& into) {
  into.unknown_before = !before.files && after.files && !after.files->empty();
  into.unknown_after = !after.files && before.files && !before.files->empty();
  if (!before.files || !after.files) return;
  for (const InputFile& file : *before.files) {
    std::optional<InputFile> other = counterpart(*after.files, file);
    if (!other || other->hash != file.hash)
      into.files.push_back({file.name, file, std::move(other)});
  }
  for (const InputFile& file : *after.files) {
    if (!counterpart(*before.files, file)) into.files.push_back({file.name, std::nullopt, file});
  }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> facts_of(const RunRecord& run) {
  std::vector<std::pair<std::string, std::string>> facts;
  const Array* list = member(run.page, "facts").array();
  if (list == nullptr) return facts;
  for (const Value& fact : *list)
    facts.emplace_back(text_member(fact, "label"), text_member(fact, "value"));
  return facts;
}

bool RunsComparison::same_question() const {
  const auto is_asked = [](const DocumentChange& change) { return change.path != "verdict"; };
  return std::none_of(circumstances.begin(), circumstances.end(), is_asked) && scenario.empty() &&
         settings.empty() && options.empty() && files.empty();
}

bool RunsComparison::same_result() const {
  return before.verdict == after.verdict && numbers.empty() && others.empty();
}

RunsComparison compare_runs(const RunRecord& before, const RunRecord& after) {
  RunsComparison comparison;
  comparison.before = before.summary;
  comparison.after = after.summary;
  comparison.circumstances = circumstances_of(before, after);
  comparison.scenario = line_changes(text_member(member(before.question, "scenario"), "text"),
                                     text_member(member(after.question, "scenario"), "text"));
  comparison.settings = setting_changes(before, after);
  comparison.options =
      document_changes(member(before.question, "options"), member(after.question, "options"));
  compare_inputs(before, after, comparison);
  comparison.resolved = document_changes(part_of(before.result, true), part_of(after.result, true));
  comparison.facts = fact_changes(before, after);
  for (DocumentChange& change :
       document_changes(part_of(before.result, false), part_of(after.result, false))) {
    (is_numeric(change) ? comparison.numbers : comparison.others).push_back(std::move(change));
  }
  std::stable_sort(comparison.numbers.begin(), comparison.numbers.end(), comes_first);
  std::stable_sort(comparison.others.begin(), comparison.others.end(),
                   [](const DocumentChange& a, const DocumentChange& b) {
                     return depth_of(a.path) < depth_of(b.path);
                   });
  return comparison;
}

}  // namespace polyfleet
