// Kinds of fields that serving documents have beside those of config/fields.hpp: simulated times,
// lists of tables, formats by name, and the fields of a base class in a derived one.
#pragma once

#include <utility>
#include <vector>

#include "config/fields.hpp"
#include "config/optional_fields.hpp"
#include "sim/picos.hpp"

namespace polyfleet {

/// A parallel degree of serving; no engine takes more ranks.
inline constexpr Range kServingDegree{1, 65536};

/// The fields of B for a type that is derived from it.
template <class D, class B>
FieldTable<D> inherited_fields(const FieldTable<B>& fields) {
  FieldTable<D> lifted;
  for (const Field<B>& field : fields) {
    Field<D> own{field.key,
                 field.type,
                 field.help,
                 field.required,
                 [read = field.read](D& into, const Value& value, Diagnostics& out) {
                   read(into, value, out);
                 },
                 [print = field.print](const D& from) { return print(from); }};
    if (field.set) {
      own.set = [set = field.set](D& into, std::string_view inner, std::string_view text,
                                  Diagnostics& out) { set(into, inner, text, out); };
    }
    lifted.push_back(std::move(own));
  }
  return lifted;
}

/// A span of simulated time, written as a quantity. Never (kNever) prints as null.
template <class T>
Field<T> picos_field(std::string key, Picos T::*member, Range range, std::string help) {
  return {key,
          "quantity: " + unit_examples<Seconds>(),
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            struct Holder {
              Seconds time;
            } holder;
            const std::size_t before = out.size();
            quantity_field(key, &Holder::time, range, "").read(holder, value, out);
            if (out.size() == before) into.*member = picos_of(holder.time);
          },
          [=](const T& from) {
            const Picos picos = from.*member;
            return picos == kNever ? Value() : Value(exact_text(seconds_of_picos(picos)));
          }};
}

/// A list of tables, each read by a field table of its own; the element keeps its position in
/// `where`.
template <class T, class E>
Field<T> table_list_field(std::string key, std::vector<E> T::*member, FieldTable<E> fields,
                          std::string help) {
  return {key,
          "list of tables",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) return detail::not_an_array(value, key, out);
            for (const Value& each : *value.array()) {
              E element;
              element.where = each.where();
              read_fields(each, fields, element, key, out);
              (into.*member).push_back(std::move(element));
            }
          },
          [=](const T& from) {
            Value list{Array{}};
            for (const E& each : from.*member) list.push(print_fields(fields, each));
            return list;
          }};
}

/// The longest span that a serving document may state, and spans that may be nothing, in seconds.
inline constexpr Range kSpan{0, 8.64e6};

}  // namespace polyfleet
