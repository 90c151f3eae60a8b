#include <doctest/doctest.h>

#include <algorithm>

#include "app/procurement_document.hpp"
#include "reference_page_check.hpp"

using namespace polyfleet;

namespace {

FleetModel two_vendor_parts() {
  FleetModel model;
  model.time = FleetTime({2027, 1, 1}, {2029, 1, 1}, 7);
  model.sites.resize(2);
  model.sites[0].id = "texas";
  model.sites[1].id = "narvik";
  model.classes.resize(3);
  const char* const ids[] = {"helios", "rubin", "old"};
  for (std::size_t c = 0; c < 3; ++c) {
    model.classes[c].id = ids[c];
    model.classes[c].vendor = c == 0 ? "AMD" : "NVIDIA";
    if (c < 2) model.classes[c].price = 50'000 * usd;
  }
  return model;
}

Result<ProcurementTerms> read_terms(const std::string& plan,
                                    std::vector<std::string>& assumptions) {
  const auto document = parse_toml(plan, "plan.toml");
  REQUIRE(document.has_value());
  const Value* const table = document->find("plan");
  return read_procurement_terms(table ? *table : Value(), two_vendor_parts(), assumptions);
}

ProcurementTerms terms_of(const std::string& plan) {
  std::vector<std::string> assumptions;
  const auto terms = read_terms(plan, assumptions);
  REQUIRE_MESSAGE(terms.has_value(), to_text(terms.problems()));
  return *terms;
}

void fails(const std::string& plan, const std::string& part) {
  std::vector<std::string> assumptions;
  const auto terms = read_terms(plan, assumptions);
  REQUIRE_FALSE(terms.has_value());
  CHECK_MESSAGE(to_text(terms.problems()).find(part) != std::string::npos,
                to_text(terms.problems()));
}

}  // namespace

TEST_CASE("without [plan] all that has a price is on offer everywhere, and this is said") {
  std::vector<std::string> assumptions;
  const auto terms = read_terms("", assumptions);
  REQUIRE(terms.has_value());
  REQUIRE(terms->offers.size() == 2);
  CHECK(terms->offers[1].sites == std::vector<int>{0, 1});
  CHECK(terms->meet_all);
  CHECK_FALSE(terms->keep_phases);
  CHECK(std::any_of(assumptions.begin(), assumptions.end(), [](const std::string& line) {
    return line == "old is not on offer: it has no price";
  }));
  CHECK(assumptions.size() == 4);
}

TEST_CASE("a whole [plan]") {
  const ProcurementTerms terms = terms_of(R"([plan]
meet = "worthwhile"
meet_from = "2027-07-01"
keep = "phases"
quarters_to_work = 2
block = "100 MW"
gap = 0.01
largest_share = 0.8
[[plan.offer]]
system = "rubin"
sites = ["narvik"]
first_delivery = "2027-04-01"
per_quarter = "200 MW"
price_change = -0.1
[[plan.delivery]]
vendor = "NVIDIA"
from = "2028-01-01"
per_quarter = "1 GW"
[[plan.budget]]
year = 2027
most = "1e9 USD"
[[plan.carbon]]
year = 2028
most = "2000 tCO2e"
[[plan.share]]
vendor = "NVIDIA"
most = 0.7
[plan.frontier]
shares = [0.5, 1]
lost_from = "2028-01-01"
)");
  CHECK_FALSE(terms.meet_all);
  CHECK(terms.meet_from == 181 * 24);
  CHECK(terms.keep_phases);
  CHECK(terms.quarters_to_work == 2);
  CHECK(terms.block == 100 * megawatt);
  CHECK(terms.gap == 0.01);
  CHECK(terms.largest_share == 0.8);
  REQUIRE(terms.offers.size() == 1);
  CHECK(terms.offers[0].device_class == 1);
  CHECK(terms.offers[0].sites == std::vector<int>{1});
  CHECK(terms.offers[0].first_delivery == 90 * 24);
  CHECK(terms.offers[0].per_quarter == 200 * megawatt);
  CHECK(terms.offers[0].price_change == -0.1);
  CHECK(terms.deliveries[0].from == 365 * 24);
  CHECK(terms.budgets[0].most == 1e9);
  CHECK(terms.carbon[0].most == doctest::Approx(2e9));
  CHECK(terms.shares[0].most == 0.7);
  CHECK(terms.frontier == std::vector<double>{1, 0.5});
  CHECK(terms.lost_from == 365 * 24);
}

TEST_CASE("what is wrong in [plan] is named") {
  fails("[plan]\nmeets = \"all\"\n", "did you mean 'meet'");
  fails("[[plan.offer]]\nsystem = \"helois\"\n", "did you mean 'helios'");
  fails("[[plan.offer]]\nsystem = \"helios\"\nsites = [\"ohio\"]\n", "no site 'ohio'");
  fails("[[plan.offer]]\nsystem = \"old\"\n", "'old' has no price");
  fails("[[plan.offer]]\nsystem = \"helios\"\n[[plan.offer]]\nsystem = \"helios\"\n",
        "two offers of 'helios'");
  fails("[[plan.offer]]\nsystem = \"helios\"\nfirst_delivery = \"2029-01-01\"\n",
        "lies after the study's end");
  fails("[[plan.delivery]]\nvendor = \"AMD\"\n", "per_quarter");
  fails("[[plan.budget]]\nyear = 2029\nmost = \"1 USD\"\n", "the year 2029 is not in the study");
  fails(
      "[[plan.budget]]\nyear = 2027\nmost = \"1 USD\"\n[[plan.budget]]\nyear = 2027\nmost = \"2 "
      "USD\"\n",
      "two limits of 2027");
  fails("[[plan.budget]]\nyear = 2027\nmost = \"1 MW\"\n", "most");
  fails(
      "[[plan.share]]\nvendor = \"AMD\"\nleast = 0.6\n[[plan.share]]\nvendor = \"NVIDIA\"\n"
      "least = 0.6\n",
      "exceed 1");
}

TEST_CASE("the reference of [plan] is what the program reads") {
  std::string text = reference_section("[plan]", procurement_fields());
  text += reference_section("[[plan.offer]]", plan_offer_fields());
  text += reference_section("[[plan.delivery]]", plan_delivery_fields());
  text += reference_section("[[plan.budget]]", plan_budget_fields());
  text += reference_section("[[plan.carbon]]", plan_carbon_fields());
  text += reference_section("[[plan.share]]", plan_share_fields());
  text += reference_section("[plan.frontier]", plan_frontier_fields());
  text.pop_back();
  check_reference_page("fleet_planning.md", text);
}
