// Any bytes are a job trace or a diagnostic; every job read is one that can be played, in order.
// The first byte chooses whether kinds of jobs are known.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "fleet/job_trace.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfleet;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<JobKind> kinds;
  if ((data[0] & 1u) != 0) kinds = {{"lm", 1, {2, 0.5}, {}}, {"lm", 8, {9, 0}, {3, 0}}};
  const auto read = read_job_trace(text, "x", kinds);
  if (!read) {
    POLYFLEET_CHECK(!read.problems().empty() && !to_text(read.problems()).empty(), "says why");
    return 0;
  }
  JobTick last = 0;
  for (const Job& job : read->trace.jobs) {
    POLYFLEET_CHECK(job.arrival >= last && job.arrival <= 2 * kLongestJobSpan, "in order");
    POLYFLEET_CHECK(job.accelerators >= 1 && job.work > 0, "a job that can be played");
    POLYFLEET_CHECK(job.kind < static_cast<int>(kinds.size()), "a kind that is known");
    last = job.arrival;
  }
  (void)read_job_kinds(text, "x", {"a", "b"});
  return 0;
}
