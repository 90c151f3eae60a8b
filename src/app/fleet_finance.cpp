#include "app/fleet_finance.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "base/spelling.hpp"
#include "capital/deal_date.hpp"

namespace polyfleet {
namespace {

constexpr Range kLife{86400, 100 * kYearSeconds}, kPeriod{86400, 366 * 86400};
constexpr int kLongestYears = 30;  // no forecast of power, prices or chips reaches further
constexpr Seconds kUsualPeriod = 7.0 * day;

void check_shares(const StatedPolicy& stated, Diagnostics& out) {
  double least = 0;
  std::set<std::string> seen;
  for (const StatedShare& each : stated.shares) {
    least += each.least;
    if (each.least > each.most)
      out.push_back(problem_at(place_of(each, "least"),
                               fmt::format("share of {}: the least, {}, exceeds the most, {}",
                                           each.vendor, each.least, each.most),
                               "give least <= most"));
    if (!seen.insert(each.vendor).second)
      out.push_back(problem_at(each.where, fmt::format("two shares of {}", each.vendor),
                               "state least and most in one table"));
  }
  if (least > 1)
    out.push_back(problem_at(stated.where,
                             fmt::format("the least shares of all vendors sum to {:.4g}", least),
                             "let them sum to at most 1"));
}

}  // namespace

std::string assumption_line(const std::string& what, const std::string& value,
                            const std::string& source, const std::string& note) {
  std::string line = fmt::format("{}: {} ({}", what, value, source);
  if (!note.empty()) line += "; " + note;
  return line + ")";
}

const FieldTable<FleetDefaults>& fleet_default_fields() {
  using D = FleetDefaults;
  static const FieldTable<D> fields{
      required(figure_field("facility_cost", &D::facility_cost, "hall and plant")),
      required(figure_field("pue", &D::pue, "as published, delivery losses included")),
      required(figure_field("embodied", &D::embodied, "making of one accelerator with its share")),
      required(figure_field("acceptance", &D::acceptance, "from delivery until it works")),
      required(figure_field("discount", &D::discount, "a year")),
      required(figure_field("hardware_life", &D::hardware_life, "of accelerators")),
      required(figure_field("facility_life", &D::facility_life, "of halls")),
      required(figure_field("upkeep", &D::upkeep, "a year, of capital")),
      required(figure_field("network_and_other", &D::network_and_other, "on system prices")),
      required(figure_field("spare_share", &D::spare_share, "nodes held back")),
      required(figure_field("migration", &D::migration, "of an accelerator that changes work")),
  };
  return fields;
}

Result<FleetDefaults> load_fleet_defaults(const std::filesystem::path& data_directory) {
  const Result<Value> document =
      read_document((data_directory / "fleet" / "defaults.toml").string());
  if (!document) return document.problems();
  FleetDefaults defaults;
  Diagnostics problems;
  read_fields(*document, fleet_default_fields(), defaults, "defaults", problems);
  if (!problems.empty()) return problems;
  return defaults;
}

const FieldTable<StatedStudy>& study_fields() {
  using S = StatedStudy;
  static const FieldTable<S> fields = with_origin<S>({
      required(day_field("begin", &S::begin, "first day")),
      required(day_field("end", &S::end, "the day after the last")),
      span_field("period", &S::period, kPeriod,
                 "whole days between decisions of allocation; open: 7 days"),
      choice_field("objective", &S::objective,
                   {{"cost", FleetObjective::cost},
                    {"energy", FleetObjective::energy},
                    {"carbon", FleetObjective::carbon},
                    {"output", FleetObjective::output}},
                   "what allocation makes least; output: makes most, by value"),
      text_field("carbon_set", &S::carbon_set,
                 "carbon_method that every region must have; \"mixed\" = they may differ"),
  });
  return fields;
}

const FieldTable<StatedShare>& vendor_share_fields() {
  using S = StatedShare;
  static const FieldTable<S> fields = with_origin<S>({
      required(text_field("vendor", &S::vendor, "vendor of accelerators")),
      number_field("least", &S::least, kAnyShare, "of accelerator power in use"),
      number_field("most", &S::most, kAnyShare, "of accelerator power in use"),
  });
  return fields;
}

const FieldTable<StatedPolicy>& policy_fields() {
  using P = StatedPolicy;
  static const FieldTable<P> fields = with_origin<P>({
      ranged_figure_field("carbon_price", &P::carbon_price, {0, 1},
                          "added to the cost of emissions in decisions; open: none"),
      bool_field("park_idle", &P::park_idle, "accelerators without work are parked"),
      entry_list_field("share", &P::shares, &vendor_share_fields, "shares of vendors"),
  });
  return fields;
}

const FieldTable<StatedFinance>& finance_fields() {
  using F = StatedFinance;
  static const FieldTable<F> fields = with_origin<F>({
      ranged_figure_field("discount", &F::discount, {0, 1}, "of money, a year"),
      span_field("hardware_life", &F::hardware_life, kLife, "straight line, accelerators"),
      span_field("facility_life", &F::facility_life, kLife, "straight line, halls and plant"),
      ranged_figure_field("upkeep", &F::upkeep, kAnyShare, "a year, as share of capital"),
      ranged_figure_field("network_and_other", &F::network_and_other, {0, 10},
                          "added to the price of systems, as share"),
  });
  return fields;
}

std::optional<FleetTime> resolve_time(const StatedStudy& stated,
                                      std::vector<std::string>& assumptions, Diagnostics& out) {
  if (!stated.begin || !stated.end) return std::nullopt;  // diagnosed as missing or faulty
  const double days = days_between(*stated.begin, *stated.end);
  if (days <= 0) {
    out.push_back(problem_at(place_of(stated, "end"),
                             fmt::format("the study ends on {}, not after its begin on {}",
                                         print_date(*stated.end), print_date(*stated.begin)),
                             "end is the day after the last"));
    return std::nullopt;
  }
  if (days > kLongestYears * 366.0) {
    out.push_back(problem_at(place_of(stated, "end"),
                             fmt::format("a study of {:.0f} years", days / 365.25),
                             fmt::format("let it end within {} years", kLongestYears)));
    return std::nullopt;
  }
  const Seconds period = stated.period.value_or(kUsualPeriod);
  if (!stated.period) assumptions.push_back("period of allocation: 7 days (default)");
  const double period_days = period / day;
  if (period_days != std::floor(period_days)) {
    out.push_back(problem_at(place_of(stated, "period"), "a period is a number of whole days",
                             "write \"7 days\" or \"28 days\""));
    return std::nullopt;
  }
  return FleetTime(*stated.begin, *stated.end, static_cast<int>(period_days));
}

FleetPolicy resolve_policy(const StatedStudy& study, const std::optional<StatedPolicy>& stated,
                           const std::vector<std::string>& vendors, Diagnostics& out) {
  FleetPolicy policy;
  policy.objective = study.objective;
  if (!stated) return policy;
  policy.park_idle = stated->park_idle;
  if (stated->carbon_price) policy.carbon_price = stated->carbon_price->value.base();
  check_shares(*stated, out);
  for (const StatedShare& each : stated->shares) {
    if (std::find(vendors.begin(), vendors.end(), each.vendor) == vendors.end())
      out.push_back(problem_at(place_of(each, "vendor"),
                               fmt::format("no phase or pool is of vendor '{}'", each.vendor),
                               name_suggestion(each.vendor, vendors)));
    policy.shares.push_back({each.vendor, each.least, each.most});
  }
  return policy;
}

FleetFinance resolve_finance(const std::optional<StatedFinance>& stated,
                             const FleetDefaults& defaults, std::vector<std::string>& assumptions) {
  const StatedFinance finance = stated.value_or(StatedFinance{});
  FleetFinance resolved;
  const auto number = [&](const std::optional<Figure<double>>& written,
                          const std::optional<Figure<double>>& usual, const char* what) {
    if (written) return written->value;
    assumptions.push_back(assumption_line(what, *usual));
    return usual->value;
  };
  const auto span = [&](const std::optional<Seconds>& written,
                        const std::optional<Figure<Seconds>>& usual, const char* what) {
    if (written) return *written;
    assumptions.push_back(assumption_line(what, *usual));
    return usual->value;
  };
  resolved.discount = number(finance.discount, defaults.discount, "discount rate");
  resolved.upkeep = number(finance.upkeep, defaults.upkeep, "upkeep a year, of capital");
  resolved.network_and_other = number(finance.network_and_other, defaults.network_and_other,
                                      "network and other, on the price of systems");
  resolved.hardware_life =
      span(finance.hardware_life, defaults.hardware_life, "life of accelerators");
  resolved.facility_life = span(finance.facility_life, defaults.facility_life, "life of halls");
  return resolved;
}

}  // namespace polyfleet
