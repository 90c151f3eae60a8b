// What the tests of this room share: traces from text, and draining a source.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "traffic/open_traffic.hpp"
#include "traffic/trace_source.hpp"

namespace polyfleet {

inline Result<std::unique_ptr<RequestSource>> trace_of(std::string_view text,
                                                       const TraceOptions& options = {}) {
  return open_trace(LineReader::of_text(text, "t"), options);
}

/// Everything a source gives; each request is completed at once.
inline Result<std::vector<ServingRequest>> drained(RequestSource& source,
                                                   std::size_t most = 10'000'000) {
  std::vector<ServingRequest> requests;
  while (requests.size() < most) {
    const Picos announced = source.next_arrival();
    Result<std::optional<ServingRequest>> each = source.next();
    if (!each) return each.problems();
    if (!*each) break;
    CHECK((*each)->arrival == announced);
    requests.push_back(std::move(**each));
    source.completed(requests.back().id, requests.back().arrival);
  }
  return requests;
}

/// The first problem met while a trace is opened and read, as text; "" where there is none.
inline std::string first_problem(std::string_view text, const TraceOptions& options = {}) {
  auto trace = trace_of(text, options);
  if (!trace) return to_text(trace.problems().front());
  const auto requests = drained(**trace);
  return requests ? "" : to_text(requests.problems().front());
}

inline std::vector<ServingRequest> requests_of(const TrafficSpec& spec, std::uint64_t seed = 1) {
  auto source = open_traffic(spec, seed);
  if (!source) FAIL(to_text(source.problems()));
  auto requests = drained(**source);
  if (!requests) FAIL(to_text(requests.problems()));
  return *std::move(requests);
}

/// A file of its own that goes with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& name, std::string_view text = {})
      : path_(std::filesystem::temp_directory_path() / (name + "." + std::to_string(::getpid()))) {
    if (!text.empty()) std::ofstream(path_, std::ios::binary) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline std::string data_trace(const std::string& name) {
  return std::string(POLYFLEET_SOURCE_DIR) + "/data/traces/" + name;
}

}  // namespace polyfleet
