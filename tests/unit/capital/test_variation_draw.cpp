#include <doctest/doctest.h>

#include <cmath>

#include "futures_fixture.hpp"
#include "sim/running_statistics.hpp"

using namespace polyfleet_test;

namespace {

constexpr int kDraws = 4000;

std::vector<UncertainInput> inputs_of(const SmallStudy& study) {
  return uncertain_inputs(study.model, study.spec, study.outages);
}

FleetVariation variation_with(const SmallStudy& study, const InputDraw& draw) {
  return variation_of({&study.model, &study.spec, &study.outages, 0}, inputs_of(study), draw);
}

FleetVariation future_of(const SmallStudy& study, std::uint64_t future) {
  return variation_with(study, random_draw(inputs_of(study), 3, future));
}

SmallStudy nothing_uncertain() {
  SmallStudy study;
  study.spec = {};
  study.spec.outages.drawn = false;
  for (FleetPhase& phase : study.model.phases) phase.delay.quarters = {1};
  return study;
}

const UncertainInput& named(const std::vector<UncertainInput>& inputs, const std::string& id) {
  for (const UncertainInput& each : inputs)
    if (each.id == id) return each;
  FAIL("no input " << id);
  return inputs[0];
}

}  // namespace

TEST_CASE("inputs are groups with their members; what is certain is none") {
  CHECK(inputs_of(nothing_uncertain()).empty());
  const std::vector<UncertainInput> inputs = inputs_of(SmallStudy());
  CHECK(named(inputs, "delay:AMD").member_ids == std::vector<std::string>{"a1", "a2"});
  CHECK(named(inputs, "price:texas").member_ids == std::vector<std::string>{"abilene"});
  CHECK(named(inputs, "demand").members.size() == 2);
  // 80 % from 0.8 to 1.1 around 1.
  const UncertainInput& prediction = named(inputs, "prediction");
  CHECK(prediction.below[0] == doctest::Approx(-std::log(0.8) / 1.2815516));
  CHECK(prediction.above[1] == doctest::Approx(std::log(1.1) / 1.2815516));
}

TEST_CASE("an existing phase is neither late nor cancelled, and no price of it is uncertain") {
  SmallStudy study;
  study.spec.cancellation.probability = 0.5;
  for (std::size_t i : {0U, 1U}) study.model.phases[i].existing = true;
  for (const UncertainInput& each : inputs_of(study)) {
    CHECK(each.id != "delay:AMD");
    CHECK(each.id != "cancellation:AMD");
    CHECK(each.id != "hardware_price:AMD");
  }
}

TEST_CASE("delays are quantiles of the phase's distribution") {
  const DelayDistribution delay{{0.5, 0, 0.3, 0.2}};
  CHECK(delay_quantile(delay, 0) == 0);
  CHECK(delay_quantile(delay, 0.49) == 0);
  CHECK(delay_quantile(delay, 0.51) == 183 * 24);  // two quarters of 91.3 days
  CHECK(delay_quantile(delay, 0.79) == 183 * 24);
  CHECK(delay_quantile(delay, 0.81) == 274 * 24);
  CHECK(delay_quantile(delay, 1) == 274 * 24);
  CHECK(delay_quantile({{}}, 0.7) == 0);
}

TEST_CASE("delays come as often as they are stated and together as far as they should") {
  const SmallStudy study;
  int late = 0, both = 0;
  for (int i = 0; i < kDraws; ++i) {
    const std::vector<int> delays = future_of(study, static_cast<std::uint64_t>(i)).delay_hours;
    late += delays[0] > 0 ? 1 : 0;
    both += delays[0] > 0 && delays[1] > 0 ? 1 : 0;
  }
  CHECK(late / double{kDraws} == doctest::Approx(0.5).epsilon(0.06));
  // Two normals of correlation 0.6 above their medians: 1/4 + asin(0.6) / (2 pi).
  CHECK(both / double{kDraws} == doctest::Approx(0.25 + std::asin(0.6) / 6.2831853).epsilon(0.06));
}

TEST_CASE("factors are log-normal with median 1 and correlated as stated") {
  const SmallStudy study;
  RunningStatistics first, sum, difference;
  for (int i = 0; i < kDraws; ++i) {
    const FleetVariation future = future_of(study, static_cast<std::uint64_t>(i));
    const double a = std::log(future.demand[0]), b = std::log(future.demand[1]);
    first.add(a);
    sum.add(a + b);
    difference.add(a - b);
  }
  CHECK(std::abs(first.mean()) < 0.012);
  CHECK(first.deviation() == doctest::Approx(0.2).epsilon(0.05));
  const double correlation =
      (sum.variance() - difference.variance()) / (sum.variance() + difference.variance());
  CHECK(correlation == doctest::Approx(0.5).epsilon(0.08));
}

TEST_CASE("the median future is the plan but for delays that are likelier than not") {
  SmallStudy study;
  study.spec.cancellation.probability = 0.05;
  study.model.phases[2].delay.quarters = {0.2, 0.8};
  const FleetVariation median = variation_with(study, median_draw(inputs_of(study)));
  CHECK(median.cancelled.empty());
  CHECK(median.demand == std::vector<double>{1, 1});
  CHECK(median.in_service[0] == doctest::Approx(1));
  CHECK(median.delay_hours ==
        std::vector<int>{2191 / 24 * 24, 2191 / 24 * 24, 2191 / 24 * 24, 2191 / 24 * 24});
}

TEST_CASE("a chance is met as often as it is stated; a lost vendor keeps what has begun") {
  SmallStudy study = nothing_uncertain();
  VendorLoss loss;
  loss.vendor = "AMD";
  loss.probability = 0.3;
  loss.from = CalendarDate{2027, 5, 1};  // a1 begins in week 4, a2 in week 30
  study.spec.losses.push_back(loss);
  int lost = 0;
  for (int i = 0; i < kDraws; ++i) {
    const FleetVariation future = future_of(study, static_cast<std::uint64_t>(i));
    if (future.cancelled.empty()) continue;
    ++lost;
    CHECK(future.cancelled == std::vector<bool>{false, true, false, false});
  }
  CHECK(lost / double{kDraws} == doctest::Approx(0.3).epsilon(0.08));
}

TEST_CASE("the day of a loss lies evenly between its ends") {
  SmallStudy study = nothing_uncertain();
  VendorLoss loss;
  loss.vendor = "AMD";
  loss.probability = 0.8;
  loss.from = CalendarDate{2027, 1, 1};
  loss.until = CalendarDate{2027, 11, 5};  // a2 begins on day 210 of 308
  study.spec.losses.push_back(loss);
  int second = 0, any = 0;
  for (int i = 0; i < kDraws; ++i) {
    const FleetVariation future = future_of(study, static_cast<std::uint64_t>(i));
    if (future.cancelled.empty()) {
      ++any;
      continue;  // none, or after both have begun
    }
    second += future.cancelled[1] ? 1 : 0;
  }
  CHECK(second / double{kDraws} == doctest::Approx(0.8 * 210 / 308.0).epsilon(0.06));
  CHECK(any > 0);
}

TEST_CASE("more failures take from what works, and never all") {
  const SmallStudy study;
  const std::vector<UncertainInput> inputs = inputs_of(study);
  InputDraw draw = median_draw(inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].id == "failures:AMD") draw[i][0] = std::log(2.0) / 0.4;
  CHECK(variation_with(study, draw).in_service[0] == doctest::Approx(0.90 / 0.95));
  CHECK(variation_with(study, draw).in_service[1] == doctest::Approx(1));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].id == "failures:AMD") draw[i][0] = 20;
  CHECK(variation_with(study, draw).in_service[0] == doctest::Approx(0.1 / 0.95));
}

TEST_CASE("an input draws the same whatever else is uncertain") {
  const SmallStudy study;
  SmallStudy alone = nothing_uncertain();
  alone.spec.demand = study.spec.demand;
  for (std::uint64_t i = 0; i < 20; ++i)
    CHECK(future_of(study, i).demand == future_of(alone, i).demand);
  CHECK(future_of(study, 1).demand != future_of(study, 2).demand);
}

TEST_CASE("outages of a site join its own events in order; one class everywhere works less") {
  const FleetModel model = [] {
    FleetModel fleet = small_fleet();
    fleet.sites[0].events = {{100, 4, 0.2, false}, {500, 4, 0.2, false}};
    return fleet;
  }();
  FleetVariation variation;
  Outage at_site, of_class;
  at_site.site = "abilene";
  at_site.begin = 200.5 * hour;
  at_site.duration = 2 * hour;
  at_site.capacity_lost = 0.4;
  of_class.device_class = "rubin";
  of_class.duration = 0.1 * model.time.hours() * hour;
  of_class.capacity_lost = 0.5;
  apply_outages(model, {at_site, of_class}, variation);
  REQUIRE(variation.events[0].size() == 3);
  CHECK(variation.events[0][1].begin == 200);
  CHECK(variation.events[0][1].hours == 3);  // of the clock: 200 to 203
  CHECK(variation.events[0][1].outage);
  CHECK(variation.events[1].empty());
  CHECK(variation.in_service[0] == 1);
  CHECK(variation.in_service[1] == doctest::Approx(0.95));
}

TEST_CASE("futures have outages of their own, the same at every call") {
  SmallStudy study = nothing_uncertain();
  study.spec.outages = {true, 0.5, "", "", ""};
  OutageRate rate;
  rate.per_year.value = 3;
  rate.duration.value = 5 * hour;
  rate.duration_spread.value = 0.5;
  rate.capacity_lost.low = 0.2;
  rate.capacity_lost.high = 0.4;
  study.outages.rates = {rate};
  const std::vector<UncertainInput> inputs = inputs_of(study);
  const auto events = [&](std::uint64_t future) {
    const FleetVariation variation =
        variation_of({&study.model, &study.spec, &study.outages, outage_seed(3, future)}, inputs,
                     random_draw(inputs, 3, future));
    std::vector<FleetHour> begins;
    for (const auto& of_site : variation.events)
      for (const SupplyEvent& each : of_site) begins.push_back(each.begin);
    return begins;
  };
  CHECK(events(1) == events(1));
  CHECK(events(1) != events(2));
  RunningStatistics count;
  for (std::uint64_t i = 0; i < 400; ++i) count.add(static_cast<double>(events(i).size()));
  // Two sites, two years, and the mean of exp(0.5 z).
  CHECK(count.mean() == doctest::Approx(2 * 2 * 3 * std::exp(0.125)).epsilon(0.1));
}
