#include <doctest/doctest.h>

#include <algorithm>

#include "app/plan_wishes.hpp"
#include "app/question.hpp"
#include "app/serving_estimate.hpp"
#include "app/serving_plan_document.hpp"
#include "app/setting_kinds.hpp"
#include "training/plan_fields.hpp"

using namespace polyfleet;

namespace {

const SettingKind* setting_named(const std::vector<SettingKind>& settings, std::string_view key) {
  const auto at = std::find_if(settings.begin(), settings.end(),
                               [&](const SettingKind& each) { return each.key == key; });
  return at == settings.end() ? nullptr : &*at;
}

/// Every nested table of `fields` has keys of its own among the settings.
template <class T>
void check_tables(std::string_view command, const std::string& prefix,
                  const FieldTable<T>& fields) {
  const std::vector<SettingKind> settings = setting_kinds(command);
  for (const Field<T>& field : fields) {
    const std::string key = prefix + field.key;
    CAPTURE(key);
    if (field.type != "table") {
      REQUIRE(setting_named(settings, key) != nullptr);
      continue;
    }
    CHECK(std::any_of(settings.begin(), settings.end(),
                      [&](const SettingKind& each) { return each.key.starts_with(key + "."); }));
  }
}

Result<StatedScenario> read_with(const std::string& key, const std::string& value) {
  const Result<Value> document =
      with_settings(Value(Table{}), {{key, Value(value), "--set " + key}});
  REQUIRE(document);
  return read_stated(*document, TrainingPlan{});
}

}  // namespace

TEST_CASE("every table of a question is described") {
  check_tables("estimate train", "", scenario_fields());
  check_tables("estimate run", "plan.", plan_fields());
  check_tables("plan train", "search.", wishes_fields());
  check_tables("estimate serve", "", serving_estimate_fields());
  check_tables("plan serve", "", serving_plan_fields());
}

TEST_CASE("the reader takes exactly the choices that are described") {
  std::size_t closed = 0;
  for (const SettingKind& setting : setting_kinds("estimate train")) {
    if (setting.choices.empty()) continue;
    ++closed;
    CAPTURE(setting.key);
    for (const std::string& choice : setting.choices) CHECK(read_with(setting.key, choice));
    CHECK_FALSE(read_with(setting.key, "no such choice"));
  }
  CHECK(closed > 5);
}

TEST_CASE("choices stand as they are written") {
  const std::vector<SettingKind> settings = setting_kinds("plan train");
  const SettingKind* recompute = setting_named(settings, "plan.recompute");
  REQUIRE(recompute != nullptr);
  CHECK(recompute->choices == std::vector<std::string>{"none", "selective", "full"});
  const SettingKind* objective = setting_named(settings, "search.objective");
  REQUIRE(objective != nullptr);
  CHECK(objective->choices ==
        std::vector<std::string>{"time", "cost", "energy", "tokens-per-second"});
  CHECK(setting_named(settings, "plan.micro_batch")->choices.empty());
}

TEST_CASE("settings are described only where they are taken, each once") {
  for (const QuestionKind& kind : question_kinds()) {
    CAPTURE(kind.command);
    std::vector<std::string> keys;
    for (const SettingKind& setting : setting_kinds(kind.command)) {
      keys.push_back(setting.key);
      CHECK_FALSE(setting.help.empty());
    }
    if (!kind.takes_settings) CHECK(keys.empty());
    std::sort(keys.begin(), keys.end());
    CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
  }
}
