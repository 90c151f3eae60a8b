#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "base/csv.hpp"
#include "cli/json_output.hpp"
#include "config/value.hpp"
#include "run_binary.hpp"

using namespace polyfleet;

namespace {

const std::string kSmallFleet = std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/fleet/small.toml";

double line_total(const Value& json, const char* key) {
  const Value* const line = json.find("lines")->find(key);
  REQUIRE_MESSAGE(line != nullptr, key);
  return *line->find("all")->number();
}

}  // namespace

TEST_CASE("a small fleet is played out: the book balances and the same run gives the same bytes") {
  const Outcome first = polyfleet_run("simulate fleet " + kSmallFleet + " --json");
  REQUIRE_MESSAGE(first.code == 0, first.err);
  const Value json = json_of(first);
  CHECK(*json.find("study")->find("feasible")->boolean());
  CHECK(std::abs(*json.find("study")->find("energy_imbalance")->number()) < 1e-9);
  CHECK(line_total(json, "delivered.power") > 0);
  CHECK(line_total(json, "output.tokens") > 0);
  const double grid = line_total(json, "energy.grid_energy");
  CHECK(grid == doctest::Approx(-line_total(json, "energy.rack_energy") -
                                line_total(json, "energy.delivery_loss") -
                                line_total(json, "energy.cooling_energy")));
  CHECK(polyfleet_run("simulate fleet " + kSmallFleet + " --json --threads 1").out == first.out);
}

TEST_CASE("the page of a fleet names what it delivers, costs and assumes") {
  const Outcome outcome = polyfleet_run("simulate fleet " + kSmallFleet + " --explain");
  REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
  for (const char* part : {"delivered, at the end of", "grid energy", "net present value",
                           "limits that bind", "assumed", "ledger rows"})
    CHECK_MESSAGE(outcome.says(part), part);
}

TEST_CASE("CSV files carry every row, and their sums are the totals of the page") {
  const std::string folder = (scratch() / "fleet_csv").string();
  const Outcome outcome =
      polyfleet_run("simulate fleet " + kSmallFleet + " --json --hourly --csv " + folder);
  REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
  const Value json = json_of(outcome);
  for (const char* name :
       {"ledger.csv", "periods.csv", "deliveries.csv", "limits.csv", "energy_hourly.csv"}) {
    CAPTURE(name);
    const auto table = CsvTable::parse(content_of(std::filesystem::path(folder) / name), name);
    REQUIRE_MESSAGE(table.has_value(), (table ? "" : to_text(table.problems())));
    CHECK(!table->rows().empty());
    if (std::string(name) != "ledger.csv") continue;
    double grid = 0;
    for (const CsvRow& row : table->rows()) {
      if (row.cells[2] == "grid energy") grid += *parse_number(row.cells[6]);
    }
    CHECK(grid / 3.6e12 == doctest::Approx(line_total(json, "energy.grid_energy")).epsilon(1e-9));
  }
}

TEST_CASE("a setting changes the answer; a wrong one is reported at its place") {
  const Outcome plain = polyfleet_run("simulate fleet " + kSmallFleet + " --json");
  const Outcome cheap =
      polyfleet_run("simulate fleet " + kSmallFleet + " --json --set finance.discount=0.01");
  REQUIRE_MESSAGE(cheap.code == 0, cheap.err);
  const auto npv = [](const Outcome& outcome) {
    return *json_of(outcome).find("costs")->find("net_present_value_usd")->number();
  };
  CHECK(npv(cheap) != npv(plain));
  const Outcome wrong =
      polyfleet_run("simulate fleet " + kSmallFleet + " --set finance.discont=0.01");
  CHECK(wrong.code == 2);
  CHECK(wrong.says("discont"));
  const Outcome unknown = polyfleet_run("simulate fleet " + kSmallFleet +
                                        " --set workload.chatt.must=true --set name.x=1");
  CHECK(unknown.code == 2);
  CHECK(unknown.says("no entry 'chatt'"));
  CHECK(unknown.says("did you mean 'chat'"));
  CHECK(unknown.says("reaches into a key that is no table"));
}

TEST_CASE("futures give percentiles on lines, whatever the number of threads, and resume") {
  const std::string store = (scratch() / "futures.store").string();
  const Outcome whole =
      polyfleet_run("simulate fleet " + kSmallFleet + " --json --futures 6 --seed 5 --threads 2");
  REQUIRE_MESSAGE(whole.code == 0, whole.err);
  const Value json = json_of(whole);
  const Value* const spread = json.find("lines")->find("energy.grid_energy")->find("futures");
  REQUIRE(spread != nullptr);
  CHECK(*spread->find("p5")->number() <= *spread->find("p95")->number());
  CHECK(polyfleet_run("simulate fleet " + kSmallFleet + " --json --futures 6 --seed 5 --threads 1")
            .out == whole.out);
  REQUIRE(polyfleet_run("simulate fleet " + kSmallFleet + " --futures 3 --seed 5 --resume " + store)
              .code == 0);
  const Outcome resumed = polyfleet_run("simulate fleet " + kSmallFleet +
                                        " --json --futures 6 --seed 5 --resume " + store);
  REQUIRE_MESSAGE(resumed.code == 0, resumed.err);
  const Value again = json_of(resumed);
  CHECK(*again.find("lines")->find("energy.grid_energy")->find("futures")->find("p50")->number() ==
        *spread->find("p50")->number());
}

TEST_CASE("demand that no allocation meets: exit 1 with the binding limit and its price") {
  const Outcome outcome = polyfleet_run("simulate fleet " + kSmallFleet +
                                        " --set workload.chat.must=true --set "
                                        "'workload.2.demand.1.rate=900 Ttokens/day'");
  CHECK(outcome.code == 1);
  CHECK(outcome.says("NOT FEASIBLE"));
  CHECK(outcome.says("bound by"));
  CHECK(outcome.says("saves"));
}

TEST_CASE("numbers out of range and a file to resume from without futures are refused") {
  const Outcome outcome =
      polyfleet_run("simulate fleet " + kSmallFleet + " --futures -1 --threads 5000 --seed -2");
  CHECK(outcome.code == 2);
  CHECK(outcome.says("--futures"));
  CHECK(outcome.says("--threads"));
  CHECK(outcome.says("--seed"));
  CHECK(polyfleet_run("simulate fleet " + kSmallFleet + " --resume x").code == 2);
  CHECK(polyfleet_run("simulate fleet /nowhere/x.toml").code == 2);
}

TEST_CASE("a fleet, its jobs, purchases and deals as pictures in one file each") {
  const std::string scenarios = std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/";
  struct Asked {
    std::string command, says;
  };
  const Asked asked[] = {
      {"simulate fleet " + kSmallFleet + " --futures 4 --tornado", "What moves net present value"},
      {"simulate jobs " + scenarios + "jobs/lemons.toml", "How long jobs wait"},
      {"plan fleet " + kSmallFleet, "Present cost by part"},
      {"value deal amd_openai_2025 --paths 400 --sensitivity", "What the warrant may be worth"}};
  for (const Asked& each : asked) {
    CAPTURE(each.command);
    const std::string file = (scratch() / "report.html").string();
    std::filesystem::remove(file);
    const Outcome plain = polyfleet_run(each.command);
    const Outcome outcome = polyfleet_run(each.command + " --report " + file);
    CHECK(outcome.code == plain.code);
    CHECK(outcome.out == plain.out);
    const std::string html = content_of(file);
    CHECK(html.find(each.says) != std::string::npos);
    CHECK(html.size() < 2'000'000);
    CHECK(html.find("<svg") != std::string::npos);
  }
}

TEST_CASE("a report or a table that cannot be written costs the copy, never the answer") {
  const Outcome plain = polyfleet_run("simulate fleet " + kSmallFleet);
  const Outcome report =
      polyfleet_run("simulate fleet " + kSmallFleet + " --report /nowhere/x.html");
  CHECK(report.code == 2);
  CHECK(report.out == plain.out);
  CHECK(report.err.find("/nowhere/x.html") != std::string::npos);
  const Outcome table = polyfleet_run("simulate fleet " + kSmallFleet + " --csv /proc/nowhere");
  CHECK(table.code == 2);
  CHECK(table.out == plain.out);
  CHECK(table.err.find("/proc/nowhere") != std::string::npos);
}
