#include "view/timeline_spans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace polyfleet {

void StageSpans::lane(std::string name, std::string vendor) {
  lane_ = std::move(name);
  vendor_ = std::move(vendor);
  first_of_lane_ = lanes_.size();
}

void StageSpans::add(Span span) {
  if (!(span.end > span.begin)) return;
  lanes_.push_back(lane_);
  vendors_.push_back(vendor_);
  begins_.push_back(span.begin);
  ends_.push_back(span.end);
  kinds_.push_back(std::move(span.kind));
  whats_.push_back(std::move(span.what));
}

void StageSpans::fill_gaps(Seconds end, const std::string& kind) {
  constexpr double kRounding = 1e-9;
  std::vector<std::size_t> order(lanes_.size() - first_of_lane_);
  std::iota(order.begin(), order.end(), first_of_lane_);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return begins_[a] < begins_[b]; });
  Seconds at;
  const auto fill = [&](Seconds until) {
    if (until - at > kRounding * end) add({at, until, kind, {}});
  };
  for (const std::size_t i : order) {
    fill(begins_[i]);
    at = max(at, ends_[i]);
  }
  fill(end);
}

DataTable StageSpans::take() {
  const auto in_ms = [](const std::vector<Seconds>& times) {
    std::vector<double> numbers;
    for (const Seconds each : times) numbers.push_back(each / millisecond);
    return numbers;
  };
  const bool has_vendors = std::any_of(vendors_.begin(), vendors_.end(),
                                       [](const std::string& vendor) { return !vendor.empty(); });
  DataTable table;
  table.word("stage", std::move(lanes_))
      .number("begin", "ms", in_ms(begins_))
      .number("end", "ms", in_ms(ends_))
      .word("kind", std::move(kinds_))
      .word("what", std::move(whats_));
  if (has_vendors) table.word("vendor", std::move(vendors_));
  return table;
}

std::set<int> shown_stages(int stages, std::size_t spans, int most) {
  std::set<int> shown;
  const int lanes = std::min(stages, spans > kMostStageSpans ? most / 2 : most);
  for (int i = 0; i < lanes; ++i) shown.insert(lanes == 1 ? 0 : i * (stages - 1) / (lanes - 1));
  return shown;
}

std::string counted_noun(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : noun.ends_with("h") ? "es" : "s");
}

std::string task_words(TaskKind kind) {
  switch (kind) {
    case TaskKind::forward:
      return "forward";
    case TaskKind::backward:
      return "backward";
    case TaskKind::backward_input:
      return "backward, input";
    case TaskKind::backward_weight:
      return "backward, weights";
  }
  return "forward";
}

}  // namespace polyfleet
