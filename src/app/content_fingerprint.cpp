#include "app/content_fingerprint.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <vector>

#include "base/files.hpp"
#include "base/input_files.hpp"

namespace polyfleet {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestNote = 4096;  // bytes

/// Paths of the files below a folder, relative to it and sorted.
std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code unreadable;
    if (it->is_regular_file(unreadable))
      files.push_back(it->path().lexically_relative(folder).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Name, size and time of change of every file: what has to differ when a content does.
std::uint64_t hash_of_listing(const fs::path& folder, const std::vector<std::string>& files) {
  std::uint64_t hash = hash_of_text(folder.string());
  for (const std::string& name : files) {
    struct stat found {};
    if (::stat((folder / name).c_str(), &found) != 0) continue;
    hash = hash_of_text(fmt::format("{} {} {} {} {}.{:09}", name, found.st_dev, found.st_ino,
                                    found.st_size, found.st_ctim.tv_sec, found.st_ctim.tv_nsec),
                        hash);
  }
  return hash;
}

}  // namespace

std::uint64_t hash_of_text(std::string_view text, std::uint64_t hash) {
  constexpr std::uint64_t kPrime = 1099511628211ULL;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    text.copy(reinterpret_cast<char*>(&word), 8, i);
    hash = (hash ^ word) * kPrime;
    hash ^= hash >> 29;
  }
  for (; i < text.size(); ++i) hash = (hash ^ static_cast<unsigned char>(text[i])) * kPrime;
  return hash;
}

std::uint64_t hash_of_file(const fs::path& file, std::uint64_t hash) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return hash;
  std::string content;
  struct stat found {};
  if (::fstat(descriptor, &found) == 0 && found.st_size > 0)
    content.resize(static_cast<std::size_t>(found.st_size));
  std::size_t length = 0;
  while (length < content.size()) {
    const ssize_t got = ::read(descriptor, content.data() + length, content.size() - length);
    if (got <= 0) break;
    length += static_cast<std::size_t>(got);
  }
  ::close(descriptor);
  return hash_of_text(std::string_view(content).substr(0, length), hash);
}

std::uint64_t hash_of_folder(const fs::path& folder, const FileFilter& filter, std::uint64_t hash) {
  for (const std::string& name : files_below(folder)) {
    if (filter(name)) hash = hash_of_file(folder / name, hash_of_text(name, hash));
  }
  return hash;
}

std::string data_fingerprint(const fs::path& data_directory, const fs::path& cache) {
  const std::vector<std::string> files = files_below(data_directory);
  const std::string listing = fmt::format("{:016x}", hash_of_listing(data_directory, files));
  const fs::path note = cache / "fingerprints" / listing;
  if (!cache.empty()) {
    const InputFilesScope unseen(nullptr);
    const Result<std::string> known = read_file(note, kLargestNote);
    if (known && known->size() == listing.size() &&
        known->find_first_not_of("0123456789abcdef") == std::string::npos)
      return *known;
  }
  std::uint64_t hash = hash_of_text("polyfleet data");
  for (const std::string& name : files)
    hash = hash_of_file(data_directory / name, hash_of_text(name, hash));
  const std::string fingerprint = fmt::format("{:016x}", hash);
  std::error_code error;
  if (!cache.empty()) fs::create_directories(note.parent_path(), error);
  if (!cache.empty() && !error) (void)write_file(note, fingerprint).has_value();
  return fingerprint;
}

fs::path usual_cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return fs::path(cache) / "polyfleet";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0')
    return fs::path(home) / ".cache" / "polyfleet";
  return {};
}

}  // namespace polyfleet
