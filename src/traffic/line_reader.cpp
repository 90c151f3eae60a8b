#include "traffic/line_reader.hpp"

#include <cerrno>
#include <cstring>

#include "base/input_files.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;
/// A prompt of 10 M tokens in blocks of 16 has 625,000 hashes of at most 21 characters: 13 MB.
constexpr std::size_t kLongestLine = std::size_t{16} << 20;

}  // namespace

Result<LineReader> LineReader::open(const std::filesystem::path& path) {
  if (InputFiles* inputs = InputFiles::of_this_thread()) {
    if (const auto text = inputs->whole(path)) return of_text(*text, path.string());
  }
  const Position where{path.string(), 0, 0};
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return problem_at(where, "no such file", "check the path");
  if (std::filesystem::is_directory(status)) return problem_at(where, "is a folder, not a file");
  LineReader reader(path.string());
  reader.file_.reset(std::fopen(path.c_str(), "rb"));
  if (!reader.file_) {
    return problem_at(where, std::string("cannot be opened: ") + std::strerror(errno),
                      "check its permissions");
  }
  std::setvbuf(reader.file_.get(), nullptr, _IONBF, 0);  // we buffer ourselves
  reader.buffer_.resize(kBlock);
  return reader;
}

LineReader LineReader::of_text(std::string_view text, std::string name) {
  LineReader reader(std::move(name));
  reader.buffer_.assign(text.begin(), text.end());
  reader.end_ = text.size();
  return reader;
}

/// Reads on; false at the end of the file or on a problem.
bool LineReader::fill() {
  if (!file_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    if (buffer_.size() >= kLongestLine) {
      ++line_;
      fail("is longer than 16 MiB", "this does not look like a request trace");
      return false;
    }
    buffer_.resize(buffer_.size() * 2);
  }
  const std::size_t got = std::fread(buffer_.data() + end_, 1, buffer_.size() - end_, file_.get());
  end_ += got;
  if (std::ferror(file_.get()) != 0) {
    fail("cannot be read to its end");
    return false;
  }
  return got > 0;
}

/// What the first bytes tell of the whole file.
void LineReader::check_start() {
  started_ = true;
  while (end_ < 4 && fill()) {
  }
  const std::string_view head(buffer_.data(), end_);
  const auto begins = [&](std::string_view mark) { return head.substr(0, mark.size()) == mark; };
  if (begins("\x1f\x8b") || begins("\x28\xb5\x2f\xfd") || begins("PK\x03\x04")) {
    fail("is compressed", "unpack it first (gunzip, unzstd, unzip)");
  } else if (begins("\xff\xfe") || begins("\xfe\xff")) {
    fail("is UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8");
  } else if (begins("\xEF\xBB\xBF")) {
    begin_ = 3;
  }
}

std::optional<std::string_view> LineReader::next() {
  if (!started_) check_start();
  std::size_t searched = 0;
  while (!problem_) {
    const char* start = buffer_.data() + begin_;
    const std::size_t held = end_ - begin_;
    if (const void* found =
            held > searched ? std::memchr(start + searched, '\n', held - searched) : nullptr) {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - start);
      return taken(length, length + 1);
    }
    searched = held;
    if (fill()) continue;
    if (problem_ || held == 0) return std::nullopt;
    cut_off_ = true;
    return taken(held, held);
  }
  return std::nullopt;
}

std::optional<std::string_view> LineReader::taken(std::size_t length, std::size_t with_break) {
  std::string_view line(buffer_.data() + begin_, length);
  begin_ += with_break;
  ++line_;
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (!line.empty() && std::memchr(line.data(), '\0', line.size()) != nullptr) {
    fail("holds binary data, not text");
    return std::nullopt;
  }
  return line;
}

void LineReader::fail(std::string what, std::string fix) {
  problem_ = problem_at({name_, line_, 0}, std::move(what), std::move(fix));
}

}  // namespace polyfleet
