#include <doctest/doctest.h>

#include <initializer_list>

#include "app/run_sizing.hpp"
#include "unit/app/shared_workspace.hpp"

using namespace polyfleet;

namespace {

Setting number_flag(const std::string& key, int value) { return {key, Value(value), "--flag"}; }

/// Llama 8B on H100, TP2: replicas of two.
Value sizing_document(int batch = 512) {
  const auto made = scenario_document("", {{"model", Value("llama3.1-8b"), "--model"},
                                           {"accelerator", Value("nv_h100_sxm"), "--accelerator"},
                                           number_flag("plan.layout.tensor", 2),
                                           number_flag("plan.global_batch", batch),
                                           number_flag("plan.sequence_length", 8192),
                                           number_flag("plan.micro_batch", 1)});
  REQUIRE(made);
  return *made;
}

SizingTexts sizing_asked(const std::string& days, const std::string& power = "") {
  SizingTexts texts;
  texts.run.tokens = "1e12";
  texts.days = days;
  texts.power = power;
  return texts;
}

SizeAnswer sized(const SizingTexts& texts, const Value& base = sizing_document()) {
  const auto sizing = run_sizing(shared_workspace(), base, texts, false);
  if (!sizing) FAIL(to_text(sizing.problems()));
  return (*sizing)->answer;
}

/// The run's length on this many accelerators, estimated apart from the search.
Seconds length_on(std::int64_t devices, std::int64_t batch) {
  const auto base = with_settings(sizing_document(static_cast<int>(batch)),
                                  {number_flag("devices", static_cast<int>(devices))});
  REQUIRE(base);
  auto resolved = resolve_training(shared_workspace(), *base);
  if (!resolved) FAIL(to_text(resolved.problems()));
  RunTexts texts;
  texts.tokens = "1e12";
  const auto run = run_estimate(shared_workspace(), *std::move(resolved), texts, {}, false);
  if (!run) FAIL(to_text(run.problems()));
  return (*run)->forecast.expected.length;
}

}  // namespace

TEST_CASE("the fewest accelerators that end in time: one replica less does not") {
  for (const char* days : {"300", "100", "40", "12"}) {
    CAPTURE(days);
    const SizeAnswer answer = sized(sizing_asked(days));
    REQUIRE(answer.verdict == SizeVerdict::meets);
    const SizedRun& run = answer.answer;
    CHECK(run.expected.length <= answer.allowed_time);
    CHECK(run.devices % answer.replica == 0);
    CHECK(run.devices == 2 * run.data);
    CHECK(run.global_batch % run.data == 0);
    CHECK(length_on(run.devices, run.global_batch) / run.expected.length ==
          doctest::Approx(1).epsilon(1e-12));
    const std::int64_t fewer = run.data - 1;
    const std::int64_t batch = (512 + fewer / 2) / fewer * fewer;
    CHECK(length_on(2 * fewer, batch) > answer.allowed_time);
  }
}

TEST_CASE("no smaller size ends in time: against every size") {
  const SizeAnswer answer = sized(sizing_asked("30"), sizing_document(96));
  REQUIRE(answer.verdict == SizeVerdict::meets);
  for (std::int64_t data = 1; data < answer.answer.data; ++data) {
    const std::int64_t batch = std::max<std::int64_t>(1, (96 + data / 2) / data) * data;
    CHECK(length_on(2 * data, batch) > answer.allowed_time);
  }
}

TEST_CASE("what a power feeds is within it, and the next size that is faster is not") {
  const SizeAnswer answer = sized(sizing_asked("", "200 kW"));
  REQUIRE(answer.verdict == SizeVerdict::meets);
  CHECK(answer.answer.power <= 200 * kilowatt);
  CHECK(answer.answer.power > 180 * kilowatt);
  const SizeAnswer more = sized(sizing_asked("", "400 kW"));
  CHECK(more.answer.devices > answer.answer.devices);
  CHECK(more.answer.expected.length < answer.answer.expected.length);
}

TEST_CASE("what cannot be done is told with the nearest that can") {
  const SizeAnswer slow = sized(sizing_asked("0.1"));
  CHECK(slow.verdict == SizeVerdict::too_slow);
  CHECK(slow.answer.data <= 512);
  CHECK(slow.answer.expected.length > slow.allowed_time);
  const SizeAnswer hungry = sized(sizing_asked("12", "60 kW"));
  CHECK(hungry.verdict == SizeVerdict::too_much_power);
  CHECK(hungry.in_time.expected.length <= hungry.allowed_time);
  CHECK(hungry.in_time.power > 60 * kilowatt);
  CHECK(hungry.answer.power <= 60 * kilowatt);
  CHECK(sized(sizing_asked("", "100 W")).verdict == SizeVerdict::no_power);
  const auto large =
      with_settings(sizing_document(), {{"model", Value("llama3.1-405b"), "--model"}});
  REQUIRE(large);
  CHECK(sized(sizing_asked("90"), *large).verdict == SizeVerdict::no_memory);
}

TEST_CASE("sizes are multiples of what experts need") {
  const auto made = scenario_document("", {{"model", Value("qwen3-30b-a3b"), "--model"},
                                           {"accelerator", Value("nv_h100_sxm"), "--accelerator"},
                                           number_flag("plan.layout.expert", 8),
                                           number_flag("plan.global_batch", 256),
                                           number_flag("plan.sequence_length", 4096)});
  REQUIRE(made);
  const SizeAnswer answer = sized(sizing_asked("60"), *made);
  CHECK(answer.replica == 8);
  CHECK(answer.answer.devices % 8 == 0);
}

TEST_CASE("questions without sense are refused, each mistake named") {
  const auto problems = [](const SizingTexts& texts) {
    const auto sizing = run_sizing(shared_workspace(), sizing_document(), texts, false);
    REQUIRE_FALSE(sizing);
    return sizing.problems();
  };
  CHECK(problems(sizing_asked("")).size() == 1);
  CHECK(problems(sizing_asked("-3", "50")).size() == 2);
  SizingTexts texts = sizing_asked("30");
  texts.run.tokens = "";
  texts.run.start = "soon";
  CHECK(problems(texts).size() == 2);
}
