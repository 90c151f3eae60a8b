// One document tree for TOML (what people write) and JSON (what programs exchange), each value with
// its position. Tables keep the order of the document; duplicate keys never reach it (both readers
// refuse them). Also the program's JSON output: build a Value, print it with to_json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace polyfleet {

class Value;
/// An ordered list of key and value.
using Table = std::vector<std::pair<std::string, Value>>;
using Array = std::vector<Value>;

class Value {
 public:
  using Content =
      std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Table>;

  Value() = default;
  Value(bool content) : content_(content) {}
  Value(int content) : content_(std::int64_t{content}) {}
  Value(std::int64_t content) : content_(content) {}
  Value(std::size_t content) : content_(static_cast<std::int64_t>(content)) {}
  Value(double content) : content_(content) {}
  Value(const char* content) : content_(std::string(content)) {}
  Value(std::string content) : content_(std::move(content)) {}
  Value(std::string_view content) : content_(std::string(content)) {}
  Value(Array content) : content_(std::move(content)) {}
  Value(Table content) : content_(std::move(content)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(content_); }
  /// The content if it is of that kind, else null pointer / nothing.
  const bool* boolean() const { return std::get_if<bool>(&content_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&content_); }
  const std::string* text() const { return std::get_if<std::string>(&content_); }
  const Array* array() const { return std::get_if<Array>(&content_); }
  const Table* table() const { return std::get_if<Table>(&content_); }
  Table* table() { return std::get_if<Table>(&content_); }
  /// An integer or a floating-point number as a double.
  std::optional<double> number() const;

  /// The member of a table, or null pointer when this is no table or has no such key.
  const Value* find(std::string_view key) const;
  /// Adds or replaces a member; turns null into a table.
  Value& set(std::string key, Value value);
  /// Appends to an array; turns null into an array.
  Value& push(Value value);

  const Position& where() const { return where_; }
  Value& at(Position where) {
    where_ = std::move(where);
    return *this;
  }
  /// "a table", "an array", "text", "an integer", "a number", "true or false", "nothing".
  std::string_view kind() const;

 private:
  Content content_;
  Position where_;
};

/// Nesting beyond this is refused by both readers: a document of brackets must not eat the stack.
inline constexpr int kDeepestNesting = 100;

/// TOML 1.0. Diagnoses syntax, duplicate keys, nesting beyond 100 levels, with line and column.
Result<Value> parse_toml(std::string_view text, const std::string& file);
/// JSON (RFC 8259). Diagnoses syntax, duplicate keys, nesting beyond 100 levels, with line and
/// column. As in TOML a member stands where its key begins, any other value where it begins;
/// columns count characters.
Result<Value> parse_json(std::string_view text, const std::string& file);
/// YAML 1.2, core schema (yes and NO are text), one document of at most 4 MiB. Diagnoses syntax,
/// duplicate keys, keys that are no text, nesting beyond 100 levels and more than 200,000 nodes
/// with every alias copied. Members stand where their keys begin.
Result<Value> parse_yaml(std::string_view text, const std::string& file);
/// Reads the file (at most 16 MiB) and parses it by its extension (.toml, .json).
Result<Value> read_document(const std::string& path);

/// JSON text; numbers round-trip; not-a-number and infinities print as null, bytes that are not
/// UTF-8 as U+FFFD. indent < 0: one line.
std::string to_json(const Value& value, int indent = 2);

}  // namespace polyfleet
