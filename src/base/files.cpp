#include "base/files.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace polyfleet {
namespace fs = std::filesystem;

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  const Position where{path.string(), 0, 0};
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return problem_at(where, "no such file", "check the path");
  if (fs::is_directory(status)) return problem_at(where, "is a folder, not a file");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return problem_at(where, "cannot be opened", "check its permissions");
  std::string content;
  char block[1 << 16];
  while (stream.read(block, sizeof block) || stream.gcount() > 0) {
    content.append(block, static_cast<std::size_t>(stream.gcount()));
    if (content.size() > limit) {
      return problem_at(where, "is larger than " + std::to_string(limit >> 20) + " MiB",
                        "this does not look like the expected kind of file");
    }
  }
  return content;
}

Result<std::monostate> write_file(const fs::path& path, std::string_view content) {
  const Position where{path.string(), 0, 0};
  const fs::path temporary = path.string() + ".part" + std::to_string(::getpid());
  std::FILE* file = std::fopen(temporary.c_str(), "wb");
  if (file == nullptr) {
    return problem_at(where, std::string("cannot be written: ") + std::strerror(errno));
  }
  const bool wrote = std::fwrite(content.data(), 1, content.size(), file) == content.size() &&
                     std::fflush(file) == 0 && ::fsync(::fileno(file)) == 0;
  const int saved = errno;
  const bool closed = std::fclose(file) == 0;
  std::error_code error;
  if (wrote && closed) fs::rename(temporary, path, error);
  if (!wrote || !closed || error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return problem_at(where, "cannot be written: " +
                                 (error ? error.message() : std::string(std::strerror(saved))));
  }
  return std::monostate{};
}

Result<fs::path> data_directory() {
  std::string looked;
  const auto holds_data = [&](const fs::path& folder) {
    looked += (looked.empty() ? "" : ", ") + folder.string();
    std::error_code error;
    return fs::exists(folder / "sources.toml", error);
  };
  if (const char* set = std::getenv("POLYFLEET_DATA"); set != nullptr && *set != '\0') {
    if (holds_data(set)) return fs::path(set);
    return problem("POLYFLEET_DATA names a folder without sources.toml: " + std::string(set),
                   "point it at polyfleet's data/ folder or unset it");
  }
  std::error_code error;
  const fs::path binary = fs::read_symlink("/proc/self/exe", error);
  for (fs::path folder = binary.parent_path(); !error && !folder.empty();
       folder = folder.parent_path()) {
    if (holds_data(folder / "data")) return folder / "data";
    if (holds_data(folder / "share" / "polyfleet" / "data"))
      return folder / "share" / "polyfleet" / "data";
    if (folder == folder.root_path()) break;
  }
  return problem("polyfleet's data folder was not found (looked at " + looked + ")",
                 "set POLYFLEET_DATA to the data/ folder of the source tree");
}

}  // namespace polyfleet
