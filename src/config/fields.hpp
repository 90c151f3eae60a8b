// One table per type says everything about its fields: key, help, range. The reader, the range
// check, `--set`, the printed form and the reference page are all made from it, so they cannot
// disagree. A key that no field claims is an error with a spelling suggestion; every problem in a
// document is reported.
#pragma once

#include <cstdint>
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
/// gives it back; `set` (nested tables only) applies one "inner.key" and its text.
template <class T>
struct Field {
  std::string key;
  std::string type;  ///< for the reference page: "integer", "GB/s, TB/s, ...", "one of: ..."
  std::string help;
  bool required = false;
  std::function<void(T&, const Value&, Diagnostics&)> read;
  std::function<Value(const T&)> print;
  std::function<void(T&, std::string_view, std::string_view, Diagnostics&)> set = {};
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
std::optional<std::int64_t> read_integer(const Value&, Range, std::string_view key, Diagnostics&);
/// Diagnoses a value outside [low, high], given as they should be shown.
void out_of_range(const Value&, std::string_view key, const std::string& low,
                  const std::string& high, Diagnostics&);
std::optional<std::string> read_text(const Value&, std::string_view key, Diagnostics&);
std::optional<bool> read_bool(const Value&, std::string_view key, Diagnostics&);
/// A value from the command line: true/false, a number, or text.
Value value_from_text(std::string_view text);
/// `key` may be "name = value" for a value that is none of the known ones.
void unknown_key(std::string_view key, const Value&, const std::vector<std::string>& known,
                 Diagnostics&);
void unknown_choice(std::string_view key, const std::string& written, const Value&,
                    const std::vector<std::string>& known, Diagnostics&);
void missing_key(const Position&, std::string_view what, const std::string& key,
                 const std::string& type, Diagnostics&);
void not_a_table(const Value&, std::string_view what, Diagnostics&);
void not_an_array(const Value&, std::string_view key, Diagnostics&);
std::string page_line(const std::string& key, const std::string& type,
                      const std::string& default_text, const std::string& help);
/// The range of whole numbers that both the field and its type I allow.
template <class I>
Range within_type(Range range) {
  const auto low = static_cast<double>(std::numeric_limits<I>::min());
  const auto high = static_cast<double>(std::numeric_limits<I>::max());
  return {range.low < low ? low : range.low, range.high > high ? high : range.high};
}
}  // namespace detail

/// A whole number within [low, high].
template <class T, class I>
Field<T> integer_field(std::string key, I T::*member, Range range, std::string help) {
  return {key,
          "integer",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (auto n = detail::read_integer(value, detail::within_type<I>(range), key, out))
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
  return {key,
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
              detail::out_of_range(value, key, print_quantity(Q::from_base(range.low)),
                                   print_quantity(Q::from_base(range.high)), out);
            } else {
              into.*member = *quantity;
            }
          },
          [=](const T& from) { return Value(exact_text(from.*member)); }};
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
            detail::unknown_choice(key, *text, value, names, out);
          },
          [=](const T& from) {
            for (const auto& [name, choice] : choices) {
              if (choice == from.*member) return Value(name);
            }
            return Value();
          }};
}

/// A list of whole numbers, each within [low, high].
template <class T, class I>
Field<T> integer_list_field(std::string key, std::vector<I> T::*member, Range range,
                            std::string help) {
  return {key,
          "list of integers",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            const Array* elements = value.array();
            if (elements == nullptr) return detail::not_an_array(value, key, out);
            std::vector<I> numbers;
            for (const Value& element : *elements) {
              if (auto n = detail::read_integer(element, detail::within_type<I>(range), key, out))
                numbers.push_back(static_cast<I>(*n));
            }
            into.*member = std::move(numbers);
          },
          [=](const T& from) {
            Array elements;
            for (const I number : from.*member)
              elements.push_back(Value(static_cast<std::int64_t>(number)));
            return Value(std::move(elements));
          }};
}

/// A list of texts.
template <class T>
Field<T> text_list_field(std::string key, std::vector<std::string> T::*member, std::string help) {
  return {key,
          "list of texts",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            const Array* elements = value.array();
            if (elements == nullptr) return detail::not_an_array(value, key, out);
            std::vector<std::string> texts;
            for (const Value& element : *elements) {
              if (auto text = detail::read_text(element, key, out)) texts.push_back(*text);
            }
            into.*member = std::move(texts);
          },
          [=](const T& from) {
            Array elements;
            for (const std::string& text : from.*member) elements.push_back(Value(text));
            return Value(std::move(elements));
          }};
}

/// Makes the presence of a field a condition.
template <class T>
Field<T> required(Field<T> field) {
  field.required = true;
  return field;
}

template <class T>
const Field<T>* field_named(const FieldTable<T>& fields, std::string_view key) {
  for (const Field<T>& field : fields) {
    if (field.key == key) return &field;
  }
  return nullptr;
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
    detail::not_a_table(document, what, out);
    return;
  }
  for (const auto& [key, value] : *members) {
    if (const Field<T>* field = field_named(fields, key)) {
      field->read(into, value, out);
    } else {
      detail::unknown_key(key, value, keys_of(fields), out);
    }
  }
  for (const Field<T>& field : fields) {
    if (field.required && document.find(field.key) == nullptr)
      detail::missing_key(document.where(), what, field.key, field.type, out);
  }
}

/// Applies one "key=text" of the command line to an object; "outer.inner" reaches into a nested
/// table. Text that a field does not accept as a number or truth value is offered as text, so that
/// a model named 405 can be set.
template <class T>
void set_field(const FieldTable<T>& fields, T& into, std::string_view key, std::string_view text,
               Diagnostics& out) {
  const std::size_t dot = key.find('.');
  const Field<T>* field = field_named(fields, key.substr(0, dot));
  if (field == nullptr || (dot != std::string_view::npos && !field->set)) {
    detail::unknown_key(key, Value(), keys_of(fields), out);
    return;
  }
  if (dot != std::string_view::npos) return field->set(into, key.substr(dot + 1), text, out);
  Diagnostics as_typed, as_text;
  field->read(into, detail::value_from_text(text), as_typed);
  if (as_typed.empty()) return;
  field->read(into, Value(text), as_text);
  if (!as_text.empty()) out.insert(out.end(), as_typed.begin(), as_typed.end());
}

/// The object as a document with every field.
template <class T>
Value print_fields(const FieldTable<T>& fields, const T& from) {
  Value document{Table{}};
  for (const Field<T>& field : fields) document.set(field.key, field.print(from));
  return document;
}

/// A nested table with a field table of its own.
template <class T, class M>
Field<T> table_field(std::string key, M T::*member, FieldTable<M> fields, std::string help) {
  return {key,
          "table",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            read_fields(value, fields, into.*member, key, out);
          },
          [=](const T& from) { return print_fields(fields, from.*member); },
          [=](T& into, std::string_view inner, std::string_view text, Diagnostics& out) {
            set_field(fields, into.*member, inner, text, out);
          }};
}

/// The reference page of a type: a Markdown table of key, type, default and meaning.
template <class T>
std::string reference_page(const FieldTable<T>& fields, const T& defaults) {
  std::string page = "| key | type | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const Field<T>& field : fields) {
    page += detail::page_line(field.key, field.type,
                              field.required ? "(required)" : to_json(field.print(defaults), -1),
                              field.help);
  }
  return page;
}

}  // namespace polyfleet
