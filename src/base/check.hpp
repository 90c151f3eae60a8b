// Contract check for our own bugs: prints the condition and place, then ends the process with exit
// code 3. Never for what a user can cause; that is a Diagnostic (base/result.hpp).
#pragma once

#include <string_view>

namespace polyfleet {

[[noreturn]] void broken_contract(const char* file, int line, const char* condition,
                                  std::string_view message);

}  // namespace polyfleet

#define POLYFLEET_CHECK(condition, message) \
  ((condition) ? void(0) : ::polyfleet::broken_contract(__FILE__, __LINE__, #condition, message))
