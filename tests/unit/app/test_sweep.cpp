#include <doctest/doctest.h>

#include "app/sweep.hpp"
#include "unit/app/shared_workspace.hpp"

using namespace polyfleet;

namespace {

Value swept_document() {
  const auto laid = with_settings(Value(Table{}), {{"model", Value("llama3.1-8b"), ""},
                                                   {"accelerator", Value("nv_h100_sxm"), ""},
                                                   {"devices", Value(16), ""},
                                                   {"plan.layout.tensor", Value(2), ""},
                                                   {"plan.global_batch", Value(64), ""},
                                                   {"plan.sequence_length", Value(4096), ""}});
  REQUIRE(laid.has_value());
  return *laid;
}

std::vector<std::string> values(const std::string& text) {
  const auto axis = sweep_axis(text);
  REQUIRE_MESSAGE(axis.has_value(), (axis ? std::string() : to_text(axis.problems())));
  return axis->values;
}

std::string fault(const std::string& text) {
  const auto axis = sweep_axis(text);
  REQUIRE(!axis.has_value());
  return to_text(axis.problems());
}

SweepRequest request(const std::vector<std::string>& axes) {
  SweepRequest asked{.document = swept_document(), .axes = {}};
  for (const std::string& text : axes) {
    const auto axis = sweep_axis(text);
    REQUIRE(axis.has_value());
    asked.axes.push_back(*axis);
  }
  return asked;
}

SweepAnswer sweep(const std::vector<std::string>& axes) {
  const auto answer = run_sweep(shared_workspace(), request(axes));
  REQUIRE_MESSAGE(answer.has_value(), (answer ? std::string() : to_text(answer.problems())));
  return *answer;
}

std::string sweep_fault(const std::vector<std::string>& axes) {
  const auto answer = run_sweep(shared_workspace(), request(axes));
  REQUIRE(!answer.has_value());
  return to_text(answer.problems());
}

}  // namespace

TEST_CASE("a range is spelled out: ends, count, unit, logarithm, whole numbers") {
  using List = std::vector<std::string>;
  CHECK(values("k=1:4") == List{"1", "2", "3", "4"});
  CHECK(values("k=4TB/s:10TB/s:7") ==
        List{"4 TB/s", "5 TB/s", "6 TB/s", "7 TB/s", "8 TB/s", "9 TB/s", "10 TB/s"});
  CHECK(values("k=1:8:4:log") == List{"1", "2", "4", "8"});
  CHECK(values("k=0:1:5") == List{"0", "0.25", "0.5", "0.75", "1"});
  CHECK(values("k=0.5:1.5") == List{"0.5", "0.75", "1", "1.25", "1.5"});
  CHECK(values("k=8:1:8").front() == "8");
  CHECK(values("k=a,b c,d") == List{"a", "b c", "d"});
  CHECK(values("k=2.5 USD/h") == List{"2.5 USD/h"});
  CHECK(values("k=1e3:2e3:2") == List{"1000", "2000"});
}

TEST_CASE("a range that says nothing is refused with the form") {
  CHECK(fault("devices").find("is no sweep") != std::string::npos);
  CHECK(fault("k=1GB/s:2TB/s:3").find("different units") != std::string::npos);
  CHECK(fault("k=1:2:1").find("neither a number of points") != std::string::npos);
  CHECK(fault("k=1:2:many").find("neither a number of points") != std::string::npos);
  CHECK(fault("k=0:2:3:log").find("above zero") != std::string::npos);
  CHECK(fault("k=1,,2").find("empty value") != std::string::npos);
  CHECK(fault("k=").find("empty value") != std::string::npos);
}

TEST_CASE("the first axis is the slowest, and the point without a change is the estimate") {
  const SweepAnswer answer = sweep({"plan.layout.tensor=1,2", "costs.gemm=1,2"});
  REQUIRE(answer.points.size() == 4);
  CHECK(answer.points[1].values == std::vector<std::string>{"1", "2"});
  CHECK(answer.points[2].values == std::vector<std::string>{"2", "1"});
  const auto plain = resolve_training(shared_workspace(), swept_document());
  REQUIRE(plain.has_value());
  const auto models = shared_workspace().training_models();
  REQUIRE(models.has_value());
  const TrainingEstimate estimate =
      estimate_training(plain->scenario, *plain->machine, **models, plain->prices, {});
  CHECK(answer.points[2].estimate->time == estimate.time);
  CHECK(answer.points[3].estimate->time > estimate.time);
}

TEST_CASE("more of a rate never slows, more latency never speeds up") {
  for (const char* axis :
       {"accelerator.memory_bandwidth=2TB/s:8TB/s:4", "accelerator.peak.bf16=500TFLOP/s:2PFLOP/s",
        "system.scale_out_rate=10GB/s:100GB/s:4", "system.scale_up_rate=100GB/s:900GB/s:4"}) {
    CAPTURE(axis);
    if (!sweep_axis(axis)) continue;  // ends of different units: refused above
    const SweepAnswer answer = sweep({axis});
    for (std::size_t i = 1; i < answer.points.size(); ++i)
      CHECK(answer.points[i].estimate->time <= answer.points[i - 1].estimate->time);
  }
  const SweepAnswer slower = sweep({"costs.kernel_launch=0.5:4:4"});
  for (std::size_t i = 1; i < slower.points.size(); ++i)
    CHECK(slower.points[i].estimate->time > slower.points[i - 1].estimate->time);
}

TEST_CASE("power and prices are figures like any other") {
  const SweepAnswer power = sweep({"accelerator.tdp=500W,1000W"});
  CHECK(power.points[0].estimate->energy.facility < power.points[1].estimate->energy.facility);
  CHECK(power.points[0].estimate->time == power.points[1].estimate->time);
  const SweepAnswer price = sweep({"prices.device=1 USD/h,3 USD/h"});
  CHECK(*price.points[1].estimate->cost_per_step / *price.points[0].estimate->cost_per_step ==
        doctest::Approx(3));
  const SweepAnswer rental = sweep({"system.rental=1 USD/h,3 USD/h"});
  CHECK(*rental.points[1].estimate->cost_per_step / *rental.points[0].estimate->cost_per_step ==
        doctest::Approx(3));
}

TEST_CASE("a point that cannot run keeps its reason and is never the best") {
  const SweepAnswer answer = sweep({"plan.layout.tensor=1,3,64", "plan.micro_batch=1,64"});
  CHECK(!answer.points[2].reason.empty());
  CHECK(answer.points[4].reason.find("64") != std::string::npos);
  CHECK(!answer.points[2].runs());
  const SweepBest best = best_of(answer);
  REQUIRE(best.fastest.has_value());
  CHECK(answer.points[*best.fastest].runs());
  const SweepAnswer small = sweep({"accelerator.memory=1 GB,80 GB"});
  CHECK(small.points[0].reason.find("does not fit") != std::string::npos);
  CHECK(small.points[1].runs());
}

TEST_CASE("mistakes of writing stop a sweep, with a suggestion") {
  CHECK(sweep_fault({"accelerator.memory_bandwith=1TB/s,2TB/s"}).find("memory_bandwidth") !=
        std::string::npos);
  CHECK(sweep_fault({"accelerator.memory_bandwidth=1TB,2TB"}).find("another kind") !=
        std::string::npos);
  CHECK(sweep_fault({"plan.layout.tensr=1,2"}).find("tensor") != std::string::npos);
  CHECK(sweep_fault({"costs.gem=1,2"}).find("gemm") != std::string::npos);
  CHECK(sweep_fault({"costs.gemm=0,2"}).find("gemm") != std::string::npos);
  CHECK(sweep_fault({"accelerator.scale_out_rate=10GB/s,20GB/s"}).find("system.scale_out_rate") !=
        std::string::npos);
  CHECK(sweep_fault({"accelerator=nv_h100_sxm,nv_h100_sxn"}).find("nv_h100_sxn") !=
        std::string::npos);
  CHECK(sweep_fault({"devices=8,16", "devices=32,64"}).find("twice") != std::string::npos);
}
