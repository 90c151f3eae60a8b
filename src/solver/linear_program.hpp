// A linear program solved by COIN-OR Clp (dual simplex): least cost under linear rows, with the
// price of every row. Built once and changed between solves, so that a sequence of like programs
// (one a week) starts from the last answer. Deterministic. Tolerance 1e-9 of scaled values: keep
// coefficients within some six orders of magnitude of each other.
#pragma once

#include <limits>
#include <memory>
#include <vector>

namespace polyfleet {

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

/// weight * variable, in a row.
struct LinearTerm {
  int variable = 0;
  double weight = 0;
};

enum class ProgramStatus { optimal, infeasible, unbounded, stopped };

struct LinearAnswer {
  ProgramStatus status = ProgramStatus::stopped;
  double cost = 0;
  std::vector<double> values;  ///< one a variable
  /// One a row: by how much the least cost rises when the row's active bound rises by one (0 where
  /// the row does not bind). Of an infeasible program: a certificate (Farkas), or empty.
  std::vector<double> prices;
};

class LinearProgram {
 public:
  LinearProgram();
  ~LinearProgram();
  LinearProgram(LinearProgram&&) noexcept;
  LinearProgram& operator=(LinearProgram&&) noexcept;

  /// Number of the new variable, counted from 0.
  int add_variable(double cost, double low = 0, double high = kUnbounded);
  /// Number of the new row: low <= sum of terms <= high (-kUnbounded, kUnbounded: no bound). A
  /// variable stands at most once in a row.
  int add_row(const std::vector<LinearTerm>& terms, double low, double high);

  void set_cost(int variable, double cost);
  void set_bounds(int variable, double low, double high);
  void set_row_bounds(int row, double low, double high);
  /// Only of a term that the row was added with.
  void set_weight(int row, int variable, double weight);
  int variables() const;
  int rows() const;

  /// Starts from the last answer where there is one.
  LinearAnswer solve();

 private:
  struct Model;
  std::unique_ptr<Model> model_;
};

}  // namespace polyfleet
