// What a piece of work reads beside the program's own data: files of the user, and texts that came
// with a question. read_file() and the reader of traces tell it here, so that the run history can
// keep the contents and a question can be asked again from what was kept. One InputFiles serves a
// thread and those that it begins by on_threads().
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polyfleet {

/// Contents up to this size are kept: a month of requests as CSV has about 20 MB, and packing it
/// takes half a second. Of larger files size and hash alone are kept.
inline constexpr std::uint64_t kMostKeptOfFile = std::uint64_t{32} << 20;  // bytes
/// And of one piece of work in all, so that it holds no more than this in memory.
inline constexpr std::uint64_t kMostKeptInAll = std::uint64_t{128} << 20;  // bytes

struct InputFile {
  std::string name;         ///< as the question leads to it
  bool sent = false;        ///< came with the question, not from a file
  std::uint64_t bytes = 0;  ///< 0 where there is no hash
  std::string hash;         ///< content_hash(); empty = no regular file (a pipe): read once
  bool kept = false;        ///< whether the content is or was kept
  std::shared_ptr<const std::string> content;  ///< null = not kept, or not loaded from where it is
};

/// An input with its content, which is kept where it is not too large.
InputFile input_of(std::string name, std::string content);

/// The file as it is on the disk, with neither content nor regard to what was kept; of a file that
/// is not there or is no regular one the hash is empty.
InputFile input_on_disk(const std::filesystem::path& path);

class InputFiles {
 public:
  /// Files below `own` folders are the program's. Where `kept` is given, those of them that have
  /// their content are read instead of what is on the disk, and what is looked for without being
  /// among them is not there.
  explicit InputFiles(const std::vector<std::filesystem::path>& own,
                      std::optional<std::vector<InputFile>> kept = {});

  /// That of the innermost scope of the thread; null pointer = nobody wants to know.
  static InputFiles* of_this_thread();

  /// A text that came with the question.
  void add_sent(const std::string& name, std::string text);
  /// What was read so far, by name; `sent` ones first.
  std::vector<InputFile> all() const;
  bool empty() const;
  /// Names that were read from the disk although others were kept.
  std::vector<std::string> not_kept() const;

  /// The content to read instead of the disk; null pointer = the disk's.
  std::shared_ptr<const std::string> kept(const std::filesystem::path& path);
  /// This was read from the disk.
  void note(const std::filesystem::path& path, std::string_view content);
  /// The whole text of a file that is read line by line, where it is kept; of one that is too large
  /// for it, or is no regular file, size and hash are noted and null pointer comes back.
  std::shared_ptr<const std::string> whole(const std::filesystem::path& path);
  bool is_there(const std::filesystem::path& path) const;
  bool is_folder(const std::filesystem::path& path) const;

 private:
  friend class InputFilesScope;
  bool is_own(const std::filesystem::path& path) const;
  const InputFile* find(const std::vector<InputFile>& files, const std::string& name) const;
  void take(InputFile file);

  std::vector<std::string> own_;  ///< "/a/b/": as given and with links followed
  bool replays_ = false;
  std::vector<InputFile> kept_;  ///< where it replays
  mutable std::mutex guard_;
  std::vector<InputFile> read_;
  std::uint64_t held_ = 0;  ///< bytes of contents
};

/// While it lives, what this thread reads is told to `files`; null pointer = to nobody.
class InputFilesScope {
 public:
  explicit InputFilesScope(InputFiles* files);
  ~InputFilesScope();
  InputFilesScope(const InputFilesScope&) = delete;
  InputFilesScope& operator=(const InputFilesScope&) = delete;

 private:
  InputFiles* before_;
};

/// Whether a file or folder is there for this piece of work: on the disk, or among what was kept.
bool input_exists(const std::filesystem::path& path);
bool input_is_folder(const std::filesystem::path& path);

}  // namespace polyfleet
