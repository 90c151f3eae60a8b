#include "solver/linear_program.hpp"

#include <algorithm>
#include <coin/ClpSimplex.hpp>
#include <cstddef>

#include "base/check.hpp"

namespace polyfleet {

struct LinearProgram::Model {
  ClpSimplex simplex;
  bool solved = false;
};

namespace {

constexpr double kTolerance = 1e-9;  // of scaled values, as the header says

double clp_bound(double bound) {
  if (bound == kUnbounded) return COIN_DBL_MAX;
  if (bound == -kUnbounded) return -COIN_DBL_MAX;
  return bound;
}

std::vector<double> clp_bounds(std::vector<double> bounds) {
  std::transform(bounds.begin(), bounds.end(), bounds.begin(), clp_bound);
  return bounds;
}

ProgramStatus status_of(const ClpSimplex& simplex) {
  if (simplex.isProvenOptimal()) return ProgramStatus::optimal;
  if (simplex.isProvenPrimalInfeasible()) return ProgramStatus::infeasible;
  if (simplex.isProvenDualInfeasible()) return ProgramStatus::unbounded;
  return ProgramStatus::stopped;
}

/// What the certificate proves: by how much the rows ask for more than variables can give; above
/// zero for a valid one.
double proven_gap(const ClpSimplex& simplex, const double* prices, double sign) {
  double gap = 0;
  for (int row = 0; row < simplex.numberRows(); ++row) {
    const double price = sign * prices[row];
    if (price > 0) gap += price * simplex.rowLower()[row];
    if (price < 0) gap += price * simplex.rowUpper()[row];
  }
  const CoinPackedMatrix& matrix = *simplex.matrix();
  for (int column = 0; column < simplex.numberColumns(); ++column) {
    double weight = 0;
    double size = 0;
    const CoinBigIndex first = matrix.getVectorStarts()[column];
    for (CoinBigIndex at = first; at < first + matrix.getVectorLengths()[column]; ++at) {
      const double term = sign * prices[matrix.getIndices()[at]] * matrix.getElements()[at];
      weight += term;
      size += std::abs(term);
    }
    if (std::abs(weight) <= kTolerance * size) continue;
    gap -= weight * (weight > 0 ? simplex.columnUpper()[column] : simplex.columnLower()[column]);
  }
  return gap;
}

/// Clp's ray has changed its sign between releases: the sign that proves is taken.
std::vector<double> certificate(ClpSimplex& simplex) {
  if (!simplex.rayExists()) {
    simplex.allSlackBasis(true);
    simplex.dual();
  }
  const std::unique_ptr<double[]> ray(simplex.infeasibilityRay());
  if (!ray) return {};
  const int rows = simplex.numberRows();
  for (const double sign : {1.0, -1.0}) {
    if (!(proven_gap(simplex, ray.get(), sign) > 0)) continue;
    std::vector<double> prices(ray.get(), ray.get() + rows);
    for (double& price : prices) price *= sign;
    return prices;
  }
  return {};
}

void configure(ClpSimplex& simplex) {
  simplex.setLogLevel(0);
  simplex.setPrimalTolerance(kTolerance);
  simplex.setDualTolerance(kTolerance);
}

}  // namespace

LinearProgram::LinearProgram() : model_(std::make_unique<Model>()) { configure(model_->simplex); }

LinearProgram::LinearProgram(const LinearParts& parts) : LinearProgram() {
  std::vector<int> rows, columns;
  std::vector<double> weights;
  for (const LinearParts::Entry& entry : parts.entries) {
    POLYFLEET_CHECK(entry.variable >= 0 && entry.variable < static_cast<int>(parts.cost.size()) &&
                        entry.row >= 0 && entry.row < static_cast<int>(parts.row_low.size()),
                    "an entry of no variable or row");
    rows.push_back(entry.row);
    columns.push_back(entry.variable);
    weights.push_back(entry.weight);
  }
  CoinPackedMatrix matrix(true, rows.data(), columns.data(), weights.data(),
                          static_cast<CoinBigIndex>(weights.size()));
  matrix.setDimensions(static_cast<int>(parts.row_low.size()), static_cast<int>(parts.cost.size()));
  model_->simplex.loadProblem(matrix, clp_bounds(parts.low).data(), clp_bounds(parts.high).data(),
                              parts.cost.data(), clp_bounds(parts.row_low).data(),
                              clp_bounds(parts.row_high).data());
}

LinearProgram::~LinearProgram() = default;
LinearProgram::LinearProgram(LinearProgram&&) noexcept = default;
LinearProgram& LinearProgram::operator=(LinearProgram&&) noexcept = default;

int LinearProgram::add_variable(double cost, double low, double high) {
  model_->simplex.addColumn(0, nullptr, nullptr, clp_bound(low), clp_bound(high), cost);
  return variables() - 1;
}

int LinearProgram::add_row(const std::vector<LinearTerm>& terms, double low, double high) {
  std::vector<int> columns;
  std::vector<double> weights;
  for (const LinearTerm& term : terms) {
    POLYFLEET_CHECK(term.variable >= 0 && term.variable < variables(), "a row of no variable");
    columns.push_back(term.variable);
    weights.push_back(term.weight);
  }
  model_->simplex.addRow(static_cast<int>(columns.size()), columns.data(), weights.data(),
                         clp_bound(low), clp_bound(high));
  return rows() - 1;
}

void LinearProgram::set_cost(int variable, double cost) {
  model_->simplex.setObjectiveCoefficient(variable, cost);
}

void LinearProgram::set_bounds(int variable, double low, double high) {
  model_->simplex.setColumnBounds(variable, clp_bound(low), clp_bound(high));
}

void LinearProgram::set_row_bounds(int row, double low, double high) {
  model_->simplex.setRowBounds(row, clp_bound(low), clp_bound(high));
}

void LinearProgram::set_weight(int row, int variable, double weight) {
  model_->simplex.modifyCoefficient(row, variable, weight, true);
}

int LinearProgram::variables() const { return model_->simplex.numberColumns(); }
int LinearProgram::rows() const { return model_->simplex.numberRows(); }
void LinearProgram::forget() { model_->solved = false; }

LinearAnswer LinearProgram::solve(bool only_costs) {
  ClpSimplex& simplex = model_->simplex;
  if (!model_->solved) simplex.allSlackBasis(true);
  if (model_->solved && only_costs) {
    simplex.primal();
  } else {
    simplex.dual();
  }
  if (status_of(simplex) ==
      ProgramStatus::stopped) {  // numbers went astray: once more from nothing
    simplex.allSlackBasis(true);
    simplex.primal();
  }
  LinearAnswer answer;
  answer.status = status_of(simplex);
  model_->solved = answer.status == ProgramStatus::optimal;
  if (answer.status == ProgramStatus::optimal) {
    answer.cost = simplex.objectiveValue();
    answer.values.assign(simplex.primalColumnSolution(),
                         simplex.primalColumnSolution() + variables());
    answer.prices.assign(simplex.dualRowSolution(), simplex.dualRowSolution() + rows());
  } else if (answer.status == ProgramStatus::infeasible) {
    answer.prices = certificate(simplex);
  }
  return answer;
}

}  // namespace polyfleet
