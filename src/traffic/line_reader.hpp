// A text file line by line through a fixed buffer, so that a trace of any size needs the memory of
// its longest line. Lines end with \n or \r\n (mixed is fine); a UTF-8 byte order mark is skipped.
// Diagnosed: compressed files, UTF-16, binary data, lines beyond 16 MiB, read errors.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace polyfleet {

class LineReader {
 public:
  /// Errors: no such file, a folder, no permission.
  static Result<LineReader> open(const std::filesystem::path& path);
  /// The lines of a text that is already here; `name` stands in diagnostics.
  static LineReader of_text(std::string_view text, std::string name);

  /// The next line without its break; valid until the next call. Nothing: the end, or a problem.
  std::optional<std::string_view> next();
  /// Why `next` gave nothing before the end of the file.
  const std::optional<Diagnostic>& problem() const { return problem_; }
  /// Whether the last line given lacks its line break: the file may have been cut off there.
  bool is_cut_off() const { return cut_off_; }

  const std::string& name() const { return name_; }
  int line() const { return line_; }  ///< of the last line given, from 1

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  explicit LineReader(std::string name) : name_(std::move(name)) {}
  bool fill();
  void check_start();
  std::optional<std::string_view> taken(std::size_t length, std::size_t with_break);
  void fail(std::string what, std::string fix = {});

  std::string name_;
  std::unique_ptr<std::FILE, Closer> file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  int line_ = 0;
  bool started_ = false, cut_off_ = false;
  std::optional<Diagnostic> problem_;
};

}  // namespace polyfleet
