// What a class of accelerators draws: order, published bounds, accelerators per gigawatt.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "catalogue/catalogue.hpp"
#include "fleet/class_power.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

ClassPower power_of(const Catalogue& catalogue, const std::string& name) {
  const auto system = catalogue.system(name);
  REQUIRE(system.has_value());
  const auto accelerator = catalogue.accelerator_of(*system);
  REQUIRE(accelerator.has_value());
  const auto activity = load_power_activity(kData);
  const auto shares = load_fleet_power_shares(kData);
  REQUIRE(activity.has_value());
  REQUIRE_MESSAGE(shares.has_value(),
                  to_text(shares.has_value() ? Diagnostics{} : shares.problems()));
  const double pue = system->pue ? system->pue->value : 1;
  return class_power(*accelerator, *system, *activity, *shares,
                     facility_of_published(pue, shares->delivery.value));
}

}  // namespace

TEST_CASE("a published PUE splits into delivery and cooling and joins again") {
  const FacilityDesign facility = facility_of_published(1.12, 0.97);
  CHECK(facility.meter_per_rack() == doctest::Approx(1.12));
  CHECK(facility.pue < 1.12);
  const FacilityDesign tight = facility_of_published(1.02, 0.97);
  CHECK(tight.pue == 1);
  CHECK(tight.meter_per_rack() == doctest::Approx(1.02));
}

TEST_CASE("every system with a power figure is parked < idle < sustained <= rated") {
  const auto catalogue = load_catalogue(kData);
  REQUIRE(catalogue.has_value());
  int known = 0;
  for (const std::string& id : catalogue->ids(Shelf::systems)) {
    const ClassPower power = power_of(*catalogue, id);
    if (!power.known) continue;
    ++known;
    INFO(id << ": " << power.basis);
    CHECK(power.parked > Watts());
    CHECK(power.parked < power.idle);
    CHECK(power.idle < power.sustained);
    CHECK(power.sustained <= power.rated);
    CHECK(power.provisioned > power.sustained);
  }
  CHECK(known >= 30);
}

TEST_CASE("planned power is within 15 % of what is published for whole facilities") {
  const auto catalogue = load_catalogue(kData);
  REQUIRE(catalogue.has_value());
  for (const char* id : {"hgx_h100", "hgx_h200", "hgx_b200", "gb200_nvl72", "amd_helios",
                         "vr_nvl72", "mi355x_8oam"}) {
    const auto system = catalogue->system(id);
    REQUIRE_MESSAGE(system.has_value(), id);
    const auto accelerator = catalogue->accelerator_of(*system);
    const auto published = system->all_in_power ? system->all_in_power : accelerator->all_in_power;
    REQUIRE(published.has_value());
    const ClassPower power = power_of(*catalogue, id);
    INFO(id << ": " << power.provisioned / watt << " W against " << published->value / watt
            << " W; " << power.basis);
    CHECK(power.provisioned / published->value == doctest::Approx(1).epsilon(0.15));
  }
}

namespace {

/// Every text under a key `source` of the document, comma-separated keys apart.
void collect_sources(const Value& value, std::vector<std::string>& keys) {
  if (const Array* list = value.array()) {
    for (const Value& each : *list) collect_sources(each, keys);
  }
  if (value.table() == nullptr) return;
  for (const auto& [key, inner] : *value.table()) {
    collect_sources(inner, keys);
    if ((key != "source" && key != "shape_source") || inner.text() == nullptr) continue;
    std::string rest = *inner.text();
    for (std::size_t comma; (comma = rest.find(", ")) != std::string::npos;
         rest = rest.substr(comma + 2))
      keys.push_back(rest.substr(0, comma));
    keys.push_back(rest);
  }
}

}  // namespace

TEST_CASE("every source that power, grid and weather files name is listed") {
  const auto catalogue = load_catalogue(kData);
  REQUIRE(catalogue.has_value());
  int named = 0;
  for (const char* folder : {"power", "grid", "weather"}) {
    for (const auto& entry : std::filesystem::directory_iterator(kData / folder)) {
      const auto document = read_document(entry.path().string());
      REQUIRE_MESSAGE(document.has_value(), entry.path().string());
      std::vector<std::string> keys;
      collect_sources(*document, keys);
      for (const std::string& key : keys) {
        INFO(entry.path().filename().string() << ": " << key);
        CHECK(catalogue->source(key).has_value());
        ++named;
      }
    }
  }
  CHECK(named > 100);
}

TEST_CASE("a measured node replaces the design power") {
  const auto catalogue = load_catalogue(kData);
  auto system = catalogue->system("hgx_h100");
  const auto accelerator = catalogue->accelerator_of(*system);
  const auto activity = load_power_activity(kData);
  const auto shares = load_fleet_power_shares(kData);
  REQUIRE(system->measured_node_power.has_value());
  const FacilityDesign none;
  const ClassPower measured = class_power(*accelerator, *system, *activity, *shares, none);
  CHECK((measured.sustained - measured.network) / watt ==
        doctest::Approx(system->measured_node_power->value / watt / 8));
  system->measured_node_power.reset();
  const ClassPower modelled = class_power(*accelerator, *system, *activity, *shares, none);
  CHECK(modelled.sustained > measured.sustained);
  CHECK((modelled.idle - modelled.network) / watt ==
        doctest::Approx((measured.idle - measured.network) / watt));
  CHECK(accelerators_in(1 * gigawatt, modelled) < accelerators_in(1 * gigawatt, measured));
}
