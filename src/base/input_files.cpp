#include "base/input_files.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "base/content_hash.hpp"
#include "base/files.hpp"

namespace polyfleet {
namespace fs = std::filesystem;
namespace {

thread_local InputFiles* t_files = nullptr;

std::string plain_name(const fs::path& path) { return path.lexically_normal().string(); }

}  // namespace

InputFile input_on_disk(const fs::path& path) {
  InputFile file;
  file.name = plain_name(path);
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return file;
  std::ifstream stream(path, std::ios::binary);
  ContentHash hash;
  std::string block(std::size_t{1} << 16, '\0');
  while (stream.read(block.data(), static_cast<std::streamsize>(block.size())) ||
         stream.gcount() > 0) {
    const auto got = static_cast<std::size_t>(stream.gcount());
    hash.add(std::string_view(block).substr(0, got));
    file.bytes += got;
  }
  file.hash = hash.digits();
  return file;
}

InputFile input_of(std::string name, std::string content) {
  InputFile file;
  file.name = std::move(name);
  file.bytes = content.size();
  file.hash = content_hash(content);
  file.kept = file.bytes <= kMostKeptOfFile;
  if (file.kept) file.content = std::make_shared<const std::string>(std::move(content));
  return file;
}

InputFiles::InputFiles(const std::vector<fs::path>& own, std::optional<std::vector<InputFile>> kept)
    : replays_(kept.has_value()) {
  if (kept) kept_ = *std::move(kept);
  for (const fs::path& folder : own) {
    std::error_code error;
    own_.push_back((fs::absolute(folder, error) / "").lexically_normal().string());
    const fs::path real = fs::canonical(folder, error);
    if (!error) own_.push_back((real / "").string());
  }
}

InputFiles* InputFiles::of_this_thread() { return t_files; }

bool InputFiles::is_own(const fs::path& path) const {
  const auto is_below = [&](const fs::path& absolute) {
    const std::string text = absolute.string();
    return std::any_of(own_.begin(), own_.end(),
                       [&](const std::string& folder) { return text.starts_with(folder); });
  };
  std::error_code error;
  if (is_below(fs::absolute(path, error).lexically_normal())) return true;
  const fs::path real = fs::weakly_canonical(path, error);
  return !error && is_below(real);
}

const InputFile* InputFiles::find(const std::vector<InputFile>& files,
                                  const std::string& name) const {
  const auto found = std::find_if(files.begin(), files.end(), [&](const InputFile& each) {
    return !each.sent && each.name == name;
  });
  return found == files.end() ? nullptr : &*found;
}

/// Under the guard. What is read twice counts once, as it was at first.
void InputFiles::take(InputFile file) {
  if (!file.sent && find(read_, file.name) != nullptr) return;
  if (file.content && held_ + file.bytes > kMostKeptInAll) {
    file.content = nullptr;
    file.kept = false;
  }
  if (file.content) held_ += file.bytes;
  read_.push_back(std::move(file));
}

void InputFiles::add_sent(const std::string& name, std::string text) {
  InputFile file = input_of(name, std::move(text));
  file.sent = true;
  const std::lock_guard lock(guard_);
  take(std::move(file));
}

std::vector<InputFile> InputFiles::all() const {
  std::vector<InputFile> files;
  {
    const std::lock_guard lock(guard_);
    files = read_;
  }
  std::sort(files.begin(), files.end(), [](const InputFile& a, const InputFile& b) {
    return a.sent != b.sent ? a.sent : a.name < b.name;
  });
  return files;
}

bool InputFiles::empty() const {
  const std::lock_guard lock(guard_);
  return read_.empty();
}

std::vector<std::string> InputFiles::not_kept() const {
  std::vector<std::string> names;
  if (!replays_) return names;
  for (const InputFile& file : all()) {
    if (!file.sent && find(kept_, file.name) == nullptr) names.push_back(file.name);
  }
  return names;
}

std::shared_ptr<const std::string> InputFiles::kept(const fs::path& path) {
  if (!replays_) return nullptr;
  const InputFile* file = find(kept_, plain_name(path));
  if (file == nullptr || !file->content) return nullptr;
  const std::lock_guard lock(guard_);
  take(*file);
  return file->content;
}

void InputFiles::note(const fs::path& path, std::string_view content) {
  if (is_own(path)) return;
  const std::string name = plain_name(path);
  {
    const std::lock_guard lock(guard_);
    if (find(read_, name) != nullptr) return;
  }
  InputFile file = input_of(name, std::string(content));
  const std::lock_guard lock(guard_);
  take(std::move(file));
}

std::shared_ptr<const std::string> InputFiles::whole(const fs::path& path) {
  if (auto content = kept(path)) return content;
  if (is_own(path)) return nullptr;
  const std::string name = plain_name(path);
  {
    const std::lock_guard lock(guard_);
    if (const InputFile* known = find(read_, name)) return known->content;
  }
  std::error_code error;
  if (!fs::exists(path, error) || fs::is_directory(path, error)) return nullptr;
  const bool is_small =
      fs::is_regular_file(path, error) && fs::file_size(path, error) <= kMostKeptOfFile;
  if (is_small) {
    const InputFilesScope unseen(nullptr);
    if (const Result<std::string> text = read_file(path, kMostKeptOfFile)) {
      note(path, *text);
      return std::make_shared<const std::string>(*text);
    }
  }
  InputFile file = input_on_disk(path);
  const std::lock_guard lock(guard_);
  take(std::move(file));
  return nullptr;
}

bool InputFiles::is_there(const fs::path& path) const {
  std::error_code error;
  if (!replays_ || is_own(path)) return fs::exists(path, error);
  if (const InputFile* file = find(kept_, plain_name(path)))
    return file->content != nullptr || fs::exists(path, error);
  return is_folder(path);
}

bool InputFiles::is_folder(const fs::path& path) const {
  std::error_code error;
  if (!replays_ || is_own(path)) return fs::is_directory(path, error);
  const std::string folder = plain_name(path / "");
  return std::any_of(kept_.begin(), kept_.end(), [&](const InputFile& file) {
    return !file.sent && file.name.starts_with(folder);
  });
}

InputFilesScope::InputFilesScope(InputFiles* files) : before_(t_files) { t_files = files; }
InputFilesScope::~InputFilesScope() { t_files = before_; }

bool input_exists(const fs::path& path) {
  std::error_code error;
  return t_files != nullptr ? t_files->is_there(path) : fs::exists(path, error);
}

bool input_is_folder(const fs::path& path) {
  std::error_code error;
  return t_files != nullptr ? t_files->is_folder(path) : fs::is_directory(path, error);
}

}  // namespace polyfleet
