#include <doctest/doctest.h>

#include <initializer_list>

#include "app/run_estimate.hpp"
#include "unit/app/shared_workspace.hpp"

using namespace polyfleet;

namespace {

Result<std::unique_ptr<RunEstimate>> estimated(const RunTexts& texts,
                                               SimulationRequest simulation = {}) {
  auto resolved = read_scenario(shared_workspace(),
                                POLYFLEET_SOURCE_DIR "/scenarios/examples/llama_405b_h100.toml");
  REQUIRE(resolved);
  return run_estimate(shared_workspace(), *std::move(resolved), texts, simulation, false);
}

RunTexts usual() {
  RunTexts texts;
  texts.tokens = "15e12";
  return texts;
}

}  // namespace

TEST_CASE("texts become a question") {
  const ReliabilityData data = load_reliability(POLYFLEET_SOURCE_DIR "/data").value();
  RunTexts texts = usual();
  texts.start = "2026-12-01";
  texts.storage = "2 TB/s";
  texts.interval = "30 min";
  texts.spares = "8";
  texts.failures = "rsc2";
  texts.asynchronous = true;
  const Result<RunQuestion> question = run_question(texts, data);
  REQUIRE(question);
  CHECK(question->tokens == 15e12);
  CHECK(*question->start == CalendarDate{2026, 12, 1});
  CHECK(*question->checkpoint.storage == 2 * terabyte_per_second);
  CHECK(*question->checkpoint.interval == 30 * minute);
  CHECK(question->checkpoint.mode == CheckpointMode::asynchronous);
  CHECK(*question->spare_nodes == 8);
  CHECK(question->failure_record == "rsc2");
}

TEST_CASE("mistakes are named with their flag, all at once") {
  RunTexts texts;
  texts.tokens = "many";
  texts.start = "2026-02-30";
  texts.checkpoint_write = "60";
  texts.storage = "2 TB";
  texts.spares = "1.5";
  texts.asynchronous = texts.in_memory = true;
  const auto run = estimated(texts);
  REQUIRE_FALSE(run);
  const std::string all = to_text(run.problems());
  for (const char* part :
       {"--tokens", "--start", "--checkpoint-write", "--storage", "--spares", "--in-memory"}) {
    CAPTURE(part);
    CHECK(all.find(part) != std::string::npos);
  }
  RunTexts few = usual();
  few.tokens = "1000";
  CHECK_FALSE(estimated(few));
  CHECK_FALSE(estimated(usual(), {.runs = -1}));
  RunTexts endless = usual();
  endless.tokens = "1e18";
  CHECK(estimated(endless));
  CHECK_FALSE(estimated(endless, {.runs = 1}));
}

TEST_CASE("the simulation stands beside the closed form, the same for the same seed") {
  const auto run = estimated(usual(), {.runs = 40, .seed = 3});
  const auto again = estimated(usual(), {.runs = 40, .seed = 3});
  REQUIRE(run);
  REQUIRE(again);
  const SimulatedRuns& simulated = *(*run)->simulated;
  CHECK(simulated.lengths == (*again)->simulated->lengths);
  CHECK(simulated.ettr.mean() == doctest::Approx((*run)->forecast.expected.ettr).epsilon(2e-3));
}

TEST_CASE("text and JSON show the run") {
  RunTexts texts = usual();
  texts.start = "2026-12-01";
  const auto run = estimated(texts, {.runs = 5});
  REQUIRE(run);
  const TrainingAnswer training = (*run)->training.answer();
  const RunAnswer answer{training, (*run)->question, (*run)->forecast, &*(*run)->simulated};
  const std::string text = run_text(answer, {});
  for (const char* part :
       {"15 Ttokens", "effective time (ETTR)", "time between failures", "MUSD", "2026-12-01",
        "work done again", "simulated 5 times", "failure rates", "GWh", "Young"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
  const Value json = run_json(answer);
  double sum = 0;
  for (const auto& [name, seconds] : *json.find("where_s")->table()) sum += *seconds.number();
  CHECK(sum == doctest::Approx(*json.find("expected")->find("length_s")->number()));
  CHECK(*json.find("start")->text() == "2026-12-01");
  CHECK(json.find("training")->find("step_time_s") != nullptr);
  CHECK(parse_json(to_json(json), "run").has_value());
}

TEST_CASE("lengths that nobody plans with are words") {
  CHECK(length_text(3 * day) == "3 days");
  CHECK(length_text(1e6 * day) == "over 1000 years");
  CHECK(length_text(Seconds::from_base(1.0 / 0.0)) == "never");
}

TEST_CASE("a missing number of tokens names its option") {
  const ReliabilityData data = load_reliability(POLYFLEET_SOURCE_DIR "/data").value();
  const Result<RunQuestion> question = run_question(RunTexts{}, data);
  REQUIRE_FALSE(question);
  CHECK(question.problems().front().where.file == "--tokens");
  CHECK(to_text(question.problems()).find("--tokens: the number of tokens is missing") !=
        std::string::npos);
}
