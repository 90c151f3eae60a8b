#include <doctest/doctest.h>

#include "base/csv.hpp"
#include "cli/json_output.hpp"
#include "config/value.hpp"
#include "run_binary.hpp"

using namespace polyfleet;

namespace {

const std::string kFleets = std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/fleet/";
const std::string kSmall = kFleets + "small.toml";
const std::string kProcurement = kFleets + "procurement.toml";

double number(const Value& table, const char* key) {
  const Value* const value = table.find(key);
  REQUIRE_MESSAGE(value != nullptr, key);
  return *value->number();
}

/// The shipped small fleet with a [plan] behind it.
std::string small_with(const std::string& name, const std::string& plan) {
  return scratch().write(name, content_of(kSmall) + "\n" + plan);
}

}  // namespace

TEST_CASE("a fleet without [plan] is planned: everything is on offer, and that is said") {
  const Outcome outcome = polyfleet_run("plan fleet " + kSmall);
  REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
  for (const char* part : {"is met at a present cost of", "mi355x_8oam at columbus",
                           "present value", "no [[plan.offer]]", "nothing bought works before"})
    CHECK_MESSAGE(outcome.says(part), part);
}

TEST_CASE("the example of procurement: limits are kept, and the same run gives the same bytes") {
  const Outcome outcome = polyfleet_run("plan fleet " + kProcurement + " --diversify --json");
  REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
  const Value json = json_of(outcome);
  CHECK(*json.find("feasible")->boolean());
  double amd_q3 = 0, spent_2027 = 0;
  for (const Value& each : *json.find("purchases")->array()) {
    const std::string& quarter = *each.find("quarter")->text();
    if (quarter == "2028 Q3" && *each.find("vendor")->text() == "AMD")
      amd_q3 += number(each, "megawatts");
    if (quarter.starts_with("2027"))
      spent_2027 += number(each, "hardware_usd") + number(each, "facility_usd");
  }
  CHECK(amd_q3 <= 60 * (1 + 1e-9));
  CHECK(spent_2027 <= 12e9 * (1 + 1e-9));
  const Array& frontier = *json.find("diversification")->array();
  REQUIRE(frontier.size() == 6);
  for (std::size_t i = 1; i < frontier.size(); ++i) {
    CHECK(number(frontier[i], "cost_usd") >= number(frontier[i - 1], "cost_usd") * (1 - 1e-9));
    CHECK(number(frontier[i], "share_bought") <= number(frontier[i], "largest_share") + 1e-6);
  }
  CHECK(polyfleet_run("plan fleet " + kProcurement + " --diversify --json --threads 1").out ==
        outcome.out);
}

TEST_CASE("demand that cannot be met: exit 1, with the limit that forbids and its price") {
  const Outcome outcome = polyfleet_run(
      "plan fleet " +
      small_with("scarce.toml",
                 "[[plan.offer]]\nsystem = \"mi355x_8oam\"\nper_quarter = \"0.5 MW\"\n"));
  CHECK(outcome.code == 1);
  CHECK(outcome.says("Not all demand of 2026 Q4 to 2027 Q2 can be met"));
  CHECK(outcome.says("deliveries of mi355x_8oam"));
  CHECK(outcome.says("% of a quarter's demand"));
}

TEST_CASE("whole blocks") {
  const Outcome outcome = polyfleet_run("plan fleet " + kSmall + " --set 'plan.block=1 MW' --json");
  REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
  const Value json = json_of(outcome);
  CHECK(number(json, "gap") <= 0.005 + 1e-9);
  for (const Value& each : *json.find("purchases")->array()) {
    const double blocks = number(each, "megawatts");
    CHECK(blocks == doctest::Approx(static_cast<double>(static_cast<int>(blocks + 0.5))));
  }
}

TEST_CASE("the front of one day, and files") {
  const std::string folder = (scratch() / "plan_csv").string();
  const Outcome outcome =
      polyfleet_run("plan fleet " + kSmall + " --front 2027-01-15 --points 3 --csv " + folder);
  REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
  CHECK(outcome.says("up to"));
  CHECK(outcome.says("pre-training"));
  for (const char* name : {"purchases.csv", "plan_work.csv", "plan_limits.csv", "front.csv"})
    CHECK_MESSAGE(std::filesystem::exists(std::filesystem::path(folder) / name), name);
}

TEST_CASE("bad input is named with its place") {
  const auto fails = [](const std::string& arguments, const std::string& part) {
    const Outcome outcome = polyfleet_run("plan fleet " + arguments);
    CHECK(outcome.code == 2);
    CHECK_MESSAGE(outcome.says(part), outcome.err);
  };
  fails("no_such.toml", "no_such.toml");
  fails(kSmall + " --front tomorrow", "--front");
  fails(kSmall + " --front 2031-01-01", "is not in the study");
  fails(kSmall + " --points 1", "give a number from 2 to 1000");
  fails(small_with("a.toml", "[plan]\nmet = \"all\"\n"), "did you mean 'meet'");
  fails(small_with("b.toml", "[[plan.offer]]\nsystem = \"mi355x\"\n"), "no system 'mi355x'");
  fails(small_with("c.toml", "[[plan.delivery]]\nvendor = \"AMB\"\nper_quarter = \"1 MW\"\n"),
        "no vendor 'AMB'");
  fails(small_with("d.toml", "[[plan.budget]]\nyear = 2031\nmost = \"1e9 USD\"\n"),
        "the year 2031 is not in the study");
  fails(small_with("e.toml", "[plan]\nblock = \"100\"\n"), "block");
  fails(small_with("f.toml", "[[plan.share]]\nvendor = \"AMD\"\nleast = 0.8\nmost = 0.5\n"),
        "the least share of AMD exceeds its most");
}
