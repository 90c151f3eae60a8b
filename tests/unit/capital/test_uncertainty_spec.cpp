#include <doctest/doctest.h>

#include <algorithm>

#include "base/files.hpp"
#include "futures_fixture.hpp"

using namespace polyfleet_test;

namespace {

Result<UncertaintySpec> read(const std::string& text, const UncertaintySpec& defaults = {}) {
  const Result<Value> document = parse_toml(text, "test.toml");
  REQUIRE(document.has_value());
  return read_uncertainty(*document->find("uncertainty"), defaults);
}

Diagnostics problems_of(const std::string& text) {
  const Result<UncertaintySpec> spec = read(text);
  REQUIRE(spec.has_value());
  return uncertainty_problems(*spec, small_fleet());
}

std::string only(const Diagnostics& problems) {
  REQUIRE(problems.size() == 1);
  return to_text(problems);
}

}  // namespace

TEST_CASE("the shipped defaults load, every one with a source, and fit any fleet") {
  const auto data = data_directory();
  REQUIRE(data.has_value());
  const Result<UncertaintySpec> spec = default_uncertainty(*data);
  REQUIRE_MESSAGE(spec.has_value(), (spec ? "" : to_text(spec.problems())));
  CHECK(spec->demand.sigma > 0);
  CHECK(spec->demand.source != "the scenario");
  CHECK(uncertainty_problems(*spec, small_fleet()).empty());
}

TEST_CASE("a scenario changes single entries; what it changes is its own word") {
  UncertaintySpec defaults;
  defaults.demand = {0.2, 0.5, "estimated", "a report", "why"};
  defaults.price = {0.1, 0.7, "derived", "a table", ""};
  const Result<UncertaintySpec> spec = read("[uncertainty.demand]\nsigma = 0.4\n", defaults);
  REQUIRE(spec.has_value());
  CHECK(spec->demand.sigma == 0.4);
  CHECK(spec->demand.correlation == 0.5);
  CHECK(spec->demand.source == "the scenario");
  CHECK(spec->demand.status == "user");
  CHECK(spec->price.source == "a table");
  CHECK(read_uncertainty(Value(), defaults)->demand.sigma == 0.2);
}

TEST_CASE("keys and ranges are checked with their places") {
  const auto refused = [](const std::string& text) {
    const Result<UncertaintySpec> spec = read(text);
    REQUIRE_FALSE(spec.has_value());
    return to_text(spec.problems());
  };
  CHECK(refused("[uncertainty.demand]\nsigme = 0.4\n").find("test.toml:2") != std::string::npos);
  CHECK(refused("[uncertainty.demand]\nsigme = 0.4\n").find("sigma") != std::string::npos);
  refused("[uncertainty.demand]\nsigma = -0.1\n");
  refused("[uncertainty.demand]\ncorrelation = 1.1\n");
  refused("[uncertainty.cancellation]\nprobability = 1.5\n");
  refused("[[uncertainty.vendor_loss]]\nvendor = \"AMD\"\n");
  refused(
      "[[uncertainty.vendor_loss]]\nvendor = \"AMD\"\nprobability = 0.1\nfrom = \"2027-02-30\"\n");
  refused("[uncertainty]\nbranch = 3\n");
}

TEST_CASE("names that the fleet does not know are problems") {
  CHECK(only(problems_of("[[uncertainty.vendor_loss]]\nvendor = \"Intel\"\nprobability = 0.1\n"))
            .find("one of: AMD, NVIDIA") != std::string::npos);
  CHECK(only(problems_of("[[uncertainty.workload]]\nworkload = \"music\"\nlevel_sigma = 0.1\n"))
            .find("music") != std::string::npos);
  CHECK(only(problems_of("[[uncertainty.branch]]\nname = \"x\"\nprobability = 0.1\n"
                         "program = \"amd_meta\"\n"))
            .find("amd_meta") != std::string::npos);
}

TEST_CASE("sites of a market share their price; none is in two") {
  const std::string market = "[[uncertainty.market]]\nname = \"grid\"\nsites = ";
  const Result<UncertaintySpec> spec =
      read(market + "[\"abilene\", \"lordstown\"]\n[uncertainty.price]\nsigma = 0.1\n");
  REQUIRE(spec.has_value());
  const auto inputs = uncertain_inputs(small_fleet(), *spec, {});
  CHECK(std::any_of(inputs.begin(), inputs.end(), [](const UncertainInput& each) {
    return each.id == "price:grid" && each.members.size() == 2;
  }));
  CHECK(only(problems_of(market + "[\"texas\"]\n")).find("texas") != std::string::npos);
  CHECK(only(problems_of(market + "[\"abilene\"]\n" + market + "[\"abilene\"]\n"))
            .find("two markets") != std::string::npos);
}

TEST_CASE("a tree is refused whose probabilities, parents or names do not fit") {
  const auto branch = [](const char* name, const char* after, const char* probability) {
    return std::string("[[uncertainty.branch]]\nname = \"") + name + "\"\nafter = \"" + after +
           "\"\nprobability = " + probability + "\n";
  };
  CHECK(problems_of(branch("a", "", "0.6") + branch("b", "", "0.4") + branch("c", "a", "1.0"))
            .empty());
  CHECK(only(problems_of(branch("a", "", "0.6") + branch("b", "", "0.5"))).find("1.1") !=
        std::string::npos);
  CHECK(only(problems_of(branch("a", "z", "0.6"))).find("no branch") != std::string::npos);
  CHECK(problems_of(branch("a", "b", "0.6") + branch("b", "a", "0.5")).size() == 2);
  CHECK(only(problems_of(branch("a", "", "0.6") + branch("a", "", "0.1"))).find("two branches") !=
        std::string::npos);
}

TEST_CASE("what is printed is read back") {
  const std::string text =
      "[uncertainty.delay]\ncorrelation = 0.3\n[[uncertainty.branch]]\nname = \"late\"\n"
      "probability = 0.25\nvendor = \"AMD\"\ndelay_months = 6\nlost_from = \"2028-02-29\"\n"
      "lost_after = 1.0\nstopped_deals = [\"nvidia_openai\"]\n";
  const Result<UncertaintySpec> spec = read(text);
  REQUIRE(spec.has_value());
  CHECK(spec->branches[0].delay_months == 6);
  CHECK(spec->branches[0].lost_after == 1.0);
  CHECK(print_date(*spec->branches[0].lost_from) == "2028-02-29");
  CHECK(spec->branches[0].where.line == 3);
}
