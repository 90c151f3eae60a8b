// The failure rates that the program ships with.
#pragma once

#include <doctest/doctest.h>

#include "training/reliability.hpp"

namespace polyfleet {

inline const ReliabilityData& shipped_reliability() {
  static const ReliabilityData data = [] {
    auto loaded = load_reliability(POLYFLEET_SOURCE_DIR "/data");
    if (!loaded) FAIL(to_text(loaded.problems()));
    return *std::move(loaded);
  }();
  return data;
}

}  // namespace polyfleet
