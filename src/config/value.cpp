#include "config/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/check.hpp"
#include "base/files.hpp"

namespace polyfleet {
namespace {

/// Length of the UTF-8 character at the front, or 0 where the bytes are none (RFC 3629).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if ((lead & 0xF0u) == 0xE0) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool beyond = lead == 0xF4 && byte(1) >= 0x90;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

/// What stands in JSON text as it is: printable ASCII but the quote and the backslash.
bool is_plain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

/// Appends the character at the front and takes it from the text.
void append_character(std::string& out, std::string_view& text) {
  constexpr std::string_view kEscaped = "\"\\\n\r\t";
  constexpr std::string_view kLetters = "\"\\nrt";
  const std::size_t length = character_length(text);
  const auto escape = kEscaped.find(text.front());
  if (length == 0) {
    out += "\xEF\xBF\xBD";  // U+FFFD: the bytes are not text
  } else if (escape != std::string_view::npos) {
    out += {'\\', kLetters[escape]};
  } else if (static_cast<unsigned char>(text.front()) < 0x20) {
    out += fmt::format("\\u{:04x}", static_cast<unsigned>(text.front()));
  } else {
    out += text.substr(0, length);
  }
  text.remove_prefix(std::max<std::size_t>(length, 1));
}

void append_text(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(end - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (!text.empty()) append_character(out, text);
  }
  out += '"';
}

void append_break(std::string& out, int indent, int depth) {
  if (indent < 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(depth), ' ');
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
    fmt::format_to(std::back_inserter(out), "{}", *integer);
  } else if (const auto number = value.number(); number && std::isfinite(*number)) {
    const bool negative_zero = *number == 0 && std::signbit(*number);  // "-0" would be an integer
    if (negative_zero) {
      out += "-0.0";
    } else {
      fmt::format_to(std::back_inserter(out), "{}", *number);
    }
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
  POLYFLEET_CHECK(table() != nullptr, "only a table has members");
  Table& members = *table();
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
  Array* elements = std::get_if<Array>(&content_);
  POLYFLEET_CHECK(elements != nullptr, "only an array grows");
  elements->push_back(std::move(value));
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
