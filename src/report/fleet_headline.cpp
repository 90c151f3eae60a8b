#include "report/fleet_headline.hpp"

#include "report/fleet_costs.hpp"
#include "report/fleet_lines.hpp"

namespace polyfleet {
namespace {

double total_of(const std::vector<FleetLine>& lines, const std::string& key) {
  const FleetLine* const line = find_line(lines, key);
  return line == nullptr ? 0 : line->total;
}

/// Output of every workload that counts in this unit.
double units_of(const FleetModel& model, const std::vector<FleetLine>& lines,
                const std::string& unit) {
  double sum = 0;
  for (const FleetWorkload& workload : model.workloads) {
    if (workload.unit == unit) sum += total_of(lines, "output." + workload.id + ".done");
  }
  return sum;
}

}  // namespace

std::vector<HeadlineFigure> fleet_headline(const FleetModel& model, const FleetRun& run) {
  const std::vector<FleetSlice> slices = fleet_slices(model.time, FleetSliceKind::year);
  const std::vector<FleetLine> lines = fleet_lines(model, run, slices);
  const FleetCosts costs = fleet_costs(model, run);
  double gigawatt_years = 0;
  for (const PhaseCost& phase : costs.phases) gigawatt_years += phase.gigawatt_years;
  const double cost = costs.total() / usd;
  return {
      {"power", "stands at the end", "GW", total_of(lines, "delivered.power")},
      {"accelerators", "accelerators at the end", "accelerators",
       total_of(lines, "delivered.accelerators")},
      {"gigawatt_years", "installed over time", "GW-years", gigawatt_years},
      {"training_flop", "training", "FLOP", total_of(lines, "output.training_flop")},
      {"tokens", "tokens", "tokens", total_of(lines, "output.tokens")},
      {"videos", "videos", "videos", units_of(model, lines, "videos")},
      {"energy", "energy, bought and made", "GWh", total_of(lines, "energy.bought_and_made")},
      {"carbon_location", "carbon, location-based", "tCO2e",
       total_of(lines, "carbon.carbon_location_based")},
      {"carbon_market", "carbon, market-based", "tCO2e",
       total_of(lines, "carbon.carbon_market_based")},
      {"carbon_embodied", "carbon, embodied", "tCO2e", total_of(lines, "carbon.carbon_embodied")},
      {"cost", "cost, less what is left", "USD", cost},
      {"gigawatt_year_cost", "cost of a gigawatt-year", "USD",
       gigawatt_years > 0 ? cost / gigawatt_years : 0},
      {"revenue", "revenue", "USD", total_of(lines, "money.revenue")},
      {"net_present_value", "net present value", "USD", net_present_value(model, run.ledger) / usd},
      {"short_periods", "periods short of a must", "periods",
       static_cast<double>(run.shortfalls.size())}};
}

double headline_amount(const std::vector<HeadlineFigure>& figures, const std::string& key) {
  for (const HeadlineFigure& each : figures) {
    if (each.key == key) return each.amount;
  }
  return 0;
}

}  // namespace polyfleet
