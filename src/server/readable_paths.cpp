#include "server/readable_paths.hpp"

#include <algorithm>

namespace polyfleet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLongestPath = 4096;  // bytes (PATH_MAX of Linux)
constexpr std::string_view kSeparators = ",;=@ \t\n\r";

bool goes_up(std::string_view text) {
  for (std::size_t at = text.find(".."); at != std::string_view::npos;
       at = text.find("..", at + 1)) {
    const bool begins = at == 0 || text[at - 1] == '/' || text[at - 1] == '\\';
    const std::size_t next = at + 2;
    const bool ends = next == text.size() || text[next] == '/' || text[next] == '\\';
    if (begins && ends) return true;
  }
  return false;
}

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(fs::symlink_status(path, error));
}

}  // namespace

ReadablePaths::ReadablePaths(const std::vector<fs::path>& folders) {
  for (const fs::path& folder : folders) {
    std::error_code error;
    fs::path canonical = fs::canonical(folder, error);
    if (!error) folders_.push_back(std::move(canonical));
  }
}

bool ReadablePaths::is_inside(const fs::path& path) const {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  if (error) return false;
  return std::any_of(folders_.begin(), folders_.end(), [&](const fs::path& folder) {
    const auto [rest, unused] =
        std::mismatch(folder.begin(), folder.end(), real.begin(), real.end());
    return rest == folder.end();
  });
}

bool ReadablePaths::part_leads_outside(std::string_view part, const fs::path& beside) const {
  const fs::path path(part);
  if (path.is_absolute()) return is_there(path) && !is_inside(path);
  std::vector<fs::path> bases{fs::path()};
  const bool up = goes_up(part);
  if (!beside.empty() && part.find_first_of("/.\\") != std::string_view::npos)
    bases.push_back(beside);
  if (part.find('/') != std::string_view::npos)
    bases.insert(bases.end(), folders_.begin(), folders_.end());
  bool leads_inside = false;
  for (const fs::path& base : bases) {
    const fs::path whole = base / path;
    if (!is_there(whole)) continue;
    if (!is_inside(whole)) return true;
    leads_inside = true;
  }
  // What goes up and leads nowhere is refused too: else one could ask which files there are.
  return up && !leads_inside;
}

bool ReadablePaths::leads_outside(std::string_view text, const fs::path& beside) const {
  if (text.empty() || text.size() > kLongestPath) return false;
  if (text.find('\0') != std::string_view::npos) return true;
  if (text.front() == '/' && !is_inside(fs::path(text))) return true;
  if (part_leads_outside(text, beside)) return true;
  while (true) {
    const std::size_t begin = text.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return false;
    text.remove_prefix(begin);
    const std::string_view part = text.substr(0, text.find_first_of(kSeparators));
    if (part != "/" && part_leads_outside(part, beside)) return true;
    text.remove_prefix(part.size());
  }
}

void ReadablePaths::check(const Value& document, const fs::path& beside, Diagnostics& out) const {
  if (const std::string* text = document.text()) {
    if (leads_outside(*text, beside))
      out.push_back(problem_at(document.where(),
                               "'" + *text +
                                   "' leads out of the program's data, scenarios and "
                                   "validation folders",
                               "name something of the catalogue, or send its text"));
  }
  if (const Table* members = document.table()) {
    for (const auto& [key, member] : *members) check(member, beside, out);
  }
  if (const Array* elements = document.array()) {
    for (const Value& element : *elements) check(element, beside, out);
  }
}

}  // namespace polyfleet
