#include "report/sweep_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/csv.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// One figure of a point for CSV and JSON, nothing where it is unknown.
struct PointFigure {
  std::string key;
  std::optional<double> (*value)(const SweepPoint&);
};

std::optional<double> from_estimate(const SweepPoint& point,
                                    double (*figure)(const TrainingEstimate&)) {
  if (!point.estimate) return {};
  return figure(*point.estimate);
}

const std::vector<PointFigure>& point_figures() {
  using P = SweepPoint;
  using E = TrainingEstimate;
  static const std::vector<PointFigure> figures{
      {"step_time_s",
       [](const P& p) { return from_estimate(p, [](const E& e) { return e.time / second; }); }},
      {"low_s",
       [](const P& p) { return from_estimate(p, [](const E& e) { return e.time_low / second; }); }},
      {"high_s",
       [](const P& p) {
         return from_estimate(p, [](const E& e) { return e.time_high / second; });
       }},
      {"tokens_per_s",
       [](const P& p) {
         return p.estimate ? std::optional(p.tokens_per_second()) : std::optional<double>();
       }},
      {"tokens_per_s_per_accelerator",
       [](const P& p) {
         return from_estimate(p, [](const E& e) { return e.tokens_per_second_per_device; });
       }},
      {"mfu", [](const P& p) { return from_estimate(p, [](const E& e) { return e.mfu; }); }},
      {"memory_bytes",
       [](const P& p) {
         return from_estimate(
             p, [](const E& e) { return e.memory[fullest_stage(e.memory)].total / byte; });
       }},
      {"memory_capacity_bytes",
       [](const P& p) {
         return from_estimate(p, [](const E& e) { return e.memory_capacity / byte; });
       }},
      {"facility_j",
       [](const P& p) {
         return p.estimate && p.estimate->energy.known
                    ? std::optional(p.estimate->energy.facility / joule)
                    : std::optional<double>();
       }},
      {"per_step_usd",
       [](const P& p) {
         return p.estimate && p.estimate->cost_per_step
                    ? std::optional(*p.estimate->cost_per_step / usd)
                    : std::optional<double>();
       }},
      {"per_million_tokens_usd",
       [](const P& p) {
         return p.estimate && p.estimate->cost_per_million_tokens
                    ? std::optional(*p.estimate->cost_per_million_tokens / usd)
                    : std::optional<double>();
       }},
  };
  return figures;
}

/// The point that is least in a measure among those that run.
template <class Measure>
std::optional<std::size_t> least(const SweepAnswer& answer, Measure&& measure) {
  std::optional<std::size_t> best;
  double best_value = 0;
  for (std::size_t i = 0; i < answer.points.size(); ++i) {
    if (!answer.points[i].runs()) continue;
    const std::optional<double> value = measure(answer.points[i]);
    if (!value || (best && *value >= best_value)) continue;
    best = i;
    best_value = *value;
  }
  return best;
}

std::string marks_of(const SweepBest& best, std::size_t point) {
  std::string marks;
  const auto mark = [&](const std::optional<std::size_t>& which, std::string_view word) {
    if (which == point) marks += (marks.empty() ? "" : ", ") + std::string(word);
  };
  mark(best.fastest, "fastest");
  mark(best.cheapest, "cheapest");
  mark(best.frugal, "least energy");
  return marks;
}

std::string memory_text(const TrainingEstimate& estimate) {
  const Bytes need = estimate.memory[fullest_stage(estimate.memory)].total;
  if (!(estimate.memory_capacity > 0 * byte)) return print_quantity(need);
  return fmt::format("{:.1f} of {:.1f} GB", need / gigabyte, estimate.memory_capacity / gigabyte);
}

std::vector<std::string> row_of(const SweepPoint& point, const std::string& marks) {
  std::vector<std::string> cells = point.values;
  if (!point.estimate) {
    cells.resize(cells.size() + 6, "-");
    cells.push_back(point.reason);
    return cells;
  }
  const TrainingEstimate& e = *point.estimate;
  cells.push_back(print_quantity(e.time));
  cells.push_back(
      fmt::format("{:+.0f}/{:+.0f} %", 100 * (e.interval.low - 1), 100 * (e.interval.high - 1)));
  cells.push_back(fmt::format("{:.1f} %", 100 * e.mfu));
  cells.push_back(memory_text(e));
  cells.push_back(e.energy.known ? print_quantity(e.energy.facility) : "-");
  cells.push_back(e.cost_per_million_tokens
                      ? fmt::format("{:.4g} USD", *e.cost_per_million_tokens / usd)
                      : "-");
  cells.push_back(e.fits_in_memory ? marks : point.reason);
  return cells;
}

std::string table_text(const SweepAnswer& answer, PageStyle style) {
  std::vector<std::string> titles;
  for (const SweepAxis& axis : answer.axes) titles.push_back(axis.key);
  for (const char* title :
       {"step time", "80 %", "MFU", "memory", "energy/step", "cost/M tokens", ""})
    titles.emplace_back(title);
  TextTable table(titles);
  const SweepBest best = best_of(answer);
  for (std::size_t i = 0; i < answer.points.size(); ++i)
    table.row(row_of(answer.points[i], marks_of(best, i)));
  return table.text(style);
}

/// Bars of the step time over a single axis, from zero, so that lengths compare.
std::string bars(const SweepAnswer& answer) {
  constexpr double kLongest = 50;
  Seconds longest;
  std::size_t name_width = 0;
  for (const SweepPoint& point : answer.points) {
    if (point.estimate) longest = max(longest, point.estimate->time);
    name_width = std::max(name_width, display_width(point.values[0]));
  }
  if (!(longest > 0 * second)) return {};
  std::string text = fmt::format("\nstep time over {}\n", answer.axes[0].key);
  for (const SweepPoint& point : answer.points) {
    const std::string pad(name_width - display_width(point.values[0]), ' ');
    text += fmt::format("{}{} |", pad, point.values[0]);
    if (point.estimate) {
      const auto length =
          static_cast<std::size_t>(std::lround(kLongest * (point.estimate->time / longest)));
      text += std::string(length, point.estimate->fits_in_memory ? '#' : '.') + ' ' +
              print_quantity(point.estimate->time);
      if (!point.estimate->fits_in_memory) text += " (does not fit)";
    } else {
      text += " cannot run";
    }
    text += '\n';
  }
  return text;
}

/// Step times of two axes as a matrix: the first down, the second across.
std::string matrix(const SweepAnswer& answer, PageStyle style) {
  std::vector<std::string> titles{answer.axes[0].key + " \\ " + answer.axes[1].key};
  for (const std::string& value : answer.axes[1].values) titles.push_back(value);
  TextTable table(titles);
  const std::size_t columns = answer.axes[1].values.size();
  for (std::size_t row = 0; row < answer.axes[0].values.size(); ++row) {
    std::vector<std::string> cells{answer.axes[0].values[row]};
    for (std::size_t column = 0; column < columns; ++column) {
      const SweepPoint& point = answer.points[row * columns + column];
      cells.push_back(point.runs()     ? print_quantity(point.estimate->time)
                      : point.estimate ? "too large"
                                       : "-");
    }
    table.row(cells);
  }
  return "\nstep time\n" + table.text(style);
}

Value point_json(const SweepAnswer& answer, const SweepPoint& point) {
  Value json{Table{}};
  Value settings{Table{}};
  for (std::size_t i = 0; i < answer.axes.size(); ++i)
    settings.set(answer.axes[i].key, point.values[i]);
  json.set("settings", std::move(settings));
  json.set("runs", point.runs());
  if (!point.reason.empty()) json.set("reason", point.reason);
  for (const PointFigure& figure : point_figures()) {
    const auto value = figure.value(point);
    json.set(figure.key, value ? Value(*value) : Value());
  }
  return json;
}

}  // namespace

double SweepPoint::tokens_per_second() const {
  if (!estimate) return 0;
  return estimate->tokens_per_second_per_device * static_cast<double>(devices);
}

SweepBest best_of(const SweepAnswer& answer) {
  SweepBest best;
  best.fastest = least(
      answer, [](const SweepPoint& p) { return std::optional<double>(-p.tokens_per_second()); });
  best.cheapest = least(answer, [](const SweepPoint& p) {
    const auto& cost = p.estimate->cost_per_million_tokens;
    return cost ? std::optional<double>(*cost / usd) : std::optional<double>();
  });
  best.frugal = least(answer, [](const SweepPoint& p) {
    const TrainingEstimate& e = *p.estimate;
    return e.energy.known ? std::optional<double>(e.energy.facility / joule / e.tokens_per_step)
                          : std::optional<double>();
  });
  return best;
}

std::string sweep_text(const SweepAnswer& answer, PageStyle style) {
  std::string text = answer.name.empty() ? std::string() : answer.name + '\n';
  text += answer.what + "\n\n" + table_text(answer, style);
  if (answer.axes.size() == 1) text += bars(answer);
  if (answer.axes.size() == 2 && !answer.interrupted) text += matrix(answer, style);
  const auto runs =
      static_cast<std::size_t>(std::count_if(answer.points.begin(), answer.points.end(),
                                             [](const SweepPoint& point) { return point.runs(); }));
  text += fmt::format(
      "\n{} of {} points run; fastest = most tokens per second, cheapest and least energy per "
      "token\n",
      runs, answer.points.size());
  if (answer.interrupted)
    text += fmt::format("interrupted after {} of {} points\n", answer.points.size(),
                        grid_points(answer.axes));
  return text;
}

std::size_t grid_points(const std::vector<SweepAxis>& axes) {
  std::size_t points = 1;
  for (const SweepAxis& axis : axes) {
    constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
    const std::size_t count = axis.values.size();
    if (count > 0 && points > kMost / count) return kMost;
    points *= count;
  }
  return points;
}

Value sweep_json(const SweepAnswer& answer) {
  Value json{Table{}};
  json.set("scenario", answer.name);
  json.set("what", answer.what);
  Value axes{Array{}};
  for (const SweepAxis& axis : answer.axes) {
    Value one{Table{}};
    one.set("key", axis.key);
    Value values{Array{}};
    for (const std::string& value : axis.values) values.push(value);
    one.set("values", std::move(values));
    axes.push(std::move(one));
  }
  json.set("axes", std::move(axes));
  Value points{Array{}};
  for (const SweepPoint& point : answer.points) points.push(point_json(answer, point));
  json.set("points", std::move(points));
  const SweepBest found = best_of(answer);
  Value best{Table{}};
  const auto set = [&](const char* key, const std::optional<std::size_t>& which) {
    best.set(key, which ? Value(*which) : Value());
  };
  set("fastest", found.fastest);
  set("cheapest", found.cheapest);
  set("least_energy", found.frugal);
  json.set("best", std::move(best));
  if (answer.interrupted) json.set("interrupted", true);
  return json;
}

std::string sweep_csv(const SweepAnswer& answer) {
  std::string text;
  for (const SweepAxis& axis : answer.axes) text += csv_cell(axis.key) + ',';
  text += "runs,reason";
  for (const PointFigure& figure : point_figures()) text += ',' + figure.key;
  text += '\n';
  for (const SweepPoint& point : answer.points) {
    for (const std::string& value : point.values) text += csv_cell(value) + ',';
    text += fmt::format("{},{}", point.runs(), csv_cell(point.reason));
    for (const PointFigure& figure : point_figures()) {
      const auto value = figure.value(point);
      text += value ? fmt::format(",{}", *value) : std::string(",");
    }
    text += '\n';
  }
  return text;
}

}  // namespace polyfleet
