// Who may rename a history: all that use a file of a folder share its lock, who sets a file aside
// holds it alone. SQLite's own locks live inside the file and end with it, and a database must not
// be renamed while another process has it open. An advisory lock (flock) on the folder itself: it
// leaves no file behind and ends with the process, however that ends. File systems without it
// (some network ones) give no lock: then nothing is set aside.
#pragma once

#include <filesystem>
#include <optional>

namespace polyfleet {

enum class FolderUse { shared, alone };

class FolderLock {
 public:
  /// Waits at most five seconds; nothing when the lock was not to be had.
  static std::optional<FolderLock> take(const std::filesystem::path& folder, FolderUse use);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace polyfleet
