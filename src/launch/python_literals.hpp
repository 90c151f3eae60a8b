// Assignments of literals in Python source: `config.section.name = value` with None, True, numbers,
// strings and lists. Everything else of the language is passed over. Internal to the launch room.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"

namespace polyfleet {

struct PythonAssignment {
  std::string name;  ///< behind `object`: "training.seq_len"
  Value value;       ///< null also for None
  bool is_literal = true;
  Position where;
};

/// Every assignment to an attribute of `object` at the start of a line, in order.
std::vector<PythonAssignment> literal_assignments(std::string_view source, const std::string& file,
                                                  std::string_view object);

/// A value as a Python literal.
std::string python_literal(const Value& value);

}  // namespace polyfleet
