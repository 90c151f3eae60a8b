#include "app/scenario_prices.hpp"

#include <fmt/format.h>

namespace polyfleet {
namespace {

using Rental = std::optional<Figure<UsdPerSecond>>;

/// The first published rental: of the system, of the part, its contract price.
const Figure<UsdPerSecond>* published_rental(const PricedPart& part) {
  for (const Rental* each :
       {&part.system.rental, &part.accelerator.rental, &part.accelerator.contract}) {
    if (each->has_value()) return &**each;
  }
  return nullptr;
}

}  // namespace

Result<PricedTraining> training_prices(const Workspace& workspace, const StatedScenario& stated,
                                       const Machine& machine) {
  return part_prices(workspace, stated, {machine.accelerator, machine.system});
}

Result<PricedTraining> part_prices(const Workspace& workspace, const StatedScenario& stated,
                                   const PricedPart& part) {
  PricedTraining priced;
  TrainingPrices& prices = priced.prices;
  const auto assume = [&](std::string setting, std::string value, std::string basis) {
    priced.assumptions.push_back({std::move(setting), std::move(value), std::move(basis)});
  };
  prices.carbon = stated.prices.carbon;
  prices.energy = stated.prices.energy;
  prices.device = stated.prices.device;
  if (prices.device) {
    prices.basis = "as stated";
  } else if (const Figure<UsdPerSecond>* rental = published_rental(part)) {
    prices.device = rental->value;
    prices.basis =
        fmt::format("catalogue: {} per accelerator ({}, {}); electricity is part of it",
                    print_quantity(rental->value), name_of(rental->status), rental->source);
    assume("device price", print_quantity(rental->value),
           fmt::format("not stated: rental in the catalogue ({}, {}); contains electricity",
                       name_of(rental->status), rental->source));
  }
  const bool grid_open = !prices.carbon || !prices.energy;
  const std::string site_name = stated.site.empty() ? std::string(kDefaultSite) : stated.site;
  if (!grid_open) return priced;
  const Result<Site> site = workspace.catalogue().site(site_name);
  if (!site) return site.problems();
  const std::string_view why =
      stated.site.empty() ? "not stated: the catalogue's default site" : "of the stated site";
  if (!prices.carbon && site->carbon_intensity) {
    prices.carbon = site->carbon_intensity->value;
    assume("carbon intensity", print_quantity(*prices.carbon),
           fmt::format("{}: {} ({})", why, site->name, site->carbon_method));
  }
  // A rental contains electricity: only who owns the machine pays for it apart.
  if (!prices.energy && stated.prices.device && site->electricity_price && !stated.site.empty()) {
    prices.energy = site->electricity_price->value;
    assume("electricity price", print_quantity(*prices.energy),
           fmt::format("{}: {}", why, site->name));
  }
  return priced;
}

}  // namespace polyfleet
