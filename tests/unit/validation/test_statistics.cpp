#include <doctest/doctest.h>

#include "validation/statistics.hpp"

using namespace polyfleet;

namespace {

PredictedRow row(const char* id, const char* source, double predicted, double low, double high) {
  PredictedRow made;
  made.id = id;
  made.source = source;
  made.vendor = "AMD";
  made.measured = 1;
  made.predicted = predicted;
  made.low = low;
  made.high = high;
  return made;
}

}  // namespace

TEST_CASE("medians and nearest-rank percentiles by hand") {
  CHECK(median_of({3, 1, 2}) == doctest::Approx(2));
  CHECK(median_of({4, 1, 2, 3}) == doctest::Approx(2.5));
  CHECK(median_of({}) == 0);
  CHECK(percentile_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.9) == 9);
  CHECK(percentile_of({7}, 0.9) == 7);
}

TEST_CASE("errors, bias and coverage of three rows by hand") {
  const auto summary = summarise(
      {row("a", "s", 1.1, 0.9, 1.2), row("b", "s", 0.8, 0.7, 0.9), row("c", "s", 1.3, 1.1, 1.5)},
      4);
  CHECK(summary.rows == 4);
  CHECK(summary.predicted == 3);
  CHECK(summary.median_ape == doctest::Approx(0.2));
  CHECK(summary.p90_ape == doctest::Approx(0.3));
  CHECK(summary.median_bias == doctest::Approx(0.1));
  CHECK(summary.coverage80 == doctest::Approx(1.0 / 3));
}

TEST_CASE("each source has one vote, however many rows") {
  std::vector<PredictedRow> rows{row("a", "one", 1.5, 1, 2), row("b", "two", 1.1, 1, 2)};
  for (int i = 0; i < 9; ++i) rows.push_back(row("c", "many", 1.02, 1, 2));
  const auto all = summarise_all(rows, {{"x", "two", "AMD", "", "", "no batch"}});
  CHECK(all.source_median_ape == doctest::Approx(0.1));
  CHECK(all.overall.median_ape == doctest::Approx(0.02));
  CHECK(all.overall.rows == 12);
  CHECK(all.by_source.at("two").rows == 2);
  CHECK(all.by_source.at("two").predicted == 1);
  CHECK(all.by_vendor.at("AMD").predicted == 11);
  CHECK(all.by_vendor.at("AMD").rows == 12);
  CHECK(all.skipped.at("no batch") == 1);
}
