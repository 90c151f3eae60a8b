// The table [plan] of a fleet scenario: what `polyfleet plan fleet` may buy, from when, and within
// which limits. A scenario without it may be planned too: all its systems with a price are on offer
// at all its sites, and what that assumes is listed. Reference: docs/fleet_planning.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/fleet_document_fields.hpp"
#include "fleet/procurement_problem.hpp"

namespace polyfleet {

/// [[plan.offer]]
struct StatedPurchaseOffer : StatedEntry {
  std::string system;
  std::vector<std::string> sites;
  std::optional<CalendarDate> first_delivery;
  std::optional<Figure<Watts>> per_quarter;
  double price_change = 0;
};

/// [[plan.delivery]]
struct StatedDelivery : StatedEntry {
  std::string vendor;
  std::optional<CalendarDate> from;
  std::optional<Figure<Watts>> per_quarter;
};

/// [[plan.budget]] and [[plan.carbon]]
struct StatedBudget : StatedEntry {
  int year = 0;
  std::optional<Figure<Usd>> most;
};
struct StatedCarbonLimit : StatedEntry {
  int year = 0;
  std::optional<Figure<GramsCo2e>> most;
};

/// [[plan.share]]
struct StatedBoughtShare : StatedEntry {
  std::string vendor;
  double least = 0, most = 1;
};

/// [plan.frontier]
struct StatedFrontier : StatedEntry {
  std::vector<double> shares;
  std::optional<CalendarDate> lost_from;
};

enum class PlanMeets { all, worthwhile };
enum class PlanKeeps { pools, phases };

/// [plan]
struct StatedProcurement : StatedEntry {
  PlanMeets meet = PlanMeets::all;
  PlanKeeps keep = PlanKeeps::pools;
  std::optional<CalendarDate> meet_from;
  int quarters_to_work = 1;
  std::optional<Figure<Watts>> block;
  double gap = 0.005, largest_share = 1;
  std::vector<StatedPurchaseOffer> offers;
  std::vector<StatedDelivery> deliveries;
  std::vector<StatedBudget> budgets;
  std::vector<StatedCarbonLimit> carbon;
  std::vector<StatedBoughtShare> shares;
  std::optional<StatedFrontier> frontier;
};
const FieldTable<StatedProcurement>& procurement_fields();
const FieldTable<StatedPurchaseOffer>& plan_offer_fields();
const FieldTable<StatedDelivery>& plan_delivery_fields();
const FieldTable<StatedBudget>& plan_budget_fields();
const FieldTable<StatedCarbonLimit>& plan_carbon_fields();
const FieldTable<StatedBoughtShare>& plan_share_fields();
const FieldTable<StatedFrontier>& plan_frontier_fields();

/// `plan`: the table, or null. Adds to `assumptions` what it leaves open. Errors: unknown keys,
/// systems, sites, vendors and years; systems without a price; days outside the study; shares that
/// leave nothing; nothing on offer.
Result<ProcurementTerms> read_procurement_terms(const Value& plan, const FleetModel& model,
                                                std::vector<std::string>& assumptions);

}  // namespace polyfleet
