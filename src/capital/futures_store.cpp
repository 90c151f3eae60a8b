#include "capital/futures_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string_view>

namespace polyfleet {
namespace {

constexpr std::string_view kTitle = "polyfleet futures 1";
constexpr int kHexDigits = 16;

/// FNV-1a, 64 bits: finds torn and damaged lines, no forgeries.
std::uint64_t checksum(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  return hash;
}

std::string header_of(std::uint64_t fingerprint, std::size_t outcomes) {
  return fmt::format("{}\nquestion {:016x} outcomes {}\n", kTitle, fingerprint, outcomes);
}

std::string line_of(std::uint64_t future, const std::vector<double>& values) {
  std::string line = fmt::format("{}", future);
  for (const double value : values)
    fmt::format_to(std::back_inserter(line), " {:016x}", std::bit_cast<std::uint64_t>(value));
  return line + fmt::format(" {:016x}\n", checksum(line));
}

template <class I>
bool read_whole(std::string_view text, I& into, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into, base);
  return error == std::errc() && end == text.data() + text.size();
}

/// A line without its line break; false where anything is wrong with it.
bool read_line(std::string_view line, std::size_t outcomes, std::uint64_t& future,
               std::vector<double>& values) {
  const std::size_t last = line.rfind(' ');
  if (last == std::string_view::npos) return false;
  std::uint64_t sum = 0;
  if (!read_whole(line.substr(last + 1), sum, 16) || sum != checksum(line.substr(0, last)))
    return false;
  line = line.substr(0, last);
  const std::size_t first = std::min(line.find(' '), line.size());
  if (!read_whole(line.substr(0, first), future, 10)) return false;
  line.remove_prefix(first);
  if (line.size() != outcomes * (kHexDigits + 1)) return false;
  values.clear();
  for (std::size_t i = 0; i < outcomes; ++i) {
    std::uint64_t bits = 0;
    if (!read_whole(line.substr(i * (kHexDigits + 1) + 1, kHexDigits), bits, 16)) return false;
    values.push_back(std::bit_cast<double>(bits));
  }
  return true;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string whole_text(int file) {
  std::string text;
  std::string buffer(std::size_t{1} << 20, '\0');
  for (;;) {
    const ssize_t got = ::read(file, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

struct FuturesStore::Content {
  int file = -1;
  std::filesystem::path path;
  std::size_t outcomes = 0;
  std::map<std::uint64_t, std::vector<double>> finished;
  int dropped = 0;
  std::mutex writing;
  std::string problem;

  ~Content() {
    if (file >= 0) ::close(file);  // gives the lock back
  }

  Diagnostic refusal(std::string what, std::string fix) const {
    return problem_at({path.string(), 0, 0}, std::move(what), std::move(fix));
  }

  /// The header of this very question; where the file is new or was killed in its header it is
  /// written.
  Diagnostics check_header(std::string_view text, std::uint64_t fingerprint) {
    const std::string header = header_of(fingerprint, outcomes);
    const std::size_t title_end = std::min(text.find('\n'), text.size());
    if (text.empty() || (text.size() < header.size() && header.starts_with(text))) {
      if (::ftruncate(file, 0) != 0 || !write_all(file, header))
        return {refusal(fmt::format("cannot be written: {}", std::strerror(errno)), "")};
      return {};
    }
    if (text.substr(0, title_end) != kTitle)
      return {refusal("is no store of futures", "give another file; this one is left as it is")};
    if (!text.starts_with(header))
      return {
          refusal("holds the futures of another question: another scenario, seed, "
                  "specification of uncertainty or version of the program",
                  "give another file, or delete this one to start anew")};
    return {};
  }

  /// Reads all whole lines; what is left at the end of a kill is cut off.
  Diagnostics read_lines(std::string_view text, std::size_t at) {
    std::size_t good_end = at;
    while (at < text.size()) {
      const std::size_t end = text.find('\n', at);
      std::uint64_t future = 0;
      std::vector<double> values;
      if (end == std::string_view::npos ||
          !read_line(text.substr(at, end - at), outcomes, future, values)) {
        ++dropped;
        if (end == std::string_view::npos) break;
      } else {
        finished[future] = std::move(values);
      }
      at = end + 1;
      good_end = at;
    }
    if (good_end < text.size() && ::ftruncate(file, static_cast<off_t>(good_end)) != 0)
      return {refusal(fmt::format("cannot be cut: {}", std::strerror(errno)), "")};
    return {};
  }
};

FuturesStore::FuturesStore(std::unique_ptr<Content> content) : content_(std::move(content)) {}
FuturesStore::~FuturesStore() = default;
FuturesStore::FuturesStore(FuturesStore&&) noexcept = default;
FuturesStore& FuturesStore::operator=(FuturesStore&&) noexcept = default;

Result<FuturesStore> FuturesStore::open(const std::filesystem::path& path,
                                        std::uint64_t fingerprint, std::size_t outcomes) {
  auto content = std::make_unique<Content>();
  content->path = path;
  content->outcomes = outcomes;
  std::error_code ignored;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  content->file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (content->file < 0)
    return content->refusal(fmt::format("cannot be opened: {}", std::strerror(errno)),
                            "check the folder and its permissions");
  if (::flock(content->file, LOCK_EX | LOCK_NB) != 0)
    return content->refusal("is in use by another run", "wait for it, or give another file");
  const std::string text = whole_text(content->file);
  Diagnostics problems = content->check_header(text, fingerprint);
  const std::size_t header = header_of(fingerprint, outcomes).size();
  if (problems.empty() && text.size() > header) problems = content->read_lines(text, header);
  if (!problems.empty()) return problems;
  return FuturesStore(std::move(content));
}

const std::map<std::uint64_t, std::vector<double>>& FuturesStore::finished() const {
  return content_->finished;
}

int FuturesStore::dropped() const { return content_->dropped; }

bool FuturesStore::append(std::uint64_t future, const std::vector<double>& outcomes) {
  const std::string line = line_of(future, outcomes);
  const std::lock_guard lock(content_->writing);
  if (!content_->problem.empty()) return false;
  if (write_all(content_->file, line)) return true;
  content_->problem =
      fmt::format("{}: cannot be written: {}; the futures from here on are not kept",
                  content_->path.string(), std::strerror(errno));
  return false;
}

std::string FuturesStore::problem() const {
  const std::lock_guard lock(content_->writing);
  return content_->problem;
}

}  // namespace polyfleet
