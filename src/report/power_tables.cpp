#include "report/power_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "catalogue/figure_field.hpp"
#include "fleet/class_power.hpp"
#include "fleet/power_chain.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// What every answer needs, read once.
struct Basis {
  PowerActivity activity;
  FleetPowerShares shares;
};

Result<Basis> basis_of(const Catalogue& catalogue) {
  const auto activity = load_power_activity(catalogue.directory());
  if (!activity) return activity.problems();
  const auto shares = load_fleet_power_shares(catalogue.directory());
  if (!shares) return shares.problems();
  return Basis{*activity, *shares};
}

struct PoweredSystem {
  System system;
  Accelerator accelerator;
  FacilityDesign facility;
  ClassPower power;
};

Result<PoweredSystem> powered(const Catalogue& catalogue, const std::string& name,
                              const Basis& basis, std::optional<double> published_pue) {
  PoweredSystem one;
  const auto system = catalogue.system(name);
  if (!system) return system.problems();
  const auto accelerator = catalogue.accelerator_of(*system);
  if (!accelerator) return accelerator.problems();
  one.system = *system;
  one.accelerator = *accelerator;
  const double pue = published_pue.value_or(system->pue ? system->pue->value : 1);
  one.facility = facility_of_published(pue, basis.shares.delivery.value);
  one.power = class_power(*accelerator, *system, basis.activity, basis.shares, one.facility);
  return one;
}

std::string watts(Watts power) { return fmt::format("{:.0f}", power / watt); }

/// Published all-in power and how far ours lies from it.
std::pair<std::string, std::string> published(const PoweredSystem& one) {
  const auto& all_in =
      one.system.all_in_power ? one.system.all_in_power : one.accelerator.all_in_power;
  if (!all_in || all_in->status == Status::derived) return {"-", "-"};
  return {watts(all_in->value),
          fmt::format("{:+.0f} %", 100 * (one.power.provisioned / all_in->value - 1))};
}

Value power_json(const PoweredSystem& one) {
  Value object;
  object.set("system", one.system.id).set("accelerator", one.accelerator.id);
  object.set("parked_w", one.power.parked / watt).set("idle_w", one.power.idle / watt);
  object.set("sustained_w", one.power.sustained / watt).set("rated_w", one.power.rated / watt);
  object.set("network_w", one.power.network / watt);
  object.set("provisioned_w", one.power.provisioned / watt);
  object.set("accelerators_per_gigawatt", accelerators_in(1 * gigawatt, one.power));
  object.set("basis", one.power.basis);
  return object;
}

/// Lines of data/prices/datacenter.toml [accelerators_per_gw].
void add_claims(const Catalogue& catalogue, CatalogueView& view) {
  const auto prices = catalogue.document(Shelf::prices, "datacenter");
  const Value* claims = prices ? prices->find("accelerators_per_gw") : nullptr;
  if (claims == nullptr || claims->table() == nullptr) return;
  for (const auto& [name, written] : *claims->table()) {
    Diagnostics ignored;
    const auto claim = read_figure<double>(written, name, ignored);
    if (!claim) continue;
    const std::string range =
        claim->low == claim->high
            ? fmt::format("{:.0f}", claim->value / 1e3)
            : fmt::format("{:.0f} to {:.0f}", claim->low / 1e3, claim->high / 1e3);
    view.remarks.push_back(fmt::format("published {}: {} thousand a gigawatt ({}{}{})", name, range,
                                       name_of(claim->status), claim->note.empty() ? "" : "; ",
                                       claim->note));
  }
}

}  // namespace

Result<CatalogueView> power_of_systems(const Catalogue& catalogue,
                                       std::optional<double> published_pue) {
  const auto basis = basis_of(catalogue);
  if (!basis) return basis.problems();
  CatalogueView view{TextTable({"system", "parked W", "idle W", "load W", "most W", "meter W",
                                "thousand/GW", "published W", "difference"}),
                     {},
                     Value{Array{}}};
  std::string unknown;
  for (const std::string& id : catalogue.ids(Shelf::systems)) {
    const auto one = powered(catalogue, id, *basis, published_pue);
    if (!one) return one.problems();
    if (!one->power.known) {
      unknown += (unknown.empty() ? "" : ", ") + id;
      continue;
    }
    const auto [all_in, difference] = published(*one);
    const ClassPower& power = one->power;
    view.table.row({id, watts(power.parked), watts(power.idle), watts(power.sustained),
                    watts(power.rated), watts(power.provisioned),
                    fmt::format("{:.0f}", accelerators_in(1 * gigawatt, power) / 1e3), all_in,
                    difference});
    view.json.push(power_json(*one));
  }
  view.remarks.push_back(
      "of one accelerator with its share of host, rack and network; the meter's figure is what a "
      "gigawatt is divided by");
  if (!unknown.empty()) view.remarks.push_back("no power figure is published for: " + unknown);
  add_claims(catalogue, view);
  return view;
}

Result<CatalogueView> power_of_system(const Catalogue& catalogue, const std::string& name,
                                      std::optional<double> published_pue) {
  const auto basis = basis_of(catalogue);
  if (!basis) return basis.problems();
  const auto one = powered(catalogue, name, *basis, published_pue);
  if (!one) return one.problems();
  if (!one->power.known) return problem(fmt::format("{}: {}", name, one->power.basis));
  CatalogueView view{TextTable({"up to", "idle W", "load W", "idle of load"}), {}, Value{}};
  Value levels;
  for (const SiteChainLevel& level :
       site_chain(one->accelerator, one->power, basis->activity, one->facility)) {
    view.table.row({level.name, watts(level.idle), watts(level.sustained),
                    fmt::format("{:.2f}", level.idle / level.sustained)});
    Value row;
    row.set("level", level.name).set("idle_w", level.idle / watt);
    row.set("load_w", level.sustained / watt);
    levels.push(std::move(row));
  }
  view.remarks.push_back(one->power.basis);
  view.remarks.push_back(fmt::format("{:.0f} accelerators a gigawatt at the meter",
                                     accelerators_in(1 * gigawatt, one->power)));
  view.json = power_json(*one);
  view.json.set("chain", std::move(levels));
  return view;
}

}  // namespace polyfleet
