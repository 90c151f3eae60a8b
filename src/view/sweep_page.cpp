#include "view/sweep_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>

#include "report/plain_units.hpp"
#include "units/text.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

/// An axis over more than this ratio is drawn logarithmically.
constexpr double kWide = 30;
/// More lines cannot be told apart.
constexpr std::size_t kMostSweepLines = 10;

/// The values of an axis as numbers of one unit; empty where they are words or of several units.
struct AxisNumbers {
  std::vector<double> numbers;
  std::string unit;
};

AxisNumbers numbers_of(const SweepAxis& axis) {
  AxisNumbers found;
  for (const std::string& text : axis.values) {
    double number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return {};
    const char* begin = rest;
    const char* end = text.data() + text.size();
    while (begin != end && *begin == ' ') ++begin;
    const std::string unit(begin, end);
    if (!found.numbers.empty() && unit != found.unit) return {};
    found.numbers.push_back(number);
    found.unit = unit;
  }
  return found;
}

/// Few whole numbers without a unit: degrees and counts, between which there is nothing.
bool are_counts(const AxisNumbers& axis) {
  constexpr std::size_t kMostWordBars = 12;
  return axis.unit.empty() && axis.numbers.size() <= kMostWordBars &&
         std::all_of(axis.numbers.begin(), axis.numbers.end(),
                     [](double number) { return number == std::floor(number); });
}

AxisScale scale_of(const std::vector<double>& numbers) {
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  return *low > 0 && *high / *low > kWide ? AxisScale::logarithmic : AxisScale::linear;
}

/// What is drawn of every point that runs.
struct SweepMeasure {
  std::string id, name, unit;
  std::function<double(const SweepPoint&)> value;
};

const std::vector<SweepMeasure>& measures() {
  static const std::vector<SweepMeasure> all{
      {"step_time", "step time", "s",
       [](const SweepPoint& point) { return point.estimate->time / second; }},
      {"tokens", "tokens a second", "tokens/s",
       [](const SweepPoint& point) { return point.tokens_per_second(); }},
      {"cost", "cost of a million tokens", "USD",
       [](const SweepPoint& point) {
         const auto& cost = point.estimate->cost_per_million_tokens;
         return cost ? *cost / usd : kUnknown;
       }},
      {"energy", "energy of a million tokens", "kWh",
       [](const SweepPoint& point) {
         const TrainingEstimate& e = *point.estimate;
         return e.energy.known ? e.energy.facility / kilowatt_hour / (e.tokens_per_step / kMillion)
                               : kUnknown;
       }},
      {"memory", "memory of the fullest device", "GB",
       [](const SweepPoint& point) {
         const auto& memory = point.estimate->memory;
         return memory.empty() ? kUnknown : memory[fullest_stage(memory)].total / gigabyte;
       }},
  };
  return all;
}

double value_at(const SweepMeasure& measure, const SweepPoint& point) {
  return point.runs() ? measure.value(point) : kUnknown;
}

bool is_known(const SweepMeasure& measure, const SweepAnswer& answer) {
  return std::any_of(answer.points.begin(), answer.points.end(), [&](const SweepPoint& point) {
    return !std::isnan(value_at(measure, point));
  });
}

/// One measure over the first axis, a column for each value of the second.
class MeasureFigure {
 public:
  MeasureFigure(const SweepAnswer& answer, const SweepMeasure& measure)
      : answer_(answer), measure_(measure), first_(answer.axes.front()) {}

  PageFigure figure() {
    PageFigure figure{.id = measure_.id, .title = measure_.name + " over " + first_.key};
    figure.title.front() = static_cast<char>(std::toupper(figure.title.front()));
    add_axis(figure.data);
    add_values(figure.data);
    if (measure_.id == "step_time" && names_.size() == 1 && is_line()) add_interval(figure.data);
    figure.reading = reading();
    figure.chart = chart();
    return figure;
  }

 private:
  bool is_line() const { return !axis_.numbers.empty() && !are_counts(axis_); }

  /// The rows in order of a number axis, else as given.
  void add_axis(DataTable& table) {
    axis_ = numbers_of(first_);
    for (std::size_t i = 0; i < first_.values.size(); ++i) order_.push_back(i);
    if (!is_line()) {
      table.word(first_.key, first_.values);
      return;
    }
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return axis_.numbers[a] < axis_.numbers[b];
    });
    std::vector<double> sorted;
    for (const std::size_t i : order_) sorted.push_back(axis_.numbers[i]);
    table.number(first_.key, axis_.unit, std::move(sorted));
  }

  std::size_t columns() const {
    return answer_.axes.size() > 1 ? answer_.axes[1].values.size() : 1;
  }

  std::vector<double> column(std::size_t second_value,
                             const std::function<double(const SweepPoint&)>& value) const {
    std::vector<double> values;
    for (const std::size_t row : order_) {
      const std::size_t at = row * columns() + second_value;
      const bool there = at < answer_.points.size() && answer_.points[at].runs();
      values.push_back(there ? value(answer_.points[at]) : kUnknown);
    }
    return values;
  }

  void add_values(DataTable& table) {
    for (std::size_t i = 0; i < columns(); ++i) {
      const std::string name = answer_.axes.size() > 1 ? fmt::format("{} = {}", answer_.axes[1].key,
                                                                     answer_.axes[1].values[i])
                                                       : measure_.name;
      table.number(name, measure_.unit, column(i, measure_.value));
      names_.push_back(name);
    }
  }

  void add_interval(DataTable& table) {
    table
        .number("80 % interval, low", "s",
                column(0, [](const SweepPoint& p) { return p.estimate->time_low / second; }))
        .number("80 % interval, high", "s",
                column(0, [](const SweepPoint& p) { return p.estimate->time_high / second; }));
    has_interval_ = true;
  }

  std::string reading() const {
    std::string text = "Points that cannot run are gaps.";
    if (has_interval_) text += " The band is the 80 % interval of the estimate.";
    if (names_.size() > kMostSweepLines)
      text += fmt::format(" {} of {} values of {} are drawn; the table has all.", kMostSweepLines,
                          names_.size(), answer_.axes[1].key);
    return text;
  }

  Chart chart() const {
    std::vector<std::string> drawn = names_;
    if (drawn.size() > kMostSweepLines) drawn.resize(kMostSweepLines);
    if (!is_line()) return BarChart{.category = first_.key, .values = std::move(drawn)};
    LineChart lines{.x = first_.key, .values = std::move(drawn)};
    lines.x_scale = scale_of(axis_.numbers);
    if (has_interval_)
      lines.bands.push_back({"80 % interval, low", "80 % interval, high", "80 % interval"});
    return lines;
  }

  const SweepAnswer& answer_;
  const SweepMeasure& measure_;
  const SweepAxis& first_;
  AxisNumbers axis_;
  std::vector<std::size_t> order_;
  std::vector<std::string> names_;
  bool has_interval_ = false;
};

PageFigure points_figure(const SweepAnswer& answer) {
  PageFigure figure{.id = "points",
                    .title = "Every point",
                    .reading =
                        "In the order of the grid, the first axis slowest; a point that "
                        "cannot run says why."};
  for (std::size_t axis = 0; axis < answer.axes.size(); ++axis) {
    std::vector<std::string> values;
    for (const SweepPoint& point : answer.points) values.push_back(point.values[axis]);
    figure.data.word(answer.axes[axis].key, std::move(values));
  }
  for (const SweepMeasure& measure : measures()) {
    if (!is_known(measure, answer)) continue;
    std::vector<double> column;
    for (const SweepPoint& point : answer.points)
      column.push_back(point.estimate ? measure.value(point) : kUnknown);
    figure.data.number(measure.name, measure.unit, std::move(column));
  }
  std::vector<std::string> reasons;
  for (const SweepPoint& point : answer.points)
    reasons.push_back(point.runs() ? "runs" : point.reason);
  figure.data.word("runs", std::move(reasons));
  return figure;
}

/// "plan.layout.tensor = 4, plan.micro_batch = 1".
std::string place_of(const SweepAnswer& answer, std::size_t point) {
  std::string text;
  for (std::size_t i = 0; i < answer.axes.size(); ++i)
    text += fmt::format("{}{} = {}", i == 0 ? "" : ", ", answer.axes[i].key,
                        answer.points[point].values[i]);
  return text;
}

std::vector<PageFact> facts_of(const SweepAnswer& answer) {
  const auto runs = std::count_if(answer.points.begin(), answer.points.end(),
                                  [](const SweepPoint& point) { return point.runs(); });
  std::vector<PageFact> facts{
      {"points that run", fmt::format("{} of {}", runs, grid_points(answer.axes)), ""}};
  const SweepBest best = best_of(answer);
  if (best.fastest)
    facts.push_back({"fastest", print_quantity(answer.points[*best.fastest].estimate->time),
                     place_of(answer, *best.fastest)});
  if (best.cheapest)
    facts.push_back(
        {"cheapest, a million tokens",
         print_quantity(*answer.points[*best.cheapest].estimate->cost_per_million_tokens),
         place_of(answer, *best.cheapest)});
  if (best.frugal)
    facts.push_back(
        {"least energy a token",
         print_quantity(answer.points[*best.frugal].estimate->energy.facility) + " a step",
         place_of(answer, *best.frugal)});
  return facts;
}

}  // namespace

FigurePage sweep_page(const SweepAnswer& answer) {
  FigurePage page;
  page.title = answer.name.empty() ? "A sweep" : answer.name;
  page.subtitle = answer.what.empty() ? "No point could be estimated." : answer.what;
  page.facts = facts_of(answer);
  if (answer.interrupted)
    page.notices.push_back(fmt::format("Interrupted after {} of {} points.", answer.points.size(),
                                       grid_points(answer.axes)));
  FigureSection section{"Over the swept values", {}};
  if (answer.axes.size() <= 2) {
    for (const SweepMeasure& measure : measures()) {
      if (is_known(measure, answer))
        section.figures.push_back(MeasureFigure(answer, measure).figure());
    }
  }
  section.figures.push_back(points_figure(answer));
  for (PageFigure& figure : section.figures) {
    figure.assumptions = {
        "Everything that is not swept stays as the scenario has it; polyfleet "
        "estimate train lists what that is and where it comes from."};
  }
  page.sections.push_back(std::move(section));
  return page;
}

}  // namespace polyfleet
