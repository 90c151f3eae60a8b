// A list of tables of one kind in a document ([[name]] in TOML), read by its field table.
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

}  // namespace polyfleet
