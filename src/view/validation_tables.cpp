// Further tables of a validation, from the JSON that it prints.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "chart/number_text.hpp"
#include "view/validation_figures.hpp"

namespace polyfleet {
namespace {

/// Fractions of the JSON that people read as per cent.
bool is_share(const std::string& key) {
  return key.ends_with("_ape") || key.ends_with("_bias") || key == "coverage80" ||
         key.find("_ape_") != std::string::npos;
}

std::string words_of(std::string key) {
  std::replace(key.begin(), key.end(), '_', ' ');
  const std::pair<std::string_view, std::string_view> terms[] = {{" ape", " error"},
                                                                 {"coverage80", "inside interval"}};
  for (const auto& [term, words] : terms) {
    if (const std::size_t at = key.find(term); at != std::string::npos)
      key.replace(at, term.size(), words);
  }
  return key;
}

struct Line {
  std::string name;  ///< of a member of a table; empty in lists
  const Value* value = nullptr;
};

std::vector<Line> lines_of(const Value& json) {
  std::vector<Line> lines;
  if (const Table* members = json.table()) {
    for (const auto& [name, value] : *members) lines.push_back({name, &value});
  } else if (const Array* elements = json.array()) {
    for (const Value& element : *elements) lines.push_back({{}, &element});
  }
  return lines;
}

std::vector<std::string> keys_of(const std::vector<Line>& lines) {
  std::vector<std::string> keys;
  for (const Line& line : lines) {
    if (line.value->table() == nullptr) continue;
    for (const auto& [key, value] : *line.value->table())
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

void add_column(DataTable& table, const std::string& key, const std::vector<Line>& lines) {
  std::vector<double> numbers;
  std::vector<std::string> words;
  bool is_number = true;
  for (const Line& line : lines) {
    const Value* value = line.value->find(key);
    const std::optional<double> number = value == nullptr ? std::nullopt : value->number();
    const bool empty = value == nullptr || value->is_null();
    is_number = is_number && (empty || number.has_value());
    numbers.push_back(number.value_or(std::numeric_limits<double>::quiet_NaN()));
    if (empty) {
      words.emplace_back();
    } else if (value->boolean() != nullptr) {
      words.emplace_back(*value->boolean() ? "yes" : "no");
    } else {
      words.push_back(value->text() != nullptr ? *value->text() : to_json(*value, -1));
    }
  }
  if (!is_number) {
    table.word(words_of(key), words);
    return;
  }
  if (is_share(key)) {
    for (double& number : numbers) number *= 100;
  }
  constexpr int kDigits = 5;
  table.number(words_of(key), is_share(key) ? "%" : "", rounded(std::move(numbers), kDigits));
}

}  // namespace

PageFigure table_figure(const std::string& id, const std::string& title, const Value& json) {
  PageFigure figure{.id = id, .title = title};
  const std::vector<Line> lines = lines_of(json);
  if (json.table() != nullptr) {
    std::vector<std::string> names;
    for (const Line& line : lines) names.push_back(line.name);
    figure.data.word("group", names);
  }
  for (const std::string& key : keys_of(lines)) add_column(figure.data, key, lines);
  return figure;
}

}  // namespace polyfleet
