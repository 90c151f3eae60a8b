// Cuts by slowing down: by hand, in order, and against the field tests (case F9).
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "fleet/demand_response.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {}

TEST_CASE("one tier by hand: the cube law") {
  const ThrottleLaw law{0.8, 3};
  CHECK(law.draw(1) == 1);
  CHECK(law.draw(0.5) == doctest::Approx(0.2 + 0.8 / 8));
  const DemandResponse answer = demand_response({{"all", 1, 0.5}}, law, 0.25);
  CHECK(answer.reached);
  CHECK(answer.loss[0] == doctest::Approx(1 - std::cbrt(1 - 0.25 / 0.8)));
  CHECK(answer.reachable == doctest::Approx(0.8 * 0.875));
}

TEST_CASE("no tier loses more than it may, and the least is lost") {
  const std::vector<FlexTier> tiers{
      {"0", 0.3, 0}, {"1", 0.2, 0.1}, {"2", 0.25, 0.25}, {"3", 0.25, 0.5}};
  const ThrottleLaw law{0.85, 3};
  double last = 0;
  for (double cut = 0; cut < 0.6; cut += 0.05) {
    const DemandResponse answer = demand_response(tiers, law, cut);
    double drawn = 0;
    for (std::size_t i = 0; i < tiers.size(); ++i) {
      CHECK(answer.loss[i] <= tiers[i].most_loss + 1e-12);
      drawn += tiers[i].share * law.draw(1 - answer.loss[i]);
    }
    CHECK(answer.loss[0] == 0);
    CHECK(1 - drawn == doctest::Approx(answer.cut));
    CHECK(answer.lost >= last);
    last = answer.lost;
    if (!answer.reached) CHECK(answer.cut == answer.reachable);
  }
  // any other way to the same cut loses more: the third tier alone
  const DemandResponse best = demand_response(tiers, law, 0.1);
  const double alone = 1 - std::cbrt(1 - 0.1 / 0.25 / 0.85);
  CHECK(best.lost < 0.25 * alone);
}

TEST_CASE("the share of untouched work that a cut allows") {
  const std::vector<FlexTier> tiers{{"a", 0.5, 0.25}, {"b", 0.5, 0.5}};
  const ThrottleLaw law{0.8, 3};
  const double most = most_untouched(tiers, law, 0.25);
  const auto with = [&](double untouched) {
    std::vector<FlexTier> mixed{{"0", untouched, 0}};
    for (FlexTier tier : tiers) {
      tier.share *= 1 - untouched;
      mixed.push_back(tier);
    }
    return demand_response(mixed, law, 0.25).reached;
  };
  CHECK(with(most - 1e-6));
  CHECK_FALSE(with(most + 1e-6));
  CHECK(most_untouched(tiers, law, 0.9) == 0);
}

TEST_CASE("field tests: 25 % in Phoenix without the untouched tier, 30 to 35 % in London") {
  const auto found = demand_response_case(kData);
  REQUIRE_MESSAGE(found.has_value(), (found ? "" : to_text(found.problems())));
  CHECK(found->phoenix.reached);
  CHECK(found->phoenix.loss[0] == 0);
  CHECK(found->duration / hour == 3);
  CHECK(found->phoenix.lost == doctest::Approx(found->measured_loss).epsilon(0.35));
  CHECK(found->most_untouched > 0.4);
  CHECK(found->london.reached);
  CHECK(found->london.reachable >= found->london_high);
  MESSAGE("Phoenix: loss " << found->phoenix.lost << " (measured " << found->measured_loss
                           << "), reachable " << found->phoenix.reachable << ", untouched up to "
                           << found->most_untouched << "; London reachable at the nodes "
                           << found->london.reachable << ", loss " << found->london.lost);
}
