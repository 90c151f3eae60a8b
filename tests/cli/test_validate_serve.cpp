#include <doctest/doctest.h>

#include "cli/json_output.hpp"
#include "config/value.hpp"
#include "run_binary.hpp"

using polyfleet::Value;

namespace {

/// The header and every line of the shipped serving table that begins so.
std::string lines_of(const std::string& start) {
  const std::string text =
      content_of(std::string(POLYFLEET_SOURCE_DIR) + "/validation/inference.csv");
  std::string chosen = text.substr(0, text.find('\n') + 1);
  for (std::size_t at = chosen.size(); at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    if (text.compare(at, start.size(), start) == 0) chosen += text.substr(at, end - at);
    at = end;
  }
  return chosen;
}

}  // namespace

TEST_CASE("validate serve: keys, rows of a foreign file, and the halves of the sources") {
  const std::string table = scratch().write("serve.csv", lines_of("IXG00"));
  const auto rows = scratch() / "serve_rows.csv";
  const Value json = validated("serve --data " + table + " --rows " + rows.string());
  for (const char* key : {"rows", "predicted", "median_ape", "coverage80", "source_median_ape",
                          "by_vendor", "by_source", "by_metric", "by_kind", "goals", "skipped"}) {
    CAPTURE(key);
    CHECK(json.find(key) != nullptr);
  }
  CHECK(*json.find("predicted")->integer() == *json.find("rows")->integer());
  CHECK(content_of(rows).find("IXG001") != std::string::npos);
  CHECK(*validated("serve --data " + table + " --split test").find("rows")->integer() == 0);
  CHECK(*validated("serve --data " + table + " --strict").find("predicted")->integer() > 0);
}

TEST_CASE("validate serve: a table that is none is bad input") {
  const std::string table = scratch().write("not_serving.csv", "a,b\n1,2\n");
  const Outcome outcome = polyfleet_run("validate serve --data " + table);
  CHECK(outcome.code == 2);
  CHECK(outcome.err.find("not_serving.csv") != std::string::npos);
}

TEST_CASE("validate requests replays the measured servers") {
  const Value json = validated("requests");
  CHECK(json.find("runs")->array()->size() == 2);
}
