#include "capital/deal_deployment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "capital/deal_date.hpp"
#include "fleet/clock_units.hpp"
#include "sim/running_statistics.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Sums of parts of a gigawatt reach it to this share.
constexpr double kReached = 1 - 1e-9;

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Result<DeliveredPower> read_delivery(std::string_view part) {
  const std::size_t colon = part.find(':');
  if (colon == std::string_view::npos)
    return problem(fmt::format("'{}' is not a delivery", part),
                   "write power:date, such as 1GW:2027-06-30");
  const Result<Watts> power = parse_quantity<Watts>(part.substr(0, colon));
  const Result<CalendarDate> date = parse_date(part.substr(colon + 1));
  if (!power) return power.problems();
  if (!date) return date.problems();
  if (*power <= Watts()) return problem(fmt::format("'{}' delivers nothing", part));
  return DeliveredPower{*date, *power};
}

/// The mean day of a path's milestones after an early day; never counts as the latest possible.
double lateness(const DeploymentPath& path) {
  constexpr CalendarDate kOrigin{2000, 1, 1};
  constexpr double kLaterThanAny = 1e6;  // days: later than any study
  double sum = 0;
  for (const auto& date : path.reached) sum += date ? days_between(kOrigin, *date) : kLaterThanAny;
  return path.reached.empty() ? 0 : sum / static_cast<double>(path.reached.size());
}

}  // namespace

DeploymentPath deployment_path(const Deal& deal, const std::vector<DeliveredPower>& curve) {
  DeploymentPath path;
  for (const Watts wanted : milestones(deal)) {
    const auto at = std::find_if(curve.begin(), curve.end(), [&](const DeliveredPower& point) {
      return point.delivered >= wanted * kReached;
    });
    path.reached.push_back(at == curve.end() ? std::nullopt : std::optional(at->date));
  }
  return path;
}

Result<std::vector<DeliveredPower>> read_deliveries(std::string_view text) {
  std::vector<DeliveredPower> curve;
  Diagnostics problems;
  for (const std::string_view part : parts_of(text, ',')) {
    const Result<DeliveredPower> read = read_delivery(part);
    if (!read) {
      problems.insert(problems.end(), read.problems().begin(), read.problems().end());
    } else if (!curve.empty() && !(curve.back().delivered < read->delivered)) {
      problems.push_back(problem(fmt::format("'{}' delivers no more than the part before it", part),
                                 "powers are cumulative and rise"));
    } else if (!curve.empty() && is_before(read->date, curve.back().date)) {
      problems.push_back(problem(fmt::format("'{}' lies before the delivery before it", part),
                                 "give the dates in order"));
    } else {
      curve.push_back(*read);
    }
  }
  if (!problems.empty()) return problems;
  return curve;
}

std::vector<DeliveredPower> planned_curve(const Deal& deal) {
  std::vector<DeliveredPower> curve;
  for (const PlannedDelivery& planned : deal.deliveries)
    curve.push_back({planned.date.value, planned.delivered});
  return curve;
}

std::vector<DeploymentPath> delayed_paths(const Deal& deal,
                                          const std::vector<DeliveredPower>& curve, int count) {
  const double low = deal.delay_months.low, high = deal.delay_months.high;
  if (!(low < high)) count = 1;
  std::vector<DeploymentPath> paths;
  for (int i = 0; i < count; ++i) {
    const double quantile = (i + 0.5) / count;
    const double months = low < high ? low + quantile * (high - low) : deal.delay_months.value;
    std::vector<DeliveredPower> delayed = curve;
    for (DeliveredPower& point : delayed)
      point.date = add_days(point.date, static_cast<int>(months * kDaysAMonth + 0.5));
    paths.push_back(deployment_path(deal, delayed));
    if (count > 1) paths.back().score = -normal_quantile(quantile);
  }
  return paths;
}

void score_paths(std::vector<DeploymentPath>& paths) {
  const std::size_t count = paths.size();
  std::vector<double> late;
  for (const DeploymentPath& path : paths) late.push_back(lateness(path));
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return late[a] < late[b]; });
  for (std::size_t first = 0; first < count;) {
    std::size_t last = first;
    while (last < count && late[order[last]] == late[order[first]]) ++last;
    const double middle = 0.5 * static_cast<double>(first + last) / static_cast<double>(count);
    for (std::size_t i = first; i < last; ++i) paths[order[i]].score = -normal_quantile(middle);
    first = last;
  }
}

}  // namespace polyfleet
