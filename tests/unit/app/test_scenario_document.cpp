#include <doctest/doctest.h>

#include "app/scenario_document.hpp"

using namespace polyfleet;

namespace {

Setting number_setting(const std::string& key, int value) { return {key, Value(value), "--flag"}; }

}  // namespace

TEST_CASE("a setting becomes a nested key with the flag as its place") {
  const auto document = scenario_document("", {number_setting("plan.layout.tensor", 8)});
  REQUIRE(document.has_value());
  const Value* tensor = stated(*document, "plan.layout.tensor");
  REQUIRE(tensor != nullptr);
  CHECK(*tensor->integer() == 8);
  CHECK(tensor->where().file == "--flag");
  CHECK(stated(*document, "plan.layout.pipeline") == nullptr);
  CHECK(stated(*document, "plan.layout.tensor.deeper") == nullptr);
}

TEST_CASE("later settings win and reach into what stands") {
  const auto document = scenario_document(
      "", {number_setting("plan.micro_batch", 1), number_setting("plan.layout.tensor", 2),
           number_setting("plan.micro_batch", 4)});
  REQUIRE(document.has_value());
  CHECK(*stated(*document, "plan.micro_batch")->integer() == 4);
  CHECK(*stated(*document, "plan.layout.tensor")->integer() == 2);
}

TEST_CASE("a setting below a key that is no table is refused") {
  const auto document =
      scenario_document("", {number_setting("devices", 8), number_setting("devices.more", 1)});
  REQUIRE_FALSE(document.has_value());
  CHECK(document.problems().front().what == "'devices.more' reaches into a key that is no table");
}

TEST_CASE("--set texts keep text keys as text") {
  const auto model = setting_of("model=405");
  REQUIRE(model.has_value());
  CHECK(*model->value.text() == "405");
  const auto tensor = setting_of("plan.layout.tensor=8");
  REQUIRE(tensor.has_value());
  CHECK(*tensor->value.integer() == 8);
  CHECK_FALSE(setting_of("plan.layout.tensor").has_value());
  CHECK_FALSE(setting_of("=8").has_value());
}

TEST_CASE("stated keys are read over the plan underneath") {
  const auto document = scenario_document("", {number_setting("plan.micro_batch", 4)});
  TrainingPlan base;
  base.micro_batch = 2;
  base.sequence_length = 4096;
  const auto read = read_stated(*document, base);
  REQUIRE(read.has_value());
  CHECK(read->plan.micro_batch == 4);
  CHECK(read->plan.sequence_length == 4096);
}

TEST_CASE("every mistake of a document is reported") {
  const auto document = scenario_document("", {number_setting("plan.micro_bach", 4),
                                               number_setting("model", 1),
                                               {"prices.device", Value("2 GB/s"), ""},
                                               {"prices.energy", Value("-1 USD/kWh"), ""}});
  const auto read = read_stated(*document, {});
  REQUIRE_FALSE(read.has_value());
  CHECK(read.problems().size() == 4);
}
