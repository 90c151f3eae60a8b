#include <sstream>

#include "traffic/request_csv.hpp"
#include "traffic/trace_time.hpp"
#include "traffic_testing.hpp"

namespace polyfleet {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

ServingRequest request_of(std::int64_t id, Picos arrival) {
  ServingRequest request;
  request.id = id;
  request.arrival = arrival;
  request.input_tokens = 100 + id;
  request.output_tokens = 7;
  return request;
}

}  // namespace

TEST_CASE("requests are written in order of arrival whatever the order of their ends") {
  const TemporaryFile file("polyfleet_requests.csv");
  auto writer = RequestCsvWriter::open(file.path(), {{"a,b"}, {}});
  REQUIRE(writer);
  RequestResult result;
  result.end = "finished";
  result.started = 1'500'000'000'000;
  result.pool = "pool \"x\"";
  result.replica = 3;
  for (const std::int64_t id : {2, 0, 1, 4}) writer->add(request_of(id, id * 1000), result);
  CHECK_FALSE(std::filesystem::exists(file.path()));  // nothing under the name yet
  REQUIRE(writer->finish());
  const std::string written = text_of(file.path());
  const std::string first_line = written.substr(0, written.find('\n'));
  CHECK(first_line == request_csv_header());
  CHECK(
      written.find("0,0,\"a,b\",0,0,,100,7,,,,,,,,,finished,1.5,,,0,\"pool \"\"x\"\"\",3,0,0\n") !=
      std::string::npos);
  TraceOptions options;
  options.names.models = {"a,b"};
  auto trace = open_trace(file.path(), options);
  REQUIRE(trace);
  const auto requests = drained(**trace);
  if (!requests) FAIL(to_text(requests.problems()));
  REQUIRE(requests->size() == 4);
  CHECK((*requests)[3].input_tokens == 104);
  CHECK((*trace)->remarks().empty());
}

TEST_CASE("an unfinished file disappears; a folder that is not there is diagnosed") {
  const TemporaryFile file("polyfleet_requests.csv");
  {
    auto writer = RequestCsvWriter::open(file.path(), {});
    REQUIRE(writer);
    writer->add(request_of(0, 0), {});
    CHECK(std::filesystem::exists(file.path() + ".part" + std::to_string(::getpid())));
  }
  CHECK_FALSE(std::filesystem::exists(file.path() + ".part" + std::to_string(::getpid())));
  CHECK_FALSE(std::filesystem::exists(file.path()));
  CHECK_FALSE(RequestCsvWriter::open("/no/such/folder/x.csv", {}));
}

TEST_CASE("a full disk is diagnosed") {
  if (!std::filesystem::exists("/dev/full")) return;
  auto writer = RequestCsvWriter::open("/dev/full", {});
  REQUIRE(writer);
  writer->add(request_of(0, 0), {});
  const auto done = writer->finish();
  REQUIRE_FALSE(done);
  CHECK(to_text(done.problems()).find("cannot be written") != std::string::npos);
}

TEST_CASE("times are printed exactly and read back") {
  for (const Picos time : std::vector<Picos>{0, 1, 999'999'999'999, 1'000'000'000'000,
                                             250'000'000'000, 8'640'000'000'000'000'000}) {
    const auto read = decimal_time(picos_text(time), false);
    REQUIRE(read);
    CHECK(span({}, *read) == time);
  }
  CHECK(picos_text(250'000'000'000) == "0.25");
  CHECK(picos_text(-1'500'000'000'000) == "-1.5");
  CHECK(decimal_time("-0.25", false) == TraceTime{-1, 750'000'000'000});
  CHECK(decimal_time("1.5e3", true) == TraceTime{1, 500'000'000'000});
  CHECK(decimal_time("27", true) == TraceTime{0, 27'000'000'000});
  CHECK(decimal_time("1.5", true) == TraceTime{0, 1'500'000'000});
  for (const char* bad : {"", "-", ".", "1.2.3", "1e400", "0x10", "1 2", "12345678901234567"})
    CHECK_FALSE(decimal_time(bad, false));
  CHECK(date_time("1970-01-01 00:00:01") == TraceTime{1, 0});
  CHECK(date_time("1969-12-31T23:59:59.5Z") == TraceTime{-1, 500'000'000'000});
  CHECK(date_time("2000-03-01 00:00:00+01:00") == TraceTime{951'865'200, 0});
  CHECK(date_time("2000-03-01 00:00:00-0130") == TraceTime{951'874'200, 0});
  for (const char* bad : {"2000-03-01", "2000-3-01 00:00:00", "2000-03-01 25:00:00",
                          "2000-03-01 00:00:00.", "2000-03-01 00:00:00+1", "2000-03-01 00:00:00 x"})
    CHECK_FALSE(date_time(bad));
}

}  // namespace polyfleet
