// Lists of tables of one kind in a document ([[name]] in TOML), read by their field table: of the
// document itself, or of a field of an object.
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "config/fields.hpp"

namespace polyfleet {

/// Every table of `list` in the document. A document without the list is a problem, and so is every
/// faulty field; what could be read is returned all the same.
template <class T>
std::vector<T> read_list(const Value& document, std::string_view list, const FieldTable<T>& fields,
                         Diagnostics& out) {
  std::vector<T> entries;
  const Value* found = document.find(list);
  if (found == nullptr || found->array() == nullptr) {
    out.push_back(problem_at(document.where(), fmt::format("no [[{}]] in the file", list)));
    return entries;
  }
  for (const Value& entry : *found->array()) {
    T read;
    read_fields(entry, fields, read, list, out);
    entries.push_back(std::move(read));
  }
  return entries;
}

/// A member that is a list of tables; what the document lists replaces what was there.
template <class T, class M>
Field<T> tables_field(std::string key, std::vector<M> T::*member, FieldTable<M> fields,
                      std::string help) {
  Field<T> field;
  field.key = key;
  field.type = "list of tables";
  field.help = std::move(help);
  field.read = [=](T& into, const Value& value, Diagnostics& out) {
    const Array* entries = value.array();
    if (entries == nullptr) return detail::not_an_array(value, key, out);
    (into.*member).clear();
    for (const Value& entry : *entries) {
      M read;
      read_fields(entry, fields, read, key, out);
      (into.*member).push_back(std::move(read));
    }
  };
  field.print = [=](const T& from) {
    Array entries;
    for (const M& entry : from.*member) entries.push_back(print_fields(fields, entry));
    return Value(std::move(entries));
  };
  return field;
}

}  // namespace polyfleet
