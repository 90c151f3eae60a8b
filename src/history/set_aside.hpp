// A history that cannot be used is renamed to NAME.damaged-N beside it, with what SQLite keeps
// beside it (-wal, -shm, -journal), and never deleted. Safe between processes: see folder_lock.hpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace polyfleet {

/// Which file a name stood for, so that only that one is renamed. 0, 0 = no file.
struct FileIdentity {
  std::uint64_t device = 0, number = 0;
  bool operator==(const FileIdentity&) const = default;
};

FileIdentity identity_of(const std::filesystem::path& file);

/// Renames `file` if it still is `which`, and returns its new name; empty when another process was
/// faster. The caller holds no lock of the folder.
/// Errors: the folder is used by another process for more than five seconds, or permits no
/// renaming.
Result<std::filesystem::path> set_aside(const std::filesystem::path& file, FileIdentity which);

}  // namespace polyfleet
