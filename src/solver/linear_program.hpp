// A linear program solved by COIN-OR Clp (dual simplex): least cost under linear rows, with the
// price of every row. Built once and changed between solves, so that a sequence of like programs
// (one a week) starts from the last answer. Deterministic: the same calls give the same bits.
// Tolerance 1e-9 of scaled values: keep coefficients within some six orders of magnitude of each
// other. Of several best answers it gives one; which one depends on the answers before.
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

/// A whole program at once: far faster than variable by variable where there are thousands.
struct LinearParts {
  struct Entry {
    int row = 0, variable = 0;
    double weight = 0;
  };
  std::vector<double> cost, low, high;    ///< of variables
  std::vector<double> row_low, row_high;  ///< of rows
  std::vector<Entry> entries;             ///< at most one a row and variable, in any order
};

enum class ProgramStatus { optimal, infeasible, unbounded, stopped };

struct LinearAnswer {
  ProgramStatus status = ProgramStatus::stopped;
  double cost = 0;
  std::vector<double> values;  ///< one a variable
  /// One a row: by how much the least cost rises when the row's active bound rises by one (0 where
  /// the row does not bind). Of an infeasible program: a certificate y (Farkas), or empty. With
  /// it, the largest sum of y * row that variables within their bounds reach stays below the sum
  /// of y * low (rows with y > 0) and y * high (y < 0): these rows cannot all hold.
  std::vector<double> prices;
};

class LinearProgram {
 public:
  LinearProgram();
  explicit LinearProgram(const LinearParts& parts);
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

  /// Starts from the last answer where there is one. `only_costs`: nothing but costs (and limits
  /// that the last answer keeps) has changed since; faster then (primal simplex).
  LinearAnswer solve(bool only_costs = false);
  /// The next solve starts from nothing.
  void forget();

 private:
  struct Model;
  std::unique_ptr<Model> model_;
};

}  // namespace polyfleet
