// The limits that docs/api.md states are those of the code, and every one has a reason.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/files.hpp"
#include "config/value.hpp"
#include "server/connection_loop.hpp"
#include "server/jobs.hpp"
#include "server/question_reader.hpp"
#include "server/request_frame.hpp"
#include "server/service_limits.hpp"

using namespace polyfleet;

namespace {

struct StatedLimit {
  std::string what, limit;
};

std::string in_mib(std::size_t bytes) { return fmt::format("{} MiB", bytes >> 20); }

template <class Duration>
std::string in_seconds(Duration time) {
  return fmt::format("{} s", std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

std::vector<StatedLimit> limits_of_code() {
  const FrameLimits frame;
  const ConnectionLimits connections;
  const JobLimits jobs;
  const auto count = [](std::size_t number) { return fmt::format("{}", number); };
  return {{"body of a request", in_mib(frame.body)},
          {"bodies arriving together", in_mib(connections.received)},
          {"address", fmt::format("{} bytes", frame.target)},
          {"head of a request", fmt::format("{} bytes", frame.head)},
          {"headers", count(frame.headers)},
          {"time for a head", in_seconds(connections.head)},
          {"time for a body", in_seconds(connections.body)},
          {"time to read an answer", in_seconds(connections.send)},
          {"idle connection", in_seconds(connections.idle)},
          {"connections", count(connections.connections)},
          {"answers not yet read", in_mib(connections.unsent)},
          {"threads for what waits for nothing", count(kLightThreads)},
          {"threads for long work", count(kSlowThreads)},
          {"requests that wait for a thread", count(kMostWaiting)},
          {"long work that waits", count(kMostSlow)},
          {"question of a quick command", in_seconds(kQuickLimit)},
          {"question of a slow command", in_seconds(kSlowLimit)},
          {"jobs held after they are over", count(jobs.kept)},
          {"answers of those jobs", in_mib(jobs.kept_bytes)},
          {"settings of a question", count(kMostSettings)},
          {"models of a question", count(kMostModels)},
          {"runs listed in one answer", count(kMostRunsListed)},
          {"nesting of JSON and TOML", fmt::format("{} levels", kDeepestNesting)}};
}

std::string section_of_limits() {
  const auto text = read_file(POLYFLEET_SOURCE_DIR "/docs/api.md");
  REQUIRE(text);
  const std::size_t begin = text->find("## Limits\n");
  REQUIRE(begin != std::string::npos);
  return text->substr(begin, text->find("\n## ", begin) - begin);
}

}  // namespace

TEST_CASE("the limits in docs/api.md are those of the code, each with its reason") {
  const std::string section = section_of_limits();
  for (const auto& [what, limit] : limits_of_code()) {
    const std::string row = fmt::format("\n| {} | {} | ", what, limit);
    CAPTURE(row);
    const std::size_t at = section.find(row);
    REQUIRE(at != std::string::npos);
    const std::string reason =
        section.substr(at + row.size(), section.find(" |\n", at + row.size()) - at - row.size());
    CHECK(reason.size() > 20);
    CHECK(reason.find('|') == std::string::npos);
  }
}

TEST_CASE("as many requests may wait as connections may be open") {
  CHECK(kMostWaiting >= ConnectionLimits{}.connections);
}
