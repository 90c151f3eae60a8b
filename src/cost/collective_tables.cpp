#include "cost/collective_tables.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/csv.hpp"
#include "base/files.hpp"

namespace polyfleet {
namespace {

/// Below this a curve has seen the latency of a collective (1 MiB, in log2 bytes).
constexpr double kSmallMessage = 20;
constexpr double kFadeOctaves = 3;
/// Above this it has seen the bandwidth (64 MiB).
constexpr double kLargeMessage = 26;

std::optional<CollectiveKind> kind_named(std::string_view name) {
  for (std::size_t i = 0; i < kCollectiveKindCount; ++i) {
    if (name_of(static_cast<CollectiveKind>(i)) == name) return static_cast<CollectiveKind>(i);
  }
  return std::nullopt;
}

void read_table(const CsvTable& table, const std::vector<std::size_t>& at,
                std::vector<MeasuredCollective>& out, Diagnostics& problems) {
  for (const CsvRow& row : table.rows()) {
    const auto& cells = row.cells;
    const auto kind = kind_named(cells[at[2]]);
    const auto ranks = parse_number(cells[at[3]]);
    const auto bytes = parse_number(cells[at[4]]);
    const auto time = parse_number(cells[at[5]]);
    if (!kind || !ranks || *ranks < 2 || !bytes || *bytes <= 0 || !time || *time <= 0) {
      problems.push_back(
          problem_at({table.file(), row.line, 0},
                     "a row needs a known op, ranks of at least 2, bytes and time_us above zero"));
      continue;
    }
    out.push_back({cells[at[0]], cells[at[1]], *kind, static_cast<int>(*ranks), *bytes * byte,
                   *time * microsecond, cells[at[6]]});
  }
}

}  // namespace

Result<std::vector<MeasuredCollective>> load_collective_tables(
    const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".csv") files.push_back(entry.path());
  }
  if (error)
    return problem(fmt::format("{}: {}", folder.string(), error.message()),
                   "point to a data folder with measurements/collectives/");
  std::sort(files.begin(), files.end());
  Diagnostics problems;
  std::vector<MeasuredCollective> out;
  for (const auto& file : files) {
    const Result<std::string> text = read_file(file);
    const Result<CsvTable> table =
        text ? CsvTable::parse(*text, file.string()) : Result<CsvTable>(text.problems());
    if (!table) {
      problems.insert(problems.end(), table.problems().begin(), table.problems().end());
      continue;
    }
    const auto at =
        table->require({"accelerator", "library", "op", "ranks", "bytes", "time_us", "source"});
    if (!at) {
      problems.insert(problems.end(), at.problems().begin(), at.problems().end());
      continue;
    }
    read_table(*table, *at, out, problems);
  }
  if (!problems.empty()) return problems;
  return out;
}

void CorrectionCurve::add(double log2_bytes, double log_ratio) {
  log2_bytes_.push_back(log2_bytes);
  log_ratio_.push_back(log_ratio);
}

void CorrectionCurve::finish() {
  std::vector<std::pair<double, double>> points;
  for (std::size_t i = 0; i < size(); ++i) points.emplace_back(log2_bytes_[i], log_ratio_[i]);
  std::sort(points.begin(), points.end());
  log2_bytes_.clear();
  log_ratio_.clear();
  for (std::size_t i = 0; i < points.size();) {
    std::size_t end = i;
    double sum = 0;
    while (end < points.size() && points[end].first == points[i].first) sum += points[end++].second;
    log2_bytes_.push_back(points[i].first);
    log_ratio_.push_back(sum / static_cast<double>(end - i));
    i = end;
  }
}

double CorrectionCurve::at(double log2_bytes) const {
  if (log2_bytes_.empty()) return 0;
  if (log2_bytes <= log2_bytes_.front()) {
    if (log2_bytes_.front() <= kSmallMessage) return log_ratio_.front();
    const double octaves = log2_bytes_.front() - log2_bytes;
    return log_ratio_.front() * std::max(0.0, 1 - octaves / kFadeOctaves);
  }
  if (log2_bytes >= log2_bytes_.back()) return log_ratio_.back();
  const auto above = std::upper_bound(log2_bytes_.begin(), log2_bytes_.end(), log2_bytes);
  const auto i = static_cast<std::size_t>(above - log2_bytes_.begin());
  const double part = (log2_bytes - log2_bytes_[i - 1]) / (log2_bytes_[i] - log2_bytes_[i - 1]);
  return log_ratio_[i - 1] + part * (log_ratio_[i] - log_ratio_[i - 1]);
}

bool CorrectionCurve::reaches(double log2_bytes) const {
  if (log2_bytes_.empty()) return false;
  const double front = log2_bytes_.front();
  const double back = log2_bytes_.back();
  return (log2_bytes >= front - 1 || front <= kSmallMessage) &&
         (log2_bytes <= back + 1 || back >= kLargeMessage);
}

CorrectionCurve& CorrectionCurves::for_ranks(int ranks) {
  for (CorrectionCurve& curve : curves_) {
    if (curve.ranks() == ranks) return curve;
  }
  return curves_.emplace_back(ranks);
}

void CorrectionCurves::finish() {
  std::sort(curves_.begin(), curves_.end(),
            [](const auto& a, const auto& b) { return a.ranks() < b.ranks(); });
  for (CorrectionCurve& curve : curves_) curve.finish();
}

double CorrectionCurves::at(double ranks, double log2_bytes) const {
  if (curves_.empty()) return 0;
  if (ranks <= curves_.front().ranks()) return curves_.front().at(log2_bytes);
  if (ranks >= curves_.back().ranks()) return curves_.back().at(log2_bytes);
  std::size_t i = 1;
  while (curves_[i].ranks() < ranks) ++i;
  if (curves_[i].ranks() == ranks) return curves_[i].at(log2_bytes);
  const double low = std::log2(curves_[i - 1].ranks());
  const double part = (std::log2(ranks) - low) / (std::log2(curves_[i].ranks()) - low);
  return (1 - part) * curves_[i - 1].at(log2_bytes) + part * curves_[i].at(log2_bytes);
}

double CorrectionCurves::octaves_from(int ranks) const {
  double nearest = curves_.empty() ? 0 : std::numeric_limits<double>::infinity();
  for (const CorrectionCurve& curve : curves_)
    nearest = std::min(nearest, std::abs(std::log2(static_cast<double>(ranks) / curve.ranks())));
  return nearest;
}

bool CorrectionCurves::covers(int ranks, double log2_bytes) const {
  return std::any_of(curves_.begin(), curves_.end(), [=](const auto& curve) {
    return curve.ranks() == ranks && curve.reaches(log2_bytes);
  });
}

}  // namespace polyfleet
