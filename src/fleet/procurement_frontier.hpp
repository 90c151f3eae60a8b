// The price of not depending on one vendor: plans in which no vendor sells more than a share of the
// power bought, and what each of them loses when a vendor delivers nothing from some quarter on.
// After a loss the purchases made before stand and the rest is planned anew from the vendors left,
// so that least is missed (or, where only what pays is met, so that the whole costs least); what is
// unmet is lost at its value. A plan by one vendor costs least until that vendor is lost.
#pragma once

#include <functional>

#include "fleet/procurement.hpp"

namespace polyfleet {

/// A plan after one vendor is lost.
struct LostVendor {
  std::string vendor;
  Usd cost;          ///< present value, unmet demand at its value
  Usd more;          ///< than the plan undisturbed; below zero where only its cap cost more
  double unmet = 0;  ///< largest share of a workload's demand of a quarter, beyond the plan's
};

struct FrontierPoint {
  double largest_share = 1;  ///< allowed
  ProcurementPlan plan;
  double share_bought = 0;  ///< the largest that is bought
  std::vector<LostVendor> losses;
  /// Of the losses; zero where nothing is bought.
  Usd worst() const;
};

struct FrontierOptions {
  std::vector<double> shares{1, 0.9, 0.8, 0.7, 0.6, 0.5};
  int lost_from = 0;  ///< quarter
  const std::atomic<bool>* stop = nullptr;
  std::function<void(int done, int all)> progress = {};
};

/// By share, largest first. Purchases in any amount. Ends early when stopped.
std::vector<FrontierPoint> diversification_frontier(const ProcurementProblem& problem,
                                                    const FrontierOptions& options);

}  // namespace polyfleet
