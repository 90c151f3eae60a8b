// One table per type says everything about its fields: key, help, range. The reader, the range
// check, `--set`, the printed form and the reference page are all made from it, so they cannot
// disagree. A key that no field claims is an error with a spelling suggestion; every problem in a
// document is reported.
#pragma once

#include <fmt/core.h>

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"
#include "units/text.hpp"

namespace polyfleet {

/// What one key means. `read` puts a document's value into the object and adds diagnostics; `print`
/// gives it back.
template <class T>
struct Field {
  std::string key;
  std::string type;  ///< for the reference page: "integer", "GB/s, TB/s, ...", "one of: ..."
  std::string help;
  bool required = false;
  std::function<void(T&, const Value&, Diagnostics&)> read;
  std::function<Value(const T&)> print;
};

template <class T>
using FieldTable = std::vector<Field<T>>;

struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

namespace detail {
std::optional<double> read_number(const Value&, Range, bool whole, std::string_view key,
                                  Diagnostics&);
std::optional<std::string> read_text(const Value&, std::string_view key, Diagnostics&);
std::optional<bool> read_bool(const Value&, std::string_view key, Diagnostics&);
/// A value from the command line: true/false, a number, or text.
Value value_from_text(std::string_view text);
void unknown_key(const std::string& key, const Value&, const std::vector<std::string>& known,
                 Diagnostics&);
void missing_key(const Position&, std::string_view what, const std::string& key,
                 const std::string& type, Diagnostics&);
}  // namespace detail

/// A whole number within [low, high].
template <class T, class I>
Field<T> integer_field(std::string key, I T::*member, Range range, std::string help) {
  return {key,
          "integer",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (auto n = detail::read_number(value, range, true, key, out))
              into.*member = static_cast<I>(*n);
          },
          [=](const T& from) { return Value(static_cast<std::int64_t>(from.*member)); }};
}

/// A plain number (a ratio, a fraction) within [low, high].
template <class T>
Field<T> number_field(std::string key, double T::*member, Range range, std::string help) {
  return {key,
          "number",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (auto n = detail::read_number(value, range, false, key, out)) into.*member = *n;
          },
          [=](const T& from) { return Value(from.*member); }};
}

template <class T>
Field<T> bool_field(std::string key, bool T::*member, std::string help) {
  return {key,
          "true or false",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (auto b = detail::read_bool(value, key, out)) into.*member = *b;
          },
          [=](const T& from) { return Value(from.*member); }};
}

template <class T>
Field<T> text_field(std::string key, std::string T::*member, std::string help) {
  return {key,
          "text",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (auto s = detail::read_text(value, key, out)) into.*member = *s;
          },
          [=](const T& from) { return Value(from.*member); }};
}

/// A quantity written with its unit; `low` and `high` are in base units.
template <class T, class Q>
Field<T> quantity_field(std::string key, Q T::*member, Range range, std::string help) {
  return {
      key,
      "quantity: " + unit_examples<Q>(),
      std::move(help),
      false,
      [=](T& into, const Value& value, Diagnostics& out) {
        const auto text = detail::read_text(value, key, out);
        if (!text) return;
        const Result<Q> quantity = parse_quantity<Q>(*text);
        if (!quantity) {
          for (Diagnostic d : quantity.problems()) {
            d.where = value.where();
            d.what = key + ": " + d.what;
            out.push_back(std::move(d));
          }
        } else if (quantity->base() < range.low || quantity->base() > range.high) {
          out.push_back(problem_at(value.where(), key + " = \"" + *text + "\" is out of range"));
        } else {
          into.*member = *quantity;
        }
      },
      [=](const T& from) { return Value(print_quantity(from.*member)); }};
}

/// One of a closed set of names, given by a list of (name, enumerator).
template <class T, class E>
Field<T> choice_field(std::string key, E T::*member, std::vector<std::pair<std::string, E>> choices,
                      std::string help) {
  std::vector<std::string> names;
  std::string type = "one of:";
  for (const auto& [name, unused] : choices) {
    names.push_back(name);
    type += ' ' + name;
  }
  return {key,
          type,
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            const auto text = detail::read_text(value, key, out);
            if (!text) return;
            for (const auto& [name, choice] : choices) {
              if (name == *text) {
                into.*member = choice;
                return;
              }
            }
            detail::unknown_key(key + " = " + *text, value, names, out);
          },
          [=](const T& from) {
            for (const auto& [name, choice] : choices) {
              if (choice == from.*member) return Value(name);
            }
            return Value();
          }};
}

/// Makes the presence of a field a condition.
template <class T>
Field<T> required(Field<T> field) {
  field.required = true;
  return field;
}

template <class T>
std::vector<std::string> keys_of(const FieldTable<T>& fields) {
  std::vector<std::string> keys;
  for (const Field<T>& field : fields) keys.push_back(field.key);
  return keys;
}

/// Reads a table into `into`; adds a diagnostic for every unknown, missing or faulty key. `what`
/// names the object.
template <class T>
void read_fields(const Value& document, const FieldTable<T>& fields, T& into, std::string_view what,
                 Diagnostics& out) {
  const Table* members = document.table();
  if (members == nullptr) {
    out.push_back(problem_at(document.where(),
                             fmt::format("{} must be a table, not {}", what, document.kind())));
    return;
  }
  for (const auto& [key, value] : *members) {
    bool known = false;
    for (const Field<T>& field : fields) {
      if (field.key != key) continue;
      field.read(into, value, out);
      known = true;
      break;
    }
    if (!known) detail::unknown_key(key, value, keys_of(fields), out);
  }
  for (const Field<T>& field : fields) {
    if (field.required && document.find(field.key) == nullptr)
      detail::missing_key(document.where(), what, field.key, field.type, out);
  }
}

/// Applies "key=value" from the command line to one object.
template <class T>
void set_field(const FieldTable<T>& fields, T& into, std::string_view key, std::string_view text,
               Diagnostics& out) {
  for (const Field<T>& field : fields) {
    if (field.key == key) {
      field.read(into, detail::value_from_text(text), out);
      return;
    }
  }
  detail::unknown_key(std::string(key), Value(), keys_of(fields), out);
}

/// The object as a document with every field.
template <class T>
Value print_fields(const FieldTable<T>& fields, const T& from) {
  Value document{Table{}};
  for (const Field<T>& field : fields) document.set(field.key, field.print(from));
  return document;
}

/// The reference page of a type: a Markdown table of key, type, default and meaning.
template <class T>
std::string reference_page(const FieldTable<T>& fields, const T& defaults) {
  std::string page = "| key | type | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const Field<T>& field : fields) {
    page +=
        fmt::format("| `{}` | {} | {} | {} |\n", field.key, field.type,
                    field.required ? "(required)" : to_json(field.print(defaults), -1), field.help);
  }
  return page;
}

}  // namespace polyfleet
