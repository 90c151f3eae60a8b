// Reading and writing whole files, and where the program's data lies.
// Reads are bounded (a "config" of 40 GB is a diagnostic, not a swap storm); writes appear whole or
// not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"

namespace polyfleet {

inline constexpr std::size_t kLargestInput = std::size_t{64} << 20;  // bytes

/// The file's bytes. Diagnoses a missing file, a folder, and one above `limit` bytes.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit = kLargestInput);

/// Writes to a neighbour and renames it over `path`, so that a reader never sees half a file. A
/// device or pipe (/dev/stdout) is written in place.
Result<std::monostate> write_file(const std::filesystem::path& path, std::string_view content);

/// The folder data/: $POLYFLEET_DATA, else the first `data` with sources.toml beside or above the
/// running binary, else the source tree the binary was built from. A diagnostic names the places
/// looked at.
Result<std::filesystem::path> data_directory();

}  // namespace polyfleet
