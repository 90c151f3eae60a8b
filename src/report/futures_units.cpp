#include "report/futures_units.hpp"

#include <fmt/format.h>

#include <cmath>

#include "report/fleet_table.hpp"
#include "report/futures_text.hpp"
#include "report/plain_units.hpp"

namespace polyfleet {
namespace {

constexpr double kJoulesAGigawattHour = 3.6e12;
constexpr double kGramsATonne = 1e6;
constexpr double kSecondsAYear = 365 * 86400.0;
constexpr double kHourInSeconds = 3600;

OutcomeUnit account_unit(const FuturesAnswer& answer, const Outcome& outcome) {
  switch (info(outcome.account).unit) {
    case LedgerUnit::dollars:
      return {"USD", 1};
    case LedgerUnit::joules:
      return {"GWh", 1 / kJoulesAGigawattHour};
    case LedgerUnit::grams:
      return {"tCO2e", 1 / kGramsATonne};
    case LedgerUnit::accelerators:
      return {"accelerators", 1};
    case LedgerUnit::accelerator_seconds:
      return {"accelerator-years", 1 / kSecondsAYear};
    case LedgerUnit::watt_seconds:
      return {"GW-years", 1 / (kWattsAGigawatt * kSecondsAYear)};
    case LedgerUnit::flops:
      return {"FLOP", 1};
    case LedgerUnit::tokens:
      return {"tokens", 1};
    case LedgerUnit::seconds:
      return {"h", 1 / kHourInSeconds};
    case LedgerUnit::units:
      break;
  }
  const auto workload = static_cast<std::size_t>(outcome.workload);
  return {workload < answer.units.size() ? answer.units[workload] : "units", 1};
}

}  // namespace

OutcomeUnit unit_of(const FuturesAnswer& answer, const Outcome& outcome) {
  switch (outcome.kind) {
    case OutcomeKind::account:
      return account_unit(answer, outcome);
    case OutcomeKind::cost:
    case OutcomeKind::npv:
      return {"USD", 1};
    case OutcomeKind::unit_cost:
      return {"USD/Mtokens", 1};
    case OutcomeKind::gigawatt_year_cost:
      return {"USD", 1};
    case OutcomeKind::gigawatts:
      return {"GW", 1 / kWattsAGigawatt};
    case OutcomeKind::gigawatt_years:
      return {"GW-years", 1 / (kWattsAGigawatt * kSecondsAYear)};
    case OutcomeKind::milestone:
    case OutcomeKind::campaign:
      return {"date", 1};
    case OutcomeKind::shortfalls:
      return {"periods", 1};
  }
  return {};
}

std::string day_text(const FuturesAnswer& answer, double hours) {
  return std::isfinite(hours) ? print_date(date_after(answer.begin, hours * hour)) : "later";
}

std::string title_of(const Outcome& outcome) {
  return outcome.year == 0 ? outcome.name : fmt::format("{} {}", outcome.name, outcome.year);
}

std::string outcome_text(const FuturesAnswer& answer, const Outcome& outcome, double value) {
  if (is_day(outcome)) return day_text(answer, value);
  const OutcomeUnit unit = unit_of(answer, outcome);
  return amount_text(value * unit.factor, unit.name);
}

}  // namespace polyfleet
