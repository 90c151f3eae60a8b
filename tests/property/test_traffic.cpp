// Laws of request traffic: what is written reads back, merging and scaling keep every request and
// the order.
#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "traffic/merged_source.hpp"
#include "traffic/open_traffic.hpp"
#include "traffic/request_csv.hpp"

using namespace polyfleet;

namespace {

std::int64_t whole(std::int64_t low, std::int64_t high) {
  return *rc::gen::inRange<std::int64_t>(low, high + 1);
}

ServingRequest some_request(const TrafficNames& names) {
  ServingRequest request;
  request.model = static_cast<std::int32_t>(
      whole(0, std::max<std::int64_t>(1, static_cast<std::int64_t>(names.models.size())) - 1));
  request.priority = *rc::gen::arbitrary<std::int32_t>();
  if (whole(0, 3) == 0) request.cancelled_after = whole(0, picos_of(kLongestSimulation));
  if (whole(0, 3) == 0) request.session = static_cast<std::int32_t>(whole(0, INT32_MAX));
  if (whole(0, 5) == 0) {
    request.media = {static_cast<double>(whole(1, 500)), static_cast<double>(whole(1, 4096)),
                     static_cast<double>(whole(1, 4096)), static_cast<int>(whole(1, 100)),
                     static_cast<double>(whole(2, 8)) / 2};
    return request;
  }
  request.input_tokens = whole(1, kMostTokens);
  request.output_tokens = whole(1, kMostTokens);
  if (whole(0, 1) == 0) {
    request.prefix_block_tokens = static_cast<std::int32_t>(whole(1, 1024));
    const std::int64_t blocks =
        (request.input_tokens + request.prefix_block_tokens - 1) / request.prefix_block_tokens;
    for (std::int64_t i = whole(1, std::min<std::int64_t>(20, blocks)); i > 0; --i)
      request.prefix_blocks.push_back(*rc::gen::arbitrary<std::uint64_t>());
  }
  return request;
}

/// Requests in order, written as `simulate serve --requests` does.
std::string some_trace(const TrafficNames& names, std::vector<ServingRequest>& requests) {
  std::string text(request_csv_header());
  text += '\n';
  RequestResult result;
  result.end = "finished";
  Picos arrival = 0;
  const std::int64_t count = whole(1, 30);
  for (std::int64_t i = 0; i < count; ++i) {
    ServingRequest request = some_request(names);
    request.id = i;
    request.arrival = arrival += whole(0, 3) * whole(0, 100'000'000'000'000);
    text += request_csv_line(request, result, names);
    requests.push_back(std::move(request));
  }
  return text;
}

std::vector<ServingRequest> drained(RequestSource& source) {
  std::vector<ServingRequest> requests;
  for (;;) {
    Result<std::optional<ServingRequest>> each = source.next();
    RC_ASSERT(each.has_value());
    if (!*each) return requests;
    requests.push_back(std::move(**each));
    source.completed(requests.back().id, requests.back().arrival + 1);
  }
}

bool is_same(const ServingRequest& a, const ServingRequest& b) {
  const bool media =
      a.media.has_value() == b.media.has_value() &&
      (!a.media || (a.media->frames == b.media->frames && a.media->height == b.media->height &&
                    a.media->width == b.media->width && a.media->steps == b.media->steps &&
                    a.media->guidance_passes == b.media->guidance_passes));
  return media && a.id == b.id && a.arrival == b.arrival && a.input_tokens == b.input_tokens &&
         a.output_tokens == b.output_tokens && a.model == b.model && a.slo_class == b.slo_class &&
         a.priority == b.priority && a.cancelled_after == b.cancelled_after &&
         a.prefix_blocks == b.prefix_blocks && a.prefix_block_tokens == b.prefix_block_tokens &&
         a.session == b.session;
}

struct TraceFile {
  std::string path = (std::filesystem::temp_directory_path() /
                      ("polyfleet_property." + std::to_string(::getpid()) + ".csv"))
                         .string();
  explicit TraceFile(const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
  ~TraceFile() { std::filesystem::remove(path); }
};

}  // namespace

TEST_CASE("read(write(requests)) = requests, from a text and from a file") {
  CHECK(rc::check("request CSV round trip", [] {
    TraceOptions options;
    if (whole(0, 1) == 0) options.names = {{"llama", "with, comma", "\"quoted\""}, {"chat"}};
    std::vector<ServingRequest> requests;
    const std::string text = some_trace(options.names, requests);
    const TraceFile file(text);
    for (const bool from_file : {false, true}) {
      auto source = from_file ? open_trace(file.path, options)
                              : open_trace(LineReader::of_text(text, "t"), options);
      RC_ASSERT(source.has_value());
      const std::vector<ServingRequest> read = drained(**source);
      RC_ASSERT((*source)->exhausted());
      RC_ASSERT(read.size() == requests.size());
      for (std::size_t i = 0; i < read.size(); ++i) RC_ASSERT(is_same(read[i], requests[i]));
    }
  }));
}

TEST_CASE("copies, repetitions and merging keep every request and the order of arrival") {
  CHECK(rc::check("scaled and merged traces", [] {
    std::vector<ServingRequest> requests;
    const TraceFile file(some_trace({}, requests));
    TrafficSpec spec;
    const std::int64_t sources = whole(1, 3);
    std::size_t expected = 0;
    std::int64_t tokens = 0, read_tokens = 0;
    for (std::int64_t i = 0; i < sources; ++i) {
      SourceSpec& source = spec.sources.emplace_back();
      source.arrivals = ArrivalKind::trace;
      source.trace.file = file.path;
      source.trace.speed = static_cast<double>(whole(10, 1000)) / 10;
      source.trace.copies = whole(1, 5);
      source.trace.copy_jitter = static_cast<double>(whole(1, 1000)) * second;
      source.trace.repeat = whole(1, 3);
      const std::int64_t times = source.trace.copies * source.trace.repeat;
      expected += requests.size() * static_cast<std::size_t>(times);
      for (const ServingRequest& each : requests) tokens += times * each.input_tokens;
    }
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    auto source = open_traffic(spec, seed);
    RC_ASSERT(source.has_value());
    const std::vector<ServingRequest> read = drained(**source);
    RC_ASSERT(read.size() == expected);
    for (std::size_t i = 0; i < read.size(); ++i) {
      RC_ASSERT(read[i].id == static_cast<std::int64_t>(i));
      RC_ASSERT(i == 0 || read[i].arrival >= read[i - 1].arrival);
      read_tokens += read[i].input_tokens;
    }
    RC_ASSERT(read_tokens == tokens);
    auto again = open_traffic(spec, seed);
    const std::vector<ServingRequest> second_read = drained(**again);
    for (std::size_t i = 0; i < read.size(); ++i) RC_ASSERT(is_same(read[i], second_read[i]));
  }));
}
