// Published memory footprints (data/memory/footprints.csv) against the memory model: median within
// 5 % for every source, the rest reported.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "base/files.hpp"
#include "shipped_data.hpp"
#include "training/memory_footprints.hpp"

using namespace polyfleet;

namespace {

double unsorted_quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(static_cast<double>(values.size() - 1) * share)];
}

}  // namespace

TEST_CASE("published footprints are met within 5 % in the median of every source") {
  const auto footprints = read_footprints(kData / "memory" / "footprints.csv").value();
  std::map<std::string, std::vector<double>> errors;
  int excluded = 0;
  const auto predictions = predict_footprints(footprints, kData).value();
  for (const FootprintPrediction& row : predictions) {
    if (!row.excluded.empty()) {
      ++excluded;
      continue;
    }
    errors[row.source].push_back(row.error());
    if (std::abs(row.error()) > 0.08) MESSAGE(row.id << ": " << 100 * row.error() << " %");
  }
  CHECK(footprints.size() == 103);
  CHECK(excluded == 2);
  CHECK(errors.size() == 3);
  for (const auto& [source, signed_errors] : errors) {
    std::vector<double> sizes(signed_errors);
    for (double& e : sizes) e = std::abs(e);
    MESSAGE(source << ": " << sizes.size() << " rows, median "
                   << 100 * unsorted_quantile(sizes, 0.5) << " %, p90 "
                   << 100 * unsorted_quantile(sizes, 0.9) << " %, bias "
                   << 100 * unsorted_quantile(signed_errors, 0.5) << " %");
    CHECK(unsorted_quantile(sizes, 0.5) < 0.05);
    CHECK(unsorted_quantile(sizes, 0.9) < 0.10);
  }
}

TEST_CASE("a faulty footprint table is diagnosed with its lines") {
  const std::string path = "faulty_footprints.csv";
  std::string text = read_file(kData / "memory" / "footprints.csv").value();
  const auto replace = [&](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  SUBCASE("unknown word") { replace(",zero1,", ",zero9,"); }
  SUBCASE("no number") { replace(",65.43,", ",much,"); }
  SUBCASE("degree of nothing") { replace(",8,14400,", ",0,14400,"); }
  REQUIRE(write_file(path, text));
  const auto footprints = read_footprints(path);
  REQUIRE_FALSE(footprints);
  CHECK(footprints.problems().size() == 1);
  CHECK(footprints.problems().front().where.line > 1);
  std::filesystem::remove(path);
}

TEST_CASE("a footprint table without its columns is diagnosed") {
  REQUIRE(write_file("short_footprints.csv", "id,source\na,b\n"));
  CHECK_FALSE(read_footprints("short_footprints.csv"));
  CHECK_FALSE(read_footprints("no_such_footprints.csv"));
  std::filesystem::remove("short_footprints.csv");
}
