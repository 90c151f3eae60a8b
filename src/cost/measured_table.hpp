// Measured residuals of a kernel (log of measured over analytic) and their smooth interpolation in
// log space: simple kriging on the nearest points with covariance exp(-distance), distance scaled
// per variable (Cressie, Statistics for Spatial Data, 1993, section 3.4). Far from every point the
// correction falls to zero, so the analytic form rules there.
// Wrong between two points where the library switches kernels; residuals beyond `clip` are noise
// of an autotuner more often than a trait of the shape and are pulled in to it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace polyfleet {

inline constexpr std::size_t kMeasuredVariables = 6;
/// Log2 of the shape's variables; unused ones are 0.
using MeasuredPoint = std::array<double, kMeasuredVariables>;

/// How residuals of one kernel variant vary over shapes; chosen by cross-validation.
struct ResidualModel {
  MeasuredPoint length{1, 1, 1, 1, 1, 1};  ///< octaves over which a residual is remembered
  double nugget = 0.05;                    ///< share of the residual's variance that is noise
  double spread = 0.1;                     ///< standard deviation of the residuals (log)
  double clip = 1;                         ///< residuals are limited to +-clip (log)
  double settling = 1;  ///< sigma = spread x unexplained^settling, so that 80 % intervals hold
};

/// A correction (to be added to the log of the analytic time) and how sure it is.
struct Correction {
  double log_ratio = 0;
  double unexplained = 1;  ///< share of the residual's variance that the neighbours do not settle
};

/// 1-sigma (log) of a corrected time.
double residual_sigma(const ResidualModel& model, const Correction& correction);

/// Points and residuals of one kernel variant behind a k-d tree. Immutable after construction.
class MeasuredTable {
 public:
  static constexpr int kNothingExcluded = -1;
  static constexpr int kSamePlaceExcluded = -2;  ///< points exactly there do not count

  MeasuredTable() = default;
  /// `groups[i]` names the fold of point i for cross-validation.
  MeasuredTable(std::vector<MeasuredPoint> points, std::vector<double> residuals,
                std::vector<int> groups, const ResidualModel& model);

  /// The correction at `point`, from the nearest points that are not of group `excluded`.
  Correction at(const MeasuredPoint& point, int excluded = kNothingExcluded) const;
  bool empty() const { return points_.empty(); }
  std::size_t size() const { return points_.size(); }

 private:
  static constexpr int kNeighbours = 8;
  static constexpr int kLeafSize = 8;
  struct Node {
    std::int32_t begin = 0, end = 0;
    std::int32_t right = -1;  ///< left child is the next node; -1 marks a leaf
    std::int32_t axis = 0;
    double split = 0;
  };
  struct Near {
    std::array<double, kNeighbours> distance2;
    std::array<std::int32_t, kNeighbours> index;
    int count = 0;
  };
  void build(std::int32_t begin, std::int32_t end);
  void search(std::int32_t node, const MeasuredPoint& scaled, int excluded, Near& near) const;

  ResidualModel model_;
  std::size_t variables_ = 1;          ///< the leading variables that vary at all
  std::vector<MeasuredPoint> points_;  ///< divided by the length scales
  std::vector<double> residuals_;
  std::vector<int> groups_;
  std::vector<Node> nodes_;
};

}  // namespace polyfleet
