#include "planner/serving_program.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace polyfleet {
namespace {

constexpr double kTiny = 1e-9;
constexpr double kWhole = 1e-6;
constexpr int kMostPivots = 20000;

/// A x = b with x >= 0 as a dense tableau: columns are variables, one surplus a row, one artificial
/// a row; the last column is b. Rows are scaled to their largest weight.
class Tableau {
 public:
  explicit Tableau(const WholeProgram& program)
      : variables_(program.costs.size()), rows_(program.rows.size()) {
    cells_.assign((rows_ + 1) * width(), 0);
    basis_.resize(rows_);
    for (std::size_t r = 0; r < rows_; ++r) fill(program.rows[r], r);
  }

  /// Phase one; false when there is no feasible point.
  bool find_start() {
    for (std::size_t r = 0; r < rows_; ++r) {
      for (std::size_t c = 0; c < artificial(0); ++c) objective(c) -= at(r, c);
      objective(last()) -= at(r, last());
    }
    if (!pivot_to_optimum(artificial(0)) || objective(last()) < -kWhole) return false;
    drop_artificials();
    return true;
  }

  bool minimise(const std::vector<double>& costs) {
    for (std::size_t c = 0; c < width(); ++c) objective(c) = c < variables_ ? costs[c] : 0;
    for (std::size_t r = 0; r < rows_; ++r) {
      const double factor = basis_[r] < variables_ ? costs[basis_[r]] : 0;
      if (factor == 0) continue;
      for (std::size_t c = 0; c < width(); ++c) objective(c) -= factor * at(r, c);
    }
    return pivot_to_optimum(artificial(0));
  }

  std::vector<double> counts() {
    std::vector<double> found(variables_, 0);
    for (std::size_t r = 0; r < rows_; ++r) {
      if (basis_[r] < variables_) found[basis_[r]] = std::max(0.0, at(r, last()));
    }
    return found;
  }

 private:
  std::size_t width() const { return variables_ + 2 * rows_ + 1; }
  std::size_t last() const { return width() - 1; }
  std::size_t artificial(std::size_t row) const { return variables_ + rows_ + row; }
  double& at(std::size_t row, std::size_t column) { return cells_[row * width() + column]; }
  double& objective(std::size_t column) { return at(rows_, column); }

  void fill(const ProgramRow& row, std::size_t r) {
    double scale = std::abs(row.least);
    for (const double weight : row.weights) scale = std::max(scale, std::abs(weight));
    if (scale == 0) scale = 1;
    const double sign = row.least < 0 ? -1 : 1;
    for (std::size_t c = 0; c < variables_; ++c) at(r, c) = sign * row.weights[c] / scale;
    at(r, variables_ + r) = -sign;
    at(r, artificial(r)) = 1;
    at(r, last()) = sign * row.least / scale;
    basis_[r] = artificial(r);
  }

  void pivot(std::size_t row, std::size_t column) {
    const double divisor = at(row, column);
    for (std::size_t c = 0; c < width(); ++c) at(row, c) /= divisor;
    for (std::size_t r = 0; r <= rows_; ++r) {
      const double factor = at(r, column);
      if (r == row || factor == 0) continue;
      for (std::size_t c = 0; c < width(); ++c) at(r, c) -= factor * at(row, c);
      at(r, column) = 0;
    }
    basis_[row] = column;
  }

  /// Bland's rule: the first column that gains, the first row that binds. False: without bound.
  bool pivot_to_optimum(std::size_t columns) {
    for (int step = 0; step < kMostPivots; ++step) {
      std::size_t column = 0;
      while (column < columns && objective(column) > -kTiny) ++column;
      if (column == columns) return true;
      std::size_t row = rows_;
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t r = 0; r < rows_; ++r) {
        if (at(r, column) <= kTiny) continue;
        const double ratio = at(r, last()) / at(r, column);
        if (ratio < least - kTiny || (ratio < least + kTiny && basis_[r] < basis_[row])) {
          least = ratio;
          row = r;
        }
      }
      if (row == rows_) return false;
      pivot(row, column);
    }
    return false;
  }

  /// Artificial variables that stayed in the basis at zero give way to any real column.
  void drop_artificials() {
    for (std::size_t r = 0; r < rows_; ++r) {
      if (basis_[r] < artificial(0)) continue;
      for (std::size_t c = 0; c < artificial(0); ++c) {
        if (std::abs(at(r, c)) > kTiny) {
          pivot(r, c);
          break;
        }
      }
    }
  }

  std::size_t variables_, rows_;
  std::vector<double> cells_;
  std::vector<std::size_t> basis_;
};

double cost_of(const WholeProgram& program, const std::vector<double>& counts) {
  double cost = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) cost += program.costs[i] * counts[i];
  return cost;
}

/// Depth first, the rounded-up branch first: more of a thing covers the demand sooner.
class Branching {
 public:
  Branching(const WholeProgram& program, std::int64_t most_nodes, double cutoff)
      : program_(program),
        most_nodes_(most_nodes),
        lower_(program.costs.size(), 0),
        upper_(program.costs.size(), kOpen) {
    answer_.cost = cutoff;
  }

  ProgramAnswer solve() {
    visit();
    answer_.bound = answer_.complete ? answer_.cost : std::min(open_bound_, answer_.cost);
    if (!answer_.found) answer_.cost = 0;
    return answer_;
  }

 private:
  void visit() {
    if (answer_.nodes >= most_nodes_) {
      answer_.complete = false;
      return;
    }
    ++answer_.nodes;
    const RelaxedAnswer relaxed = solve_relaxed(bounded());
    if (answer_.nodes == 1) open_bound_ = relaxed.found ? relaxed.cost : 0;
    if (!relaxed.found || relaxed.cost >= answer_.cost * (1 - kTiny)) return;
    const std::size_t split = least_whole(relaxed.counts);
    if (split == relaxed.counts.size()) return keep(relaxed.counts);
    const double value = relaxed.counts[split];
    const double lower = lower_[split], upper = upper_[split];
    lower_[split] = std::ceil(value - kWhole);
    visit();
    lower_[split] = lower;
    upper_[split] = std::floor(value + kWhole);
    visit();
    upper_[split] = upper;
  }

  /// The program within the bounds of this branch.
  WholeProgram bounded() const {
    WholeProgram program = program_;
    const auto add = [&](std::size_t variable, double weight, double least) {
      ProgramRow row{std::vector<double>(program.costs.size(), 0), least};
      row.weights[variable] = weight;
      program.rows.push_back(std::move(row));
    };
    for (std::size_t i = 0; i < lower_.size(); ++i) {
      if (lower_[i] > 0) add(i, 1, lower_[i]);
      if (upper_[i] < kOpen) add(i, -1, -upper_[i]);
    }
    return program;
  }

  /// The count that is furthest from whole, or past the end.
  static std::size_t least_whole(const std::vector<double>& counts) {
    std::size_t worst = counts.size();
    double furthest = kWhole;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const double off = std::abs(counts[i] - std::round(counts[i]));
      if (off > furthest) {
        furthest = off;
        worst = i;
      }
    }
    return worst;
  }

  void keep(const std::vector<double>& counts) {
    answer_.found = true;
    answer_.counts.clear();
    answer_.cost = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      answer_.counts.push_back(std::llround(counts[i]));
      answer_.cost += program_.costs[i] * static_cast<double>(answer_.counts.back());
    }
  }

  static constexpr double kOpen = std::numeric_limits<double>::infinity();

  const WholeProgram& program_;
  std::int64_t most_nodes_;
  std::vector<double> lower_, upper_;  // of this branch
  double open_bound_ = 0;
  ProgramAnswer answer_;
};

}  // namespace

RelaxedAnswer solve_relaxed(const WholeProgram& program) {
  Tableau tableau(program);
  if (!tableau.find_start() || !tableau.minimise(program.costs)) return {};
  RelaxedAnswer answer{true, tableau.counts(), 0};
  answer.cost = cost_of(program, answer.counts);
  return answer;
}

ProgramAnswer solve_whole(const WholeProgram& program, std::int64_t most_nodes, double cutoff) {
  return Branching(program, most_nodes, cutoff).solve();
}

}  // namespace polyfleet
