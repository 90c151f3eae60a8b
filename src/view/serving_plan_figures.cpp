// Plans of a service side by side: proposed ones as a table, all of the front as points, refused
// configurations by reason.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/serving_plan_text.hpp"
#include "view/serving_plan_page.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

/// Vendors of a plan: "AMD", "AMD and NVIDIA".
std::string vendors_of(const ServingPlanQuestion& question, const ServingPlan& plan) {
  std::vector<std::string> vendors;
  for (const PlannedPool& pool : plan.pools) {
    const std::string& vendor = question.offers[question.kinds[pool.kind].offer].vendor;
    if (std::find(vendors.begin(), vendors.end(), vendor) == vendors.end())
      vendors.push_back(vendor);
  }
  std::sort(vendors.begin(), vendors.end());
  std::string text;
  for (const std::string& vendor : vendors) text += (text.empty() ? "" : " and ") + vendor;
  return text;
}

/// Plans as columns.
class PlanTable {
 public:
  explicit PlanTable(const ServingPlanQuestion& question) : question_(question) {}

  void add(const ServingPlan& plan, std::string mark) {
    const ServingDemand& demand = question_.demand;
    const double tokens = demand.requests_per_second * demand.shape.output_tokens;
    marks_.push_back(std::move(mark));
    vendors_.push_back(vendors_of(question_, plan));
    names_.push_back(serving_plan_name(question_, plan));
    accelerators_.push_back(static_cast<double>(plan.accelerators));
    cost_.push_back(plan.cost ? *plan.cost / usd_per_hour : kUnknown);
    per_million_.push_back(plan.cost ? *plan.cost * second / usd / tokens * 1e6 : kUnknown);
    power_.push_back(plan.power ? *plan.power / kilowatt : kUnknown);
    energy_.push_back(plan.power ? *plan.power / watt / tokens : kUnknown);
    ttft_.push_back(plan.mean.ttft / millisecond);
    tpot_.push_back(plan.mean.tpot / millisecond);
    whole_.push_back(plan.mean.end_to_end / second);
  }
  bool empty() const { return names_.empty(); }
  bool priced() const { return known(cost_); }
  bool powered() const { return known(energy_); }

  DataTable table() const {
    DataTable table;
    table.word("standing", marks_).word("vendors", vendors_);
    table.number("accelerators", "", accelerators_).number("cost", "USD/h", cost_);
    table.number("cost of output", "USD/Mtoken", per_million_).number("power", "kW", power_);
    table.number("energy of output", "J/token", energy_).number("mean TTFT", "ms", ttft_);
    table.number("mean TPOT", "ms", tpot_).number("mean end to end", "s", whole_);
    return table.word("plan", names_);
  }

 private:
  static bool known(const std::vector<double>& values) {
    return std::any_of(values.begin(), values.end(), [](double value) { return value == value; });
  }
  const ServingPlanQuestion& question_;
  std::vector<std::string> names_, vendors_, marks_;
  std::vector<double> accelerators_, cost_, per_million_, power_, energy_, ttft_, tpot_, whole_;
};

const std::vector<std::string>& closed_form() {
  static const std::vector<std::string> texts{
      "Latencies of plans are means of the closed form (proposals); the chosen plan's are "
      "simulated "
      "in its own section."};
  return texts;
}

/// 1 for points that no other beats in both, else 0.
std::vector<double> front_of(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> front;
  for (std::size_t i = 0; i < x.size(); ++i) {
    bool beaten = std::isnan(x[i]) || std::isnan(y[i]);
    for (std::size_t j = 0; j < x.size(); ++j)
      beaten = beaten || (x[j] <= x[i] && y[j] <= y[i] && (x[j] < x[i] || y[j] < y[i]));
    front.push_back(beaten ? 0 : 1);
  }
  return front;
}

PageFigure front_figure(const PlanTable& plans, const char* id, const char* title, const char* x,
                        const char* y) {
  PageFigure figure;
  figure.id = id;
  figure.title = title;
  figure.reading =
      "Each point is a plan that meets the targets and that no other beats in cost, energy and "
      "latency at once; left and down is better, and the line joins those that none beats in these "
      "two.";
  figure.data = plans.table();
  figure.data.number("best of these two", "",
                     front_of(figure.data.find(x)->numbers, figure.data.find(y)->numbers));
  ScatterChart chart{.x = x, .y = y};
  chart.group = "vendors";
  chart.label = "plan";
  chart.joined = "best of these two";
  figure.chart = std::move(chart);
  figure.assumptions = closed_form();
  return figure;
}

/// ", holds": what the simulation made of a proposal; empty where none was simulated.
std::string fate_text(const ServingPlanAnswer& answer, std::size_t proposal) {
  const std::vector<ProposalFate>& fates = answer.checked.fates;
  return fates.empty() ? std::string() : fmt::format(", {}", name_of(fates[proposal]));
}

PageFigure best_figure(const ServingPlanAnswer& answer) {
  const ServingPlanQuestion& question = answer.question;
  PlanTable plans(question);
  const std::size_t shown = std::min(question.top, answer.result.best.size());
  for (std::size_t i = 0; i < shown; ++i)
    plans.add(answer.result.best[i], fmt::format("plan {}{}", i + 1, fate_text(answer, i)));
  PageFigure figure;
  figure.id = "best_plans";
  figure.title = "The best plans";
  figure.reading = fmt::format(
      "By {}, as the closed form proposes them; simulation then decides. No mixture of the "
      "considered points is better than the first by more than {:.2g} %.",
      name_of(question.objective), 100 * answer.result.gap);
  figure.data = plans.table();
  BarChart chart{.category = "standing", .horizontal = true};
  chart.values = {plans.priced()    ? "cost of output"
                  : plans.powered() ? "energy of output"
                                    : "accelerators"};
  figure.chart = std::move(chart);
  figure.assumptions = closed_form();
  return figure;
}

/// A word for a reason, for the picture; the table has all of it.
const char* short_name(ServingRefusal reason) {
  switch (reason) {
    case ServingRefusal::impossible:
      return "not possible";
    case ServingRefusal::memory:
      return "memory";
    case ServingRefusal::targets:
      return "latency target";
    case ServingRefusal::stock:
      return "stock";
    case ServingRefusal::power:
      return "power cap";
    case ServingRefusal::vendor_share:
      return "vendor share";
    case ServingRefusal::unknown_figure:
      return "unknown figure";
    case ServingRefusal::path:
      return "no path";
  }
  return "";
}

}  // namespace

std::string serving_plan_name(const ServingPlanQuestion& question, const ServingPlan& plan) {
  std::string text;
  for (const PlannedPool& pool : plan.pools)
    text += (text.empty() ? "" : "; ") + pool_text(question, pool);
  return text;
}

FigureSection plan_choice_section(const ServingPlanAnswer& answer) {
  FigureSection section{"Plans", {}};
  if (!answer.result.best.empty()) section.figures.push_back(best_figure(answer));
  PlanTable front(answer.question);
  for (const ServingPlan& plan : answer.result.front) front.add(plan, "front");
  if (front.empty()) return section;
  const bool priced = front.priced(), powered = front.powered();
  if (priced)
    section.figures.push_back(front_figure(front, "front_latency", "Cost against latency",
                                           "mean end to end", "cost of output"));
  if (priced && powered)
    section.figures.push_back(front_figure(front, "front_energy", "Cost against energy",
                                           "energy of output", "cost of output"));
  if (powered)
    section.figures.push_back(front_figure(front, "front_energy_latency", "Energy against latency",
                                           "mean end to end", "energy of output"));
  return section;
}

FigureSection plan_refusal_section(const ServingPlanAnswer& answer) {
  const ServingPlanCounts& counts = answer.result.counts;
  FigureSection section{"What was considered", {}};
  PageFigure account;
  account.id = "considered";
  account.title = "Every configuration has an end";
  account.reading = fmt::format(
      "{} configurations of {} kinds of replicas: feasible, no better in anything than another, or "
      "refused.",
      counts.configurations, counts.kinds);
  account.data.word("end", {"feasible", "no better than another", "refused"});
  account.data.number("configurations", "",
                      {static_cast<double>(counts.feasible), static_cast<double>(counts.dominated),
                       static_cast<double>(counts.refused)});
  account.chart = BarChart{.category = "end", .values = {"configurations"}, .horizontal = true};
  section.figures.push_back(std::move(account));
  if (answer.result.refused.empty()) return section;
  std::vector<std::string> groups, reasons, offers, nearest;
  std::vector<double> refused, excess;
  for (const RefusedConfigurations& each : answer.result.refused) {
    reasons.emplace_back(name_of(each.reason));
    offers.push_back(each.offer);
    groups.push_back(fmt::format("{}: {}", each.offer, short_name(each.reason)));
    refused.push_back(static_cast<double>(each.configurations));
    nearest.push_back(each.nearest);
    excess.push_back(each.excess);
  }
  PageFigure figure;
  figure.id = "refused";
  figure.title = "Why configurations were refused";
  figure.reading =
      "By offer and reason, on a logarithmic scale; the table tells for each the configuration "
      "that "
      "misses by least.";
  figure.data.word("offer and reason", std::move(groups));
  figure.data.number("configurations", "", std::move(refused));
  figure.data.word("offer", std::move(offers)).word("reason", std::move(reasons));
  figure.data.word("nearest", std::move(nearest));
  figure.data.number("asked over allowed, of the nearest", "", std::move(excess));
  figure.chart = BarChart{.category = "offer and reason",
                          .values = {"configurations"},
                          .horizontal = true,
                          .scale = AxisScale::logarithmic};
  section.figures.push_back(std::move(figure));
  return section;
}

}  // namespace polyfleet
