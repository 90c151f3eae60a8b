// The list of what is uncertain in one model.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "capital/variation_draw.hpp"
#include "sim/running_statistics.hpp"

namespace polyfleet {
namespace {

/// One quantity that may belong to an input.
struct Candidate {
  int member = 0;
  std::string id, group;
  double below = 0, above = 0;  ///< 0 for both: certain, left out
};

std::string basis_of(const std::string& status, const std::string& source) {
  return source.empty() ? status : fmt::format("{}: {}", status, source);
}

class InputList {
 public:
  InputList(const FleetModel& model, const UncertaintySpec& spec) : model_(model), spec_(spec) {}

  /// One input a group, in order of first appearance; `title` is "delays of {}".
  template <class S>
  void add(UncertainInput kind, const std::string& id, const std::string& title, const S& spread,
           const std::vector<Candidate>& candidates) {
    std::vector<std::string> groups;
    for (const Candidate& each : candidates) {
      if (each.below == 0 && each.above == 0) continue;
      if (std::find(groups.begin(), groups.end(), each.group) == groups.end())
        groups.push_back(each.group);
    }
    for (const std::string& group : groups) {
      UncertainInput input = kind;
      input.id = group.empty() ? id : id + ':' + group;
      input.name = group.empty() ? title : title + ' ' + group;
      input.correlation = spread.correlation;
      input.basis = basis_of(spread.status, spread.source);
      for (const Candidate& each : candidates) {
        if (each.group != group || (each.below == 0 && each.above == 0)) continue;
        input.members.push_back(each.member);
        input.member_ids.push_back(each.id);
        input.below.push_back(each.below);
        input.above.push_back(each.above);
      }
      inputs_.push_back(std::move(input));
    }
  }

  void add_delays() {
    std::vector<Candidate> phases;
    for (std::size_t i = 0; i < model_.phases.size(); ++i) {
      const FleetPhase& phase = model_.phases[i];
      const auto& quarters = phase.delay.quarters;
      const bool late = std::any_of(quarters.begin() + (quarters.empty() ? 0 : 1), quarters.end(),
                                    [](double share) { return share > 0; });
      if (!phase.existing && late) phases.push_back({at(i), phase.id, vendor_of(phase), 1, 1});
    }
    add({.kind = DrawnInputKind::delay}, "delay", "delays of", spec_.delay, phases);
  }

  void add_cancellations() {
    if (spec_.cancellation.probability <= 0) return;
    std::vector<Candidate> phases;
    for (std::size_t i = 0; i < model_.phases.size(); ++i) {
      const FleetPhase& phase = model_.phases[i];
      if (!phase.existing && phase.first_delivery > 0)
        phases.push_back({at(i), phase.id, vendor_of(phase), 1, 1});
    }
    add({.kind = DrawnInputKind::cancellation,
         .event = true,
         .probability = spec_.cancellation.probability},
        "cancellation", "a cancelled phase of", spec_.cancellation, phases);
  }

  void add_losses() {
    for (std::size_t i = 0; i < spec_.losses.size(); ++i) {
      const VendorLoss& loss = spec_.losses[i];
      if (loss.probability <= 0) continue;
      UncertainInput input{.kind = DrawnInputKind::vendor_loss};
      const std::string what = loss.program.empty() ? loss.vendor : loss.program;
      input.id = fmt::format("vendor_loss:{}", what);
      if (loss.from) input.id += ':' + print_date(*loss.from);
      input.name = fmt::format("loss of {}", what);
      input.members = {at(i)};
      input.member_ids = {what};
      input.below = input.above = {1};
      input.event = true;
      input.probability = loss.probability;
      input.basis = basis_of(loss.status, loss.source);
      inputs_.push_back(std::move(input));
    }
  }

  void add_demand() {
    std::vector<Candidate> level, growth;
    for (std::size_t i = 0; i < model_.workloads.size(); ++i) {
      const std::string& id = model_.workloads[i].id;
      double sigma = spec_.demand.sigma, growing = spec_.demand_growth.sigma;
      for (const WorkloadSpread& own : spec_.workloads) {
        if (own.workload != id) continue;
        if (own.level_sigma >= 0) sigma = own.level_sigma;
        if (own.growth_sigma >= 0) growing = own.growth_sigma;
      }
      level.push_back({at(i), id, "", sigma, sigma});
      growth.push_back({at(i), id, "", growing, growing});
    }
    add({.kind = DrawnInputKind::demand}, "demand", "level of demand", spec_.demand, level);
    add({.kind = DrawnInputKind::demand_growth}, "demand_growth", "growth of demand",
        spec_.demand_growth, growth);
  }

  /// What others pay; a value that only ranks workloads is certain.
  void add_values() {
    std::vector<Candidate> sold;
    for (std::size_t i = 0; i < model_.workloads.size(); ++i) {
      const FleetWorkload& each = model_.workloads[i];
      if (each.sold)
        sold.push_back({at(i), each.id, "", spec_.value_growth.sigma, spec_.value_growth.sigma});
    }
    add({.kind = DrawnInputKind::value_growth}, "value_growth", "prices of what is sold",
        spec_.value_growth, sold);
  }

  void add_sites(DrawnInputKind kind, const std::string& id, const std::string& title,
                 const FactorSpread& spread) {
    std::vector<Candidate> sites;
    for (std::size_t i = 0; i < model_.sites.size(); ++i) {
      const SiteModel& site = model_.sites[i];
      sites.push_back({at(i), site.id, market_of(site), spread.sigma, spread.sigma});
    }
    add({.kind = kind}, id, title, spread, sites);
  }

  void add_classes(DrawnInputKind kind, const std::string& id, const std::string& title,
                   const FactorSpread& spread,
                   const std::function<bool(const DeviceClass&)>& moves) {
    std::vector<Candidate> classes;
    for (std::size_t i = 0; i < model_.classes.size(); ++i) {
      const DeviceClass& each = model_.classes[i];
      if (moves(each)) classes.push_back({at(i), each.id, each.vendor, spread.sigma, spread.sigma});
    }
    add({.kind = kind}, id, title, spread, classes);
  }

  /// Mean logarithms of the intervals over the workloads that a class can run.
  void add_predictions() {
    const double z = normal_quantile(kUpperTenth);
    std::vector<Candidate> classes;
    for (std::size_t i = 0; i < model_.classes.size(); ++i) {
      double below = 0, above = 0;
      int possible = 0;
      for (const std::vector<WorkloadRate>& rates : model_.rates) {
        if (!rates[i].possible) continue;
        ++possible;
        below -= std::log(rates[i].low);
        above += std::log(rates[i].high);
      }
      const double scale = possible == 0 ? 0 : spec_.prediction.factor / (possible * z);
      classes.push_back({at(i), model_.classes[i].id, "", below * scale, above * scale});
    }
    add({.kind = DrawnInputKind::prediction}, "prediction", "predicted rates", spec_.prediction,
        classes);
  }

  void add_outages(const OutageData& outages) {
    if (!spec_.outages.drawn || outages.rates.empty()) return;
    UncertainInput input{.kind = DrawnInputKind::outages};
    input.id = "outages";
    input.name = "correlated outages";
    input.members = {0};
    input.member_ids = {"rate"};
    input.below = input.above = {spec_.outages.rate_sigma};
    input.basis = basis_of(spec_.outages.status, spec_.outages.source);
    inputs_.push_back(std::move(input));
  }

  bool is_bought(const DeviceClass& device) const {
    return std::any_of(model_.phases.begin(), model_.phases.end(), [&](const FleetPhase& phase) {
      return &model_.classes[static_cast<std::size_t>(phase.device_class)] == &device &&
             !phase.existing && phase.ownership == Ownership::owned;
    });
  }

  std::vector<UncertainInput> take() { return std::move(inputs_); }

 private:
  static int at(std::size_t i) { return static_cast<int>(i); }
  const std::string& vendor_of(const FleetPhase& phase) const {
    return model_.classes[static_cast<std::size_t>(phase.device_class)].vendor;
  }

  std::string market_of(const SiteModel& site) const {
    for (const PowerMarket& market : spec_.markets)
      if (std::find(market.sites.begin(), market.sites.end(), site.id) != market.sites.end())
        return market.name;
    return site.region.empty() ? site.id : site.region;
  }

  const FleetModel& model_;
  const UncertaintySpec& spec_;
  std::vector<UncertainInput> inputs_;
};

}  // namespace

double UncertainInput::spread_of_mean() const {
  const double n = static_cast<double>(members.size());
  return n == 0 ? 0 : std::sqrt(correlation + (1 - correlation) / n);
}

std::vector<UncertainInput> uncertain_inputs(const FleetModel& model, const UncertaintySpec& spec,
                                             const OutageData& outages) {
  InputList list(model, spec);
  list.add_delays();
  list.add_cancellations();
  list.add_losses();
  list.add_demand();
  list.add_values();
  list.add_sites(DrawnInputKind::price, "price", "electricity price in", spec.price);
  list.add_sites(DrawnInputKind::price_growth, "price_growth", "growth of electricity price in",
                 spec.price_growth);
  list.add_sites(DrawnInputKind::carbon, "carbon", "grid carbon in", spec.carbon);
  list.add_classes(DrawnInputKind::failures, "failures", "failures of", spec.failures,
                   [](const DeviceClass& each) { return each.in_service < 1; });
  list.add_predictions();
  list.add_classes(DrawnInputKind::maturity, "maturity", "software maturity of", spec.maturity,
                   [](const DeviceClass& each) {
                     return each.maturity.at_launch < 1 && each.maturity.until_mature > Seconds();
                   });
  list.add_classes(
      DrawnInputKind::hardware_price, "hardware_price", "hardware price of", spec.hardware_price,
      [&](const DeviceClass& each) { return each.price.has_value() && list.is_bought(each); });
  list.add_outages(outages);
  return list.take();
}

}  // namespace polyfleet
