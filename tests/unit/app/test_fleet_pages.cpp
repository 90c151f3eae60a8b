// Pages of fleets, deals, jobs and purchases: nothing is wrong with them as pages, and what they
// show is what --json says.
#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "app/deal_valuation.hpp"
#include "app/fleet_rate_store.hpp"
#include "app/fleet_run_study.hpp"
#include "app/job_document.hpp"
#include "app/procurement_run.hpp"
#include "report/fleet_json.hpp"
#include "unit/app/page_check.hpp"
#include "unit/app/shared_workspace.hpp"
#include "view/deal_page.hpp"
#include "view/fleet_page.hpp"
#include "view/job_page.hpp"
#include "view/procurement_page.hpp"

using namespace polyfleet;

namespace {

/// Figures keep six digits of each number.
constexpr double kRounding = 2e-5;

FleetDocument document_of(const std::string& name) {
  auto document =
      fleet_document_at(kRoot + "/scenarios/fleet/" + name + ".toml", {}, shared_workspace());
  REQUIRE_MESSAGE(document.has_value(), (document ? "" : to_text(document.problems())));
  return *std::move(document);
}

FleetAnswer played(const std::string& name, int futures, bool tornado) {
  FleetStudyOptions options;
  options.rates = usual_rate_folder();
  options.share_paths = 1000;
  options.with_hourly = true;
  options.futures = futures;
  options.with_tornado = tornado;
  options.with_tree = futures > 0;
  auto answer = run_fleet(document_of(name), shared_workspace(), options);
  REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : to_text(answer.problems())));
  return *std::move(answer);
}

const FleetAnswer& small() {
  static const FleetAnswer answer = played("small", 5, true);
  return answer;
}

const FleetAnswer& flagship() {
  static const FleetAnswer answer = played("as_of_2026_11", 2, false);
  return answer;
}

void check_faultless(const FigurePage& page) {
  for (const std::string& fault : page_faults(page)) FAIL_CHECK(page.title << ": " << fault);
  CHECK_FALSE(page.sections.empty());
  for (const FigureSection& section : page.sections)
    for (const PageFigure& figure : section.figures) {
      CAPTURE(figure.id);
      CHECK_FALSE(figure.reading.empty());
      CHECK(figure.data.rows() > 0);
    }
}

const DataColumn& column(const PageFigure& figure, const std::string& name) {
  const DataColumn* found = figure.data.find(name);
  REQUIRE_MESSAGE(found != nullptr, figure.id << ": " << name);
  return *found;
}

double column_sum(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::isnan(value) ? 0 : value;
  return sum;
}

/// All that is drawn of a figure, over all rows.
double sum_drawn(const PageFigure& figure) {
  std::vector<std::string> names;
  if (const auto* line = std::get_if<LineChart>(&figure.chart)) names = line->values;
  if (const auto* bars = std::get_if<BarChart>(&figure.chart)) names = bars->values;
  double sum = 0;
  for (const std::string& name : names) sum += column_sum(column(figure, name).numbers);
  return sum;
}

double line_total(const Value& json, const char* key) {
  const Value* const line = json.find("lines")->find(key);
  REQUIRE_MESSAGE(line != nullptr, key);
  return *line->find("all")->number();
}

void check_sums(const FleetAnswer& answer) {
  const FigurePage page = fleet_page(answer);
  const Value json = fleet_json(answer, FleetSliceKind::year);
  const auto near = [](double value) { return doctest::Approx(value).epsilon(kRounding); };
  CHECK(sum_drawn(figure_of(page, "energy_by_month")) ==
        near(line_total(json, "energy.bought_and_made")));
  CHECK(sum_drawn(figure_of(page, "energy_by_use")) ==
        near(-line_total(json, "energy.rack_energy") - line_total(json, "energy.delivery_loss") -
             line_total(json, "energy.cooling_energy")));
  CHECK(sum_drawn(figure_of(page, "carbon_by_month")) * 1e3 ==
        near(line_total(json, "carbon.carbon_location_based")));
  const PageFigure& cash = figure_of(page, "cash_by_quarter");
  CHECK(sum_drawn(cash) * 1e9 == near(line_total(json, "money.cash")));
  CHECK(column_sum(column(cash, "together").numbers) * 1e9 == near(line_total(json, "money.cash")));
  CHECK(column(figure_of(page, "running_cash"), "together").numbers.back() * 1e9 ==
        near(line_total(json, "money.cash")));
  double worked = 0;
  for (const Value& each : *json.find("costs")->find("by_workload")->array())
    worked += *each.find("cost_usd")->number();
  CHECK(sum_drawn(figure_of(page, "cost_by_workload")) * 1e9 == near(worked));
  CHECK(sum_drawn(figure_of(page, "cost_by_phase")) * 1e9 ==
        near(*json.find("costs")->find("total_usd")->number() -
             *json.find("costs")->find("unplaced_usd")->number()));
  // Power by vendor: mean over periods of equal length is the mean of the study.
  const PageFigure& vendors = figure_of(page, "gigawatts_by_vendor");
  double weighted = 0;
  for (const std::string& name : std::get<LineChart>(vendors.chart).values) {
    const std::vector<double>& gigawatts = column(vendors, name).numbers;
    for (std::size_t period = 0; period < gigawatts.size(); ++period)
      weighted += gigawatts[period] * (answer.model.time.length(int(period)) / hour);
  }
  CHECK(weighted / answer.model.time.hours() == near(line_total(json, "capacity.power")));
}

}  // namespace

TEST_CASE("pages of every shipped fleet are faultless, with futures, tornado and tree") {
  check_faultless(fleet_page(small()));
  check_faultless(fleet_page(flagship()));
  for (const char* name : {"as_announced_2025_10", "procurement"})
    check_faultless(fleet_page(played(name, 0, false)));
  const FigurePage page = fleet_page(small());
  for (const char* id : {"tornado_npv", "futures_against_plan", "futures_distribution_npv"})
    CHECK_MESSAGE(find_figure(page, id) != nullptr, id);
  const FigurePage flag = fleet_page(flagship());
  for (const char* id :
       {"gigawatts_by_phase", "phases", "work_by_workload", "peak_week", "last_weeks_by_hour",
        "cost_of_tokens", "sites", "limits", "deals", "scenario_tree", "futures_days",
        "deal_amd_openai_2025_distribution", "deal_amd_openai_2025_vesting"})
    CHECK_MESSAGE(find_figure(flag, id) != nullptr, id);
}

TEST_CASE("stacked series and bars sum to the totals of the JSON") {
  check_sums(small());
  check_sums(flagship());
}

TEST_CASE(
    "hours of the grid: the week's highest hour is the study's, power at work fits under "
    "what stands") {
  const FigurePage page = fleet_page(flagship());
  const Value json = fleet_json(flagship(), FleetSliceKind::year);
  double most = 0;
  const PageFigure& week = figure_of(page, "peak_week");
  for (std::size_t row = 0; row < week.data.rows(); ++row) {
    double sum = 0;
    for (const std::string& name : std::get<LineChart>(week.chart).values)
      sum += column(week, name).numbers[row];
    most = std::max(most, sum);
  }
  CHECK(most == doctest::Approx(line_total(json, "energy.peak_grid")).epsilon(kRounding));
  CHECK(column(figure_of(page, "grid_by_period"), "highest hour").numbers.size() ==
        static_cast<std::size_t>(flagship().model.time.periods()));
  // What works and what does not is all that stands.
  const PageFigure& work = figure_of(page, "work_by_workload");
  const PageFigure& stands = figure_of(page, "gigawatts_by_vendor");
  CHECK(sum_drawn(work) == doctest::Approx(sum_drawn(stands)).epsilon(1e-4));
}

TEST_CASE("percentiles are those of the JSON") {
  const FigurePage page = fleet_page(flagship());
  const Value json = fleet_json(flagship(), FleetSliceKind::year);
  std::map<std::string, const Value*> spreads;
  for (const Value& deal : *json.find("futures")->find("deals")->array())
    if (const Value* spread = deal.find("warrant_spread_usd"))
      spreads[*deal.find("name")->text() + ", warrant"] = spread;
  REQUIRE(spreads.size() == 2);
  const PageFigure& deals = figure_of(page, "deals");
  std::size_t seen = 0;
  for (std::size_t row = 0; row < deals.data.rows(); ++row) {
    const auto spread = spreads.find(column(deals, "deal").words[row]);
    if (spread == spreads.end()) continue;
    ++seen;
    for (const auto& [name, key] : {std::pair{"5 %", "p5"}, {"50 %", "p50"}, {"95 %", "p95"}})
      CHECK(column(deals, name).numbers[row] * 1e9 ==
            doctest::Approx(*spread->second->find(key)->number()).epsilon(kRounding));
  }
  CHECK(seen == 2);
  const PageFigure& years = figure_of(page, "futures_grid_energy");
  for (const Value& outcome : *json.find("futures")->find("outcomes")->array()) {
    if (*outcome.find("id")->text() != "grid_energy/2028") continue;
    CHECK(column(years, "95 %").numbers[2] * 1e3 ==  // TWh in the figure, GWh in the JSON
          doctest::Approx(*outcome.find("p95")->number()).epsilon(kRounding));
  }
}

TEST_CASE("a warrant's distribution holds every path; what vests by the end is the mean") {
  const WarrantValue& warrant = *flagship().deals.front().warrant;
  const FigurePage page = fleet_page(flagship());
  const PageFigure& distribution = figure_of(page, "deal_amd_openai_2025_distribution");
  CHECK(column_sum(column(distribution, "paths").numbers) == doctest::Approx(100).epsilon(1e-4));
  // The median's bin is where half of the paths is passed.
  const WarrantValue& shown = *flagship().futures->deals.front().warrant;
  const std::vector<double>& from = column(distribution, "worth from").numbers;
  const std::vector<double>& so_far = column(distribution, "paths so far").numbers;
  for (std::size_t i = 0; i + 1 < from.size(); ++i) {
    if (from[i + 1] * 1e9 <= shown.value_spread.p50) CHECK(so_far[i] <= 50.1);
    if (from[i] * 1e9 > shown.value_spread.p50) CHECK(so_far[i] >= 49.9);
  }
  CHECK(so_far.back() == doctest::Approx(100).epsilon(1e-5));
  REQUIRE_FALSE(warrant.vested_by.empty());
  CHECK(warrant.vested_by.back() == doctest::Approx(warrant.shares.mean).epsilon(1e-9));
  for (std::size_t i = 1; i < warrant.vested_by.size(); ++i)
    CHECK(warrant.vested_by[i] >= warrant.vested_by[i - 1]);
}

TEST_CASE("pages of every shipped deal, with what moves its value") {
  const auto deals = list_deals(kRoot + "/data");
  REQUIRE(deals.has_value());
  check_faultless(deal_list_page(*deals));
  for (const DealSummary& deal : *deals) {
    CAPTURE(deal.id);
    DealQuestion question;
    question.deal = deal.id;
    question.paths = 400;
    question.sensitivity = true;
    const auto answer = value_deal(kRoot + "/data", question);
    REQUIRE(answer.has_value());
    const FigurePage page = deal_page(*answer);
    check_faultless(page);
    CHECK(figure_of(page, "sensitivity").data.rows() == answer->sensitivity->swings.size());
    if (!answer->investment) continue;
    double released = 0;
    const PageFigure& money = figure_of(page, "deal_money");
    for (std::size_t row = 0; row < money.data.rows(); ++row)
      released += column(money, "amount").numbers[row] * column(money, "released in").numbers[row];
    CHECK(released / 100 * 1e9 ==
          doctest::Approx(answer->investment->released / usd).epsilon(kRounding));
  }
}

TEST_CASE("pages of job studies: shares of accelerator-time sum to all of it") {
  for (const char* name : {"philly", "gavel", "lemons"}) {
    CAPTURE(name);
    const std::string path = kRoot + "/scenarios/jobs/" + name + ".toml";
    const auto document = scenario_document(path, {});
    REQUIRE(document.has_value());
    auto study = read_job_study(*document, kRoot + "/scenarios/jobs", shared_workspace());
    REQUIRE(study.has_value());
    const JobAnswer answer = run_job_study(*std::move(study), {});
    const FigurePage page = job_page(answer);
    check_faultless(page);
    CHECK(column_sum(column(figure_of(page, "accelerator_time"), "share").numbers) ==
          doctest::Approx(100).epsilon(1e-4));
    double accelerators = 0;
    for (const JobPool& pool : answer.pools) accelerators += double(pool.accelerators());
    for (const double busy : column(figure_of(page, "use"), "with a job").numbers) CHECK(busy >= 0);
    for (const double waiting : column(figure_of(page, "queue"), "waiting").numbers)
      CHECK(waiting <= double(answer.trace.jobs));
  }
}

TEST_CASE("the page of a purchase plan: bars sum to what each vendor sells") {
  ProcurementOptions options;
  options.rates = usual_rate_folder();
  options.with_frontier = true;
  options.front_day = CalendarDate{2027, 6, 15};
  options.front_points = 3;
  const auto report = run_procurement(document_of("procurement"), shared_workspace(), options);
  REQUIRE(report.has_value());
  const FigurePage page = procurement_page(*report);
  check_faultless(page);
  double bought = 0;
  for (const Watts& power : report->plan.vendor_power) bought += power / gigawatt;
  CHECK(sum_drawn(figure_of(page, "purchases_by_vendor")) ==
        doctest::Approx(bought).epsilon(kRounding));
  CHECK(sum_drawn(figure_of(page, "purchases_by_offer")) ==
        doctest::Approx(bought).epsilon(kRounding));
  CHECK(sum_drawn(figure_of(page, "present_cost")) * 1e9 ==
        doctest::Approx(report->plan.cost.total() / usd).epsilon(kRounding));
  CHECK(find_figure(page, "diversification") != nullptr);
}
