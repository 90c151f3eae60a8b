#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "catalogue/catalogue.hpp"
#include "cost/collective_costs.hpp"
#include "cost/network.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

Figure<BytesPerSecond> rate(double gigabytes) {
  Figure<BytesPerSecond> figure;
  figure.value = gigabytes * gigabyte_per_second;
  return figure;
}

}  // namespace

TEST_CASE("the figures of a system win over those of its accelerator") {
  Accelerator part;
  part.id = "part";
  part.scale_up = ScaleUpKind::nvlink_switch;
  part.scale_up_rate = rate(450);
  const auto alone = network_of(part);
  REQUIRE(alone.has_value());
  CHECK(alone->pair_rate == 450 * gigabyte_per_second);
  CHECK(alone->scale_out_rate == BytesPerSecond());
  System system;
  system.scale_up_rate = rate(300);
  system.scale_out_rate = rate(50);
  system.scale_up_domain = 72;
  const auto inside = network_of(part, &system);
  REQUIRE(inside.has_value());
  CHECK(inside->scale_up_rate == 300 * gigabyte_per_second);
  CHECK(inside->scale_up_domain == 72);
  CHECK(inside->scale_up == ScaleUpKind::nvlink_switch);
}

TEST_CASE("a link kind without a rate is a problem") {
  Accelerator part;
  part.id = "part";
  part.scale_up = ScaleUpKind::torus;
  const auto made = network_of(part);
  REQUIRE(!made.has_value());
  CHECK(made.problems().front().what.find("part") != std::string::npos);
}

TEST_CASE("every system of the catalogue has a network or says what it lacks") {
  const auto catalogue = load_catalogue(kData);
  const auto data = CollectiveData::load(kData);
  REQUIRE(catalogue.has_value());
  REQUIRE(data.has_value());
  int made = 0;
  for (const std::string& id : catalogue->ids(Shelf::systems)) {
    CAPTURE(id);
    const auto network = network_of(*catalogue, id);
    if (!network) {
      MESSAGE(id << ": " << to_text(network.problems()));
      continue;
    }
    const auto costs = CollectiveCosts::make(*network, *data);
    REQUIRE(costs.has_value());
    ++made;
    const int domain = network->scale_up == ScaleUpKind::none ? 1 : network->scale_up_domain;
    if (domain < 2) continue;
    const auto time = costs->time(CollectiveKind::all_gather, gigabyte, {domain, domain, 1}).time;
    CHECK(time > Seconds());
    // Never below the link's own bound.
    CHECK(time >= (domain - 1.0) / domain * gigabyte / network->scale_up_rate);
  }
  CHECK(made >= 45);
}
