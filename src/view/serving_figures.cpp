#include "view/serving_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr double kMinute = 60, kHour = 3600, kDay = 86400;

template <class Q>
void append_figure(std::vector<FigureSource>& sources, const std::optional<Figure<Q>>& figure,
                   const Catalogue& catalogue) {
  if (figure) append_source_keys(sources, figure->source, catalogue);
}

}  // namespace

ShownUnit latency_unit(double greatest) {
  if (greatest < 1e-3) return {1e-6, "us"};
  if (greatest < 1) return {1e-3, "ms"};
  if (greatest < 10 * kMinute) return {1, "s"};
  return greatest < 10 * kHour ? ShownUnit{kMinute, "min"} : ShownUnit{kHour, "h"};
}

ShownUnit course_unit(double seconds) {
  if (seconds <= 10 * kMinute) return {1, "s"};
  if (seconds <= 10 * kHour) return {kMinute, "min"};
  return seconds <= 10 * kDay ? ShownUnit{kHour, "h"} : ShownUnit{kDay, "days"};
}

std::string ColumnNames::add(std::string name) {
  const auto taken = [&](const std::string& one) {
    return std::find(taken_.begin(), taken_.end(), one) != taken_.end();
  };
  std::string unique = name;
  for (int number = 2; taken(unique); ++number) unique = fmt::format("{} {}", name, number);
  taken_.push_back(unique);
  return unique;
}

std::string latency_text(double seconds) {
  return seconds > 0 ? print_quantity(seconds * second) : "none";
}

void PercentileRows::add(std::string of, std::string name, const LatencySummary& summary) {
  if (summary.count > 0) rows_.push_back({std::move(of), std::move(name), summary});
}

DataTable PercentileRows::table() const {
  std::vector<std::string> of, names;
  const auto numbers = [&](double LatencySummary::*member) {
    std::vector<double> values;
    for (const Row& row : rows_) values.push_back(row.summary.*member * 1e3);
    return values;
  };
  std::vector<double> counts;
  for (const Row& row : rows_) {
    of.push_back(row.of);
    names.push_back(row.name);
    counts.push_back(static_cast<double>(row.summary.count));
  }
  DataTable table;
  table.word("latency", std::move(names)).word("of", std::move(of));
  table.number("mean", "ms", numbers(&LatencySummary::mean));
  table.number("p50", "ms", numbers(&LatencySummary::p50));
  table.number("p90", "ms", numbers(&LatencySummary::p90));
  table.number("p95", "ms", numbers(&LatencySummary::p95));
  table.number("p99", "ms", numbers(&LatencySummary::p99));
  table.number("greatest", "ms", numbers(&LatencySummary::maximum));
  return table.number("requests", "", std::move(counts));
}

void append_source(std::vector<FigureSource>& sources, FigureSource source) {
  const auto same = [&](const FigureSource& each) {
    return each.name == source.name && each.address == source.address;
  };
  if (std::none_of(sources.begin(), sources.end(), same)) sources.push_back(std::move(source));
}

void append_source_keys(std::vector<FigureSource>& sources, std::string_view keys,
                        const Catalogue& catalogue) {
  while (!keys.empty()) {
    const std::size_t comma = std::min(keys.find(','), keys.size());
    std::string_view key = keys.substr(0, comma);
    keys.remove_prefix(std::min(comma + 1, keys.size()));
    while (key.starts_with(' ')) key.remove_prefix(1);
    while (key.ends_with(' ')) key.remove_suffix(1);
    if (key.empty()) continue;
    if (const Result<Source> found = catalogue.source(key); found)
      append_source(sources, {found->title.empty() ? std::string(key) : found->title, found->url});
    else
      append_source(sources, {std::string(key), ""});
  }
}

std::vector<FigureSource> part_sources(const Accelerator& part, const Catalogue& catalogue) {
  std::vector<FigureSource> sources;
  for (const auto& peak : part.peak) append_figure(sources, peak, catalogue);
  append_figure(sources, part.memory, catalogue);
  append_figure(sources, part.usable_memory, catalogue);
  append_figure(sources, part.memory_bandwidth, catalogue);
  append_figure(sources, part.scale_up_rate, catalogue);
  append_figure(sources, part.tdp, catalogue);
  append_figure(sources, part.rental, catalogue);
  return sources;
}

std::vector<FigureSource> engine_sources(const std::vector<const ResolvedEngine*>& engines,
                                         const Catalogue& catalogue) {
  std::vector<FigureSource> sources;
  for (const ResolvedEngine* served : engines) {
    if (served->profile != nullptr && !served->profile->source.empty())
      append_source(sources, {served->profile->name + " defaults: " + served->profile->source, ""});
  }
  for (const ResolvedEngine* served : engines) {
    if (served->accelerator == nullptr) continue;
    for (FigureSource& each : part_sources(*served->accelerator, catalogue))
      append_source(sources, std::move(each));
  }
  return sources;
}

std::string price_sentence(const ResolvedEngine& served) {
  const std::string part = served.accelerator != nullptr ? served.accelerator->name : "The part";
  if (!served.prices.device) return part + " has no known price: its cost is not shown.";
  const std::string power =
      served.prices.energy ? " and electricity on top" : "; electricity is part of that price";
  return fmt::format("{}: {} for each accelerator{}.", part, print_quantity(*served.prices.device),
                     power);
}

}  // namespace polyfleet
