#include "report/runs_lines.hpp"

#include <cstdint>
#include <string_view>

namespace polyfleet {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kMostCells = std::size_t{1} << 24;  // of the table below: 32 MiB

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

/// The differing middle of two texts: what stands between equal beginnings and ends.
struct Middle {
  const Lines& before;
  const Lines& after;
  std::size_t begin = 0, before_end = 0, after_end = 0;

  Middle(const Lines& a, const Lines& b)
      : before(a), after(b), before_end(a.size()), after_end(b.size()) {
    while (begin < before_end && begin < after_end && a[begin] == b[begin]) ++begin;
    while (before_end > begin && after_end > begin && a[before_end - 1] == b[after_end - 1]) {
      --before_end;
      --after_end;
    }
  }
  std::size_t rows() const { return before_end - begin; }
  std::size_t columns() const { return after_end - begin; }
};

/// Length of the longest common subsequence of what follows each pair of places.
class CommonLines {
 public:
  explicit CommonLines(const Middle& middle) : width_(middle.columns() + 1) {
    lengths_.assign((middle.rows() + 1) * width_, 0);
    for (std::size_t i = middle.rows(); i-- > 0;) {
      for (std::size_t j = middle.columns(); j-- > 0;) {
        const bool same = middle.before[middle.begin + i] == middle.after[middle.begin + j];
        cell(i, j) = same ? static_cast<std::uint16_t>(cell(i + 1, j + 1) + 1)
                          : std::max(cell(i + 1, j), cell(i, j + 1));
      }
    }
  }
  std::uint16_t& cell(std::size_t i, std::size_t j) { return lengths_[i * width_ + j]; }

 private:
  std::size_t width_;
  std::vector<std::uint16_t> lengths_;
};

LineChange removed(const Middle& middle, std::size_t i) {
  const std::size_t at = middle.begin + i;
  return {static_cast<int>(at + 1), 0, std::string(middle.before[at])};
}
LineChange added(const Middle& middle, std::size_t j) {
  const std::size_t at = middle.begin + j;
  return {0, static_cast<int>(at + 1), std::string(middle.after[at])};
}

}  // namespace

std::vector<LineChange> line_changes(const std::string& before, const std::string& after) {
  const Lines a = lines_of(before), b = lines_of(after);
  const Middle middle(a, b);
  std::vector<LineChange> changes;
  std::size_t i = 0, j = 0;
  // The lengths fit 16 bits: below kMostCells cells one side has fewer than 4,097 lines.
  if ((middle.rows() + 1) * (middle.columns() + 1) <= kMostCells) {
    CommonLines common(middle);
    while (i < middle.rows() && j < middle.columns()) {
      if (middle.before[middle.begin + i] == middle.after[middle.begin + j]) {
        ++i, ++j;
      } else if (common.cell(i + 1, j) >= common.cell(i, j + 1)) {
        changes.push_back(removed(middle, i++));
      } else {
        changes.push_back(added(middle, j++));
      }
    }
  }
  for (; i < middle.rows(); ++i) changes.push_back(removed(middle, i));
  for (; j < middle.columns(); ++j) changes.push_back(added(middle, j));
  return changes;
}

}  // namespace polyfleet
