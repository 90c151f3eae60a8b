#include <doctest/doctest.h>

#include <set>

#include "app/scenario_document.hpp"
#include "cli/estimate_flags.hpp"

using namespace polyfleet;

TEST_CASE("every flag is a key that the reader of scenarios knows") {
  std::set<std::string> names;
  for (const EstimateFlag& flag : estimate_flags()) {
    CAPTURE(flag.names);
    CHECK(names.insert(flag.names).second);
    // A value of a wrong kind must be refused for its kind, never for its key.
    const auto document = scenario_document("", {{flag.key, Value(Array{}), flag.names}});
    REQUIRE(document.has_value());
    const auto read = read_stated(*document, {});
    REQUIRE_FALSE(read.has_value());
    CHECK(read.problems().front().what.find("unknown key") == std::string::npos);
  }
}

TEST_CASE("a flag without a text means true") {
  const EstimateFlag* found = nullptr;
  for (const EstimateFlag& flag : estimate_flags()) {
    if (flag.names == "--sequence-parallel") found = &flag;
  }
  REQUIRE(found != nullptr);
  CHECK(*setting_of_flag(*found, "").value.boolean());
  CHECK(*setting_of_flag(*found, "true").value.boolean());
  CHECK_FALSE(*setting_of_flag(*found, "false").value.boolean());
}

TEST_CASE("--set texts that are none are kept as problems") {
  SettingTexts texts;
  for (const OptionSpec& option : setting_options(texts)) {
    if (option.names != "--set") continue;
    CHECK(option.repeated);
    for (const char* text : {"devices=8", "tensor", "=1"})
      std::get<std::function<void(const std::string&)>>(option.target)(text);
  }
  CHECK(texts.settings.size() == 1);
  CHECK(texts.faulty.size() == 2);
}
