#include <doctest/doctest.h>

#include "report/serving_timeline.hpp"
#include "report/serving_totals.hpp"

using namespace polyfleet;

namespace {

ServingSimulation two_vendors() {
  ServingSimulation run;
  const char* vendors[] = {"AMD", "NVIDIA", "AMD"};
  for (int i = 0; i < 3; ++i) {
    ServingPool pool;
    pool.name = std::string("p") + std::to_string(i);
    PoolReport report;
    report.name = pool.name;
    report.vendor = vendors[i];
    report.accelerators = 8;
    report.totals.prefill_tokens = 1000 * (i + 1);
    report.totals.decode_tokens = 7;
    report.totals.prompts_ended = 3;
    report.energy = (i + 1) * joule;
    report.cost = 2 * usd;
    report.power_known = true;
    run.cluster.pools.push_back(pool);
    run.report.pools.push_back(report);
    run.engines.emplace_back();
    run.engines.back().prices.device = 1 * usd_per_hour;
  }
  return run;
}

}  // namespace

TEST_CASE("pools sum to vendors and to all; one unknown price leaves its sum unknown") {
  ServingSimulation run = two_vendors();
  const auto vendors = ledgers_by_vendor(run);
  REQUIRE(vendors.size() == 2);
  CHECK(vendors[0].name == "AMD");
  CHECK(vendors[0].energy == 4 * joule);
  CHECK(vendors[0].tokens == 1000 + 3000 + 20);
  CHECK(vendors[1].accelerators == 8);
  const ServingLedger all = ledger_of_all(run);
  CHECK(all.energy == vendors[0].energy + vendors[1].energy);
  CHECK(all.cost == 6 * usd);
  CHECK(all.priced);
  CHECK(fully_priced(run));
  run.engines[1].prices.device.reset();
  CHECK_FALSE(fully_priced(run));
  CHECK(ledgers_by_vendor(run)[0].priced);
  CHECK_FALSE(ledgers_by_vendor(run)[1].priced);
}

TEST_CASE("a timeline as CSV and as a trace that JSON readers take") {
  ServingSimulation run = two_vendors();
  run.report.timeline = {{picos_of(1.5 * second), 1, 2, 3, 4, 5, 6}};
  CHECK(serving_timeline_csv(run) ==
        "time_s,pool,replicas,running,waiting,used_blocks,output_tokens\n1.5,p1,2,3,4,5,6\n");
  const auto trace = parse_json(serving_timeline_trace(run), "trace");
  REQUIRE(trace.has_value());
  const auto& events = *trace->find("traceEvents")->array();
  REQUIRE(events.size() == 1);
  CHECK(*events[0].find("ts")->number() == 1.5e6);
  CHECK(*events[0].find("args")->find("waiting")->integer() == 4);
}
