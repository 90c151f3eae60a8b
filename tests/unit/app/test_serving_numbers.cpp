// What the pages of serving answers put into their tables is what the same answer's JSON says, in
// the unit that the column names; shares sum to the whole.
#include "page_numbers.hpp"

using namespace polyfleet;

namespace {

struct ServedAnswer {
  FigurePage page;
  Value json;
};

ServedAnswer served(const Question& question) {
  const Reply reply = page_reply(question);
  return {reply.page(), reply.json()};
}

/// Sum over the rows of a course of value x time to the next row, in the value's unit x seconds;
/// `unit`: seconds of the course's column.
double under_course(const PageFigure& figure, const std::string& column, double unit) {
  const std::vector<double>& at = figure.data.columns.front().numbers;
  const std::vector<double>& values = numbers_of(figure, column);
  double sum = 0;
  for (std::size_t i = 0; i + 1 < at.size(); ++i)
    sum += (std::isnan(values[i]) ? 0 : values[i]) * (at[i + 1] - at[i]) * unit;
  return sum;
}

}  // namespace

TEST_CASE("pools, vendors, latencies and bounds of a simulated service") {
  const auto [page, json] =
      served(scenario_question("simulate serve", "serving/azure_conversation_mixed.toml"));
  check_columns(page, json,
                {{"pools", "accelerators", "", "pools/*/accelerators"},
                 {"pools", "busy", "%", "pools/*/busy_share", 100},
                 {"pools", "batch", "sequences", "pools/*/mean_running"},
                 {"pools", "cache used", "%", "pools/*/cache_occupancy", 100},
                 {"pools", "found in cache", "%", "pools/*/prefix_hit_rate", 100},
                 {"pools", "prompt tokens", "", "pools/*/prompt_tokens"},
                 {"pools", "output tokens", "", "pools/*/generated_tokens"},
                 {"attainment", "goodput", "requests/s", "classes/*/goodput_requests_per_s"},
                 {"attainment", "requests", "", "classes/*/requests"}});
  const PageFigure& cost = figure_of(page, "cost");
  const std::string tables[] = {"pools/0", "pools/1", "totals"};
  REQUIRE(cost.data.rows() == 3);
  for (std::size_t row = 0; row < 3; ++row) {
    const auto at = [&](const char* key) { return number_at_path(json, tables[row] + "/" + key); };
    CHECK(page_equal(cell_of(cost, "tokens processed", row),
                     (at("prompt_tokens") + at("generated_tokens")) / 1e6));
    CHECK(page_equal(cell_of(cost, "cost of a million tokens", row), at("usd_per_million_tokens")));
    CHECK(page_equal(cell_of(cost, "energy of a token", row), at("energy_per_token_j")));
    CHECK(page_equal(cell_of(cost, "cost", row), at("cost_usd")));
    CHECK(page_equal(cell_of(cost, "energy", row), at("energy_j") / 3.6e6));
    CHECK(page_equal(cell_of(cost, "carbon", row), at("carbon_g") / 1e3));
  }
  const PageFigure& bounds = figure_of(page, "attainment");
  const double counted = number_at_path(json, "classes/0/requests");
  for (const auto& [column, key] :
       {std::pair{"all bounds", "met"}, {"TTFT", "met_ttft"}, {"TPOT", "met_tpot"}})
    CHECK(cell_of(bounds, column, 0) ==
          doctest::Approx(100 * number_at_path(json, std::string("classes/0/") + key) / counted));
  const PageFigure& latencies = figure_of(page, "percentiles");
  const char* measures[] = {"ttft_s", "tpot_s", "end_to_end_s", "queueing_s"};
  std::size_t row = 0;
  for (const char* measure : measures) {  // all requests first, then by pool
    CAPTURE(measure);
    while (row < latencies.data.rows() &&
           !page_equal(cell_of(latencies, "p50", row),
                       1e3 * number_at_path(json, std::string(measure) + "/p50")))
      ++row;
    REQUIRE(row < latencies.data.rows());
    for (const auto& [column, key] : {std::pair{"mean", "mean"},
                                      {"p90", "p90"},
                                      {"p95", "p95"},
                                      {"p99", "p99"},
                                      {"greatest", "max"}})
      CHECK(page_equal(cell_of(latencies, column, row),
                       1e3 * number_at_path(json, std::string(measure) + "/" + key)));
    CHECK(cell_of(latencies, "requests", row) == number_at_path(json, "requests/counted"));
    row = 0;
  }
}

TEST_CASE("what a service does over time adds up to its totals") {
  const auto [page, json] =
      served(scenario_question("simulate serve", "serving/azure_conversation_mixed.toml"));
  constexpr double kSecondsAMinute = 60;
  const PageFigure& requests = figure_of(page, "requests_over_time");
  const double step =
      kSecondsAMinute * (requests.data.columns[0].numbers[1] - requests.data.columns[0].numbers[0]);
  for (const auto& [column, key] : {std::pair{"arrived", "arrived"}, {"finished", "finished"}})
    CHECK(sum_of(numbers_of(requests, column)) * step ==
          doctest::Approx(number_at_path(json, std::string("requests/") + key)).epsilon(1e-6));
  const PageFigure& tokens = figure_of(page, "tokens_over_time");
  const PageFigure& running = figure_of(page, "running_over_time");
  const PageFigure& cache = figure_of(page, "cache_over_time");
  for (const std::size_t pool : {0, 1}) {
    const std::string place = "pools/" + std::to_string(pool) + "/";
    const std::string name = *json.find("pools")->array()->at(pool).find("name")->text();
    // Samples stand for the time to the next: the sums are near the totals, not equal to them.
    CHECK(under_course(tokens, name, kSecondsAMinute) ==
          doctest::Approx(number_at_path(json, place + "generated_tokens")).epsilon(0.02));
    const double length = number_at_path(json, "duration_s");
    CHECK(under_course(running, name, kSecondsAMinute) / length ==
          doctest::Approx(number_at_path(json, place + "mean_running")).epsilon(0.05));
    CHECK(under_course(cache, name, kSecondsAMinute) / length ==
          doctest::Approx(100 * number_at_path(json, place + "cache_occupancy")).epsilon(0.05));
  }
}

TEST_CASE("every proposed plan of a service, its front and its simulated latencies") {
  const auto [page, json] =
      served(scenario_question("plan serve", "serving_plans/two_vendors.toml"));
  std::vector<ColumnSource> columns;
  for (const auto& [figure, list] : {std::pair{"best_plans", "proposed"},
                                     {"front_energy", "front"},
                                     {"front_latency", "front"}}) {
    const std::string place = std::string(list) + "/*/";
    columns.push_back({figure, "accelerators", "", place + "accelerators"});
    columns.push_back({figure, "cost", "USD/h", place + "usd_per_hour"});
    columns.push_back(
        {figure, "cost of output", "USD/Mtoken", place + "usd_per_million_output_tokens"});
    columns.push_back({figure, "power", "kW", place + "watts", 1e-3});
    columns.push_back({figure, "energy of output", "J/token", place + "joules_per_output_token"});
    columns.push_back({figure, "mean TTFT", "ms", place + "mean/ttft", 1e3});
    columns.push_back({figure, "mean TPOT", "ms", place + "mean/tpot", 1e3});
    columns.push_back({figure, "mean end to end", "s", place + "mean/end_to_end"});
  }
  columns.push_back({"pools", "replicas", "", "plan/pools/*/replicas"});
  columns.push_back({"pools", "running in each", "sequences", "plan/pools/*/running_each"});
  columns.push_back({"pools", "cache used", "%", "plan/pools/*/cache_share", 100});
  columns.push_back(
      {"pools", "requests of each replica", "1/s", "plan/pools/*/requests_per_second_each"});
  columns.push_back({"refused", "configurations", "", "refused/*/configurations"});
  columns.push_back({"simulated", "TTFT p90", "ms", "simulated/0/runs/*/measured/ttft", 1e3});
  columns.push_back({"simulated", "TPOT p90", "ms", "simulated/0/runs/*/measured/tpot", 1e3});
  columns.push_back(
      {"simulated", "end to end mean", "s", "simulated/0/runs/*/measured/end_to_end"});
  check_columns(page, json, columns);
  const PageFigure& vendors = figure_of(page, "vendors");
  for (const double sum : stack_sums(vendors, std::get<BarChart>(vendors.chart).values))
    CHECK(sum == doctest::Approx(100));
  CHECK(sum_of(numbers_of(figure_of(page, "pools"), "accelerators")) ==
        number_at_path(json, "plan/accelerators"));
}
