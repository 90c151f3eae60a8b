#include "serving/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check.hpp"

namespace polyfleet {
namespace {

constexpr int kFractionBits = 7;  // beside the leading one: buckets of 1/128 of their octave
constexpr std::int64_t kFractions = std::int64_t{1} << kFractionBits;
constexpr int kOctaves = 63 - kFractionBits;
constexpr std::int64_t kPicosInSecond = 1'000'000'000'000;

/// Times below 128 ps have a bucket each; beyond, 128 buckets an octave.
std::size_t bucket_of(Picos latency) {
  if (latency < kFractions) return static_cast<std::size_t>(latency);
  const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(latency)));
  const int octave = bits - 1 - kFractionBits;
  return static_cast<std::size_t>((octave + 1) * kFractions + (latency >> octave) - kFractions);
}

Picos middle_of(std::size_t bucket) {
  const auto place = static_cast<std::int64_t>(bucket);
  if (place < kFractions) return place;
  const std::int64_t octave = place / kFractions - 1;
  const Picos low = (kFractions + place % kFractions) << octave;
  return low + ((Picos{1} << octave) >> 1);
}

}  // namespace

LatencyHistogram::LatencyHistogram()
    : buckets_(static_cast<std::size_t>((kOctaves + 1) * kFractions), 0) {}

void LatencyHistogram::add(Picos latency) {
  POLYFLEET_CHECK(latency >= 0, "a latency below zero");
  ++buckets_[bucket_of(latency)];
  ++count_;
  whole_seconds_ += latency / kPicosInSecond;
  rest_ += latency % kPicosInSecond;
  if (rest_ >= kPicosInSecond) {
    rest_ -= kPicosInSecond;
    ++whole_seconds_;
  }
  maximum_ = std::max(maximum_, latency);
}

void LatencyHistogram::add(const LatencyHistogram& others) {
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket)
    buckets_[bucket] += others.buckets_[bucket];
  count_ += others.count_;
  whole_seconds_ += others.whole_seconds_;
  rest_ += others.rest_;
  if (rest_ >= kPicosInSecond) {
    rest_ -= kPicosInSecond;
    ++whole_seconds_;
  }
  maximum_ = std::max(maximum_, others.maximum_);
}

Picos LatencyHistogram::percentile(double p) const {
  if (count_ == 0) return 0;
  const auto rank = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(std::ceil(p * static_cast<double>(count_))), 1, count_);
  std::int64_t passed = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    passed += buckets_[bucket];
    if (passed >= rank) return std::min(middle_of(bucket), maximum_);
  }
  return maximum_;
}

LatencySummary LatencyHistogram::summary() const {
  LatencySummary summary;
  summary.count = count_;
  if (count_ == 0) return summary;
  const auto seconds = [](Picos picos) { return static_cast<double>(picos) / kPicosPerSecond; };
  summary.mean =
      (static_cast<double>(whole_seconds_) + seconds(rest_)) / static_cast<double>(count_);
  summary.p50 = seconds(percentile(0.50));
  summary.p90 = seconds(percentile(0.90));
  summary.p95 = seconds(percentile(0.95));
  summary.p99 = seconds(percentile(0.99));
  summary.maximum = seconds(maximum_);
  return summary;
}

}  // namespace polyfleet
