#include "capital/uncertainty_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "catalogue/figure.hpp"
#include "config/optional_fields.hpp"
#include "training/calendar_field.hpp"

namespace polyfleet {
namespace {

constexpr double kWidestSigma = 3;     // a factor of twenty either way at one sigma
constexpr double kLongestDelay = 240;  // months
constexpr double kMostGigawatts = 1000;
constexpr double kLargestFactor = 100;

/// An entry whose numbers a scenario changes without saying where from is the reader's own.
template <class T, class M>
Field<T> sourced_field(std::string key, M T::*member, FieldTable<M> fields, std::string help) {
  fields.push_back(text_field("status", &M::status, "who says so"));
  fields.push_back(text_field("source", &M::source, "where it comes from"));
  fields.push_back(text_field("note", &M::note, "how it follows"));
  Field<T> field = table_field(key, member, fields, std::move(help));
  field.read = [=](T& into, const Value& value, Diagnostics& out) {
    read_fields(value, fields, into.*member, key, out);
    if (value.find("source") == nullptr) (into.*member).source = "the scenario";
    if (value.find("status") == nullptr) (into.*member).status = "user";
  };
  return field;
}

/// [[key]]: a list of tables that replaces what was there.
template <class T, class M>
Field<T> entries_field(std::string key, std::vector<M> T::*member, FieldTable<M> fields,
                       std::string help) {
  fields.push_back(text_field("status", &M::status, "who says so"));
  fields.push_back(text_field("source", &M::source, "where it comes from"));
  fields.push_back(text_field("note", &M::note, "in words"));
  return {key,
          "list of tables",
          std::move(help),
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) return detail::not_an_array(value, key, out);
            std::vector<M> entries;
            for (const Value& element : *value.array()) {
              M entry;
              read_fields(element, fields, entry, key, out);
              entry.where = element.where();
              entries.push_back(std::move(entry));
            }
            into.*member = std::move(entries);
          },
          [=](const T& from) {
            Array entries;
            for (const M& entry : from.*member) entries.push_back(print_fields(fields, entry));
            return Value(std::move(entries));
          }};
}

template <class M>
Field<M> correlation_field() {
  return number_field("correlation", &M::correlation, {0, 1},
                      "of two members of one group; 1 = they move together");
}

FieldTable<FactorSpread> factor_fields(const std::string& of) {
  return {number_field("sigma", &FactorSpread::sigma, {0, kWidestSigma},
                       "standard deviation of the natural logarithm " + of),
          correlation_field<FactorSpread>()};
}

FieldTable<EventChance> event_fields() {
  return {number_field("probability", &EventChance::probability, {0, 1}, "of one member"),
          correlation_field<EventChance>()};
}

FieldTable<PredictionSpread> prediction_fields() {
  return {number_field("factor", &PredictionSpread::factor, {0, 10},
                       "on the width of the 80 % intervals of the predicted rates; 0 = exact"),
          correlation_field<PredictionSpread>()};
}

FieldTable<OutageSpread> outage_fields() {
  return {bool_field("drawn", &OutageSpread::drawn, "whether futures have outages of their own"),
          number_field("rate_sigma", &OutageSpread::rate_sigma, {0, kWidestSigma},
                       "standard deviation of the natural logarithm of all rates")};
}

FieldTable<VendorLoss> loss_fields() {
  return {
      required(text_field("vendor", &VendorLoss::vendor, "whose deliveries end")),
      text_field("program", &VendorLoss::program, "only phases of this one; empty = all"),
      required(number_field("probability", &VendorLoss::probability, {0, 1}, "within the study")),
      day_field("from", &VendorLoss::from, "first day on which it may happen"),
      day_field("until", &VendorLoss::until, "last day; all days between are alike")};
}

FieldTable<WorkloadSpread> workload_fields() {
  return {required(text_field("workload", &WorkloadSpread::workload, "id of a workload")),
          number_field("level_sigma", &WorkloadSpread::level_sigma, {0, kWidestSigma},
                       "instead of that of `demand`"),
          number_field("growth_sigma", &WorkloadSpread::growth_sigma, {0, kWidestSigma},
                       "instead of that of `demand_growth`")};
}

FieldTable<PowerMarket> market_fields() {
  return {required(text_field("name", &PowerMarket::name, "as reports call it")),
          required(text_list_field("sites", &PowerMarket::sites, "ids of its sites"))};
}

FieldTable<ScenarioBranch> branch_fields() {
  using B = ScenarioBranch;
  const Range factor{1 / kLargestFactor, kLargestFactor};
  return {
      required(text_field("name", &B::name, "as reports call it")),
      text_field("after", &B::after, "name of the branch that it follows; empty = none"),
      required(number_field("probability", &B::probability, {0, 1}, "given the branch before it")),
      text_field("vendor", &B::vendor, "whose phases delay, loss, price and speed mean"),
      text_field("program", &B::program, "whose phases they mean"),
      number_field("delay_months", &B::delay_months, {0, kLongestDelay}, "of those phases"),
      day_field("lost_from", &B::lost_from, "phases that have not begun by this day never come"),
      optional_number_field("lost_after", &B::lost_after, {0, kMostGigawatts},
                            "gigawatts of the program (or vendor): phases beyond never come"),
      number_field("hardware_price", &B::hardware_price, factor, "factor"),
      number_field("demand", &B::demand, factor, "factor on all workloads"),
      number_field("price", &B::price, factor, "factor on grid electricity"),
      number_field("carbon", &B::carbon, factor, "factor on grid carbon"),
      number_field("speed", &B::speed, factor, "factor on predicted rates of the vendor"),
      text_list_field("stopped_deals", &B::stopped_deals, "deals that pay nothing more"),
      day_field("stopped_from", &B::stopped_from, "from this day on; none = the study's begin")};
}

FieldTable<UncertaintySpec> all_fields() {
  using U = UncertaintySpec;
  return {
      sourced_field("delay", &U::delay, {correlation_field<GroupCorrelation>()},
                    "how far delays of one vendor's phases go together"),
      sourced_field("cancellation", &U::cancellation, event_fields(),
                    "that a phase which has not begun never comes; by vendor"),
      sourced_field("demand", &U::demand, factor_fields("of the level of demand"),
                    "of all workloads"),
      sourced_field("demand_growth", &U::demand_growth, factor_fields("of growth in a year"),
                    "of all workloads"),
      sourced_field("value_growth", &U::value_growth, factor_fields("of its growth in a year"),
                    "of what a unit of the workloads that are sold brings"),
      sourced_field("price", &U::price, factor_fields("of the price of electricity"),
                    "of sites by market, else region"),
      sourced_field("price_growth", &U::price_growth, factor_fields("of its growth in a year"),
                    "of sites by market, else region"),
      sourced_field("carbon", &U::carbon, factor_fields("of the grid's carbon intensity"),
                    "of sites by market, else region"),
      sourced_field("failures", &U::failures, factor_fields("of the share out of service"),
                    "of classes by vendor"),
      sourced_field("prediction", &U::prediction, prediction_fields(),
                    "errors of the predicted rates, one group of all classes"),
      sourced_field("maturity", &U::maturity, factor_fields("of the time until software is mature"),
                    "of classes by vendor"),
      sourced_field("hardware_price", &U::hardware_price, factor_fields("of the price"),
                    "of classes by vendor"),
      sourced_field("outages", &U::outages, outage_fields(), "correlated outages"),
      entries_field("vendor_loss", &U::losses, loss_fields(), "a vendor that delivers no more"),
      entries_field("workload", &U::workloads, workload_fields(), "demand of single workloads"),
      entries_field("market", &U::markets, market_fields(),
                    "sites whose electricity has causes in common"),
      entries_field("branch", &U::branches, branch_fields(), "the scenario tree")};
}

/// Where each entry of the defaults keeps who says so.
struct Origin {
  std::string_view key;
  const std::string& status;
  const std::string& source;
};

std::vector<Origin> origins(const UncertaintySpec& spec) {
  return {{"delay", spec.delay.status, spec.delay.source},
          {"cancellation", spec.cancellation.status, spec.cancellation.source},
          {"demand", spec.demand.status, spec.demand.source},
          {"demand_growth", spec.demand_growth.status, spec.demand_growth.source},
          {"value_growth", spec.value_growth.status, spec.value_growth.source},
          {"price", spec.price.status, spec.price.source},
          {"price_growth", spec.price_growth.status, spec.price_growth.source},
          {"carbon", spec.carbon.status, spec.carbon.source},
          {"failures", spec.failures.status, spec.failures.source},
          {"prediction", spec.prediction.status, spec.prediction.source},
          {"maturity", spec.maturity.status, spec.maturity.source},
          {"hardware_price", spec.hardware_price.status, spec.hardware_price.source},
          {"outages", spec.outages.status, spec.outages.source}};
}

}  // namespace

const FieldTable<UncertaintySpec>& uncertainty_fields() {
  static const FieldTable<UncertaintySpec> fields = all_fields();
  return fields;
}

Result<UncertaintySpec> default_uncertainty(const std::filesystem::path& data_directory) {
  const std::filesystem::path path = data_directory / "uncertainty" / "fleet.toml";
  const Result<Value> document = read_document(path.string());
  if (!document) return document.problems();
  UncertaintySpec spec;
  Diagnostics problems;
  read_fields(*document, uncertainty_fields(), spec, "the defaults of uncertainty", problems);
  for (const Origin& origin : origins(spec)) {
    const Value* entry = document->find(origin.key);
    if (entry == nullptr) {
      problems.push_back(problem_at(document->where(), fmt::format("lacks '{}'", origin.key)));
    } else if (std::find(kStatusNames.begin(), kStatusNames.end(), origin.status) ==
                   kStatusNames.end() ||
               entry->find("source") == nullptr) {
      problems.push_back(problem_at(entry->where(),
                                    fmt::format("'{}' lacks a source or a status", origin.key),
                                    "state who says so"));
    }
  }
  if (!problems.empty()) return problems;
  return spec;
}

Result<UncertaintySpec> read_uncertainty(const Value& table, const UncertaintySpec& defaults) {
  UncertaintySpec spec = defaults;
  if (table.is_null()) return spec;
  Diagnostics problems;
  read_fields(table, uncertainty_fields(), spec, "uncertainty", problems);
  if (!problems.empty()) return problems;
  return spec;
}

}  // namespace polyfleet
