// The question of `plan serve` as text: targets, offers, and every mistake with its place.
#include <doctest/doctest.h>

#include "app/serving_plan_document.hpp"

namespace polyfleet {
namespace {

StatedServingPlan read_plan(const std::string& text) {
  const Result<Value> document = parse_toml(text, "plan.toml");
  REQUIRE(document.has_value());
  const Result<StatedServingPlan> plan = read_serving_plan(*document);
  REQUIRE_MESSAGE(plan.has_value(), to_text(plan.has_value() ? Diagnostics{} : plan.problems()));
  return *plan;
}

std::string faults(const std::string& text) {
  const Result<Value> document = parse_toml(text, "plan.toml");
  REQUIRE(document.has_value());
  const Result<StatedServingPlan> plan = read_serving_plan(*document);
  return plan ? "" : to_text(plan.problems());
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const char* const kPlan = R"(
model = "llama3.1-70b"
[load]
rate = 10
input = 100
output = 50
[slo]
ttft = "2 s p90"
tpot = "40 ms"
[[offer]]
accelerator = "amd_mi355x"
price = "2.5 USD/h"
stock = 64
)";

}  // namespace

TEST_CASE("a question as a document") {
  const StatedServingPlan plan = read_plan(kPlan);
  CHECK(plan.slo.ttft.most == 2 * second);
  CHECK(plan.slo.ttft.measure == LatencyMeasure::p90);
  CHECK(plan.slo.tpot.measure == LatencyMeasure::mean);
  CHECK_FALSE(plan.slo.end_to_end.most);
  REQUIRE(plan.offers.size() == 1);
  CHECK(plan.offers[0].stock == 64);
  CHECK(*plan.offers[0].price / usd_per_hour == doctest::Approx(2.5));
  CHECK(plan.objective == ServingObjective::cost);
}

TEST_CASE("targets: a time and a measure") {
  const Position where{"--slo-ttft", 0, 0};
  CHECK(latency_target_of("500 ms p99", where)->measure == LatencyMeasure::p99);
  CHECK(latency_target_of("500 ms mean", where)->most == 500 * millisecond);
  CHECK_FALSE(latency_target_of("500", where));
  CHECK_FALSE(latency_target_of("2 s p80", where));
  CHECK_FALSE(latency_target_of("0 s", where));
  CHECK_FALSE(latency_target_of("2 GB", where));
  CHECK_FALSE(latency_target_of("", where));
}

TEST_CASE("offers of the command line") {
  const Result<Value> offer = offer_of("mi355x:price=2.5,stock=64,name=first");
  REQUIRE(offer.has_value());
  CHECK(*offer->find("accelerator")->text() == "mi355x");
  CHECK(*offer->find("price")->text() == "2.5 USD/h");
  CHECK(*offer->find("stock")->integer() == 64);
  CHECK(offer_of("h200").has_value());
  CHECK_FALSE(offer_of(":price=2"));
  CHECK_FALSE(offer_of("h200:price"));
}

TEST_CASE("mistakes are told with their place") {
  CHECK(holds(faults("model = \"m\"\n"), "no accelerators are on offer"));
  const std::string text = kPlan;
  CHECK(holds(faults(text + "[[offer]]\naccelerator = \"amd_mi355x\"\n"), "two offers are named"));
  CHECK(holds(faults(text + "[[offer]]\nprice = \"1 USD/h\"\n"), "an offer names no part"));
  CHECK(holds(faults(text + "pric = \"1 USD/h\"\n"), "pric"));
  CHECK(holds(faults("objective = \"speed\"\n" + text), "objective"));
  const std::string no_load =
      "model = \"m\"\n[[offer]]\naccelerator = \"x\"\n[slo]\nttft = \"1 s\"";
  CHECK(holds(faults(no_load), "the rate of requests is missing"));
  CHECK(holds(faults("model = \"m\"\n[load]\nrate = 1\ninput = 1\noutput = 1\n"
                     "[[offer]]\naccelerator = \"x\"\n"),
              "no latency target is stated"));
  CHECK(holds(faults("model = \"m\"\n[load]\nrate = -1\ninput = 1\noutput = 1\n"
                     "[[offer]]\naccelerator = \"x\"\n"),
              "rate"));
}

}  // namespace polyfleet
