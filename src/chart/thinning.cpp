#include "chart/thinning.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace polyfleet {
namespace {

/// The first, least, greatest and last spot of [begin, end), each once, in their order.
void keep_ends(const std::vector<Spot>& spots, std::size_t begin, std::size_t end,
               std::vector<Spot>& kept) {
  std::array<std::size_t, 4> places{begin, begin, begin, end - 1};
  for (std::size_t i = begin; i < end; ++i) {
    if (spots[i].y < spots[places[1]].y) places[1] = i;
    if (spots[i].y > spots[places[2]].y) places[2] = i;
  }
  std::sort(places.begin(), places.end());
  const auto last = std::unique(places.begin(), places.end());
  for (auto place = places.begin(); place != last; ++place) kept.push_back(spots[*place]);
}

}  // namespace

bool drawable(const Spot& spot) { return std::isfinite(spot.x) && std::isfinite(spot.y); }

std::vector<Spot> thinned(const std::vector<Spot>& spots, double column) {
  if (spots.empty()) return spots;
  const double range = std::fabs(spots.back().x - spots.front().x);
  if (static_cast<double>(spots.size()) * column <= 4 * range) return spots;
  std::vector<Spot> kept;
  for (std::size_t begin = 0; begin < spots.size();) {
    if (!drawable(spots[begin])) {
      if (kept.empty() || drawable(kept.back())) kept.push_back(spots[begin]);
      ++begin;
      continue;
    }
    const double of = std::floor(spots[begin].x / column);
    std::size_t end = begin + 1;
    while (end < spots.size() && drawable(spots[end]) && std::floor(spots[end].x / column) == of)
      ++end;
    keep_ends(spots, begin, end, kept);
    begin = end;
  }
  return kept;
}

}  // namespace polyfleet
