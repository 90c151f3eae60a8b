#include "cli/runs_store.hpp"

#include <charconv>
#include <cstdio>
#include <system_error>

namespace polyfleet {
namespace {

/// A whole number and nothing else; nothing where it is none.
std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

/// The `place`-th newest run, from 1.
Result<std::int64_t> newest(const RunHistory& history, std::int64_t place) {
  constexpr std::int64_t kMost = 1'000'000;
  const auto runs = history.list({.most = static_cast<std::size_t>(std::min(place, kMost))});
  if (!runs) return runs.problems();
  const auto there = static_cast<std::int64_t>(runs->size());
  if (there < place)
    return problem("there is no run " + std::to_string(-place),
                   "the history has " + std::to_string(there) + (there == 1 ? " run" : " runs"));
  return runs->back().id;
}

}  // namespace

OptionSpec store_option(std::string& store) {
  return {"--store", &store, "the run history, instead of the usual one", "FILE"};
}

std::filesystem::path history_file(const std::string& store) {
  if (store == "none") return {};
  return store.empty() ? usual_history_file() : std::filesystem::path(store);
}

Result<RunHistory> existing_history(const std::string& store) {
  const std::filesystem::path file = history_file(store);
  std::error_code error;
  if (!file.empty() && !std::filesystem::exists(file, error))
    return problem_at({file.string(), 0, 0}, "there is no run history here yet",
                      "commands keep their runs in it; another one is named by --store or in "
                      "POLYFLEET_STORE");
  Result<RunHistory> history = RunHistory::open(file);
  if (history) warn_of(*history);
  return history;
}

void warn_of(const RunHistory& history) {
  if (history.notice().empty()) return;
  const std::string line = "warning: " + history.notice() + '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

Result<std::int64_t> run_id(const RunHistory& history, const std::string& text) {
  if (text == "latest") return newest(history, 1);
  if (text == "previous") return newest(history, 2);
  const auto number = whole_number(text);
  if (!number || *number == 0)
    return problem("'" + text + "' is no run",
                   "give an id of polyfleet runs list, latest, previous, or -1, -2, ... from the "
                   "newest back");
  return *number < 0 ? newest(history, -*number) : Result<std::int64_t>(*number);
}

Result<std::vector<std::int64_t>> run_ids(const RunHistory& history,
                                          const std::vector<std::string>& texts) {
  std::vector<std::int64_t> ids;
  Diagnostics problems;
  for (const std::string& text : texts) {
    const auto id = run_id(history, text);
    if (id) {
      ids.push_back(*id);
    } else {
      problems.insert(problems.end(), id.problems().begin(), id.problems().end());
    }
  }
  if (!problems.empty()) return problems;
  return ids;
}

}  // namespace polyfleet
