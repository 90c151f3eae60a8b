#include "history/set_aside.hpp"

#include <sys/stat.h>

#include <system_error>

#include "history/folder_lock.hpp"

namespace polyfleet {
namespace {

namespace fs = std::filesystem;

/// What SQLite keeps beside a file; the file itself comes last, so that one that is interrupted
/// between them is found and set aside by the next.
constexpr const char* kParts[] = {"-wal", "-shm", "-journal", ""};

fs::path part_of(const fs::path& file, const char* part) { return file.string() + part; }

bool is_taken(const fs::path& name) {
  std::error_code error;
  for (const char* part : kParts) {
    if (fs::exists(fs::symlink_status(part_of(name, part), error))) return true;
  }
  return false;
}

fs::path free_name(const fs::path& file) {
  for (int number = 1;; ++number) {
    const fs::path name = file.string() + ".damaged-" + std::to_string(number);
    if (!is_taken(name)) return name;
  }
}

}  // namespace

FileIdentity identity_of(const fs::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {};
  return {static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino)};
}

Result<fs::path> set_aside(const fs::path& file, FileIdentity which) {
  const Position where{file.string(), 0, 0};
  const auto alone = FolderLock::take(file.parent_path(), FolderUse::alone);
  if (!alone)
    return problem_at(where,
                      "is damaged, and is not set aside while another process uses its folder",
                      "end the other polyfleet processes, or name another file by --store");
  if (identity_of(file) != which) return fs::path();
  const fs::path name = free_name(file);
  for (const char* part : kParts) {
    std::error_code error;
    if (!fs::exists(fs::symlink_status(part_of(file, part), error))) continue;
    fs::rename(part_of(file, part), part_of(name, part), error);
    if (error)
      return problem_at(where, "is damaged and cannot be renamed: " + error.message(),
                        "check the permissions of its folder, or name another file by --store");
  }
  return name;
}

}  // namespace polyfleet
