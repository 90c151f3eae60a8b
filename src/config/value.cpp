#include "config/value.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/files.hpp"

namespace polyfleet {
namespace {

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_break(std::string& out, int indent, int depth) {
  if (indent < 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent * depth), ' ');
}

void append(std::string& out, const Value& value, int indent, int depth) {
  if (const Table* table = value.table()) {
    out += '{';
    bool first = true;
    for (const auto& [key, member] : *table) {
      if (!first) out += indent < 0 ? ", " : ",";
      first = false;
      append_break(out, indent, depth + 1);
      append_text(out, key);
      out += ": ";
      append(out, member, indent, depth + 1);
    }
    if (!first) append_break(out, indent, depth);
    out += '}';
  } else if (const Array* array = value.array()) {
    out += '[';
    bool first = true;
    for (const Value& member : *array) {
      if (!first) out += indent < 0 ? ", " : ",";
      first = false;
      append_break(out, indent, depth + 1);
      append(out, member, indent, depth + 1);
    }
    if (!first) append_break(out, indent, depth);
    out += ']';
  } else if (const std::string* text = value.text()) {
    append_text(out, *text);
  } else if (const bool* boolean = value.boolean()) {
    out += *boolean ? "true" : "false";
  } else if (const std::int64_t* integer = value.integer()) {
    out += fmt::format("{}", *integer);
  } else if (const auto number = value.number(); number && std::isfinite(*number)) {
    out += fmt::format("{}", *number);
  } else {
    out += "null";
  }
}

}  // namespace

std::optional<double> Value::number() const {
  if (const auto* integer = std::get_if<std::int64_t>(&content_))
    return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&content_)) return *real;
  return std::nullopt;
}

const Value* Value::find(std::string_view key) const {
  if (const Table* members = table()) {
    for (const auto& [name, member] : *members) {
      if (name == key) return &member;
    }
  }
  return nullptr;
}

Value& Value::set(std::string key, Value value) {
  if (is_null()) content_ = Table{};
  Table& members = std::get<Table>(content_);
  for (auto& [name, member] : members) {
    if (name == key) {
      member = std::move(value);
      return *this;
    }
  }
  members.emplace_back(std::move(key), std::move(value));
  return *this;
}

Value& Value::push(Value value) {
  if (is_null()) content_ = Array{};
  std::get<Array>(content_).push_back(std::move(value));
  return *this;
}

std::string_view Value::kind() const {
  constexpr std::string_view kKinds[] = {"nothing", "true or false", "an integer", "a number",
                                         "text",    "an array",      "a table"};
  return kKinds[content_.index()];
}

std::string to_json(const Value& value, int indent) {
  std::string out;
  append(out, value, indent, 0);
  return out;
}

Result<Value> read_document(const std::string& path) {
  constexpr std::size_t kLargestDocument = std::size_t{16} << 20;
  const Result<std::string> text = read_file(path, kLargestDocument);
  if (!text) return text.problems();
  if (path.ends_with(".toml")) return parse_toml(*text, path);
  if (path.ends_with(".json")) return parse_json(*text, path);
  return problem_at({path, 0, 0}, "is neither .toml nor .json", "rename the file by its format");
}

}  // namespace polyfleet
