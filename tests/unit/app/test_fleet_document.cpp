// A scenario of a fleet becomes the model that it says, and what it leaves open is named.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "app/fleet_document.hpp"
#include "app/fleet_document_tables.hpp"
#include "fleet_document_fixture.hpp"

using namespace polyfleet;

namespace {

bool assumes(const FleetModel& model, const std::string& part) {
  return std::any_of(model.assumptions.begin(), model.assumptions.end(),
                     [&](const std::string& each) { return each.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("the small fleet is read as it is written") {
  const FleetDocument document = fleet_of(kFleet);
  const FleetModel& model = document.model;
  CHECK(model.name == "Test");
  CHECK(model.time.hours() == 731 * 24);  // 2027-07-01 to 2029-07-01 with a leap day
  CHECK(model.time.period_days() == 7);
  REQUIRE(model.sites.size() == 1);
  const SiteModel& site = model.sites[0];
  CHECK(site.utc_offset_minutes == -300);
  CHECK(site.price.at(0) == doctest::Approx(-5 / 3.6e9));
  CHECK(site.carbon.at(0) == doctest::Approx(343.48 / 3.6e6));
  CHECK(site.delivery == doctest::Approx(0.97));
  CHECK(site.pue.at(0) == doctest::Approx(1.12 - (1 / 0.97 - 1)));
  CHECK(site.limit_at(-1) == Watts());
  CHECK(site.limit_at(0) == 30 * megawatt);
  CHECK(site.facility_per_watt == 13 * usd);
  REQUIRE(model.phases.size() == 2);
  CHECK(model.phases[0].existing);
  CHECK(model.phases[0].accelerators == 800);
  const FleetPhase& phase = model.phases[1];
  CHECK(phase.program == "p");
  CHECK(phase.power == 20 * megawatt);
  CHECK(phase.accelerators == std::floor(phase.power / model.classes[1].provisioned));
  CHECK(phase.first_delivery == model.time.hour_of({2027, 8, 1}));
  CHECK(phase.retirement == model.time.hour_of({2028, 2, 29}));
  CHECK(phase.delay.quarters == std::vector<double>{0.5, 0.5});
  CHECK(model.classes[0].vendor == "NVIDIA");
  CHECK(document.classes[1].system == "mi355x_8oam");
}

TEST_CASE("workloads carry demand in units a second and their question") {
  const FleetDocument document = fleet_of(kFleet);
  const FleetModel& model = document.model;
  REQUIRE(model.workloads.size() == 2);
  const FleetWorkload& chat = model.workloads[0];
  CHECK(chat.unit == "output tokens");
  CHECK(chat.demand[0].per_second == doctest::Approx(86.4e9 / 86400));
  CHECK(chat.value == doctest::Approx(2e-6));
  CHECK(chat.total_per_unit == doctest::Approx(1 + 2000.0 / 400));
  CHECK(chat.peak_over_mean > 1.5);  // the office shape
  double sum = 0;
  for (const double load : chat.shape) sum += load;
  CHECK(sum == doctest::Approx(168));
  CHECK(document.questions[0].tpot == 30 * millisecond);
  const FleetWorkload& run = model.workloads[1];
  CHECK(run.gang);
  CHECK(run.must);  // no value is stated
  CHECK(run.campaigns[0].amount == doctest::Approx(1e12));
  CHECK(run.flops_per_unit > 6 * 8e9);  // 8.03 G parameters and attention
  CHECK(run.flops_per_unit < 7 * 8.1e9);
  CHECK(document.questions[1].accelerators == 512);
}

TEST_CASE("what a scenario leaves open is an assumption, what it states is none") {
  const FleetModel model = fleet_of(kFleet).model;
  CHECK(assumes(model, "discount rate: 0.09"));
  CHECK(assumes(model, "in service"));
  CHECK(assumes(model, "run: must be met"));
  CHECK_FALSE(assumes(model, "hall and plant"));
  const FleetModel open = fleet_of(replaced(kFleet, "facility_cost = \"13 USD/W\"\n", "")).model;
  CHECK(assumes(open, "hall and plant: 13 USD/W"));
  const FleetModel stated =
      fleet_of(kFleet + "[finance]\ndiscount = 0.05\nhardware_life = \"4 years\"\n").model;
  CHECK_FALSE(assumes(stated, "discount rate"));
  CHECK(stated.finance.hardware_life == 4 * 365.25 * day);
}

TEST_CASE("leap days are days, and others are not") {
  CHECK(problems_of(replaced(kFleet, "2028-02-29", "2028-02-28")).empty());
  CHECK(problems_of(replaced(kFleet, "retirement = \"2028-02-29\"", "retirement = \"2029-02-29\""))
            .find("retirement") != std::string::npos);
}

TEST_CASE("spans, offsets and amounts in the words that people use") {
  Diagnostics problems;
  CHECK(*read_span(Value("2 weeks"), "x", {0, 1e9}, problems) == 14 * day);
  CHECK(*read_span(Value("18 months"), "x", {0, 1e9}, problems) == 1.5 * 365.25 * day);
  CHECK(*read_span(Value("12 h"), "x", {0, 1e9}, problems) == 12 * hour);
  CHECK(*read_utc_offset(Value("+05:30"), "x", problems) == 330);
  CHECK(*read_utc_offset(Value("UTC-8"), "x", problems) == -480);
  CHECK(*read_utc_offset(Value("UTC"), "x", problems) == 0);
  CHECK(problems.empty());
  for (const char* wrong : {"America/Chicago", "+5:7x", "6", "", "+99", "-06:75"}) {
    CAPTURE(wrong);
    problems.clear();
    CHECK_FALSE(read_utc_offset(Value(wrong), "x", problems).has_value());
    CHECK(problems.size() == 1);
  }
}

TEST_CASE("both flagships are feasible documents of 16 GW with the same workloads") {
  const auto workspace = open_workspace();
  const std::string folder = std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/fleet/";
  std::vector<FleetDocument> flagships;
  for (const char* name : {"as_announced_2025_10.toml", "as_of_2026_11.toml"}) {
    auto document = load_fleet_document(folder + name, *workspace);
    REQUIRE_MESSAGE(document.has_value(), (document ? "" : to_text(document.problems())));
    flagships.push_back(*std::move(document));
  }
  for (const FleetDocument& each : flagships) {
    Watts programs, amd;
    for (const FleetPhase& phase : each.model.phases) {
      if (!phase.program.empty()) programs += phase.power;
      if (phase.program == "amd_openai") amd += phase.power;
    }
    CHECK(programs / gigawatt == doctest::Approx(16).epsilon(1e-4));
    CHECK(amd / gigawatt == doctest::Approx(6));
  }
  const auto printed = [&](const char* name) {
    Diagnostics problems;
    const auto value = read_document(folder + name);
    Value list{Array{}};
    for (const Value& each : *value->find("workload")->array()) list.push(each);
    return to_json(list);
  };
  CHECK(printed("as_announced_2025_10.toml") == printed("as_of_2026_11.toml"));
  CHECK(flagships[0].model.time.hours() == flagships[1].model.time.hours());
}
