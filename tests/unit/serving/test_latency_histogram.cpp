#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "serving/latency_histogram.hpp"
#include "sim/random_stream.hpp"

using namespace polyfleet;

TEST_CASE("percentiles lie within 0.5 % of the true ones from picoseconds to days") {
  RandomStream random(1, 1);
  LatencyHistogram histogram;
  std::vector<Picos> all;
  for (int i = 0; i < 20'000; ++i) {
    const auto latency = static_cast<Picos>(random.log_normal(24, 4));
    histogram.add(latency);
    all.push_back(latency);
  }
  std::sort(all.begin(), all.end());
  for (const double p : {0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.9999}) {
    const auto rank = static_cast<std::size_t>(std::ceil(p * 20'000)) - 1;
    const auto truth = static_cast<double>(all[rank]);
    CHECK(std::abs(static_cast<double>(histogram.percentile(p)) / truth - 1) <= 0.5 / 128);
  }
  CHECK(histogram.percentile(1) <= all.back());
}

TEST_CASE("count, mean and maximum are exact") {
  LatencyHistogram histogram;
  CHECK(histogram.summary().count == 0);
  CHECK(histogram.summary().p99 == 0);
  histogram.add(0);
  histogram.add(3'000'000'000'000);
  histogram.add(999'999'999'999);
  histogram.add(1);
  const LatencySummary summary = histogram.summary();
  CHECK(summary.count == 4);
  CHECK(summary.mean == doctest::Approx(1.0).epsilon(1e-15));
  CHECK(summary.maximum == 3.0);
  CHECK(histogram.percentile(0.25) == 0);
  CHECK(histogram.percentile(0.5) == 1);
}

TEST_CASE("buckets below 128 ps are exact, and each octave begins a new one") {
  for (const Picos latency : {Picos{0}, Picos{1}, Picos{127}, Picos{128}, Picos{255}, Picos{256}}) {
    LatencyHistogram histogram;
    histogram.add(latency);
    CHECK(histogram.percentile(0.5) == latency);
  }
  LatencyHistogram three;
  for (const Picos latency : {1, 2, 3}) three.add(latency);
  CHECK(three.percentile(0.5) == 2);  // the second: nearest rank, rounded up
  CHECK(three.percentile(0.3) == 1);
  LatencyHistogram histogram;
  histogram.add(256);
  histogram.add(258);
  CHECK(histogram.percentile(0.5) == 257);  // 256 and 257 share a bucket, its middle is told
  histogram.add(kNever);                    // the longest time there is has a bucket too
  CHECK(histogram.percentile(1) <= kNever);
}

TEST_CASE("two histograms added are the histogram of all") {
  RandomStream random(3, 1);
  LatencyHistogram one, other, all;
  for (int i = 0; i < 5000; ++i) {
    const auto latency = static_cast<Picos>(random.log_normal(27, 2));
    (i % 3 == 0 ? one : other).add(latency);
    all.add(latency);
  }
  one.add(other);
  const LatencySummary sum = one.summary(), whole = all.summary();
  CHECK(sum.count == whole.count);
  CHECK(sum.mean == whole.mean);
  CHECK(sum.p50 == whole.p50);
  CHECK(sum.p99 == whole.p99);
  CHECK(sum.maximum == whole.maximum);
}
