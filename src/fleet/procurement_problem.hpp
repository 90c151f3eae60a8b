// The procurement problem made from a fleet model: what stands (pools, and the phases where they
// are kept), what each offer costs and does in each calendar quarter, and what limits. Coefficients
// are those of fleet/period_problem averaged over the quarter; campaigns count at the even pace of
// their whole length.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/fleet_model.hpp"
#include "fleet/procurement.hpp"

namespace polyfleet {

/// What may be bought and within which limits, as a scenario's [plan] states it.
struct ProcurementTerms {
  /// One class at some sites.
  struct Offer {
    int device_class = 0;
    std::vector<int> sites;
    FleetHour first_delivery = 0;
    std::optional<Watts> per_quarter;  ///< at all its sites together, as provisioned
    double price_change = 0;           ///< a year, of the class's price, compound
  };
  /// All of one vendor from a day on, until the next of the same vendor.
  struct Delivery {
    std::string vendor;
    FleetHour from = 0;
    Watts per_quarter;
  };
  std::vector<Offer> offers;
  std::vector<Delivery> deliveries;
  std::vector<YearLimit> budgets, carbon;
  std::vector<BoughtShare> shares;
  double largest_share = 1;
  bool keep_phases = false;  ///< the scenario's phases come as stated; purchases are beside them
  bool meet_all = true;
  /// From which demand must be met; open: from the quarter in which the first purchase can work.
  std::optional<FleetHour> meet_from;
  int quarters_to_work = 1;
  Watts block;
  double gap = 0.005;
  std::vector<double> frontier{1, 0.9, 0.8, 0.7, 0.6, 0.5};  ///< largest shares
  FleetHour lost_from = 0;  ///< from which a lost vendor delivers nothing
};

/// Precondition: classes of the offers have a price; the model has its rates.
ProcurementProblem procurement_problem(const FleetModel& model, const ProcurementTerms& terms);

/// The model whose phases the problem allocates: pools, phases where they are kept, and an empty
/// phase for each offer.
FleetModel model_with_offers(const FleetModel& model, const ProcurementTerms& terms);

/// Calendar quarters of a study: first hours, and its end last. The first and the last may be
/// shorter.
std::vector<FleetHour> quarters_of(const FleetTime& time);
/// "2027 Q2"
std::string quarter_name(const FleetTime& time, FleetHour at);

}  // namespace polyfleet
