#include <doctest/doctest.h>

#include <cmath>

#include "catalogue/catalogue.hpp"
#include "fleet/availability.hpp"
#include "sim/random_stream.hpp"

using namespace polyfleet;

namespace {

const ReliabilityData& data() {
  static const ReliabilityData loaded = load_reliability(POLYFLEET_SOURCE_DIR "/data").value();
  return loaded;
}
const OutageData& outages() {
  static const OutageData loaded = [] {
    auto result = load_outages(POLYFLEET_SOURCE_DIR "/data");
    if (!result) FAIL(to_text(result.problems()));
    return *std::move(result);
  }();
  return loaded;
}
const Accelerator& h100() {
  static const Accelerator part =
      load_catalogue(POLYFLEET_SOURCE_DIR "/data").value().accelerator("nv_h100_sxm").value();
  return part;
}
const System& hgx() {
  static const System system =
      load_catalogue(POLYFLEET_SOURCE_DIR "/data").value().system("hgx_h100").value();
  return system;
}

ServiceQuestion plain(double count) {
  ServiceQuestion question;
  question.nodes.failures = 1.0 / (99 * 24 * hour);
  question.nodes.repair = 24 * hour;
  question.count = count;
  return question;
}

}  // namespace

TEST_CASE("a node that works 99 times as long as it is repaired is in service 99 % of the time") {
  const ServiceShare share = expected_service(plain(1000));
  CHECK(share.in_service == doctest::Approx(0.99).epsilon(1e-9));
  CHECK(share.repair == doctest::Approx(0.01).epsilon(1e-9));
  CHECK(share.sum() == doctest::Approx(1).epsilon(1e-12));
  CHECK(share.short_of_nodes > 0.99);  // no spares: some node is always out
}

TEST_CASE("spares: shares add up, waiting ones are those that work beyond the wanted") {
  ServiceQuestion question = plain(400);
  question.spare_share = 0.05;
  const ServiceShare share = expected_service(question);
  CHECK(share.sum() == doctest::Approx(1).epsilon(1e-12));
  CHECK(share.in_service == doctest::Approx(0.95).epsilon(1e-4));
  CHECK(share.waiting == doctest::Approx(0.04).epsilon(0.01));
  CHECK(share.short_of_nodes < 0.001);
  question.spare_share = 0;
  CHECK(expected_service(question).waiting == doctest::Approx(0).epsilon(1e-12));
}

TEST_CASE("two nodes by hand: one wanted, each works half of the time") {
  ServiceQuestion question;
  question.nodes.failures = 1.0 / (1 * hour);
  question.nodes.repair = 1 * hour;
  question.count = 2;
  question.spare_share = 0.5;
  const ServiceShare share = expected_service(question);
  CHECK(share.short_of_nodes == doctest::Approx(0.25));  // both out
  CHECK(share.in_service == doctest::Approx(0.75 / 2));  // one of two, unless both are out
  CHECK(share.waiting == doctest::Approx(0.5 - 0.75 / 2));
  CHECK(spare_nodes_for(0.75, question.nodes, 2) == 1);
  CHECK(spare_nodes_for(0.7500001, question.nodes, 2) == 2);
  CHECK(spare_nodes_for(0.25, question.nodes, 2) == 0);
}

TEST_CASE("maintenance takes its share, lemons theirs until they are exchanged") {
  ServiceQuestion question = plain(1000);
  question.maintenance = {100 * day, 1 * day};
  CHECK(expected_service(question).maintenance == doctest::Approx(0.01));
  CHECK(expected_service(question).repair == doctest::Approx(0.0099));
  // Ten failures a day until the third, in 100 days: three repairs of a day.
  question.maintenance = {};
  question.nodes.failures = 0.01 / day;
  question.nodes.repair = 1 * day;
  question.lemons = {0.02, 1000, 3};
  question.horizon = 100 * day;
  CHECK(expected_service(question).lemons == doctest::Approx(0.02 * 3 / 100).epsilon(1e-6));
  // Not found in so short a time: half a failure is expected.
  question.horizon = 0.05 * day;
  const double found =
      1 - std::exp(-0.5) + (1 - std::exp(-0.5) * 1.5) + (1 - std::exp(-0.5) * 1.625);
  CHECK(expected_service(question).lemons ==
        doctest::Approx(0.02 * std::min(found * 20, 1 - 0.01 / 1.01)).epsilon(1e-6));
}

TEST_CASE("published rates: hardware failures of an H100 node") {
  const NodeReliability node = node_reliability(data(), h100(), hgx());
  MESSAGE(node.basis);
  CHECK(node.accelerators == 8);
  // Llama 3: 419 interruptions, most but not all of hardware that leaves
  const double per_thousand_days = 1000 * (node.failures * (1 * day));
  CHECK(per_thousand_days > 2);
  CHECK(per_thousand_days < 3.789);
}

TEST_CASE("goodput of a gang falls with size, with checkpoint time and within its ends") {
  GangQuestion question;
  question.accelerators = 16384;
  question.checkpoint_blocking = 1 * second;
  question.checkpoint_load = 30 * second;
  const GangGoodput llama = gang_goodput(data(), h100(), hgx(), question);
  MESSAGE(llama.basis, ", ", llama.ettr);
  CHECK(llama.ettr > 0.90);  // Llama 3: more than 90 %
  CHECK(llama.ettr < 0.97);
  CHECK(llama.low < llama.ettr);
  CHECK(llama.high > llama.ettr);
  question.checkpoint_blocking = 60 * second;
  CHECK(gang_goodput(data(), h100(), hgx(), question).ettr < 0.90);
  question.checkpoint_blocking = 1 * second;
  double before = 1;
  for (const double size : {8.0, 1024.0, 8192.0, 65536.0, 131072.0}) {
    question.accelerators = size;
    const double ettr = gang_goodput(data(), h100(), hgx(), question).ettr;
    CHECK(ettr < before);
    before = ettr;
  }
}

TEST_CASE("outages: as many as the rates say, each where it belongs, same seed same outages") {
  const OutagePlaces places{{"a", "b", "c"}, {"x", "y"}, 1};
  const auto drawn = draw_outages(outages(), places, 4000 * 365.25 * day, 7);
  double expected = 0;
  for (const OutageRate& rate : outages().rates)
    expected += 4000 * rate.per_year.value * (rate.cause == OutageCause::firmware ? 2 : 3);
  CHECK(std::abs(static_cast<double>(drawn.size()) - expected) < 4 * std::sqrt(expected));
  double lost = 0;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    if (i > 0) CHECK(drawn[i - 1].begin <= drawn[i].begin);
    CHECK(drawn[i].site.empty() == (drawn[i].cause == OutageCause::firmware));
    CHECK(drawn[i].device_class.empty() != drawn[i].site.empty());
    CHECK(drawn[i].capacity_lost <= 1);
    if (drawn[i].site == "a" || drawn[i].device_class == "x")
      lost += drawn[i].capacity_lost * (drawn[i].duration / (4000 * 365.25 * day));
  }
  CHECK(lost == doctest::Approx(expected_outage_loss(outages())).epsilon(0.1));
  // Other places change nothing here; a factor of zero draws none.
  const auto alone = draw_outages(outages(), {{"b"}, {}, 1}, 4000 * 365.25 * day, 7);
  std::size_t matched = 0;
  for (const Outage& each : drawn) {
    if (each.site == "b") {
      REQUIRE(matched < alone.size());
      CHECK(alone[matched].begin == each.begin);
      CHECK(alone[matched++].duration == each.duration);
    }
  }
  CHECK(matched == alone.size());
  CHECK(draw_outages(outages(), {{"b"}, {}, 0}, 4000 * 365.25 * day, 7).empty());
}
