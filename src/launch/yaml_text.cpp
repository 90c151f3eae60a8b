#include "launch/yaml_text.hpp"

#include <algorithm>
#include <cctype>

namespace polyfleet {
namespace {

/// Letters that begin a word and words that YAML 1.1 or 1.2 do not read as text.
bool is_plain(const std::string& text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  const bool safe = std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' ||
           c == '/';
  });
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  constexpr std::string_view kWords[] = {"true", "false", "yes", "no", "on",
                                         "off",  "null",  "y",   "n"};
  return safe && std::find(std::begin(kWords), std::end(kWords), lower) == std::end(kWords);
}

std::string text_of(const std::string& text) {
  return is_plain(text) ? text : to_json(Value(text), -1);
}

std::string scalar(const Value& value) {
  if (const std::string* text = value.text()) return text_of(*text);
  return to_json(value, -1);
}

bool is_scalar(const Value& value) { return value.table() == nullptr && value.array() == nullptr; }

void write(std::string& out, const Value& value, std::size_t indent);

void write_list(std::string& out, const Array& list, std::size_t indent) {
  for (const Value& each : list) {
    out += std::string(indent, ' ') + "- ";
    if (is_scalar(each)) {
      out += scalar(each) + "\n";
      continue;
    }
    std::string inner;
    write(inner, each, indent + 2);
    out += inner.substr(std::min(indent + 2, inner.size()));
  }
}

void write_member(std::string& out, const Value& member, std::size_t indent) {
  const Array* list = member.array();
  const Table* table = member.table();
  if (list != nullptr && std::all_of(list->begin(), list->end(), is_scalar)) {
    out += " [";
    for (std::size_t i = 0; i < list->size(); ++i) out += (i == 0 ? "" : ", ") + scalar((*list)[i]);
    out += "]\n";
  } else if (list != nullptr || (table != nullptr && !table->empty())) {
    out += "\n";
    write(out, member, indent + 2);
  } else {
    out += " " + (table != nullptr ? std::string("{}") : scalar(member)) + "\n";
  }
}

void write(std::string& out, const Value& value, std::size_t indent) {
  if (const Array* list = value.array()) return write_list(out, *list, indent);
  const Table* table = value.table();
  if (table == nullptr) {
    out += std::string(indent, ' ') + scalar(value) + "\n";
    return;
  }
  for (const auto& [key, member] : *table) {
    out += std::string(indent, ' ') + text_of(key) + ":";
    write_member(out, member, indent);
  }
}

}  // namespace

Value table_with(std::initializer_list<std::pair<const char*, Value>> members) {
  Value table{Table{}};
  for (const auto& [key, value] : members) table.set(key, value);
  return table;
}

std::string to_yaml(const Value& value) {
  std::string out;
  write(out, value, 0);
  return out;
}

}  // namespace polyfleet
