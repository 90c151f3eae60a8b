// Where the data that the program ships with stands, for tests that read it.
#pragma once

#include <filesystem>

namespace polyfleet {

inline const std::filesystem::path kRoot = POLYFLEET_SOURCE_DIR;
inline const std::filesystem::path kData = kRoot / "data";

}  // namespace polyfleet
