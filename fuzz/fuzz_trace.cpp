// Any bytes are a request trace or a diagnostic with a line; every request read is one that can be
// served, in order; written as CSV it reads back the same. The first byte chooses format and
// options.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "traffic/request_csv.hpp"
#include "traffic/trace_source.hpp"

namespace {

using namespace polyfleet;

void check_request(const ServingRequest& request, Picos last) {
  POLYFLEET_CHECK(request.arrival >= last, "in order of arrival, not before 0");
  POLYFLEET_CHECK(request.arrival <= picos_of(kLongestSimulation), "within 100 days");
  const bool has_tokens = request.input_tokens >= 1 && request.input_tokens <= kMostTokens &&
                          request.output_tokens >= 1 && request.output_tokens <= kMostTokens;
  POLYFLEET_CHECK(request.media.has_value() || has_tokens, "of a length that can be");
  const auto blocks = static_cast<std::int64_t>(request.prefix_blocks.size());
  POLYFLEET_CHECK(blocks == 0 || request.prefix_block_tokens > 0, "blocks have a size");
  POLYFLEET_CHECK((blocks - 1) * request.prefix_block_tokens < request.input_tokens || blocks == 0,
                  "no more blocks than prompt");
  POLYFLEET_CHECK(request.session >= -1 && request.cancelled_after >= 0, "in range");
}

/// All requests up to the end or the first fault, as CSV lines without results.
std::string read_all(RequestSource& source, const TrafficNames& names) {
  std::string written(request_csv_header());
  written += '\n';
  RequestResult result;
  result.end = "finished";
  for (Picos last = 0;;) {
    const Result<std::optional<ServingRequest>> each = source.next();
    if (!each) {
      POLYFLEET_CHECK(!each.problems().empty() && !to_text(each.problems()).empty(), "says why");
      POLYFLEET_CHECK(source.next_arrival() == 0, "the fault stays");
      return written;
    }
    if (!*each) return written;
    check_request(**each, last);
    last = (*each)->arrival;
    written += request_csv_line(**each, result, names);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  TraceOptions options;
  options.format = static_cast<TraceFormat>(choice % 6);
  options.sort = (choice & 0x40u) != 0;
  options.skip_empty = (choice & 0x20u) != 0;
  if ((choice & 0x80u) != 0) options.names = {{"llama", "a,\"b"}, {"chat"}};
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto source = open_trace(LineReader::of_text(text, "x"), options);
  if (!source) {
    POLYFLEET_CHECK(!source.problems().empty(), "a refusal says why");
    return 0;
  }
  const std::string written = read_all(**source, options.names);
  (void)(*source)->remarks();
  TraceOptions plain;
  plain.names = options.names;
  const auto again = open_trace(LineReader::of_text(written, "written"), plain);
  POLYFLEET_CHECK(again.has_value(), "what is written opens");
  POLYFLEET_CHECK(read_all(**again, plain.names) == written, "what is written reads back the same");
  return 0;
}
