// Fields for figures that may stay unstated: an optional quantity with its unit, an optional
// number; lists of numbers, of truth values and of values of a closed set. Beside
// config/fields.hpp, whose fields always have a value.
#pragma once

#include <optional>

#include "config/fields.hpp"

namespace polyfleet {

/// A quantity that stays empty when it is not written; `range` in base units.
template <class T, class Q>
Field<T> optional_quantity_field(std::string key, std::optional<Q> T::*member, Range range,
                                 std::string help) {
  return {
      key,
      "quantity: " + unit_examples<Q>(),
      std::move(help),
      false,
      [=](T& into, const Value& value, Diagnostics& out) {
        struct Holder {
          Q quantity;
        } holder;
        const std::size_t before = out.size();
        quantity_field(key, &Holder::quantity, range, "").read(holder, value, out);
        if (out.size() == before) into.*member = holder.quantity;
      },
      [=](const T& from) { return from.*member ? Value(exact_text(*(from.*member))) : Value(); }};
}

/// A plain number that may stay unstated.
template <class T>
Field<T> optional_number_field(std::string key, std::optional<double> T::*member, Range range,
                               std::string help) {
  return {key,
          "number",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (const auto n = detail::read_number(value, range, false, key, out))
              into.*member = *n;
          },
          [=](const T& from) { return from.*member ? Value(*(from.*member)) : Value(); }};
}

/// A list of numbers, each within the range.
template <class T>
Field<T> number_list_field(std::string key, std::vector<double> T::*member, Range range,
                           std::string help) {
  return {key,
          "list of numbers",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) return detail::not_an_array(value, key, out);
            std::vector<double> numbers;
            for (const Value& each : *value.array()) {
              if (const auto n = detail::read_number(each, range, false, key, out))
                numbers.push_back(*n);
            }
            into.*member = std::move(numbers);
          },
          [=](const T& from) {
            Value list{Array{}};
            for (const double number : from.*member) list.push(number);
            return list;
          }};
}

/// A list whose elements are of a closed set of names.
template <class T, class E>
Field<T> choice_list_field(std::string key, std::vector<E> T::*member,
                           std::vector<std::pair<std::string, E>> choices, std::string help) {
  std::vector<std::string> names;
  std::string type = "list of:";
  for (const auto& [name, unused] : choices) {
    names.push_back(name);
    type += ' ' + name;
  }
  return {key,
          type,
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) return detail::not_an_array(value, key, out);
            std::vector<E> read;
            for (const Value& element : *value.array()) {
              const auto text = detail::read_text(element, key, out);
              if (!text) continue;
              bool known = false;
              for (const auto& [name, choice] : choices) {
                if (name != *text) continue;
                read.push_back(choice);
                known = true;
              }
              if (!known) detail::unknown_choice(key, *text, element, names, out);
            }
            into.*member = std::move(read);
          },
          [=](const T& from) {
            Value list{Array{}};
            for (const E& each : from.*member) {
              for (const auto& [name, choice] : choices) {
                if (choice == each) list.push(name);
              }
            }
            return list;
          }};
}

/// A list of true and false, kept as 1 and 0.
template <class T>
Field<T> truth_list_field(std::string key, std::vector<int> T::*member, std::string help) {
  return {key,
          "list of true or false",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) return detail::not_an_array(value, key, out);
            std::vector<int> read;
            for (const Value& element : *value.array()) {
              if (const auto truth = detail::read_bool(element, key, out))
                read.push_back(*truth ? 1 : 0);
            }
            into.*member = std::move(read);
          },
          [=](const T& from) {
            Value list{Array{}};
            for (const int each : from.*member) list.push(Value(each != 0));
            return list;
          }};
}

}  // namespace polyfleet
