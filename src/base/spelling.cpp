#include "base/spelling.hpp"

#include <algorithm>
#include <cctype>

namespace polyfleet {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
  constexpr std::size_t kLongest = 256;  // names are short; a longer text is cut to bound the work
  a = a.substr(0, kLongest);
  b = b.substr(0, kLongest);
  std::vector<int> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

std::string nearest_name(std::string_view written, const std::vector<std::string>& known) {
  std::string best;
  int best_distance = 0;
  for (const std::string& name : known) {
    const int distance = edit_distance(written, name);
    const int length = static_cast<int>(name.size());
    const int allowed = std::min(std::max(1, length / 3), length - 1);  // not a wholly other word
    if (distance <= allowed && (best.empty() || distance < best_distance)) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

std::string name_suggestion(std::string_view written, const std::vector<std::string>& known,
                            std::size_t limit) {
  const std::string nearest = nearest_name(written, known);
  if (!nearest.empty()) return "did you mean '" + nearest + "'?";
  if (known.empty()) return {};
  std::string text = "known: ";
  for (std::size_t i = 0; i < known.size() && i < limit; ++i) {
    if (i > 0) text += ", ";
    text += known[i];
  }
  if (known.size() > limit) text += ", ... (" + std::to_string(known.size()) + " in all)";
  return text;
}

}  // namespace polyfleet
