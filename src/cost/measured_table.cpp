#include "cost/measured_table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace polyfleet {

namespace {

double distance2(const MeasuredPoint& a, const MeasuredPoint& b, std::size_t variables) {
  double sum = 0;
  for (std::size_t i = 0; i < variables; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

double covariance(double squared_distance) { return std::exp(-std::sqrt(squared_distance)); }

/// Repeated measurements of one kernel scatter by about this much (1-sigma, log): identical shapes
/// of two runs in the published tables differ by 1 % in the median.
constexpr double kRepeatability = 0.01;
/// Squared distance below which two shapes are one (rounding of the logarithms).
constexpr double kSamePlace = 1e-18;

}  // namespace

double residual_sigma(const ResidualModel& model, const Correction& correction) {
  return std::max(kRepeatability, model.spread * std::pow(correction.unexplained, model.settling));
}

MeasuredTable::MeasuredTable(std::vector<MeasuredPoint> points, std::vector<double> residuals,
                             std::vector<int> groups, const ResidualModel& model)
    : model_(model),
      points_(std::move(points)),
      residuals_(std::move(residuals)),
      groups_(std::move(groups)) {
  for (std::size_t i = 0; i < kMeasuredVariables; ++i) {
    for (const MeasuredPoint& point : points_) {
      if (point[i] != points_.front()[i]) variables_ = i + 1;
    }
  }
  for (MeasuredPoint& point : points_) {
    for (std::size_t i = 0; i < kMeasuredVariables; ++i) point[i] /= model_.length[i];
  }
  for (double& residual : residuals_) residual = std::clamp(residual, -model_.clip, model_.clip);
  if (!points_.empty()) build(0, static_cast<std::int32_t>(points_.size()));
}

void MeasuredTable::build(std::int32_t begin, std::int32_t end) {
  const std::size_t self = nodes_.size();
  nodes_.push_back({begin, end, -1, 0, 0});
  if (end - begin <= kLeafSize) return;
  std::size_t axis = 0;
  double widest = -1;
  for (std::size_t i = 0; i < kMeasuredVariables; ++i) {
    double low = points_[begin][i], high = low;
    for (std::int32_t j = begin; j < end; ++j) {
      low = std::min(low, points_[j][i]);
      high = std::max(high, points_[j][i]);
    }
    if (high - low > widest) {
      widest = high - low;
      axis = i;
    }
  }
  if (widest <= 0) return;
  std::vector<std::int32_t> order(end - begin);
  std::iota(order.begin(), order.end(), begin);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return points_[a][axis] < points_[b][axis];
  });
  std::vector<MeasuredPoint> points;
  std::vector<double> residuals;
  std::vector<int> groups;
  for (const std::int32_t i : order) {
    points.push_back(points_[i]);
    residuals.push_back(residuals_[i]);
    groups.push_back(groups_[i]);
  }
  std::copy(points.begin(), points.end(), points_.begin() + begin);
  std::copy(residuals.begin(), residuals.end(), residuals_.begin() + begin);
  std::copy(groups.begin(), groups.end(), groups_.begin() + begin);
  const std::int32_t middle = begin + (end - begin) / 2;
  nodes_[self].axis = static_cast<std::int32_t>(axis);
  nodes_[self].split = points_[middle][axis];
  build(begin, middle);
  nodes_[self].right = static_cast<std::int32_t>(nodes_.size());
  build(middle, end);
}

void MeasuredTable::search(std::int32_t node_index, const MeasuredPoint& scaled, int excluded,
                           Near& near) const {
  const Node& node = nodes_[node_index];
  if (node.right < 0) {
    for (std::int32_t i = node.begin; i < node.end; ++i) {
      if (excluded != kNothingExcluded && groups_[i] == excluded) continue;
      const double d = distance2(points_[i], scaled, variables_);
      if (excluded == kSamePlaceExcluded && d < kSamePlace) continue;
      if (near.count == kNeighbours && d >= near.distance2[kNeighbours - 1]) continue;
      int place = near.count < kNeighbours ? near.count++ : kNeighbours - 1;
      for (; place > 0 && near.distance2[place - 1] > d; --place) {
        near.distance2[place] = near.distance2[place - 1];
        near.index[place] = near.index[place - 1];
      }
      near.distance2[place] = d;
      near.index[place] = i;
    }
    return;
  }
  const double offset = scaled[static_cast<std::size_t>(node.axis)] - node.split;
  const std::int32_t left = node_index + 1;
  search(offset < 0 ? left : node.right, scaled, excluded, near);
  if (near.count < kNeighbours || offset * offset < near.distance2[kNeighbours - 1])
    search(offset < 0 ? node.right : left, scaled, excluded, near);
}

Correction MeasuredTable::at(const MeasuredPoint& point, int excluded) const {
  if (points_.empty()) return {};
  MeasuredPoint scaled = point;
  for (std::size_t i = 0; i < kMeasuredVariables; ++i) scaled[i] /= model_.length[i];
  Near near;
  search(0, scaled, excluded, near);
  const int count = near.count;
  if (count == 0) return {};
  // Cholesky factor of the neighbours' covariance, then one forward solve each for the covariances
  // with the point and for the residuals: correction = u.v, variance left = 1 - u.u.
  std::array<std::array<double, kNeighbours>, kNeighbours> factor;
  std::array<double, kNeighbours> u, v;
  Correction result;
  for (int i = 0; i < count; ++i) {
    const MeasuredPoint& here = points_[near.index[i]];
    double with_point = covariance(near.distance2[i]);
    double residual = residuals_[near.index[i]];
    for (int j = 0; j <= i; ++j) {
      double sum = i == j ? 1 + model_.nugget
                          : covariance(distance2(here, points_[near.index[j]], variables_));
      for (int l = 0; l < j; ++l) sum -= factor[i][l] * factor[j][l];
      factor[i][j] = i == j ? std::sqrt(std::max(sum, 1e-9)) : sum / factor[j][j];
    }
    for (int j = 0; j < i; ++j) {
      with_point -= factor[i][j] * u[j];
      residual -= factor[i][j] * v[j];
    }
    u[i] = with_point / factor[i][i];
    v[i] = residual / factor[i][i];
    result.log_ratio += u[i] * v[i];
    result.unexplained -= u[i] * u[i];
  }
  result.unexplained = std::clamp(result.unexplained, 0.0, 1.0);
  return result;
}

}  // namespace polyfleet
