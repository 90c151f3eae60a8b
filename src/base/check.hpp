// Contract check for our own bugs: throws BrokenContract (base/broken_contract.hpp) with the
// condition and place, which ends a command with exit code 3 and costs a server one answer. Never
// for what a user can cause; that is a Diagnostic (base/result.hpp).
#pragma once

#include <string_view>

namespace polyfleet {

[[noreturn]] void broken_contract(const char* file, int line, const char* condition,
                                  std::string_view message);

}  // namespace polyfleet

#define POLYFLEET_CHECK(condition, message) \
  ((condition) ? void(0) : ::polyfleet::broken_contract(__FILE__, __LINE__, #condition, message))
