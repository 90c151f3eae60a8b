#include <map>

#include "traffic_testing.hpp"

namespace polyfleet {
namespace {

constexpr const char* kTrace =
    "arrival,input_tokens,output_tokens,session,prefix_block_tokens,prefix_hashes\n"
    "0,10,1,5,16,1\n1,20,1,5,16,1 2\n2,30,1,,,\n4,40,1,,,\n";

TrafficSpec spec_of(const TemporaryFile& file) {
  SourceSpec source;
  source.arrivals = ArrivalKind::trace;
  source.trace.file = file.path();
  TrafficSpec spec;
  spec.sources = {source};
  return spec;
}

std::vector<double> arrivals(const std::vector<ServingRequest>& requests) {
  std::vector<double> seconds;
  for (const ServingRequest& each : requests)
    seconds.push_back(seconds_of_picos(each.arrival) / second);
  return seconds;
}

}  // namespace

TEST_CASE("a window becomes the trace, faster arrivals keep their order, a limit ends it") {
  const TemporaryFile file("polyfleet_trace.csv", kTrace);
  TrafficSpec spec = spec_of(file);
  TraceSpec& trace = spec.sources[0].trace;
  CHECK(arrivals(requests_of(spec)) == std::vector<double>{0, 1, 2, 4});
  trace.start = 1 * second;
  trace.stop = 4 * second;
  CHECK(arrivals(requests_of(spec)) == std::vector<double>{0, 1});
  trace.stop = Seconds();
  trace.speed = 2;
  CHECK(arrivals(requests_of(spec)) == std::vector<double>{0, 0.5, 1.5});
  spec.sources[0].requests = 2;
  CHECK(arrivals(requests_of(spec)) == std::vector<double>{0, 0.5});
  spec.sources[0].requests = 0;
  spec.sources[0].duration = 1.5 * second;
  CHECK(arrivals(requests_of(spec)) == std::vector<double>{0, 0.5});
}

TEST_CASE("a window ends the reading: what lies behind it is not looked at") {
  const TemporaryFile file("polyfleet_trace.csv",
                           "arrival,input_tokens,output_tokens\n0,1,1\n9000000,1,1\n");
  TrafficSpec spec = spec_of(file);
  const auto whole = open_traffic(spec, 1);
  REQUIRE(whole);
  CHECK_FALSE(drained(**whole));
  spec.sources[0].requests = 1;
  CHECK(requests_of(spec).size() == 1);
}

TEST_CASE("repetitions follow a mean gap apart, with prompts and sessions of their own") {
  const TemporaryFile file("polyfleet_trace.csv", kTrace);
  TrafficSpec spec = spec_of(file);
  spec.sources[0].trace.repeat = 3;
  const auto requests = requests_of(spec);
  REQUIRE(requests.size() == 12);
  const double pass = 4 + 4.0 / 3;
  CHECK(arrivals(requests)[4] == doctest::Approx(pass));
  CHECK(arrivals(requests)[11] == doctest::Approx(2 * pass + 4));
  CHECK(requests[0].prefix_blocks[0] == 1);
  CHECK(requests[4].prefix_blocks[0] != 1);
  CHECK(requests[4].prefix_blocks[0] == requests[5].prefix_blocks[0]);
  CHECK(requests[8].prefix_blocks[0] != requests[4].prefix_blocks[0]);
  CHECK(requests[4].session == requests[5].session);
  CHECK(requests[4].session != requests[0].session);
  spec.sources[0].trace.share_prefixes = true;
  CHECK(requests_of(spec)[4].prefix_blocks[0] == 1);
}

TEST_CASE("copies keep the count and the order, each within its jitter") {
  const TemporaryFile file("polyfleet_trace.csv", kTrace);
  TrafficSpec spec = spec_of(file);
  spec.sources[0].trace.copies = 1000;
  CHECK_FALSE(open_traffic(spec, 1));  // in lockstep
  spec.sources[0].trace.copy_jitter = 1.5 * second;
  const auto requests = requests_of(spec);
  REQUIRE(requests.size() == 4000);
  std::map<std::int64_t, int> of_length;
  std::map<std::uint64_t, int> of_hash;
  Picos last = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    CHECK(requests[i].id == static_cast<std::int64_t>(i));
    CHECK(requests[i].arrival >= last);
    last = requests[i].arrival;
    ++of_length[requests[i].input_tokens];
    const double original[] = {0, 1, 2, 4};
    const double base = original[requests[i].input_tokens / 10 - 1];
    const double shift = seconds_of_picos(requests[i].arrival) / second - base;
    CHECK(shift >= 0);
    CHECK(shift <= 1.5);
    if (!requests[i].prefix_blocks.empty()) ++of_hash[requests[i].prefix_blocks[0]];
  }
  CHECK(of_length == std::map<std::int64_t, int>{{10, 1000}, {20, 1000}, {30, 1000}, {40, 1000}});
  CHECK(of_hash.size() == 1000);
  for (const auto& [hash, count] : of_hash) CHECK(count == 2);
}

TEST_CASE("thinning keeps its share and is the same for the same seed") {
  TrafficSpec spec;
  spec.sources.resize(1);
  spec.sources[0].arrivals = ArrivalKind::trace;
  spec.sources[0].trace.file = data_trace("AzureLLMInferenceTrace_conv.csv");
  spec.sources[0].trace.keep = 0.25;
  const auto first = requests_of(spec, 3), again = requests_of(spec, 3),
             other = requests_of(spec, 4);
  CHECK(static_cast<double>(first.size()) == doctest::Approx(0.25 * 19366).epsilon(0.05));
  CHECK(arrivals(first) == arrivals(again));
  CHECK(arrivals(first) != arrivals(other));
}

TEST_CASE("merged sources come in order of time with distinct ids; completions find their source") {
  const TemporaryFile file("polyfleet_trace.csv", kTrace);
  TrafficSpec spec = spec_of(file);
  spec.sources.push_back(spec.sources[0]);
  SourceSpec loop;
  loop.arrivals = ArrivalKind::closed_loop;
  loop.users = 1;
  loop.requests = 3;
  loop.think_time = 1 * second;
  loop.think_cv = 0;
  loop.shapes.resize(1);
  loop.shapes[0].input.tokens = loop.shapes[0].output.tokens = 1;
  spec.sources.push_back(loop);
  const auto requests = requests_of(spec);
  CHECK(arrivals(requests) == std::vector<double>{0, 0, 0, 1, 1, 1, 2, 2, 2, 4, 4});
  for (std::size_t i = 0; i < requests.size(); ++i)
    CHECK(requests[i].id == static_cast<std::int64_t>(i));
  CHECK(requests[0].prefix_blocks[0] == 1);
  CHECK(requests[1].prefix_blocks[0] != 1);
  CHECK(requests[0].session != requests[1].session);
}

TEST_CASE("lengths drawn from a trace keep input and output together") {
  const TemporaryFile file("polyfleet_lengths.csv",
                           "arrival,input_tokens,output_tokens\n0,10,1\n1,20,2\n2,30,3\n3,5,0\n");
  TrafficSpec spec;
  spec.sources.resize(1);
  spec.sources[0].arrivals = ArrivalKind::offline;
  spec.sources[0].requests = 3000;
  spec.sources[0].shapes.resize(1);
  spec.sources[0].shapes[0].lengths_file = file.path();
  std::map<std::int64_t, int> counts;
  for (const ServingRequest& each : requests_of(spec)) {
    CHECK(each.input_tokens == 10 * each.output_tokens);
    ++counts[each.output_tokens];
  }
  CHECK(counts.size() == 3);
  for (const auto& [tokens, count] : counts) CHECK(count == doctest::Approx(1000).epsilon(0.1));
}

}  // namespace polyfleet
