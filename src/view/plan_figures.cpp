#include "view/plan_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "report/plan_rows.hpp"
#include "units/text.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

/// A plan as a point of the scatters.
struct PlanPoint {
  const PlannedPlan* plan = nullptr;
  std::string group;
};

constexpr const char* kFront = "Pareto front";
constexpr const char* kBest = "best plans";
constexpr const char* kFamily = "best of another family";

bool same_plan(const PlannedPlan& a, const PlannedPlan& b) {
  return a.time == b.time && a.memory == b.memory && cut_text(a.plan) == cut_text(b.plan) &&
         settings_text(a.plan) == settings_text(b.plan);
}

/// Every plan that the answer knows, once: the front, then the best, then families within twice
/// the best time.
std::vector<PlanPoint> points_of(const PlanSearchResult& result) {
  constexpr double kNear = 2;
  std::vector<PlanPoint> points;
  const auto add = [&](const PlannedPlan& plan, const char* group) {
    const bool known = std::any_of(points.begin(), points.end(), [&](const PlanPoint& each) {
      return same_plan(*each.plan, plan);
    });
    if (!known) points.push_back({&plan, group});
  };
  for (const PlannedPlan& plan : result.front) add(plan, kFront);
  for (const PlannedPlan& plan : result.best) add(plan, kBest);
  for (const PlanFamily& family : result.families) {
    if (family.best && family.best->time <= kNear * result.best.front().time)
      add(*family.best, kFamily);
  }
  return points;
}

/// What a plan is asked for beside its time.
struct PlanMeasure {
  std::string id, title, name, unit;
  bool more_is_better = false;
  std::function<double(const PlannedPlan&)> value;
};

const std::vector<PlanMeasure>& plan_measures() {
  static const std::vector<PlanMeasure> all{
      {"front_energy", "Time against energy", "energy of a step", "kWh", false,
       [](const PlannedPlan& p) { return p.energy ? *p.energy / kilowatt_hour : kUnknown; }},
      {"front_cost", "Time against cost", "cost of a step", "USD", false,
       [](const PlannedPlan& p) { return p.cost ? *p.cost / usd : kUnknown; }},
      {"front_memory", "Time against free memory", "free memory", "%", true,
       [](const PlannedPlan& p) { return 100 * p.head_room; }},
  };
  return all;
}

/// 1 for points of the front that no other point of it beats in time and this measure together.
std::vector<double> joined(const std::vector<PlanPoint>& points, const PlanMeasure& measure) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].group == kFront && !std::isnan(measure.value(*points[i].plan)))
      order.push_back(i);
  }
  const auto worth = [&](std::size_t i) {
    const double value = measure.value(*points[i].plan);
    return measure.more_is_better ? -value : value;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const Seconds one = points[a].plan->time, other = points[b].plan->time;
    return one != other ? one < other : worth(a) < worth(b);
  });
  std::vector<double> marks(points.size(), 0);
  double least = std::numeric_limits<double>::infinity();
  for (const std::size_t i : order) {
    if (worth(i) >= least) continue;
    least = worth(i);
    marks[i] = 1;
  }
  return marks;
}

PageFigure front_figure(const PlanAnswer& answer, const std::vector<PlanPoint>& points,
                        const PlanMeasure& measure) {
  PageFigure figure{.id = measure.id, .title = measure.title};
  std::vector<std::string> groups, labels;
  std::vector<double> times, values;
  std::size_t front = 0;
  for (const PlanPoint& point : points) {
    groups.push_back(point.group);
    labels.push_back(
        fmt::format("{}; {}", cut_text(point.plan->plan), settings_text(point.plan->plan)));
    times.push_back(point.plan->time / second);
    values.push_back(measure.value(*point.plan));
    if (point.group == kFront) ++front;
  }
  figure.reading = fmt::format(
      "The joined points are plans that no other beats in both. {} plans are not beaten in time, "
      "energy, cost and free memory together; others are shown where they stand near.",
      front);
  figure.chart = ScatterChart{
      .x = "step time", .y = measure.name, .group = "plans", .label = "plan", .joined = "joined"};
  figure.data.number("step time", "s", std::move(times))
      .number(measure.name, measure.unit, std::move(values))
      .word("plans", std::move(groups))
      .word("plan", std::move(labels))
      .number("joined", "", joined(points, measure));
  figure.assumptions = {fmt::format("The front holds plans within {} of the best.",
                                    times_text(answer.question.front_reach))};
  return figure;
}

/// What is known of a family's best step: of a plan, else its proven bound.
std::optional<Seconds> known_time(const PlanFamily& family) {
  return family.best ? std::optional(family.best->time) : family.best_time;
}

/// Values of one degree of freedom that a chart can show.
constexpr std::size_t kMostValues = 16;

/// The kMostValues families nearest to the best, in their own order; the others' values in words.
std::vector<const PlanFamily*> nearest(std::vector<const PlanFamily*> all, std::string& left_out) {
  if (all.size() <= kMostValues) return all;
  std::vector<const PlanFamily*> order = all;
  std::stable_sort(order.begin(), order.end(), [](const PlanFamily* a, const PlanFamily* b) {
    const auto one = known_time(*a), other = known_time(*b);
    return one && (!other || *one < *other);
  });
  order.resize(kMostValues);
  std::vector<const PlanFamily*> shown;
  for (const PlanFamily* family : all) {
    if (std::find(order.begin(), order.end(), family) != order.end()) {
      shown.push_back(family);
    } else {
      left_out += (left_out.empty() ? "" : ", ") + family->value;
    }
  }
  return shown;
}

/// Families of one degree of freedom.
PageFigure family_figure(const std::string& dimension, std::vector<const PlanFamily*> all,
                         Seconds best, std::size_t number) {
  PageFigure figure{.id = fmt::format("family_{}", number), .title = "By " + dimension};
  std::vector<std::string> values, kinds, reasons;
  std::vector<double> over, plans, fitting;
  std::string left_out;
  const std::size_t count = all.size();
  all = nearest(std::move(all), left_out);
  std::size_t unfit = 0;
  for (const PlanFamily* family : all) {
    const std::optional<Seconds> known = known_time(*family);
    values.push_back(family->value);
    over.push_back(known ? *known / best : kUnknown);
    kinds.emplace_back(!known          ? "none fits"
                       : family->exact ? "its best plan"
                       : family->best  ? "a good plan of it"
                                       : "at least");
    plans.push_back(static_cast<double>(family->plans));
    fitting.push_back(static_cast<double>(family->fitting));
    reasons.push_back(family->why);
    if (!known) ++unfit;
  }
  figure.reading = "Step time of the best plan with each value over that of the best plan of all.";
  if (unfit > 0)
    figure.reading += fmt::format(" {} {} no plan that fits or obeys the constraints.", unfit,
                                  unfit == 1 ? "value has" : "values have");
  if (!left_out.empty())
    figure.reading += fmt::format(" The {} nearest of {} values are drawn; further off: {}.",
                                  all.size(), count, left_out);
  figure.chart = BarChart{.category = "value", .values = {"over the best"}, .horizontal = true};
  figure.data.word("value", std::move(values))
      .number("over the best", "times", std::move(over))
      .word("what is known", std::move(kinds))
      .number("plans", "", std::move(plans))
      .number("found to fit", "", std::move(fitting))
      .word("why", std::move(reasons));
  figure.assumptions = {
      "Where a family was not searched to the end, its bar is a good plan of it "
      "or a proven lower bound; the table says which."};
  return figure;
}

}  // namespace

std::vector<PageFigure> front_figures(const PlanAnswer& answer) {
  std::vector<PageFigure> figures;
  if (answer.result.best.empty()) return figures;
  const std::vector<PlanPoint> points = points_of(answer.result);
  if (points.size() < 2) return figures;
  for (const PlanMeasure& measure : plan_measures()) {
    const bool known = std::any_of(points.begin(), points.end(), [&](const PlanPoint& point) {
      return !std::isnan(measure.value(*point.plan));
    });
    if (known) figures.push_back(front_figure(answer, points, measure));
  }
  return figures;
}

PageFigure best_plans_figure(const PlanSearchResult& result) {
  PageFigure figure{.id = "best_plans", .title = "The best plans"};
  std::vector<std::string> ranks;
  std::vector<const PlannedPlan*> plans;
  std::vector<double> times, over, energy, cost, free;
  for (std::size_t i = 0; i < result.best.size(); ++i) {
    const PlannedPlan& plan = result.best[i];
    ranks.push_back(fmt::format("{}", i + 1));
    plans.push_back(&plan);
    times.push_back(plan.time / second);
    over.push_back(plan.time / result.best.front().time);
    energy.push_back(plan.energy ? *plan.energy / kilowatt_hour : kUnknown);
    cost.push_back(plan.cost ? *plan.cost / usd : kUnknown);
    free.push_back(100 * plan.head_room);
  }
  figure.reading =
      "By the objective, best first, with the settings that tell them apart; an empty cell is "
      "unknown.";
  figure.data.word("rank", std::move(ranks))
      .number("step time", "s", std::move(times))
      .number("over the best", "times", std::move(over));
  for (SettingColumn& column : told_apart(plans))
    figure.data.word(column.title, std::move(column.texts));
  figure.data.number("energy of a step", "kWh", std::move(energy))
      .number("cost of a step", "USD", std::move(cost))
      .number("free memory", "%", std::move(free));
  return figure;
}

std::vector<PageFigure> family_figures(const PlanSearchResult& result) {
  std::vector<PageFigure> figures;
  if (result.best.empty()) return figures;
  for (std::size_t begin = 0; begin < result.families.size();) {
    const std::string& dimension = result.families[begin].dimension;
    std::vector<const PlanFamily*> all;
    std::size_t end = begin;
    for (; end < result.families.size() && result.families[end].dimension == dimension; ++end)
      all.push_back(&result.families[end]);
    if (all.size() > 1)
      figures.push_back(
          family_figure(dimension, all, result.best.front().time, figures.size() + 1));
    begin = end;
  }
  return figures;
}

PageFigure counts_figure(const PlanCounts& counts) {
  PageFigure figure{.id = "counts", .title = "What became of every plan"};
  const std::pair<const char*, std::int64_t> all[] = {
      {"evaluated exactly", counts.evaluated},
      {"passed over by proven bounds", counts.bounded},
      {"no better than an evaluated twin", counts.equal},
      {"too large for the memory", counts.too_large},
      {"against a constraint", counts.refused},
      {"with degrees that do not divide", counts.impossible},
      {"untouched, as the search was stopped", counts.untouched}};
  std::vector<std::string> names;
  std::vector<double> plans;
  for (const auto& [name, number] : all) {
    names.emplace_back(name);
    plans.push_back(static_cast<double>(number));
  }
  figure.reading =
      fmt::format("All {} plans of the space are accounted for.", grouped(counts.plans));
  figure.chart = BarChart{.category = "plans that are", .values = {"plans"}, .horizontal = true};
  figure.data.word("plans that are", std::move(names)).number("plans", "", std::move(plans));
  return figure;
}

PageFigure changes_figure(const std::vector<QuestionChange>& changes) {
  PageFigure figure{.id = "would_fit", .title = "What would fit"};
  std::vector<std::string> names;
  std::vector<double> times, free;
  for (const QuestionChange& each : changes) {
    names.push_back(each.change);
    times.push_back(each.time ? *each.time / second : kUnknown);
    free.push_back(each.head_room ? 100 * *each.head_room : kUnknown);
  }
  figure.reading =
      changes.empty()
          ? "No single change of the question was found under which a plan would fit."
          : "The smallest change of each kind under which a plan fits, with its best plan.";
  figure.data.word("change", std::move(names))
      .number("step time", "s", std::move(times))
      .number("free memory", "%", std::move(free));
  return figure;
}

}  // namespace polyfleet
