// Rates of a fleet are the planners' own answers, on any number of threads, kept and found again.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "app/fleet_rate_store.hpp"
#include "app/fleet_rates.hpp"
#include "app/plan_run.hpp"

using namespace polyfleet;

namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(POLYFLEET_SOURCE_DIR) / "data";

RateQuestion research() {
  RateQuestion question;
  question.workload = "research";
  question.kind = WorkloadKind::research;
  question.model = "llama3.1-8b";
  question.sequence = 8192;
  question.batch_tokens = 128 * 8192;
  question.accelerators = 64;
  question.precisions = {"mxfp8", "bf16"};
  return question;
}

RateQuestion chat() {
  RateQuestion question;
  question.workload = "chat";
  question.kind = WorkloadKind::chat;
  question.model = "llama3.1-8b";
  question.input_tokens = 1000;
  question.output_tokens = 300;
  question.ttft = 1 * second;
  question.tpot = 40 * millisecond;
  question.formats = {"bf16"};
  return question;
}

std::vector<std::vector<WorkloadRate>> rates_of(const std::vector<RateQuestion>& questions,
                                                const std::vector<RateClass>& classes,
                                                const RateOptions& options) {
  const auto rates = predict_rates(kData, questions, classes, options);
  REQUIRE_MESSAGE(rates.has_value(), (rates ? "" : to_text(rates.problems())));
  return *rates;
}

std::string rate_problems(const RateQuestion& question, const std::string& system) {
  const auto rates = predict_rates(kData, {question}, {{system, ""}}, {});
  REQUIRE(!rates.has_value());
  return to_text(rates.problems());
}

/// A fresh folder, gone at the end.
struct Scratch {
  fs::path path = fs::temp_directory_path() / "polyfleet_test_rates";
  Scratch() { fs::remove_all(path); }
  ~Scratch() { fs::remove_all(path); }
};

bool same(const WorkloadRate& a, const WorkloadRate& b) {
  return a.possible == b.possible && a.per_second == b.per_second && a.active == b.active &&
         a.low == b.low && a.high == b.high && a.least_accelerators == b.least_accelerators &&
         a.goodput == b.goodput && a.basis == b.basis && a.reason == b.reason;
}

}  // namespace

TEST_CASE("rates do not depend on threads, and agree with the planner") {
  const std::vector<RateClass> classes{{"mi300x_8oam", ""}, {"hgx_h200", ""}};
  const auto one = rates_of({research(), chat()}, classes, {.cache = {}, .threads = 1});
  const auto four = rates_of({research(), chat()}, classes, {.cache = {}, .threads = 4});
  for (std::size_t q = 0; q < 2; ++q) {
    for (std::size_t c = 0; c < 2; ++c) {
      CHECK(same(one[q][c], four[q][c]));
      CHECK(one[q][c].possible);
      CHECK(one[q][c].per_second > 0);
      CHECK(one[q][c].low < 1);
      CHECK(one[q][c].high > 1);
    }
    // H200 has more bandwidth; both draw between a half and twice their design power.
    CHECK(one[q][0].active > 375 * watt);
    CHECK(one[q][0].active < 1500 * watt);
  }
  // Hopper and CDNA 3 multiply no block-scaled formats.
  CHECK(one[0][0].basis.starts_with("bf16 on 64"));
  CHECK(one[0][0].goodput > 0.9);
  CHECK(one[0][0].goodput < 1);
}

TEST_CASE("post-training shares its accelerators between rollouts and updates") {
  RateQuestion question = research();
  question.kind = WorkloadKind::posttraining;
  question.input_tokens = 500;
  question.output_tokens = 2000;
  question.formats = {"bf16"};
  const std::vector<RateClass> on{{"hgx_h200", ""}};
  const double updates = rates_of({question}, on, {})[0][0].per_second;
  CHECK(updates == rates_of({research()}, on, {})[0][0].per_second);
  question.rollout_tokens_per_trained = 1;
  const double once = rates_of({question}, on, {})[0][0].per_second;
  question.rollout_tokens_per_trained = 2;
  const double twice = rates_of({question}, on, {})[0][0].per_second;
  // Times add up: t(2) - t(1) = t(1) - t(0).
  CHECK(1 / twice - 1 / once == doctest::Approx(1 / once - 1 / updates).epsilon(1e-12));
}

TEST_CASE("answers are kept, found again, and made again where a file is torn") {
  const Scratch scratch;
  const RateOptions options{.cache = scratch.path, .threads = 1};
  const std::vector<RateClass> on{{"hgx_h200", ""}};
  const WorkloadRate first = rates_of({chat()}, on, options)[0][0];
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(scratch.path)) files.push_back(entry.path());
  REQUIRE(files.size() == 1);
  CHECK(same(first, rates_of({chat()}, on, options)[0][0]));

  const RateStore store(scratch.path, rate_fingerprint(kData));
  const std::string question = rate_question_text(chat(), on[0]);
  REQUIRE(store.find(question));
  CHECK(same(first, *store.find(question)));
  CHECK(!store.find(question + " on another day"));
  CHECK(!RateStore(scratch.path, "another program").find(question));

  std::ofstream(files[0]) << "{ \"question\": \"torn";
  CHECK(!store.find(question));
  CHECK(same(first, rates_of({chat()}, on, options)[0][0]));
  CHECK(store.find(question));
}

TEST_CASE("what one class cannot run is an answer, what none can run is a problem") {
  RateQuestion large = research();
  large.model = "llama3.1-405b";
  large.accelerators = 64;
  CHECK(rate_problems(large, "hgx_h100").find("can run workload 'research'") != std::string::npos);
  const auto rates = rates_of({large}, {{"hgx_h100", ""}, {"amd_helios", ""}}, {});
  CHECK(!rates[0][0].possible);
  CHECK(rates[0][0].reason == "no plan fits in memory");
  CHECK(rates[0][1].possible);
}

TEST_CASE("unknown names and missing statements are reported") {
  RateQuestion question = chat();
  question.model = "lama3.1-8b";
  question.where = {"study.toml", 7, 3};
  CHECK(rate_problems(question, "hgx_h200").find("study.toml:7:3") != std::string::npos);
  CHECK(rate_problems(chat(), "hgx_h20O").find("hgx_h20") != std::string::npos);
  question = chat();
  question.output_tokens = 0;
  CHECK(rate_problems(question, "hgx_h200").find("input and output tokens") != std::string::npos);
  question = research();
  question.precisions.clear();
  CHECK(rate_problems(question, "hgx_h200").find("a precision") != std::string::npos);
}
