#include "solver/linear_program.hpp"

#include <coin/ClpSimplex.hpp>

#include "base/check.hpp"

namespace polyfleet {

struct LinearProgram::Model {
  ClpSimplex simplex;
  bool solved = false;
};

namespace {

double clp_bound(double bound) {
  if (bound == kUnbounded) return COIN_DBL_MAX;
  if (bound == -kUnbounded) return -COIN_DBL_MAX;
  return bound;
}

ProgramStatus status_of(const ClpSimplex& simplex) {
  if (simplex.isProvenOptimal()) return ProgramStatus::optimal;
  if (simplex.isProvenPrimalInfeasible()) return ProgramStatus::infeasible;
  if (simplex.isProvenDualInfeasible()) return ProgramStatus::unbounded;
  return ProgramStatus::stopped;
}

}  // namespace

LinearProgram::LinearProgram() : model_(std::make_unique<Model>()) {
  model_->simplex.setLogLevel(0);
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

LinearAnswer LinearProgram::solve() {
  ClpSimplex& simplex = model_->simplex;
  if (model_->solved) {
    simplex.dual();
  } else {
    simplex.initialSolve();
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
    const std::unique_ptr<double[]> ray(simplex.infeasibilityRay());
    if (ray) answer.prices.assign(ray.get(), ray.get() + rows());
  }
  return answer;
}

}  // namespace polyfleet
