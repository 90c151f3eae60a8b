// The shipped data, opened once for all tests of one program.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "app/workspace.hpp"

namespace polyfleet {

inline const std::string kRoot = POLYFLEET_SOURCE_DIR;

inline Workspace& shared_workspace() {
  static const auto opened = Workspace::open(kRoot + "/data");
  REQUIRE(opened.has_value());
  return **opened;
}

}  // namespace polyfleet
