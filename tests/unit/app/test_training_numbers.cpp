// What the pages of training answers put into their tables is what the same answer's JSON says, in
// the unit that the column names; parts sum to their wholes.
#include "page_numbers.hpp"

using namespace polyfleet;

namespace {

constexpr double kKilowattHour = 3.6e6, kDays = 86400;  // J, s

struct Answered {
  FigurePage page;
  Value json;
};

Answered answered(const Question& question) {
  const Reply reply = page_reply(question);
  return {reply.page(), reply.json()};
}

const Answered& large_step() {
  static const Answered answer = [] {
    Question question = scenario_question("estimate train", "examples/llama_405b_h100.toml");
    question.settings = {{"prices.energy", Value("60 USD/MWh"), ""}};
    return answered(question);
  }();
  return answer;
}

}  // namespace

TEST_CASE("memory by stage and by part is that of the answer") {
  const auto& [page, json] = large_step();
  check_columns(
      page, json,
      {{"memory_stages", "total", "GB", "memory/stages/*/total_bytes", 1e-9},
       {"memory_stages", "weights", "GB", "memory/stages/*/parts_bytes/weights", 1e-9},
       {"memory_stages", "gradients", "GB", "memory/stages/*/parts_bytes/gradients", 1e-9},
       {"memory_stages", "optimiser states", "GB", "memory/stages/*/parts_bytes/optimiser states",
        1e-9}});
  const PageFigure& stages = figure_of(page, "memory_stages");
  const double capacity = number_at_path(json, "memory/capacity_bytes") / 1e9;
  for (std::size_t row = 0; row < stages.data.rows(); ++row) {
    CHECK(cell_of(stages, "usable capacity", row) == doctest::Approx(capacity));
    CHECK(cell_of(stages, "free", row) ==
          doctest::Approx(capacity - cell_of(stages, "total", row)));
  }
  CHECK(std::get<BarChart>(stages.chart).limit == "usable capacity");
  const PageFigure& parts = figure_of(page, "memory_parts");
  const auto fullest = static_cast<std::size_t>(number_at_path(json, "memory/fullest_stage"));
  const std::string of_stage = "memory/stages/" + std::to_string(fullest);
  std::vector<double> said = numbers_at(json, of_stage + "/parts_bytes/*");
  std::erase(said, 0.0);
  const std::vector<double>& sizes = numbers_of(parts, "size");
  REQUIRE(sizes.size() == said.size());
  const double all = number_at_path(json, of_stage + "/total_bytes");
  for (std::size_t i = 0; i < said.size(); ++i) {
    CHECK(sizes[i] == doctest::Approx(said[i] / 1e9));
    CHECK(cell_of(parts, "share", i) == doctest::Approx(100 * said[i] / all));
  }
}

TEST_CASE("energy, cost and FLOPs of a step and of a million tokens") {
  const auto& [page, json] = large_step();
  const double millions = number_at_path(json, "tokens_per_step") / 1e6;
  const PageFigure& energy = figure_of(page, "energy");
  const double chips = number_at_path(json, "energy/accelerators_j");
  const double hosts = number_at_path(json, "energy/it_j") - chips;
  const double facility = number_at_path(json, "energy/facility_j");
  const double parts[] = {chips, hosts, facility - chips - hosts};
  for (std::size_t row = 0; row < 3; ++row) {
    CHECK(cell_of(energy, "energy of a step", row) == doctest::Approx(parts[row] / kKilowattHour));
    CHECK(cell_of(energy, "of a million tokens", row) ==
          doctest::Approx(parts[row] / kKilowattHour / millions));
    CHECK(cell_of(energy, "share", row) == doctest::Approx(100 * parts[row] / facility));
  }
  const PageFigure& cost = figure_of(page, "cost");
  const double costs[] = {number_at_path(json, "cost/per_step_usd"),
                          number_at_path(json, "cost/energy_per_step_usd"),
                          number_at_path(json, "cost/carbon_per_step_g") / 1e3};
  for (std::size_t row = 0; row < 3; ++row) {
    CAPTURE(row);
    CHECK(page_equal(cell_of(cost, "a step", row), costs[row]));
    CHECK(page_equal(cell_of(cost, "a million tokens", row), costs[row] / millions));
  }
  const PageFigure& flops = figure_of(page, "flops");
  for (std::size_t row = 0; row < flops.data.rows(); ++row) {
    const std::string& name = flops.data.find("FLOPs")->words[row];
    CHECK(cell_of(flops, "of a step", row) ==
          doctest::Approx(number_at_path(json, "flops/" + name) / 1e15));
  }
  CHECK(cell_of(flops, "of the peak", row_of(flops, "FLOPs", "model, causal")) ==
        doctest::Approx(100 * number_at_path(json, "mfu/value")));
  CHECK(cell_of(flops, "of the peak", row_of(flops, "FLOPs", "hardware")) ==
        doctest::Approx(100 * number_at_path(json, "hfu/value")));
}

TEST_CASE("shares of the step, and every stage's bar is the pipeline's time") {
  const auto& [page, json] = large_step();
  const PageFigure& parts = figure_of(page, "step_parts");
  const double step = 1e3 * number_at_path(json, "step_time_s");
  for (std::size_t row = 0; row < parts.data.rows(); ++row)
    CHECK(cell_of(parts, "share", row) ==
          doctest::Approx(100 * cell_of(parts, "time", row) / step));
  const auto part_ms = [&](const char* key) {
    return 1e3 * number_at_path(json, std::string("where_s/") + key);
  };
  const double pipeline = step - part_ms("gradient_reduce_exposed") - part_ms("optimizer") -
                          part_ms("parameter_gather_exposed") - part_ms("host") -
                          part_ms("software");
  const PageFigure& stages = figure_of(page, "stage_time");
  const std::vector<std::string> work{"forward", "backward, input", "backward, weights"};
  double busiest = 0;
  for (const double busy : stack_sums(stages, work)) busiest = std::max(busiest, busy);
  for (const double sum : stack_sums(stages, std::get<BarChart>(stages.chart).values))
    CHECK(sum == doctest::Approx(pipeline));
  double compute = 0;
  for (const auto& [key, value] : *json.find("where_s")->table())
    if (key.starts_with("compute_")) compute += 1e3 * *value.number();
  CHECK(busiest == doctest::Approx(compute + part_ms("recompute") + part_ms("tensor_exposed") +
                                   part_ms("context_exposed") + part_ms("expert_exposed")));
}

TEST_CASE("spans of a stage sum to its bars, and the last ends with the step") {
  Question question = scenario_question("estimate train", "examples/llama_405b_h100.toml");
  question.settings = {{"plan.layout.virtual_stages", Value(1), ""},
                       {"plan.schedule", Value("1f1b"), ""},
                       {"plan.overlap.pipeline", Value(false), ""}};
  const auto [page, json] = answered(question);
  const PageFigure& spans = figure_of(page, "pipeline");
  const PageFigure& stages = figure_of(page, "stage_time");
  for (std::size_t row = 0; row < stages.data.rows(); ++row) {
    const std::string& stage = stages.data.find("stage")->words[row];
    double forward = 0, hand_over = 0, last = 0;
    for (std::size_t i = 0; i < spans.data.rows(); ++i) {
      if (spans.data.find("stage")->words[i] != stage) continue;
      const double length = cell_of(spans, "end", i) - cell_of(spans, "begin", i);
      const std::string& kind = spans.data.find("kind")->words[i];
      if (kind == "forward") forward += length;
      if (kind == "hand-over") hand_over += length;
      last = std::max(last, cell_of(spans, "end", i));
    }
    CHECK(forward == doctest::Approx(cell_of(stages, "forward", row)));
    CHECK(hand_over > 0);
    CHECK(last == doctest::Approx(1e3 * number_at_path(json, "step_time_s")));
  }
}

TEST_CASE("the length of a run, its range and its failures") {
  Question question = scenario_question("estimate run", "examples/llama_405b_h100.toml");
  question.options.set("tokens", "1e12");
  question.options.set("start", "2026-12-01");
  question.options.set("simulate", std::int64_t{50});
  const auto [page, json] = answered(question);
  const PageFigure& parts = figure_of(page, "run_parts");
  std::vector<double> said = numbers_at(json, "where_s/*");
  std::erase(said, 0.0);
  REQUIRE(parts.data.rows() == said.size());
  const double length = number_at_path(json, "expected/length_s");
  for (std::size_t i = 0; i < said.size(); ++i) {
    CHECK(cell_of(parts, "time", i) == doctest::Approx(said[i] / kDays));
    CHECK(cell_of(parts, "share", i) == doctest::Approx(100 * said[i] / length));
  }
  const PageFigure& range = figure_of(page, "run_range");
  for (const std::string end : {"best", "expected", "worst"}) {
    const std::size_t row = row_of(range, "case", end);
    const auto at = [&](const char* key) { return number_at_path(json, end + "/" + key); };
    CHECK(cell_of(range, "length", row) == doctest::Approx(at("length_s") / kDays));
    CHECK(cell_of(range, "effective time", row) == doctest::Approx(100 * at("ettr")));
    CHECK(cell_of(range, "failures a day", row) == doctest::Approx(at("failures_per_s") * kDays));
    CHECK(cell_of(range, "energy at the meter", row) == doctest::Approx(at("energy_j") / 3.6e9));
    CHECK(cell_of(range, "cost", row) == doctest::Approx(at("cost_usd")));
  }
  check_columns(
      page, json,
      {{"failures", "a day", "", "failures/causes/*/per_day"},
       {"failures", "over the run's length", "", "failures/causes/*/per_day", length / kDays}});
  const PageFigure& ends = figure_of(page, "simulated");
  const std::vector<double>& shares = numbers_of(ends, "ended");
  CHECK(shares.front() == 0);
  CHECK(shares.back() == 100);
  const std::vector<double>& lengths = numbers_of(ends, "length");
  const double median = number_at_path(json, "simulated/length_p50_s") / kDays;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (shares[i] < 49) CHECK(lengths[i] <= median * (1 + 1e-9));
    if (shares[i] > 51) CHECK(lengths[i] >= median * (1 - 1e-9));
  }
  const PageFigure& curve = figure_of(page, "checkpoint_interval");
  const std::vector<double> sums =
      stack_sums(curve, {"standing at checkpoints", "work done again"});
  for (std::size_t i = 0; i < sums.size(); ++i)
    CHECK(cell_of(curve, "both", i) == doctest::Approx(sums[i]));
}

TEST_CASE("every size of a run") {
  Question question = scenario_question("plan size", "examples/llama_405b_h100.toml");
  question.options.set("tokens", "1e12");
  question.options.set("days", "20");
  const auto [page, json] = answered(question);
  check_columns(page, json,
                {{"sizes", "accelerators", "", "around/*/devices"},
                 {"sizes", "global batch", "sequences", "around/*/global_batch"},
                 {"sizes", "step time", "s", "around/*/step_time_s"},
                 {"sizes", "effective time", "%", "around/*/expected/ettr", 100},
                 {"sizes", "length", "days", "around/*/expected/length_s", 1 / kDays},
                 {"sizes", "power", "MW", "around/*/power_w", 1e-6},
                 {"sizes", "energy", "MWh", "around/*/expected/energy_j", 1 / 3.6e9},
                 {"sizes", "cost", "USD", "around/*/expected/cost_usd"},
                 {"length", "accelerators", "", "around/*/devices"},
                 {"length", "expected", "days", "around/*/expected/length_s", 1 / kDays},
                 {"length", "best", "days", "around/*/best/length_s", 1 / kDays},
                 {"length", "worst", "days", "around/*/worst/length_s", 1 / kDays},
                 {"power", "accelerators", "", "around/*/devices"},
                 {"power", "power", "MW", "around/*/power_w", 1e-6}});
}
