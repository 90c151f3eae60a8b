#include <doctest/doctest.h>

#include "fleet/rollout.hpp"

using namespace polyfleet;

namespace {

FleetPhase even_phase() {
  FleetPhase phase;
  phase.id = "phase";
  phase.program = "deal";
  phase.power = 1 * gigawatt;
  phase.accelerators = 100;
  phase.first_delivery = 0;
  phase.last_delivery = 100;
  phase.acceptance = 10 * hour;
  phase.rejected = 0.2;
  return phase;
}

FleetModel model_of(std::vector<FleetPhase> phases) {
  FleetModel model;
  model.time = FleetTime({2027, 1, 1}, {2027, 3, 1}, 7);
  model.sites.resize(2);
  model.sites[0].id = "north";
  model.sites[1].id = "south";
  model.classes.resize(1);
  model.classes[0].id = "rack";
  model.phases = std::move(phases);
  return model;
}

}  // namespace

TEST_CASE(
    "accelerators arrive evenly, count after acceptance, and a rejected share after a second") {
  const PhaseSchedule schedule(even_phase(), 0, false);
  CHECK(schedule.delivered_by(0) == 0);
  CHECK(schedule.delivered_by(50) == 50);
  CHECK(schedule.delivered_by(100) == 100);
  CHECK(schedule.accepted_by(50) == 32 + 6);
  CHECK(schedule.accepted_by(109) == 79 + 17);
  CHECK(schedule.accepted_by(119) == 80 + 19);
  CHECK(schedule.accepted_by(120) == 100);
  // 0 to 99, each an hour long, then 100
  CHECK(schedule.mean_present(0, 100) == doctest::Approx(49.5));
  CHECK(schedule.mean_present(0, 200) == doctest::Approx(74.75));
  CHECK(schedule.mean_installed(120, 140) == 100);
}

TEST_CASE("whole accelerators: three over ten hours") {
  FleetPhase phase = even_phase();
  phase.accelerators = 3;
  phase.last_delivery = 10;
  const PhaseSchedule schedule(phase, 0, false);
  for (int at = -2; at < 14; ++at) {
    const double expected = at >= 10 ? 3 : at >= 7 ? 2 : at >= 4 ? 1 : 0;
    CHECK(schedule.delivered_by(at) == expected);
  }
  CHECK(schedule.mean_present(0, 10) == doctest::Approx((3 * 1 + 3 * 2) / 10.0));
}

TEST_CASE("delay, cancellation and retirement move or take what the plan says") {
  FleetPhase phase = even_phase();
  phase.retirement = 300;
  const PhaseSchedule late(phase, 24, false), never(phase, 0, true);
  CHECK(late.delivered_by(24) == 0);
  CHECK(late.delivered_by(74) == 50);
  CHECK(late.accepted_by(143) < 100);
  CHECK(late.accepted_by(144) == 100);
  CHECK(late.gone() == 324);
  CHECK(late.present(323) == 100);
  CHECK(late.present(324) == 0);
  CHECK(late.mean_installed(320, 328) == doctest::Approx(50));
  CHECK(never.delivered_by(1000) == 0);
  phase.existing = true;
  CHECK(PhaseSchedule(phase, 24, false).delivered_by(50) == 50);
}

TEST_CASE("a partner's capacity counts within its contract, which moves with the delivery") {
  FleetPhase phase = even_phase();
  phase.ownership = Ownership::take_or_pay;
  phase.last_delivery = 0;
  phase.acceptance = 0 * hour;
  phase.contract_begin = 48;
  phase.contract_end = 148;
  const PhaseSchedule plan(phase, 0, false), late(phase, 10, false), cancelled(phase, 0, true);
  CHECK(plan.mean_installed(0, 48) == 0);
  CHECK(plan.mean_installed(48, 148) == 100);
  CHECK(plan.mean_installed(148, 200) == 0);
  CHECK(plan.contracted(0, 200) == doctest::Approx(0.5));
  CHECK(plan.contracted(0, 98) == doctest::Approx(50.0 / 98));
  CHECK(late.contracted(0, 58) == 0);
  CHECK(late.contracted(58, 158) == 1);
  CHECK(cancelled.contracted(0, 200) == 0);
  phase.ownership = Ownership::owned;
  CHECK(PhaseSchedule(phase, 0, false).contracted(0, 200) == 0);
}

TEST_CASE("phases of one class, site and contract form one group, in any order") {
  FleetPhase a = even_phase(), b = even_phase(), c = even_phase(), d = even_phase();
  a.id = "a";
  b.id = "b";
  b.first_delivery = 50;
  c.id = "c";
  c.site = 1;
  d.id = "d";
  d.ownership = Ownership::on_demand;
  d.rate = 2 * usd_per_hour;
  const auto groups = fleet_groups(model_of({a, b, c, d}));
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].name == "rack at north, own");
  CHECK(groups[0].phases == std::vector<int>{0, 1});
  CHECK(groups[1].name == "rack at north, on demand");
  CHECK(groups[2].name == "rack at south");
  const auto turned = fleet_groups(model_of({d, c, b, a}));
  REQUIRE(turned.size() == 3);
  CHECK(turned[0].phases == std::vector<int>{3, 2});
  for (std::size_t i = 0; i < 3; ++i) CHECK(turned[i].name == groups[i].name);
  b = a;  // alike but for the name
  b.id = "0";
  CHECK(fleet_groups(model_of({a, b}))[0].phases == std::vector<int>{1, 0});
  CHECK(fleet_groups(model_of({b, a}))[0].phases == std::vector<int>{0, 1});
}

TEST_CASE("periods add up to what was delivered; a program passes its gigawatts on a day") {
  FleetPhase a = even_phase(), b = even_phase();
  a.id = "a";
  b.id = "b";
  b.first_delivery = 500;
  b.last_delivery = 700;
  const FleetModel model = model_of({a, b});
  const Rollout rollout(model);
  double delivered = 0;
  for (int period = 0; period < model.time.periods(); ++period)
    delivered += rollout.at(0, period).delivered + rollout.at(1, period).delivered;
  CHECK(delivered == 200);
  CHECK(rollout.at(0, 3).installed == 100);
  CHECK(rollout.accepted_power("deal", 120) / gigawatt == doctest::Approx(1));
  CHECK(rollout.accepted_at("deal", 1 * gigawatt, 1416) == 120);
  CHECK(rollout.accepted_at("deal", 2 * gigawatt, 1416) == 720);
  CHECK(rollout.accepted_at("deal", 2 * gigawatt, 719) == kNoHour);
  CHECK(rollout.accepted_at("deal", 3 * gigawatt, 1416) == kNoHour);
  CHECK(rollout.accepted_power("other", 1000).base() == 0);
  const Rollout late(model, {0, 100}, {});
  CHECK(late.accepted_at("deal", 2 * gigawatt, 1416) == 820);
  CHECK(Rollout(model, {}, {true, false}).accepted_at("deal", 1 * gigawatt, 1416) == 720);
}
