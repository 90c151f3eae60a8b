// What the pages of fleets, jobs, purchases and deals put into their tables is what the same
// answer's JSON says, in the unit that the column names.
#include "page_numbers.hpp"
#include "report/plain_units.hpp"

using namespace polyfleet;

namespace {

constexpr double kAnHour = 3600;

struct FleetReply {
  FigurePage page;
  Value json;
};

FleetReply replied(const Question& question) {
  const Reply reply = page_reply(question);
  return {reply.page(), reply.json()};
}

const FleetReply& small_fleet() {
  static const FleetReply reply = replied(scenario_question("simulate fleet", "fleet/small.toml"));
  return reply;
}

double line_of(const Value& json, const std::string& name) {
  return number_at_path(json, "lines/" + name + "/all");
}

}  // namespace

TEST_CASE("sites, classes, rates and costs of a fleet") {
  const auto& [page, json] = small_fleet();
  check_columns(
      page, json,
      {{"classes", "idle", "W", "classes/*/idle_w"},
       {"classes", "rated", "W", "classes/*/rated_w"},
       {"classes", "provisioned", "W", "classes/*/provisioned_w"},
       {"classes", "a gigawatt", "", "classes/*/accelerators_a_gigawatt"},
       {"rates", "rate", "", "rates/*/per_second"},
       {"rates", "draws", "W", "rates/*/active_w"},
       {"limits", "periods", "", "limits/binding/*/periods"},
       {"limits", "saves, mean", "", "limits/binding/*/price_mean"},
       {"limits", "saves, at most", "", "limits/binding/*/price_most"},
       {"cost_by_phase", "hardware", "BUSD", "costs/by_phase/*/hardware_usd", 1 / kBillion},
       {"cost_by_phase", "building", "BUSD", "costs/by_phase/*/building_usd", 1 / kBillion},
       {"cost_by_phase", "energy", "BUSD", "costs/by_phase/*/energy_usd", 1 / kBillion},
       {"cost_by_phase", "upkeep", "BUSD", "costs/by_phase/*/upkeep_usd", 1 / kBillion},
       {"cost_by_phase", "rent", "BUSD", "costs/by_phase/*/rent_usd", 1 / kBillion},
       {"cost_by_phase", "installed", "GW-years", "costs/by_phase/*/gigawatt_years"}});
  const PageFigure& phases = figure_of(page, "cost_by_phase");
  CHECK(page_equal(cell_of(phases, "cost of a gigawatt-year", 0),
                   number_at_path(json, "costs/by_phase/0/cost_usd") / kBillion /
                       number_at_path(json, "costs/by_phase/0/gigawatt_years")));
  const PageFigure& sites = figure_of(page, "sites");
  const auto site = [&](const char* column) { return cell_of(sites, column, 0); };
  CHECK(page_equal(site("stands"), line_of(json, "delivered.power")));
  CHECK(page_equal(site("grid carbon"), line_of(json, "carbon.intensity_location")));
  CHECK(page_equal(site("meter over racks"), line_of(json, "energy.meter_over_racks")));
  CHECK(page_equal(site("energy"), line_of(json, "energy.grid_energy") / 1e3));
  CHECK(page_equal(site("carbon"), line_of(json, "carbon.carbon_location_based") / 1e6));
  CHECK(site("hours from UTC") == -5);
  CHECK(site("may draw") == doctest::Approx(0.03));
  const PageFigure& scatter = figure_of(page, "sites_price_carbon");
  CHECK(page_equal(cell_of(scatter, "price of the grid", 0), site("price")));
  CHECK(page_equal(cell_of(scatter, "carbon of the grid", 0), site("grid carbon")));
}

TEST_CASE("what stands ends at the plan's power; energy of the hours is that of the year") {
  const auto& [page, json] = small_fleet();
  for (const char* figure : {"gigawatts_by_phase", "gigawatts_by_vendor"}) {
    CAPTURE(figure);
    const PageFigure& stands = figure_of(page, figure);
    const auto& values = std::get<LineChart>(stands.chart).values;
    CHECK(page_equal(stack_sums(stands, values).back(), line_of(json, "delivered.power"), 1e-5));
  }
  const PageFigure& hours = figure_of(page, "last_weeks_by_hour");
  const PageFigure& periods = figure_of(page, "grid_by_period");
  const std::vector<double>& high = numbers_of(periods, "highest hour");
  const double most = *std::max_element(high.begin(), high.end());
  CHECK(page_equal(most, line_of(json, "energy.peak_grid"), 1e-5));
  const PageFigure& peaks = figure_of(page, "site_peaks");
  CHECK(page_equal(cell_of(peaks, "highest hour", 0), most, 1e-5));
  CHECK(page_equal(cell_of(peaks, "grid connection", 0), 0.03, 1e-5));
  CHECK(std::get<BarChart>(peaks.chart).limit == "grid connection");
  for (std::size_t row = 0; row < peaks.data.rows(); ++row)
    CHECK(cell_of(peaks, "highest hour", row) <=
          cell_of(peaks, "grid connection", row) * (1 + 1e-6));
  double grams = 0;
  for (std::size_t i = 0; i < periods.data.rows(); ++i) {
    CHECK(cell_of(periods, "lowest hour", i) <= cell_of(periods, "mean", i) * (1 + 1e-5));
    CHECK(cell_of(periods, "mean", i) <= cell_of(periods, "highest hour", i) * (1 + 1e-5));
    grams += cell_of(periods, "carbon", i);
  }
  CHECK(page_equal(grams * 1e3, line_of(json, "carbon.carbon_location_based"), 1e-5));
  // Drawn in an hour at the grid's intensity is the hour's carbon.
  const double intensity = line_of(json, "carbon.intensity_location");  // g/kWh
  for (std::size_t i = 0; i < hours.data.rows(); i += 97)
    CHECK(page_equal(cell_of(hours, "carbon of the hour", i),
                     cell_of(hours, "drawn", i) * 1e6 * intensity / 1e9, 1e-4));
  const PageFigure& week = figure_of(page, "peak_week");
  const std::vector<double> drawn = stack_sums(week, std::get<LineChart>(week.chart).values);
  for (std::size_t i = 0; i < drawn.size(); i += 13)
    CHECK(
        page_equal(cell_of(week, "carbon of the hour", i), drawn[i] * 1e6 * intensity / 1e9, 1e-4));
}

TEST_CASE("money over time ends at the answer's cash; work's cost is that of its tokens") {
  const auto& [page, json] = small_fleet();
  const PageFigure& cash = figure_of(page, "running_cash");
  for (std::size_t i = 0; i < cash.data.rows(); ++i)
    CHECK(std::abs(cell_of(cash, "together", i) - cell_of(cash, "received", i) -
                   cell_of(cash, "spent", i)) <= 1e-5);
  CHECK(page_equal(numbers_of(cash, "received").back() * kBillion, line_of(json, "money.revenue"),
                   1e-5));
  const PageFigure& quarters = figure_of(page, "cash_by_quarter");
  for (const auto& [column, line] : {std::pair{"hardware capital", "money.hardware_capital"},
                                     {"upkeep", "money.upkeep"},
                                     {"facility capital", "money.facility_capital"},
                                     {"grid cost", "money.grid_cost"},
                                     {"revenue", "money.revenue"}})
    CHECK(page_equal(sum_of(numbers_of(quarters, column)) * kBillion, line_of(json, line), 1e-5));
  const std::vector<double> together =
      stack_sums(quarters, std::get<BarChart>(quarters.chart).values);
  for (std::size_t i = 0; i < together.size(); ++i)
    CHECK(std::abs(cell_of(quarters, "together", i) - together[i]) <= 1e-5);
  const PageFigure& costs = figure_of(page, "cost_by_workload");
  for (const std::size_t w : {0, 1}) {
    const std::string place = "costs/by_workload/" + std::to_string(w) + "/";
    const std::string name =
        *json.find("costs")->find("by_workload")->array()->at(w).find("workload")->text();
    CHECK(page_equal(sum_of(numbers_of(costs, name)) * kBillion,
                     number_at_path(json, place + "cost_usd"), 1e-5));
  }
  const PageFigure& tokens = figure_of(page, "cost_of_tokens");
  CHECK(page_equal(numbers_of(tokens, "chat").back(),
                   number_at_path(json, "costs/by_workload/1/usd_per_million_tokens"), 1e-3));
}

TEST_CASE("carbon and energy by use and by month") {
  const auto& [page, json] = small_fleet();
  const PageFigure& uses = figure_of(page, "energy_by_use");
  for (const auto& [column, line] : {std::pair{"racks", "energy.rack_energy"},
                                     {"cooling and building", "energy.cooling_energy"},
                                     {"lost in delivery", "energy.delivery_loss"}})
    CHECK(page_equal(sum_of(numbers_of(uses, column)), -line_of(json, line), 1e-5));
  const PageFigure& carbon = figure_of(page, "carbon_by_month");
  CHECK(page_equal(sum_of(numbers_of(carbon, "all, market-based")) * 1e3,
                   line_of(json, "carbon.carbon_market_based"), 1e-5));
  CHECK(page_equal(sum_of(numbers_of(carbon, "embodied, at delivery")) * 1e3,
                   line_of(json, "carbon.carbon_embodied"), 1e-5));
  const double intensity = line_of(json, "carbon.intensity_location");
  for (const double each : numbers_of(figure_of(page, "carbon_intensity"), "carbon intensity"))
    if (!std::isnan(each)) CHECK(page_equal(each, intensity, 1e-5));
}

TEST_CASE("accelerator-time and classes of jobs") {
  const auto [page, json] = replied(scenario_question("simulate jobs", "jobs/philly.toml"));
  check_columns(page, json,
                {{"by_size", "jobs", "", "classes/*/jobs"},
                 {"by_size", "ended", "", "classes/*/finished"},
                 {"by_size", "waits", "h", "classes/*/wait_s/mean", 1 / kAnHour},
                 {"by_size", "waits, 95 %", "h", "classes/*/wait_s/p95", 1 / kAnHour},
                 {"by_size", "ends after", "h", "classes/*/completion_s/mean", 1 / kAnHour},
                 {"by_size", "ends after, 95 %", "h", "classes/*/completion_s/p95", 1 / kAnHour},
                 {"by_size", "slowdown", "", "classes/*/slowdown"},
                 {"by_size", "accelerator-hours", "h", "classes/*/accelerator_s", 1 / kAnHour},
                 {"by_size", "stopped", "times", "classes/*/interruptions"}});
  const PageFigure& time = figure_of(page, "accelerator_time");
  std::vector<double> said;
  for (const char* key : {"useful_s", "lost_s", "overhead_s", "idle_s", "spare_s", "repair_s",
                          "outage_s", "maintenance_s"}) {
    const double seconds = number_at_path(json, std::string("accelerator_time/") + key);
    if (seconds > 0) said.push_back(seconds);
  }
  const double all = number_at_path(json, "accelerator_time/total_s");
  REQUIRE(time.data.rows() == said.size());
  for (std::size_t i = 0; i < said.size(); ++i) {
    CHECK(page_equal(cell_of(time, "hours", i), said[i] / kAnHour));
    CHECK(page_equal(cell_of(time, "share", i), 100 * said[i] / all));
  }
  const PageFigure& use = figure_of(page, "use");
  const std::vector<double>& busy = numbers_of(use, "with a job");
  double most = 0;
  for (const double each : busy) most = std::max(most, each);
  CHECK(most <= 64 * 8);
  // The mean over the course is the utilisation, up to what thinning keeps of its peaks.
  CHECK(numbers_of(use, "time").back() <= number_at_path(json, "makespan_s") / 86400 * (1 + 1e-6));
  CHECK(numbers_of(use, "time").back() >= 0.9 * number_at_path(json, "makespan_s") / 86400);
}

TEST_CASE("a purchase plan by quarter") {
  const auto [page, json] = replied(scenario_question("plan fleet", "fleet/procurement.toml"));
  check_columns(page, json,
                {{"energy", "energy", "GWh", "quarters/*/energy_mwh", 1e-3},
                 {"energy", "carbon", "ktCO2e", "quarters/*/carbon_tonnes", 1e-3},
                 {"energy", "electricity", "million USD", "quarters/*/energy_usd", 1 / kMillion},
                 {"limits", "gives", "", "limits/*/price"}});
  std::vector<double> said;
  for (const char* part :
       {"hardware", "facility", "upkeep", "energy", "on_demand", "carbon", "unmet"}) {
    const double usd_of_part = number_at_path(json, std::string("present_cost_usd/") + part);
    if (usd_of_part > 0) said.push_back(usd_of_part / kBillion);
  }
  said.push_back(-number_at_path(json, "present_cost_usd/residual") / kBillion);
  const std::vector<double>& shown = numbers_of(figure_of(page, "present_cost"), "present value");
  REQUIRE(shown.size() == said.size());
  for (std::size_t i = 0; i < said.size(); ++i) CHECK(page_equal(shown[i], said[i]));
  const PageFigure& spent = figure_of(page, "spending");
  for (const auto& [column, key] :
       {std::pair{"hardware", "purchases/*/hardware_usd"}, {"halls", "purchases/*/facility_usd"}})
    CHECK(page_equal(sum_of(numbers_of(spent, column)) * kBillion, sum_of(numbers_at(json, key)),
                     1e-5));
}

TEST_CASE("a deal's tranches and warrants") {
  Question question = question_of("value deal");
  question.options.set("deal", "amd_meta_2026");
  const auto [page, json] = replied(question);
  const std::string tranches = "warrants/positions/0/tranches/*/";
  const std::string worth = "warrants/positions/*/";
  check_columns(
      page, json,
      {{"deal_tranches", "hurdle", "USD", tranches + "hurdle_usd"},
       {"deal_tranches", "shares", "million", tranches + "shares", 1 / kMillion},
       {"deal_tranches", "delivered in time", "%", tranches + "in_time/mean", 100},
       {"deal_tranches", "vests", "%", tranches + "vests/mean", 100},
       {"deal_tranches", "error of vests", "%", tranches + "vests/error", 100},
       {"deal_tranches", "worth", "BUSD", tranches + "value_usd/mean", 1 / kBillion},
       {"warrants_on_the_share", "worth", "BUSD", worth + "value_usd/mean", 1 / kBillion},
       {"warrants_on_the_share", "5 %", "BUSD", worth + "value_percentiles_usd/p5", 1 / kBillion},
       {"warrants_on_the_share", "95 %", "BUSD", worth + "value_percentiles_usd/p95", 1 / kBillion},
       {"warrants_on_the_share", "shares that vest", "million", worth + "shares/mean",
        1 / kMillion},
       {"warrants_on_the_share", "worth if dilution is unforeseen", "BUSD",
        worth + "value_if_dilution_unforeseen_usd/mean", 1 / kBillion}});
  const PageFigure& distribution = figure_of(page, "deal_distribution");
  CHECK(sum_of(numbers_of(distribution, "paths")) == doctest::Approx(100).epsilon(1e-5));
  const std::vector<double>& so_far = numbers_of(distribution, "paths so far");
  double sum = 0;
  for (std::size_t i = 0; i < so_far.size(); ++i) {
    sum += cell_of(distribution, "paths", i);
    CHECK(so_far[i] == doctest::Approx(sum).epsilon(1e-5));
  }
  CHECK(page_equal(numbers_of(figure_of(page, "deal_vesting"), "shares vested, mean").back(),
                   number_at_path(json, "warrants/positions/0/shares/mean") / kMillion, 1e-5));
}
