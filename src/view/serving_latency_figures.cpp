// Latencies of a simulated service: percentiles as lines and as a table, and how many requests of
// each class kept within their bounds.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "report/plan_rows.hpp"
#include "units/text.hpp"
#include "view/serving_groups.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

constexpr const char* kShare = "share of requests";

Picos SloClass::*bound_of(LatencyKind kind) {
  if (kind == LatencyKind::first_token) return &SloClass::first_token;
  return kind == LatencyKind::per_token ? &SloClass::per_output_token : &SloClass::end_to_end;
}

/// 1 % to 99 %, then closer to the end as far as there are requests to tell them apart.
std::vector<double> shown_percentiles(std::int64_t requests) {
  std::vector<double> percents;
  for (int percent = 1; percent <= 99; ++percent) percents.push_back(percent);
  constexpr std::int64_t kForHalf = 200, kForTenth = 1000;
  if (requests >= kForHalf) percents.push_back(99.5);
  if (requests >= kForTenth) percents.push_back(99.9);
  percents.push_back(100);
  return percents;
}

/// The last one, 100 %, is the greatest itself.
std::vector<double> latencies_at(const LatencyHistogram& histogram,
                                 const std::vector<double>& percents, double scale) {
  std::vector<double> latencies;
  for (const double percent : percents)
    latencies.push_back(seconds_of_picos(histogram.percentile(percent / 100)) / second / scale);
  latencies.back() = histogram.summary().maximum / scale;
  return latencies;
}

std::string id_of(LatencyKind kind) {
  switch (kind) {
    case LatencyKind::first_token:
      return "ttft";
    case LatencyKind::per_token:
      return "tpot";
    case LatencyKind::end_to_end:
      return "end_to_end";
    case LatencyKind::queueing:
      return "queueing";
  }
  return "";
}

const char* title_of(LatencyKind kind) {
  switch (kind) {
    case LatencyKind::first_token:
      return "Time to first token";
    case LatencyKind::per_token:
      return "Time per output token";
    case LatencyKind::end_to_end:
      return "End to end";
    case LatencyKind::queueing:
      return "Queueing before the first iteration";
  }
  return "";
}

std::string reading_of(LatencyKind kind, const LatencyHistogram& all) {
  const LatencySummary summary = all.summary();
  const auto text = [](double seconds) {
    return seconds > 0 ? print_quantity(seconds * second) : std::string("0 s");
  };
  std::string reading = fmt::format(
      "Read upward from a share of the requests: that many waited no longer. Half within {}, 90 % "
      "within {}, 99 % within {}.",
      text(summary.p50), text(summary.p90), text(summary.p99));
  if (kind == LatencyKind::per_token)
    reading += " Each request counts with the mean over its tokens after the first.";
  return reading;
}

PageFigure percentile_figure(const RecordedSimulation& simulated, LatencyKind kind) {
  const LatencyHistogram& all = simulated.records.all()[static_cast<std::size_t>(kind)];
  const std::vector<double> percents = shown_percentiles(all.count());
  const ShownUnit unit = latency_unit(all.summary().p99);
  PageFigure figure;
  figure.id = id_of(kind);
  figure.title = title_of(kind);
  figure.reading = reading_of(kind, all);
  ColumnNames names;
  LineChart chart{.x = names.add(kShare)};
  figure.data.number(chart.x, "%", percents);
  const auto add = [&](const std::string& name, const LatencyHistogram& histogram) {
    chart.values.push_back(names.add(name));
    figure.data.number(chart.values.back(), unit.unit,
                       latencies_at(histogram, percents, unit.scale));
  };
  std::vector<PoolGroup> groups = pool_groups(simulated.run);
  add("all requests", all);
  if (groups.size() > 1) {
    for (const PoolGroup& group : groups) {
      const LatencyHistogram each = latencies_of(simulated, group, kind);
      if (each.count() > 0) add(group.name, each);
    }
  }
  if (all.percentile(0) > 0) chart.y_scale = AxisScale::logarithmic;
  const Picos bound = common_bound(simulated.run.cluster, bound_of(kind));
  if (kind != LatencyKind::queueing && bound != kNever) {
    chart.limit = seconds_of_picos(bound) / second / unit.scale;
    chart.limit_label = "bound " + print_quantity(seconds_of_picos(bound));
  }
  figure.chart = std::move(chart);
  figure.assumptions = {
      "Finished requests after the warm-up; percentiles by nearest rank, within 0.4 % (buckets of "
      "the leading eight bits); the greatest is exact."};
  if (groups.size() > 1)
    figure.assumptions.emplace_back("A request counts for the pool at which it ended.");
  return figure;
}

PageFigure percentile_table(const RecordedSimulation& simulated) {
  PercentileRows rows;
  const std::vector<PoolGroup> groups = pool_groups(simulated.run);
  const std::vector<PoolGroup> vendors = vendor_groups(simulated.run);
  const bool by_vendor = vendors.size() > 1 &&
                         vendors.size() < simulated.run.cluster.pools.size() &&
                         vendors.size() != groups.size();
  for (const LatencyKind kind : kLatencyKinds) {
    const std::string name(name_of(kind));
    rows.add("all requests", name,
             simulated.records.all()[static_cast<std::size_t>(kind)].summary());
    if (groups.size() > 1) {
      for (const PoolGroup& group : groups)
        rows.add(group.name, name, latencies_of(simulated, group, kind).summary());
    }
    if (by_vendor) {
      for (const PoolGroup& vendor : vendors)
        rows.add(vendor.name + " together", name, latencies_of(simulated, vendor, kind).summary());
    }
  }
  for (std::size_t i = 0; i < simulated.run.report.classes.size(); ++i) {
    if (simulated.run.cluster.classes.empty()) break;
    const ClassReport& each = simulated.run.report.classes[i];
    rows.add("class " + each.name, "time to first token", each.ttft);
    rows.add("class " + each.name, "time per output token", each.tpot);
    rows.add("class " + each.name, "end to end", each.end_to_end);
  }
  PageFigure figure;
  figure.id = "percentiles";
  figure.title = "Latencies in figures";
  figure.reading = "Mean, percentiles and the greatest of each latency, by pool, vendor and class.";
  figure.data = rows.table();
  return figure;
}

PageFigure attainment_figure(const ServingSimulation& run) {
  std::vector<std::string> names, bounds;
  std::vector<double> all, first, each, whole, requests, refused, cancelled, goodput;
  const double counted = seconds_of_picos(run.report.counted_duration) / second;
  for (std::size_t i = 0; i < run.report.classes.size(); ++i) {
    const ClassReport& report = run.report.classes[i];
    const SloClass& stated = run.cluster.classes[i];
    const auto share = [&](std::int64_t met, bool bound = true) {
      return bound && report.requests > 0
                 ? 100 * static_cast<double>(met) / static_cast<double>(report.requests)
                 : kUnknown;
    };
    names.push_back(report.name);
    bounds.push_back(bounds_text(stated));
    all.push_back(share(report.met_all));
    first.push_back(share(report.met_first_token, stated.first_token != kNever));
    each.push_back(share(report.met_per_token, stated.per_output_token != kNever));
    whole.push_back(share(report.met_end_to_end, stated.end_to_end != kNever));
    requests.push_back(static_cast<double>(report.requests));
    refused.push_back(static_cast<double>(report.refused));
    cancelled.push_back(static_cast<double>(report.cancelled));
    goodput.push_back(counted > 0 ? static_cast<double>(report.met_all) / counted : kUnknown);
  }
  PageFigure figure;
  figure.id = "attainment";
  figure.title = "Requests within their bounds";
  figure.reading =
      "Share of each class's requests that finished within every bound, and within each; a request "
      "that was refused or cancelled met none.";
  figure.data.word("class", std::move(names)).word("bounds", std::move(bounds));
  std::vector<std::string> values;
  const auto add = [&](const char* name, std::vector<double> shares) {
    const bool stated =
        std::any_of(shares.begin(), shares.end(), [](double share) { return share == share; });
    figure.data.number(name, "%", std::move(shares));
    if (stated) values.emplace_back(name);
  };
  add("all bounds", std::move(all));
  add("TTFT", std::move(first));
  add("TPOT", std::move(each));
  add("end to end", std::move(whole));
  figure.data.number("goodput", "requests/s", std::move(goodput));
  figure.data.number("requests", "", std::move(requests));
  figure.data.number("refused", "", std::move(refused));
  figure.data.number("cancelled", "", std::move(cancelled));
  figure.chart = BarChart{.category = "class", .values = std::move(values), .horizontal = true};
  return figure;
}

}  // namespace

FigureSection latency_section(const RecordedSimulation& simulated) {
  FigureSection section{"Latency", {}};
  const std::vector<ClassReport>& classes = simulated.run.report.classes;
  const bool any = std::any_of(classes.begin(), classes.end(),
                               [](const ClassReport& each) { return each.requests > 0; });
  if (!simulated.run.cluster.classes.empty() && any)
    section.figures.push_back(attainment_figure(simulated.run));
  for (const LatencyKind kind : kLatencyKinds) {
    if (simulated.records.all()[static_cast<std::size_t>(kind)].count() > 0)
      section.figures.push_back(percentile_figure(simulated, kind));
  }
  if (!section.figures.empty()) section.figures.push_back(percentile_table(simulated));
  return section;
}

}  // namespace polyfleet
