// Pages of simulated services that are made up: what the pictures say of shares, replicas, many
// pools and models that do not fit. Shipped scenarios: tests/unit/app/test_ask_serving.cpp.
#include <doctest/doctest.h>

#include "view/serving_simulation_page.hpp"

using namespace polyfleet;

namespace {

constexpr Picos kSecond = 1'000'000'000'000;

const ModelSpec& some_model() {
  static const ModelSpec model;
  return model;
}

/// Pools of two vendors in turn; engines only as far as a page looks.
ServingSimulation service(int pools) {
  static const Accelerator part;
  static const System system;
  ServingSimulation run;
  for (int i = 0; i < pools; ++i) {
    ServingPool pool;
    pool.name = "p" + std::to_string(i);
    pool.vendor = i % 2 == 0 ? "AMD" : "NVIDIA";
    pool.settings.cache_blocks = 100;
    PoolReport report;
    report.name = pool.name;
    report.vendor = pool.vendor;
    report.accelerators = 8;
    report.requests_ended = 10 + i;
    report.totals.prefill_tokens = 1000 * (i + 1);
    report.totals.decode_tokens = 70 + i;
    report.energy = (i + 1) * joule;
    report.cost = (i + 2) * usd;
    report.power_known = true;
    run.cluster.pools.push_back(pool);
    run.report.pools.push_back(report);
    run.engines.emplace_back();
    ResolvedEngine& engine = run.engines.back();
    engine.model = &some_model();
    engine.accelerator = &part;
    engine.system = &system;
    engine.prices.device = 1 * usd_per_hour;
  }
  run.report.duration = 60 * kSecond;
  for (int at = 0; at <= 60; at += 10)
    for (int pool = 0; pool < pools; ++pool)
      run.report.timeline.push_back({at * kSecond, pool, 1, at, 2, 25, 100 * at});
  return run;
}

ServingRecords records_of(const ServingSimulation& run) {
  ServingRecords records(run.cluster, 0);
  for (int i = 0; i < 200; ++i) {
    RequestOutcome outcome;
    outcome.request.arrival = i * kSecond / 5;
    outcome.request.output_tokens = 5;
    outcome.started = outcome.request.arrival;
    outcome.first_token = outcome.request.arrival + (i + 1) * kSecond / 100;
    outcome.last_token = outcome.first_token + 4 * kSecond / 10;
    outcome.pool = i % static_cast<int>(run.cluster.pools.size());
    records.add(outcome);
  }
  return records;
}

const PageFigure* figure_of(const FigureSection& section, const std::string& id) {
  for (const PageFigure& figure : section.figures) {
    if (figure.id == id) return &figure;
  }
  return nullptr;
}

const PageFigure& shown(const FigureSection& section, const std::string& id) {
  const PageFigure* figure = figure_of(section, id);
  REQUIRE_MESSAGE(figure != nullptr, id);
  return *figure;
}

/// All of them in one text.
std::string faults(FigureSection section) {
  FigurePage page;
  page.title = "a page";
  page.sections.push_back(std::move(section));
  std::string text;
  for (const std::string& fault : page_faults(page)) text += fault + "; ";
  return text;
}

}  // namespace

TEST_CASE("shares of vendors sum to the whole") {
  const ServingSimulation run = service(3);
  const FigureSection section = vendor_section(run);
  CHECK(faults(section) == "");
  const DataTable& table = shown(section, "shares").data;
  REQUIRE(table.find("AMD") != nullptr);
  REQUIRE(table.find("NVIDIA") != nullptr);
  REQUIRE(table.rows() == 6);  // accelerators, requests, prompts, outputs, energy, cost
  for (std::size_t row = 0; row < table.rows(); ++row)
    CHECK(table.find("AMD")->numbers[row] + table.find("NVIDIA")->numbers[row] ==
          doctest::Approx(100));
  CHECK(table.find("AMD")->numbers[0] == doctest::Approx(200.0 / 3));
  CHECK(table.find("AMD")->numbers[4] == doctest::Approx(100 * 4.0 / 6));  // 1 J and 3 J of 6 J
}

TEST_CASE("what is unknown of one pool is no share of the whole") {
  ServingSimulation run = service(3);
  run.engines[1].prices.device.reset();
  run.report.pools[2].power_known = false;
  const DataTable& table = shown(vendor_section(run), "shares").data;
  CHECK(table.rows() == 4);
}

TEST_CASE("one pool shares nothing; its cost and energy are shown") {
  const FigureSection section = vendor_section(service(1));
  CHECK(figure_of(section, "shares") == nullptr);
  CHECK(figure_of(section, "cost") != nullptr);
  CHECK(figure_of(section, "energy") != nullptr);
}

TEST_CASE("percentiles rise, end at the greatest, and the bound is drawn where all state it") {
  ServingSimulation run = service(2);
  run.cluster.classes = {{"a", kSecond, kNever, kNever}, {"b", kSecond, kSecond, kNever}};
  run.report.classes.resize(2);
  run.report.classes[0].name = "a";
  run.report.classes[1].name = "b";
  run.report.classes[0].requests = 40;
  run.report.classes[0].met_all = 10;
  const ServingRecords records = records_of(run);
  const FigureSection section = latency_section({run, records});
  CHECK(faults(section) == "");
  CHECK(shown(section, "attainment").data.find("all bounds")->numbers[0] == 25);
  const PageFigure& ttft = shown(section, "ttft");
  const auto& chart = std::get<LineChart>(ttft.chart);
  CHECK(chart.values == std::vector<std::string>{"all requests", "p0", "p1"});
  for (const std::string& name : chart.values) {
    const std::vector<double>& numbers = ttft.data.find(name)->numbers;
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
  }
  CHECK(ttft.data.find("all requests")->numbers.back() == doctest::Approx(2));
  CHECK(chart.limit == doctest::Approx(1));
  CHECK(std::get<LineChart>(shown(section, "tpot").chart).limit_label.empty());
}

TEST_CASE("many pools are shown by vendor") {
  const ServingSimulation run = service(9);
  const ServingRecords records = records_of(run);
  const FigureSection section = course_section({run, records});
  CHECK(faults(section) == "");
  const PageFigure& running = shown(section, "running_over_time");
  CHECK(std::get<LineChart>(running.chart).values == std::vector<std::string>{"AMD", "NVIDIA"});
  CHECK(running.data.find("AMD")->numbers[1] == 50);  // five pools of ten
  CHECK(shown(section, "cache_over_time").data.find("AMD")->numbers[1] == 25);
  CHECK(shown(section, "tokens_over_time").data.find("NVIDIA")->numbers[2] == 400);
}

TEST_CASE("replicas that never change need no picture; one that fails and recovers gets spans") {
  ServingSimulation run = service(1);
  const ServingRecords records = records_of(run);
  run.report.changes = {{0, 0, 0, SlotState::up}, {0, 0, 1, SlotState::up}};
  CHECK(figure_of(course_section({run, records}), "replicas") == nullptr);
  run.report.changes.push_back({10 * kSecond, 0, 1, SlotState::failed});
  run.report.changes.push_back({20 * kSecond, 0, 1, SlotState::up});
  run.report.changes.push_back({30 * kSecond, 0, 0, SlotState::draining});
  run.report.changes.push_back({40 * kSecond, 0, 0, SlotState::absent});
  const FigureSection section = course_section({run, records});
  CHECK(faults(section) == "");
  const DataTable& table = shown(section, "replicas").data;
  CHECK(table.find("replica")->words ==
        std::vector<std::string>{"p0 0", "p0 0", "p0 1", "p0 1", "p0 1"});
  CHECK(table.find("state")->words ==
        std::vector<std::string>{"serving", "draining", "serving", "failed", "serving"});
  CHECK(table.find("to")->numbers == std::vector<double>{30, 40, 10, 20, 60});
}

TEST_CASE("of many replicas those that changed are shown, and the reading counts the others") {
  ServingSimulation run = service(1);
  const ServingRecords records = records_of(run);
  for (int replica = 0; replica < 100; ++replica)
    run.report.changes.push_back({0, 0, replica, SlotState::up});
  run.report.changes.push_back({10 * kSecond, 0, 70, SlotState::failed});
  const PageFigure& figure = shown(course_section({run, records}), "replicas");
  CHECK(figure.data.rows() == 2);
  CHECK(figure.reading.find("1 of 100 replicas") != std::string::npos);
}

TEST_CASE("names of pools that would collide stay apart") {
  ServingSimulation run = service(2);
  run.cluster.pools[0].name = "all requests";
  run.cluster.pools[1].name = "time";
  const ServingRecords records = records_of(run);
  CHECK(faults(latency_section({run, records})) == "");
  CHECK(faults(course_section({run, records})) == "");
}

TEST_CASE("a long timeline is shown thinned, its rates as they were") {
  ServingSimulation run = service(2);
  const ServingRecords records = records_of(run);
  run.report.timeline.clear();
  for (int at = 0; at < 5000; ++at)
    for (int pool = 0; pool < 2; ++pool)
      run.report.timeline.push_back({at * kSecond, pool, 1, at, 2, 25, 100 * at});
  const PageFigure& tokens = shown(course_section({run, records}), "tokens_over_time");
  CHECK(tokens.data.rows() == 1000);
  CHECK(tokens.data.find("p1")->numbers[7] == doctest::Approx(100));
}
