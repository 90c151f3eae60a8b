#include "base/files.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/input_files.hpp"

namespace polyfleet {
namespace fs = std::filesystem;
namespace {

Diagnostic too_large(const Position& where, std::size_t limit) {
  return problem_at(where, "is larger than " + std::to_string(limit) + " bytes",
                    "this does not look like the expected kind of file");
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  const Position where{path.string(), 0, 0};
  InputFiles* inputs = InputFiles::of_this_thread();
  if (const auto kept = inputs != nullptr ? inputs->kept(path) : nullptr) {
    if (kept->size() > limit) return too_large(where, limit);
    return *kept;
  }
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return problem_at(where, "no such file", "check the path");
  if (fs::is_directory(status)) return problem_at(where, "is a folder, not a file");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return problem_at(where, "cannot be opened", "check its permissions");
  // The stream sets badbit on a read error; a short read without it is the end of the file.
  std::string content;
  char block[1 << 16];
  while (stream.read(block, sizeof block) || stream.gcount() > 0) {
    content.append(block, static_cast<std::size_t>(stream.gcount()));
    if (content.size() > limit) return too_large(where, limit);
  }
  if (stream.bad()) return problem_at(where, "cannot be read to its end");
  if (inputs != nullptr) inputs->note(path, content);
  return content;
}

namespace {

/// Writes the bytes and closes; what went wrong, or empty.
std::string written_to(const fs::path& path, std::string_view content, bool to_disk) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return std::strerror(errno);
  std::string fault;
  const bool wrote = std::fwrite(content.data(), 1, content.size(), file) == content.size() &&
                     std::fflush(file) == 0 && (!to_disk || ::fsync(::fileno(file)) == 0);
  if (!wrote) fault = std::strerror(errno);
  if (std::fclose(file) != 0 && fault.empty()) fault = std::strerror(errno);
  return fault;
}

}  // namespace

Result<std::monostate> write_file(const fs::path& path, std::string_view content) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const bool in_place = fs::exists(status) && !fs::is_regular_file(status);
  // A link keeps pointing at its file; a terminal, pipe or device is written as it stands.
  const fs::path target = fs::is_symlink(path, error) ? fs::weakly_canonical(path, error) : path;
  const fs::path temporary = target.string() + ".part" + std::to_string(::getpid());
  std::string fault = written_to(in_place ? path : temporary, content, !in_place);
  if (!in_place) {
    if (fault.empty()) {
      fs::rename(temporary, target, error);
      if (error) fault = error.message();
    }
    if (!fault.empty()) {
      std::error_code ignored;
      fs::remove(temporary, ignored);
    }
  }
  if (!fault.empty()) return problem_at({path.string(), 0, 0}, "cannot be written: " + fault);
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
  if (holds_data(fs::path(POLYFLEET_BUILT_FROM) / "data"))
    return fs::path(POLYFLEET_BUILT_FROM) / "data";
  return problem("polyfleet's data folder was not found (looked at " + looked + ")",
                 "set POLYFLEET_DATA to the data/ folder of the source tree");
}

}  // namespace polyfleet
