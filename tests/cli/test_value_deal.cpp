#include <doctest/doctest.h>

#include "cli/json_output.hpp"
#include "config/value.hpp"
#include "run_binary.hpp"

using polyfleet::Value;

namespace {

Value deal_json(const std::string& arguments) {
  return json_of("value deal " + arguments + " --json");
}

/// A member of the printed JSON, by a path of names and places.
const Value* at(const Value& document, std::initializer_list<const char*> path) {
  const Value* value = &document;
  for (const char* part : path) {
    if (value == nullptr) return nullptr;
    value = value->array() != nullptr ? &(*value->array())[std::stoul(part)] : value->find(part);
  }
  return value;
}

double number(const Value& document, std::initializer_list<const char*> path) {
  const Value* value = at(document, path);
  REQUIRE(value != nullptr);
  return value->number().value();
}

constexpr const char* kFew = "amd_openai_2025 --paths 2000 ";

}  // namespace

TEST_CASE("the list names the shipped deals") {
  const Outcome outcome = polyfleet_run("value deal --list");
  CHECK(outcome.code == 0);
  for (const char* part : {"amd_openai_2025", "amd_meta_2026", "nvidia_openai_2025",
                           "nvidia_openai_2026", "letter of intent"}) {
    CAPTURE(part);
    CHECK(outcome.says(part));
  }
}

TEST_CASE("a deal by tranche, with both sides and every assumption") {
  const Outcome outcome = polyfleet_run(std::string("value deal ") + kFew + "--facts");
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  for (const char* part :
       {"tranche", "1 GW", "6 GW", "600 USD", "closed form", "To OpenAI", "AMD's holders give away",
        "amd_meta_2026", "Dilution", "assumption", "tranche.1-6.conditions", "2026-07-23"}) {
    CAPTURE(part);
    // Of independent deals only; the shipped one has a correlation.
    if (std::string(part) == "closed form") continue;
    CHECK(outcome.says(part));
  }
}

TEST_CASE("given deliveries: the closed form stands beside the simulation") {
  const std::string path =
      "--paths 40000 --deployment 1GW:2027-06-30,3GW:2028-06-30,6GW:2029-12-31 --alone";
  const Value json = deal_json(std::string("amd_openai_2025 ") + path);
  for (const char* i : {"0", "1", "2", "3", "4", "5"}) {
    const double value =
        number(json, {"warrants", "positions", "0", "tranches", i, "value_usd", "mean"});
    const double error =
        number(json, {"warrants", "positions", "0", "tranches", i, "value_usd", "error"});
    CHECK(std::abs(value - number(json, {"warrants", "closed_form_usd", i})) < 4 * error);
  }
  CHECK(at(json, {"own_deliveries"})->boolean() != nullptr);
  CHECK(*at(json, {"own_deliveries"})->boolean());
}

TEST_CASE("the same bytes again, on one seed") {
  const Outcome one = polyfleet_run(std::string("value deal ") + kFew + "--json");
  const Outcome two = polyfleet_run(std::string("value deal ") + kFew + "--json");
  CHECK(one.out == two.out);
  CHECK(polyfleet_run(std::string("value deal ") + kFew + "--json --seed 2").out != one.out);
}

TEST_CASE("terms are set by key, also of the share and of the other deal") {
  const double low =
      number(deal_json(std::string(kFew) + "--alone --set tranche.*.conditions=0.45"),
             {"warrants", "value_usd", "mean"});
  const double high =
      number(deal_json(std::string(kFew) + "--alone --set tranche.*.conditions=0.9"),
             {"warrants", "value_usd", "mean"});
  CHECK(high / low == doctest::Approx(2).epsilon(0.05));
  CHECK(number(deal_json(std::string(kFew) + "--set share.outstanding=1e9"),
               {"warrants", "greatest_dilution"}) == doctest::Approx(0.32 / 1.32).epsilon(1e-6));
  CHECK(number(deal_json(std::string(kFew) + "--set amd_meta_2026.tranche.*.conditions=0"),
               {"warrants", "positions", "1", "value_usd", "mean"}) == 0);
  CHECK(number(deal_json(std::string(kFew) + "--volatility 0.3 --price 300"),
               {"share", "volatility"}) == 0.3);
}

TEST_CASE("on the day of the announcement the price is that of the day") {
  const Value json = deal_json(std::string(kFew) + "--on 2025-10-06");
  CHECK(number(json, {"share", "price_usd"}) == 206);
  CHECK(number(json, {"warrants", "value_usd", "mean"}) > 0);
}

TEST_CASE("money per gigawatt and a guarantee") {
  const Value letter = deal_json("nvidia_openai_2025");
  CHECK(number(letter, {"investment", "released_usd"}) == doctest::Approx(100e9));
  const double value = number(letter, {"investment", "value_usd"});
  CHECK(value < 100e9);
  CHECK(value > 60e9);
  const Value stake = deal_json("nvidia_openai_2026");
  CHECK(number(stake, {"investment", "rows", "0", "amount_usd"}) == doctest::Approx(30e9));
  CHECK(number(stake, {"guarantee", "expected_loss_usd"}) > 1e9);
  CHECK(number(stake, {"guarantee", "greatest_exposure_usd"}) < 105e9);
}

TEST_CASE("sensitivity and CSV") {
  const auto folder = scratch() / "deal_csv";
  const Outcome outcome =
      polyfleet_run(std::string("value deal ") + kFew + "--sensitivity --csv " + folder.string());
  CHECK(outcome.code == 0);
  for (const char* part : {"share.volatility", "tranche.*.hurdle", "delay_months", "warrant.rule"})
    CHECK(outcome.says(part));
  for (const char* name :
       {"tranches.csv", "percentiles.csv", "terms.csv", "facts.csv", "sensitivity.csv"})
    CHECK(std::filesystem::file_size(folder / name) > 50);
}

TEST_CASE("mistakes are told with what to write instead") {
  struct Mistake {
    const char* arguments;
    const char* says;
  };
  for (const Mistake& mistake : {
           Mistake{"", "--list"},
           Mistake{"amd_opanai_2025", "amd_openai_2025"},
           Mistake{"amd_openai_2025 --price -5", "above zero"},
           Mistake{"amd_openai_2025 --price cheap", "number"},
           Mistake{"amd_openai_2025 --volatility high", "not a number"},
           Mistake{"amd_openai_2025 --volatility 0", "between"},
           Mistake{"amd_openai_2025 --on 2020-01-01", "no quote"},
           Mistake{"amd_openai_2025 --on 2031-01-01", "expires"},
           Mistake{"amd_openai_2025 --set warrant.expiry=2027-01-01", "before the first delivery"},
           Mistake{"amd_openai_2025 --deployment 1GW:2031-01-01", "before the first delivery"},
           Mistake{"amd_openai_2025 --deployment 2GW:2027-01-01,1GW:2028-01-01", "cumulative"},
           Mistake{"amd_openai_2025 --deployment 1GW:2028-01-01,2GW:2027-01-01", "in order"},
           Mistake{"amd_openai_2025 --set tranche.2.hurdle=\"100 USD\"", "falls"},
           Mistake{"amd_openai_2025 --set tranche.2.shares=-1", "between 0"},
           Mistake{"amd_openai_2025 --set tranche.7.shares=1", "places are 1 to 6"},
           Mistake{"amd_openai_2025 --set warrant.expirey=2030-01-01", "expiry"},
           Mistake{"amd_openai_2025 --paths 0", "paths"},
           Mistake{"amd_openai_2025 --seed -1", "negative"},
           Mistake{"nvidia_openai_2025 --price 5", "no share"},
           Mistake{"nvidia_openai_2025 --set share.rate=0.1", "no share"},
           Mistake{"./nowhere.toml", "nowhere.toml"},
       }) {
    CAPTURE(mistake.arguments);
    const Outcome outcome = polyfleet_run(std::string("value deal ") + mistake.arguments);
    CHECK(outcome.code == 2);
    CHECK_MESSAGE(outcome.says(mistake.says), outcome.err);
  }
}

TEST_CASE("a deal of the reader's own") {
  const std::string file = scratch().write("mine.toml", R"(
id = "mine"
name = "One tranche"
vendor = "V"
buyer = "B"
state = "imagined"
signed_on = "2026-01-01"
share = "amd"
[warrant]
shares = 1e6
exercise_price = "1 USD"
issued = "2026-01-01"
expiry = "2030-01-01"
rule = "spot"
[[tranche]]
delivered = "500 MW"
shares = 1e6
hurdle = "700 USD"
conditions = 1
[[delivery]]
delivered = "500 MW"
date = "2027-01-01"
)");
  const Outcome outcome = polyfleet_run("value deal " + file + " --paths 2000");
  CHECK_MESSAGE(outcome.code == 0, outcome.err);
  for (const char* part : {"0.5 GW", "user", "closed form", "not stated: no delay"})
    CHECK(outcome.says(part));
}
