// The form that files of intervals share (data/training, data/engines): the uncertainty of the cost
// models that the fitted rows had, and a list of entries.
#pragma once

#include <string>
#include <vector>

#include "config/fields.hpp"

namespace polyfleet {

template <class Entry>
struct IntervalFile {
  double known_sigma = 0;  ///< log, typical of the rows the entries were fitted on
  std::vector<Entry> entries;
};

/// Errors: an unreadable file, no `known_sigma`, no [[interval]], unknown keys and ranges.
template <class Entry>
Result<IntervalFile<Entry>> read_interval_file(const std::string& path,
                                               const FieldTable<Entry>& fields) {
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  IntervalFile<Entry> file;
  Diagnostics problems;
  const Value* sigma = document->find("known_sigma");
  if (sigma == nullptr || !sigma->number()) {
    problems.push_back(problem_at({path, 0, 0}, "lacks the number 'known_sigma'"));
  } else {
    file.known_sigma = *sigma->number();
  }
  if (const Value* list = document->find("interval"); list != nullptr && list->array() != nullptr) {
    for (const Value& item : *list->array())
      read_fields(item, fields, file.entries.emplace_back(), "interval entry", problems);
  }
  if (file.entries.empty() && problems.empty())
    problems.push_back(problem_at({path, 0, 0}, "holds no [[interval]] entry"));
  if (!problems.empty()) return problems;
  return file;
}

}  // namespace polyfleet
