#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "base/csv.hpp"
#include "report/fleet_costs.hpp"
#include "report/fleet_csv.hpp"
#include "report/fleet_json.hpp"
#include "report/fleet_limits.hpp"
#include "report/fleet_lines.hpp"
#include "report/fleet_table.hpp"
#include "report/fleet_text.hpp"

using namespace polyfleet;

namespace {

/// Two sites, an owned and a rented phase, chat and one training run; 4 periods of 7 days over the
/// turn of a year.
FleetAnswer small_fleet_answer() {
  FleetAnswer answer;
  FleetModel& model = answer.model;
  model.name = "two sites";
  model.time = FleetTime({2026, 12, 17}, {2027, 1, 14}, 7);
  model.sites.resize(2);
  model.sites[0].id = "north";
  model.sites[1].id = "south";
  model.classes.resize(2);
  model.classes[0].id = "amd";
  model.classes[0].vendor = "AMD";
  model.classes[1].id = "nv";
  model.classes[1].vendor = "NVIDIA";
  model.phases.resize(2);
  model.phases[0].id = "p0";
  model.phases[0].program = "six";
  model.phases[1].id = "p1";
  model.phases[1].site = 1;
  model.phases[1].device_class = 1;
  model.phases[1].ownership = Ownership::take_or_pay;
  model.phases[1].energy_included = true;
  model.workloads.resize(2);
  model.workloads[0].id = "chat";
  model.workloads[0].unit = "output tokens";
  model.workloads[0].must = true;
  model.workloads[1].id = "train";
  model.workloads[1].unit = "training tokens";
  model.workloads[1].flops_per_unit = 6e9;
  Campaign campaign;
  campaign.id = "run1";
  campaign.deadline = 300;
  campaign.amount = 1e12;
  model.workloads[1].campaigns = {campaign};
  model.assumptions = {"nothing is known of the price of water"};
  FleetRun& run = answer.run;
  run.groups.resize(2);
  run.groups[0].phases = {0};
  run.groups[0].name = "amd at north";
  run.groups[1].site = 1;
  run.groups[1].device_class = 1;
  run.groups[1].phases = {1};
  run.groups[1].name = "nv at south";
  const double week = 7 * 86400.0;
  for (int period = 0; period < 4; ++period) {
    GroupPeriod amd, nv;
    amd.installed = amd.in_service = 100;
    amd.in_use = {75, 25};
    nv.installed = nv.in_service = 10;
    nv.in_use = {0, 10};
    run.periods.push_back({amd, nv});
    const auto add = [&](Account account, int site, int phase, int workload, double amount) {
      LedgerRow row;
      row.period = period;
      row.account = account;
      row.site = site;
      row.phase = phase;
      row.workload = workload;
      row.amount = amount;
      run.ledger.add(row);
    };
    add(Account::installed, 0, 0, -1, 100 * week);
    add(Account::installed, 1, 1, -1, 10 * week);
    add(Account::in_use, 0, 0, 0, 75 * week);
    add(Account::installed_power, 0, 0, -1, (period + 1) * 1e9 * week);
    add(Account::installed_power, 1, 1, -1, 5e8 * week);
    add(Account::grid_energy, 0, -1, -1, 3.6e12);
    add(Account::rack_energy, 0, -1, 0, -3e12);
    add(Account::cooling_energy, 0, -1, -1, -6e11);
    add(Account::carbon_location, 0, -1, -1, 3e8);
    add(Account::grid_cost, 0, -1, -1, -1000);
    add(Account::partner_rent, 1, 1, -1, -500);
    add(Account::revenue, 0, -1, 0, 5000);
    add(Account::output_units, 0, -1, 0, 1e6);
    add(Account::output_tokens, 0, -1, 0, 2e6);
    if (period == 0) add(Account::hardware_capital, 0, 0, -1, -8000);
    if (period == 0) add(Account::facility_capital, 0, -1, -1, -2000);
    if (period == 3) add(Account::residual_value, 0, 0, -1, 6000);
  }
  run.binding = {{{"power of north", "MW", 2000, "USD", 2e6}},
                 {{"power of north", "MW", 4000, "USD", 4e6},
                  {"capacity of nv at south", "accelerators", 1, "USD", 10}},
                 {},
                 {}};
  ProgramMilestones program;
  program.program = "six";
  program.gigawatts = {0, 168, 336, 504};
  program.accepted_at_end = 4;
  run.programs = {program};
  CampaignOutcome outcome;
  outcome.workload = 1;
  outcome.id = "run1";
  outcome.finished = 252;
  outcome.done = outcome.amount = 1e12;
  outcome.where = "nv at south";
  run.campaigns = {outcome};
  return answer;
}

double value_of(const std::vector<FleetLine>& lines, const char* key, std::size_t slice) {
  const FleetLine* const line = find_line(lines, key);
  REQUIRE_MESSAGE(line != nullptr, key);
  return line->values[slice];
}

}  // namespace

TEST_CASE("a slice is a whole number of periods, by the first day of each") {
  const FleetAnswer answer = small_fleet_answer();
  const auto years = fleet_slices(answer.model.time, FleetSliceKind::year);
  REQUIRE(years.size() == 2);
  CHECK(years[0].name == "2026");
  CHECK(years[0].end == 3);  // the week from 31 December belongs to 2026
  CHECK(years[1].first == 3);
  CHECK(years[1].end == 4);
  const auto quarters = fleet_slices(answer.model.time, FleetSliceKind::quarter);
  CHECK(quarters[0].name == "2026 Q4");
  CHECK(quarters[1].name == "2027 Q1");
}

TEST_CASE("lines are sums, means and ends of ledger rows") {
  const FleetAnswer answer = small_fleet_answer();
  const auto years = fleet_slices(answer.model.time, FleetSliceKind::year);
  const auto lines = fleet_lines(answer.model, answer.run, years);
  CHECK(value_of(lines, "delivered.program.six", 0) == doctest::Approx(3));
  CHECK(value_of(lines, "delivered.program.six", 1) == doctest::Approx(4));
  CHECK(value_of(lines, "capacity.power", 0) == doctest::Approx(2.5));
  CHECK(value_of(lines, "capacity.power.south", 0) == doctest::Approx(0.5));
  CHECK(value_of(lines, "energy.grid_energy", 0) == doctest::Approx(3));
  CHECK(value_of(lines, "energy.rack_energy", 1) == doctest::Approx(-3 / 3.6));
  CHECK(value_of(lines, "energy.meter_over_racks", 0) == doctest::Approx(1.2));
  CHECK(value_of(lines, "carbon.intensity_location", 1) == doctest::Approx(300));
  CHECK(value_of(lines, "use.chat.amd", 1) == doctest::Approx(75));
  CHECK(value_of(lines, "output.chat.done", 0) == 3e6);
  CHECK(value_of(lines, "money.revenue", 0) == 15000);
  CHECK(find_line(lines, "money.cash")->total == 20000 - 4000 - 2000 - 8000 - 2000);
  CHECK(find_line(lines, "energy.generated_energy") == nullptr);  // zero throughout
  std::set<std::string> keys;
  for (const FleetLine& line : lines) {
    CHECK_MESSAGE(keys.insert(line.key).second, line.key);
    CHECK_MESSAGE(!line.from.empty(), line.key);
    if (line.kind != LineKind::sum) continue;
    double sum = 0;
    for (const double value : line.values) sum += value;
    CHECK_MESSAGE(sum == doctest::Approx(line.total).epsilon(1e-12), line.key);
  }
}

TEST_CASE("costs: phases and workloads sum to the ledger; electricity goes to those that pay it") {
  const FleetAnswer answer = small_fleet_answer();
  const FleetCosts costs = fleet_costs(answer.model, answer.run);
  CHECK(costs.total() / usd == doctest::Approx(8000 + 2000 - 6000 + 4000 + 2000));
  CHECK(costs.phases[0].capital / usd == doctest::Approx(2000));
  CHECK(costs.phases[0].facility / usd == doctest::Approx(2000));
  CHECK(costs.phases[0].energy / usd == doctest::Approx(4000));
  CHECK(costs.phases[1].total() / usd == doctest::Approx(2000));
  CHECK(costs.workloads[0].cost / usd == doctest::Approx(0.75 * 8000));
  CHECK(costs.workloads[1].cost / usd == doctest::Approx(0.25 * 8000 + 2000));
  CHECK(costs.idle == Usd{});
  CHECK(costs.unplaced == Usd{});
  CHECK(cost_of(costs, answer.model, Ownership::take_or_pay).rent / usd == doctest::Approx(2000));
  CHECK(cost_of(costs, answer.run, answer.run.campaigns[0]) / usd == doctest::Approx(4000));
}

TEST_CASE("costs without a place stay visible") {
  FleetAnswer answer = small_fleet_answer();
  LedgerRow row;
  row.account = Account::upkeep;
  row.amount = -70;
  answer.run.ledger.add(row);
  answer.run.groups[1].phases = {};
  const FleetCosts costs = fleet_costs(answer.model, answer.run);
  CHECK(costs.unplaced / usd == doctest::Approx(70));
  CHECK(costs.total() / usd == doctest::Approx(10070));
}

TEST_CASE("net present value discounts the cash of the middle of each period") {
  FleetAnswer answer = small_fleet_answer();
  CHECK(net_present_value(answer.model, answer.run.ledger) / usd == doctest::Approx(10000));
  answer.model.finance.discount = 0.1;
  const double first = std::pow(1.1, -3.0 / 365), step = std::pow(1.1, -7.0 / 365);
  const double running = 5000 - 500 - 1000;
  const double wanted =
      first * (running * (1 + step + step * step) + (running + 6000) * step * step * step - 10000);
  CHECK(net_present_value(answer.model, answer.run.ledger) / usd == doctest::Approx(wanted));
}

TEST_CASE("limits join over periods; a missed demand names what binds in its worst period") {
  FleetAnswer answer = small_fleet_answer();
  const auto limits = limit_summaries(answer.run.binding);
  REQUIRE(limits.size() == 2);
  CHECK(limits[0].what == "power of north");
  CHECK(limits[0].periods == 2);
  CHECK(limits[0].mean == 3000);
  CHECK(limits[0].most == 4000);
  CHECK(missed_demands(answer.model, answer.run).empty());
  Shortfall early, late;
  early.period = 1;
  early.unmet = {5, 0};
  late.period = 2;
  late.unmet = {9, 0};
  late.binding = {{"power of north", "MW", 123, "USD", 123}};
  answer.run.shortfalls = {early, late};
  const auto missed = missed_demands(answer.model, answer.run);
  REQUIRE(missed.size() == 1);
  CHECK(missed[0].periods == 2);
  CHECK(missed[0].worst == 2);
  const std::string verdict = fleet_verdict(answer);
  CHECK(verdict.find("chat: 2 periods from 2026-12-24 to 2026-12-31") != std::string::npos);
  CHECK(verdict.find("bound by power of north: one more (MW) saves 123 USD a week") !=
        std::string::npos);
}

TEST_CASE("units grow with the amount") {
  CHECK(amount_text(3.2e9, "USD") == "3.2 billion USD");
  CHECK(amount_text(-3.2e6, "USD") == "-3.2 million USD");
  CHECK(amount_text(4.5e25, "FLOP") == "4.5e+25 FLOP");
  CHECK(amount_text(1500, "GWh") == "1.5 TWh");
  CHECK(amount_text(2e12, "output tokens") == "2 trillion output tokens");
  CHECK(amount_text(12, "videos") == "12 videos");
  CHECK(number_text(123456.7) == "123457");
  CHECK(number_text(1e-17) == "0");
  CHECK(row_number(0.004, 806.3) == "0");
  CHECK(row_number(20.48, 806.3) == "20.5");
  CHECK(row_number(-0.005, 5.488) == "-0.005");
  CHECK(row_number(4798324, 7742203) == "4798324");
}

TEST_CASE("the page names what a reader asks for") {
  const FleetAnswer answer = small_fleet_answer();
  const std::string text = fleet_text(answer, {FleetSliceKind::year, true}, {0, false});
  for (const char* part :
       {"every demand that must be met is met", "GW 1 2026-12-17, GW 2 2026-12-24", "run1",
        "nv at south", "power of north", "partner, take or pay", "net present value",
        "nothing is known of the price of water", "energy.meter_over_racks"})
    CHECK_MESSAGE(text.find(part) != std::string::npos, std::string(part), "\n", text);
  const std::string narrow = fleet_text(answer, {FleetSliceKind::quarter, false}, {60, false});
  CHECK(narrow.find("2027 Q1") != std::string::npos);
}

TEST_CASE("the JSON is the same study, and reads back") {
  const FleetAnswer answer = small_fleet_answer();
  const auto json = parse_json(to_json(fleet_json(answer, FleetSliceKind::year)), "answer");
  REQUIRE(json.has_value());
  CHECK(*json->find("study")->find("feasible")->boolean());
  const Value* const line = json->find("lines")->find("energy.grid_energy");
  REQUIRE(line != nullptr);
  CHECK(*line->find("all")->number() == doctest::Approx(4));
  CHECK(*line->find("by")->find("2027")->number() == doctest::Approx(1));
  CHECK(*json->find("costs")->find("total_usd")->number() == doctest::Approx(10000));
  CHECK((*json->find("campaigns")->array())[0].find("ends")->text()->substr(0, 4) == "2026");
}

TEST_CASE("CSV files: the ledger's rows sum to its totals, and readers take every file") {
  const FleetAnswer answer = small_fleet_answer();
  double grid = 0;
  for (const auto& [name, content] : fleet_csv(answer, true)) {
    CAPTURE(name);
    CHECK(content.front() == '#');
    const auto table = CsvTable::parse(content, name);
    REQUIRE_MESSAGE(table.has_value(), (table ? "" : to_text(table.problems())));
    CHECK(!table->rows().empty());
    if (name != "ledger.csv") continue;
    CHECK(table->rows().size() == answer.run.ledger.rows().size());
    const auto columns = table->require({"account", "amount", "unit"});
    REQUIRE(columns.has_value());
    for (const CsvRow& row : table->rows()) {
      if (row.cells[(*columns)[0]] == "grid energy")
        grid += *parse_number(row.cells[(*columns)[1]]);
    }
  }
  CHECK(grid == doctest::Approx(answer.run.ledger.total(Account::grid_energy)));
}
