// Pages of a plan search over one pool and over several: without faults whether plans are found,
// none fits or the search was stopped, and their figures are those of the JSON answer.
#include <map>
#include <set>

#include "page_numbers.hpp"
#include "units/text.hpp"

using namespace polyfleet;

namespace {

constexpr char kSmallPlan[] = R"(model = "llama3.1-8b"
accelerator = "amd_mi300x"
devices = 8
precision = "bf16"
[plan]
global_batch = 16
sequence_length = 4096
[search.space]
tensor = [1, 2, 4]
pipeline = [1, 2]
context = [1]
micro_batch = [1, 2]
recompute_layers = [0, 3]
)";

Question plan_of(const std::string& text) {
  Question question = question_of("plan train");
  question.scenario = ScenarioText{"question.toml", text};
  return question;
}

std::size_t rows_of(const Value& json, std::string_view key) {
  const Value* list = json.find(key);
  REQUIRE(list != nullptr);
  return list->array()->size();
}

}  // namespace

TEST_CASE("the page of a search: every plan of the front, the families and the best plan's step") {
  Question question = plan_of(kSmallPlan);
  question.options.set("sensitivity", true);
  const Reply reply = page_reply(question);
  CHECK(reply.verdict == Verdict::ok);
  const FigurePage page = reply.page();
  check_page(page);
  const Value json = reply.json();
  CHECK(figure_of(page, "best_plans").data.rows() == rows_of(json, "best"));
  check_columns(page, json,
                {{"best_plans", "step time", "s", "best/*/step_time_s"},
                 {"best_plans", "energy of a step", "kWh", "best/*/energy_j", 1 / 3.6e6},
                 {"best_plans", "cost of a step", "USD", "best/*/cost_usd"},
                 {"best_plans", "free memory", "%", "best/*/memory_head_room", 100},
                 {"best_plans", "over the best", "times", "best/*/step_time_s",
                  1 / number_at_path(json, "best/0/step_time_s")}});
  const PageFigure& front = figure_of(page, "front_energy");
  const std::vector<std::string>& groups = front.data.find("plans")->words;
  CHECK(static_cast<std::size_t>(std::count(groups.begin(), groups.end(), "Pareto front")) ==
        rows_of(json, "front"));
  // Along the joined points time grows and energy falls.
  const std::vector<double>& joined = numbers_of(front, "joined");
  std::vector<std::pair<double, double>> line;
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (joined[i] == 1)
      line.emplace_back(numbers_of(front, "step time")[i],
                        numbers_of(front, "energy of a step")[i]);
  }
  std::sort(line.begin(), line.end());
  REQUIRE(!line.empty());
  for (std::size_t i = 1; i < line.size(); ++i) CHECK(line[i].second < line[i - 1].second);
  CHECK(sum_of(numbers_of(figure_of(page, "counts"), "plans")) ==
        json.find("counts")->find("plans")->number().value());
  CHECK(figure_of(page, "plan_sensitivity").data.rows() > 0);
  CHECK(find_figure(page, "step_time") != nullptr);
}

TEST_CASE("text alone needs no front") {
  Question question = plan_of(kSmallPlan);
  const std::size_t with = rows_of(page_reply(question).json(), "front");
  question.text_only = true;
  const Reply without = page_reply(question);
  CHECK(with > 0);
  REQUIRE(without.json().find("front") != nullptr);
  CHECK(without.json().find("front")->is_null());  // not searched, which is not the same as empty
  const FigurePage page = without.page();
  check_page(page);
  REQUIRE(!page.notices.empty());
  CHECK(page.notices.front().find("was not searched") != std::string::npos);
}

TEST_CASE("the page of a search in which nothing fits says what would") {
  std::string text = kSmallPlan;
  text.replace(text.find("llama3.1-8b"), 11, "llama3.1-405b");
  const Reply reply = page_reply(plan_of(text));
  CHECK(reply.verdict == Verdict::infeasible);
  const FigurePage page = reply.page();
  check_page(page);
  REQUIRE(page.notices.size() >= 2);
  CHECK(page.notices[0] == "No plan fits in memory.");
  CHECK(page.notices[1].find("too much") != std::string::npos);
  CHECK(find_figure(page, "would_fit") != nullptr);
  CHECK(find_figure(page, "best_plans") == nullptr);
}

TEST_CASE("the page of a stopped search says that nothing is proven") {
  const std::atomic<bool> stop{true};
  const Reply reply = page_reply(plan_of(kSmallPlan), {.progress = {}, .stop = &stop});
  CHECK(reply.verdict == Verdict::interrupted);
  const FigurePage page = reply.page();
  check_page(page);
  REQUIRE(!page.notices.empty());
  CHECK(page.notices.front().find("Interrupted") == 0);
}

TEST_CASE("the page of a run of known tokens, compared with the plan as stated") {
  std::string text = kSmallPlan;
  text.insert(text.find("[search.space]"),
              "[plan.layout]\ntensor = 2\npipeline = 2\n[search]\ntokens = 1e11\n");
  Question question = plan_of(text);
  question.options.set("compare-stated", true);
  const FigurePage page = page_reply(question).page();
  check_page(page);
  CHECK(!fact_of(page, "step time of the plan as stated").empty());
  CHECK(find_figure(page, "run_parts") != nullptr);
}

/// Spans of every lane by its name: begin and end, in the order of begin.
std::map<std::string, std::vector<std::pair<double, double>>> lanes_of(const PageFigure& figure) {
  std::map<std::string, std::vector<std::pair<double, double>>> lanes;
  for (std::size_t i = 0; i < figure.data.rows(); ++i)
    lanes[figure.data.find("stage")->words[i]].emplace_back(cell_of(figure, "begin", i),
                                                            cell_of(figure, "end", i));
  for (auto& [name, spans] : lanes) std::sort(spans.begin(), spans.end());
  return lanes;
}

struct PoolsAnswer {
  FigurePage page;
  Value json;
};

const PoolsAnswer& several_pools() {
  static const PoolsAnswer answer = [] {
    Question question = scenario_question("plan train", "clusters/llama_70b.toml");
    const auto cluster =
        read_document(std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/clusters/mi300x_h200.toml");
    REQUIRE(cluster.has_value());
    question.settings.push_back({"cluster", *cluster, "--cluster mi300x_h200.toml"});
    const Reply reply = page_reply(question);
    CHECK(reply.verdict == Verdict::ok);
    return PoolsAnswer{reply.page(), reply.json()};
  }();
  return answer;
}

TEST_CASE("the page of several pools: every group's bar sums to the step") {
  const auto& [page, json] = several_pools();
  check_page(page);
  const PageFigure& time = figure_of(page, "group_time");
  const double step = number_at_path(json, "best/0/step_time_s");
  for (std::size_t row = 0; row < time.data.rows(); ++row) {
    double sum = 0;
    for (const DataColumn& column : time.data.columns) {
      if (column.kind == ColumnKind::number) sum += column.numbers[row];
    }
    CHECK(std::abs(sum - 1e3 * step) <= 1e-6 * 1e3 * step);
  }
  CHECK(figure_of(page, "families").data.rows() == rows_of(json, "families"));
}

TEST_CASE("the page of several pools: groups, memory, shares, rates and links are the answer's") {
  const auto& [page, json] = several_pools();
  const std::string stages = "best/0/groups/*/stages/*/";
  check_columns(page, json,
                {{"groups", "busy", "ms", stages + "busy_s", 1e3},
                 {"groups", "accelerators", "", stages + "devices"},
                 {"mixed_memory", "used", "GB", stages + "memory_bytes", 1e-9},
                 {"mixed_memory", "usable capacity", "GB", stages + "capacity_bytes", 1e-9},
                 {"shares", "of accelerators", "%", "best/0/vendors/*/of_devices", 100},
                 {"shares", "of tokens", "%", "best/0/vendors/*/of_tokens", 100},
                 {"limits", "of the step", "%", "best/0/limited_by/*", 100},
                 {"links", "rate", "GB/s", "question/links/*/rate_bytes_per_s", 1e-9},
                 {"families", "no better than", "s", "families/*/lower_bound"},
                 {"group_time", "pipeline bubble", "ms", "best/0/groups/*/where_s/bubble", 1e3},
                 {"group_time", "border hand-over", "ms", "best/0/groups/*/where_s/border", 1e3}});
  const double step = 1e3 * number_at_path(json, "best/0/step_time_s");
  for (const double sum : stack_sums(figure_of(page, "groups"), {"busy", "rest"}))
    CHECK(sum == doctest::Approx(step));
  const PageFigure& memory = figure_of(page, "mixed_memory");
  for (std::size_t row = 0; row < memory.data.rows(); ++row)
    CHECK(cell_of(memory, "used", row) + cell_of(memory, "free", row) ==
          doctest::Approx(cell_of(memory, "usable capacity", row)));
  CHECK(std::get<BarChart>(memory.chart).limit == "usable capacity");
  const std::vector<double>& rates = numbers_of(figure_of(page, "rates"), "rate");
  REQUIRE(rates.size() == 4);
  CHECK(rates[2] == doctest::Approx(rates[0] + rates[1]));
  CHECK(page_equal(rates[3], number_at_path(json, "best/0/tokens_per_s")));
}

TEST_CASE("the timeline of several pools fills every stage's step to its end") {
  const auto& [page, json] = several_pools();
  const PageFigure& figure = figure_of(page, "mixed_pipeline");
  const double step = 1e3 * number_at_path(json, "best/0/step_time_s");
  const std::vector<std::string>& names = figure.data.find("stage")->words;
  const std::vector<std::string>& vendors = figure.data.find("vendor")->words;
  const std::vector<std::string>& kinds = figure.data.find("kind")->words;
  std::set<std::string> stages, seen_vendors;
  for (std::size_t i = 0; i < names.size(); ++i) {
    CHECK((kinds[i] == "transfer between pools") == vendors[i].empty());
    if (!vendors[i].empty()) stages.insert(names[i]);
    if (!vendors[i].empty()) seen_vendors.insert(vendors[i]);
  }
  CHECK(seen_vendors == std::set<std::string>{"AMD", "NVIDIA"});
  for (const auto& [name, spans] : lanes_of(figure)) {
    CAPTURE(name);
    double sum = 0, last = 0;
    for (const auto& [begin, end] : spans) {
      if (stages.contains(name)) CHECK(begin >= last - 1e-6 * step);
      last = end;
      sum += end - begin;
    }
    CHECK(last <= step * (1 + 1e-9));
    if (!stages.contains(name)) continue;
    CHECK(last == doctest::Approx(step).epsilon(1e-9));
    CHECK(sum == doctest::Approx(step).epsilon(1e-6));
  }
  // The two pools of one pipeline hand over in both directions.
  CHECK(stages.size() + 2 == lanes_of(figure).size());
  for (const char* kind : {"forward", "backward", "waiting", "transfer between pools"})
    CHECK_MESSAGE(std::find(kinds.begin(), kinds.end(), kind) != kinds.end(), kind);
}

TEST_CASE("a cluster stated twice is refused, as are options of one pool over several") {
  Question question = plan_of(std::string(kSmallPlan) + "[[cluster.pool]]\nname = \"a\"\n");
  question.settings.push_back({"cluster", Value(Table{}), "--cluster pools.toml"});
  const auto twice = ask(question, page_workspace(), {});
  REQUIRE(!twice.has_value());
  CHECK(to_text(twice.problems()).find("by --cluster pools.toml") != std::string::npos);
}
