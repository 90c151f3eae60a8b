#include <doctest/doctest.h>

#include <algorithm>

#include "base/files.hpp"
#include "validation/plan_standing.hpp"
#include "validation/published_plans.hpp"

using namespace polyfleet;

namespace {

const std::filesystem::path kRoot(POLYFLEET_SOURCE_DIR);

const Catalogue& plan_catalogue() {
  static const Catalogue loaded = [] {
    auto result = load_catalogue(kRoot / "data");
    REQUIRE(result.has_value());
    return *std::move(result);
  }();
  return loaded;
}

const TrainingModels& models() {
  static const TrainingModels loaded = [] {
    auto result = load_training_models(kRoot / "data");
    REQUIRE(result.has_value());
    return *std::move(result);
  }();
  return loaded;
}

std::vector<TruthRow> rows_named(const std::vector<std::string>& ids) {
  const auto text = read_file(kRoot / "validation" / "training.csv");
  REQUIRE(text.has_value());
  const auto rows = read_truth(*text, "training.csv");
  REQUIRE(rows.has_value());
  std::vector<TruthRow> chosen;
  for (const TruthRow& row : *rows) {
    if (std::find(ids.begin(), ids.end(), row.text("id")) != ids.end()) chosen.push_back(row);
  }
  REQUIRE(chosen.size() == ids.size());
  return chosen;
}

/// A question over a published row with a small space.
struct RowQuestion {
  RowShelves shelves{plan_catalogue()};
  RowMachines machines{plan_catalogue()};
  TruthInterpreter interpreter;
  RowInterpretation row;
  PlanSearchQuestion question;

  explicit RowQuestion(const std::string& id)
      : interpreter(*TruthInterpreter::load((kRoot / "data").string(),
                                            (kRoot / "validation").string(), shelves.lookup())) {
    row = interpreter.interpret(rows_named({id}), true).front();
    REQUIRE_MESSAGE(row.scenario.has_value(), row.skip);
    const auto machine = machines.machine(row);
    REQUIRE(machine.has_value());
    question.pool = {.scenario = *row.scenario,
                     .machine = *machine,
                     .models = &models(),
                     .prices = {},
                     .strict = false};
    question.plan_template = row.replan;
    question.space = space_around(row);
    question.constraints.use_all_devices = true;
  }
};

constexpr const char* kPipelined = "dgxc-v24.11.1-h100-llama3.170b-bf16-64";

}  // namespace

TEST_CASE("a row's template gives its own plan back at its own cut") {
  for (const char* id : {kPipelined, "mb-26.08-gb200-deepseek-v3-mxfp8-256"}) {
    CAPTURE(id);
    const RowQuestion asked(id);
    const TrainingPlan& own = asked.row.scenario->plan;
    const TrainingPlan again = asked.row.replan(own.layout, own.micro_batch, own.recompute);
    CHECK(again.layout == own.layout);
    CHECK(again.recompute == own.recompute);
    CHECK(again.host_seconds_per_layer == own.host_seconds_per_layer);
    CHECK(again.overlap.tensor == own.overlap.tensor);
    CHECK(again.precision.name == own.precision.name);
    CHECK(again.embedding_counts_as_layer == own.embedding_counts_as_layer);
    ParallelLayout other = own.layout;
    other.data *= 2;
    other.tensor = 1;
    const TrainingPlan moved = asked.row.replan(other, 2, Recompute::full);
    CHECK(moved.layout == other);
    CHECK(moved.micro_batch == 2);
    CHECK(moved.recompute == Recompute::full);
    CHECK(moved.global_batch == own.global_batch);
  }
}

TEST_CASE("a standing counts every plan of a small space, and a sample of it is unbiased") {
  RowQuestion asked(kPipelined);
  asked.question.space.recompute = {Recompute::none};
  const TrainingEstimate own =
      estimate_training(asked.question.pool.scenario, *asked.question.pool.machine, models(), {},
                        {.with_energy = false});
  const PlanStanding exact = plan_standing(asked.question, own.time, 1000000);
  CHECK(exact.exact());
  CHECK(exact.error() == 0);
  CHECK(exact.fitting > 100);
  CHECK(exact.fitting <= exact.plans);
  const PlanStanding none = plan_standing(asked.question, 0 * second, 1000000);
  CHECK(none.faster == 0);
  const PlanStanding all = plan_standing(asked.question, 1e9 * second, 1000000);
  CHECK(all.faster == all.fitting);
  CHECK(all.fitting == exact.fitting);
  const PlanStanding half =
      plan_standing(asked.question, own.time * 1.5, static_cast<std::size_t>(exact.plans / 4));
  CHECK(!half.exact());
  CHECK(half.evaluated > exact.plans / 5);
  CHECK(half.evaluated < exact.plans / 3);
  const PlanStanding whole = plan_standing(asked.question, own.time * 1.5, 1000000);
  CHECK(std::abs(half.share_faster() - whole.share_faster()) < 4 * half.error() + 1e-9);
}

TEST_CASE("the planner is no slower than published plans that it could have chosen") {
  const std::vector<std::string> ids{kPipelined, "mb-26.08-gb200-deepseek-v3-mxfp8-256",
                                     "korth22-megatron-22b-full"};
  const auto text = read_file(kRoot / "validation" / "training.csv");
  REQUIRE(text.has_value());
  std::string few = text->substr(0, text->find('\n') + 1);
  for (std::size_t from = 0, to = 0; to != std::string::npos; from = to + 1) {
    to = text->find('\n', from);
    const std::string line = text->substr(from, to - from);
    for (const std::string& id : ids) {
      if (line.starts_with(id + ",")) few += line + '\n';
    }
  }
  const auto judged = validate_plans(few, "few", plan_catalogue(), models(), kRoot / "validation",
                                     {.sample = 300, .threads = 2});
  REQUIRE_MESSAGE(judged.has_value(), (judged ? std::string() : to_text(judged.problems())));
  CHECK(judged->plans.size() == ids.size());
  for (const JudgedPlan& plan : judged->plans) {
    CAPTURE(plan.id);
    CAPTURE(plan.outside);
    CHECK(plan.outside.empty());
    CHECK(plan.planner_holds());
    CHECK(plan.standing.evaluated > 0);
  }
}

TEST_CASE("sweeps and guesses are no tuned plans, equal configurations count once") {
  RowShelves shelves(plan_catalogue());
  const auto interpreter = TruthInterpreter::load(
      (kRoot / "data").string(), (kRoot / "validation").string(), shelves.lookup());
  REQUIRE(interpreter.has_value());
  std::vector<TruthRow> rows = rows_named({kPipelined});
  rows.push_back(rows.front());
  rows.back().cells["id"] = "dgxc-again";
  rows.push_back(rows.front());
  rows.back().cells["id"] = "vtrain-single-again";
  rows.push_back(rows.front());
  rows.back().cells["id"] = "dgxc-without-degrees";
  for (const char* column : {"tp", "pp", "dp"}) rows.back().cells.erase(column);
  const auto sorted = published_plans(interpreter->interpret(rows, true), kRoot / "validation");
  REQUIRE(sorted.has_value());
  REQUIRE(sorted->plans.size() == 1);
  CHECK(sorted->plans[0].equal_rows == std::vector<std::string>{"dgxc-again"});
  CHECK(sorted->repeated == 1);
  REQUIRE(sorted->skipped.size() == 2);
  CHECK(sorted->skipped[0].reason.starts_with("no tuned plan"));
  CHECK(sorted->skipped[1].reason == "degrees are not stated");
}
