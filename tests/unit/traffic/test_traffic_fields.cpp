#include "config/value.hpp"
#include "traffic/traffic_fields.hpp"
#include "traffic_testing.hpp"

namespace polyfleet {
namespace {

std::vector<SourceSpec> read(std::string_view toml, Diagnostics& problems) {
  const Result<Value> document = parse_toml(toml, "s.toml");
  if (!document) FAIL(to_text(document.problems()));
  return read_traffic(*document->find("traffic"), problems);
}

}  // namespace

TEST_CASE("a single source with its shape beside it") {
  Diagnostics problems;
  const auto sources = read(R"(
[traffic]
arrivals = "gamma"
rate = 12.5
cv = 2
duration = "1 h"
think_time = "5 s"
input = 1024
turns = { distribution = "gamma", tokens = 3 }
cancel_probability = 0.1
cancel_after = "30 s"
[traffic.output]
distribution = "log-normal"
tokens = 200
cv = 1.5
most = 4096
)",
                            problems);
  CHECK(to_text(problems) == "");
  REQUIRE(sources.size() == 1);
  CHECK(sources[0].rate == 12.5 * hertz);
  CHECK(sources[0].duration == 1 * hour);
  REQUIRE(sources[0].shapes.size() == 1);
  const RequestShape& shape = sources[0].shapes[0];
  CHECK(shape.input.tokens == 1024);
  CHECK(shape.output.kind == LengthKind::log_normal);
  CHECK(shape.output.most == 4096);
  CHECK(shape.turns.tokens == 3);
  TrafficSpec spec;
  spec.sources = sources;
  CHECK(to_text(check_traffic(spec)) == "");
  // Printed and read again it is the same.
  Diagnostics none;
  Value printed = print_fields(source_fields(), sources[0]);
  SourceSpec again;
  read_fields(printed, source_fields(), again, "traffic", none);
  CHECK(to_json(print_fields(source_fields(), again)) == to_json(printed));
}

TEST_CASE("several sources, a mixture and a trace") {
  Diagnostics problems;
  const auto sources = read(R"(
[[traffic]]
arrivals = "trace"
file = "AzureLLMInferenceTrace_conv.csv"
copies = 4
copy_jitter = "10 s"
[[traffic]]
arrivals = "poisson"
rate = 1
requests = 10
[[traffic.mix]]
share = 3
model = "a"
[[traffic.mix]]
model = "b"
media = { frames = 81, height = 480, width = 832, steps = 50 }
)",
                            problems);
  CHECK(to_text(problems) == "");
  REQUIRE(sources.size() == 2);
  CHECK(sources[0].trace.copies == 4);
  CHECK(sources[1].shapes.size() == 2);
  CHECK(sources[1].shapes[1].media.width == 832);
  auto found = sources;
  find_trace_files(found, {"/nowhere", data_trace("")});
  CHECK(std::filesystem::exists(found[0].trace.file));
}

TEST_CASE("docs/traffic.md holds the tables of the fields") {
  std::ifstream stream(std::string(POLYFLEET_SOURCE_DIR) + "/docs/traffic.md");
  const std::string page{std::istreambuf_iterator<char>(stream), {}};
  CHECK(page.find(reference_page(source_fields(), SourceSpec{})) != std::string::npos);
  CHECK(page.find(reference_page(length_fields(), LengthSpec{})) != std::string::npos);
  CHECK(page.find(reference_page(media_fields(), ServingRequest::Media{})) != std::string::npos);
}

TEST_CASE("mistakes in traffic have their place") {
  Diagnostics problems;
  read("[traffic]\narrivals = \"poison\"\nrate = -1\ninputs = 5\nduration = \"5\"\n", problems);
  const std::string text = to_text(problems);
  for (const char* part : {"s.toml:2", "did you mean 'poisson'?", "s.toml:3", "s.toml:4",
                           "did you mean 'input'?", "s.toml:5"}) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  }
  problems.clear();
  read("[traffic]\narrivals = \"poisson\"\ninput = 5\nmix = [{share = 1}]\n", problems);
  CHECK(to_text(problems).find("input stands beside a mix") != std::string::npos);
  problems.clear();
  read("[traffic]\narrivals = \"trace\"\nfile = \"x\"\nclass = \"a\"\ninput = 5\nusers = 3\n",
       problems);
  CHECK(problems.size() == 2);
  CHECK(to_text(problems).find("s.toml:5:1: input has no meaning with arrivals = \"trace\"") !=
        std::string::npos);
  problems.clear();
  read("[traffic]\narrivals = \"poisson\"\nrate = 1\ncv = 2\nfile = \"x\"\n", problems);
  CHECK(problems.size() == 2);
  problems.clear();
  read("[traffic]\nrate = 1\n", problems);
  CHECK(to_text(problems).find("lacks the key 'arrivals'") != std::string::npos);
}

}  // namespace polyfleet
