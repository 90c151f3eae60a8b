#include "fleet/procurement_frontier.hpp"

#include <algorithm>

#include "fleet/place.hpp"

namespace polyfleet {

namespace {

/// What was bought before a quarter stands; of the lost vendor nothing more comes.
std::vector<std::vector<Watts>> decided(const ProcurementProblem& problem,
                                        const ProcurementPlan& plan, const std::string& lost,
                                        int from) {
  const std::size_t quarters = problem.quarters.size();
  std::vector<std::vector<Watts>> fixed;
  for (const ProcurementOffer& offer : problem.offers) {
    std::vector<Watts>& row = fixed.emplace_back(quarters, ProcurementProblem::kFree);
    for (std::size_t q = 0; q < quarters; ++q) {
      if (static_cast<int>(q) < from || offer.vendor == lost) row[q] = Watts();
    }
  }
  for (const PlannedPurchase& purchase : plan.purchases) {
    if (purchase.quarter < from) fixed[at(purchase.offer)][at(purchase.quarter)] = purchase.power;
  }
  return fixed;
}

double largest_unmet(const ProcurementProblem& problem, const ProcurementPlan& plan,
                     const ProcurementPlan& undisturbed) {
  double largest = 0;
  for (std::size_t q = at(problem.meet_from); q < plan.quarters.size(); ++q) {
    for (std::size_t w = 0; w < plan.quarters[q].unmet.size(); ++w) {
      const double wanted = problem.quarters[q].problem.demands[w].per_second;
      const double more = plan.quarters[q].unmet[w] - undisturbed.quarters[q].unmet[w];
      if (wanted > 0) largest = std::max(largest, more / wanted);
    }
  }
  return largest;
}

double largest_bought(const ProcurementPlan& plan) {
  Watts all, most;
  for (const Watts& power : plan.vendor_power) {
    all += power;
    most = max(most, power);
  }
  return all > Watts() ? most / all : 0;
}

LostVendor after_loss(const ProcurementProblem& stated, const ProcurementPlan& plan,
                      const std::string& vendor, int from) {
  ProcurementProblem problem = stated;
  problem.fixed = decided(stated, plan, vendor, from);
  problem.largest_share = 1;  // who is left may sell everything
  problem.shares.clear();
  const ProcurementPlan rest = ProcurementPlanner(problem).plan();
  return {vendor, rest.cost.total(), rest.cost.total() - plan.cost.total(),
          largest_unmet(problem, rest, plan)};
}

}  // namespace

Usd FrontierPoint::worst() const {
  Usd worst;
  for (const LostVendor& loss : losses) worst = max(worst, loss.more);
  return worst;
}

std::vector<FrontierPoint> diversification_frontier(const ProcurementProblem& problem,
                                                    const FrontierOptions& options) {
  const std::vector<std::string> vendors = vendors_of(problem);
  const int all = static_cast<int>(options.shares.size() * (1 + vendors.size()));
  const auto stopped = [&] { return options.stop && options.stop->load(); };
  int done = 0;
  const auto progress = [&] {
    ++done;
    if (options.progress) options.progress(done, all);
  };
  ProcurementProblem any_amount = problem;
  any_amount.block = Watts();
  std::vector<FrontierPoint> frontier;
  for (const double share : options.shares) {
    if (stopped()) break;
    any_amount.largest_share = share;
    FrontierPoint point;
    point.largest_share = share;
    point.plan = ProcurementPlanner(any_amount).plan();
    point.share_bought = largest_bought(point.plan);
    progress();
    for (const std::string& vendor : vendors) {
      if (stopped()) return frontier;
      point.losses.push_back(after_loss(any_amount, point.plan, vendor, options.lost_from));
      progress();
    }
    frontier.push_back(std::move(point));
  }
  return frontier;
}

}  // namespace polyfleet
