// When a deal's gigawatts are delivered: one path per future. Paths come from a plan with a common
// delay (equally spaced quantiles, no draws), from a reader's list of dates, or from the delivered
// power of a simulated fleet. Days; between two points of a curve power stands still.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "capital/deal.hpp"

namespace polyfleet {

/// For each of milestones(deal) the day on which that much power has been delivered; nothing =
/// never.
struct DeploymentPath {
  std::vector<std::optional<CalendarDate>> reached;
  /// Standard-normal score of how early the path is among its kind (positive = early); used only
  /// where price and deployment are correlated.
  double score = 0;
};

/// Cumulative power that stands delivered from a day on.
struct DeliveredPower {
  CalendarDate date;
  Watts delivered;
};

/// The path of a curve in order of dates: each milestone on the first day at or above it (to 1 W in
/// a GW, so that sums of parts count).
DeploymentPath deployment_path(const Deal& deal, const std::vector<DeliveredPower>& curve);
/// "1GW:2027-06-30,2GW:2028-03-31": errors for another form, dates or powers out of order.
Result<std::vector<DeliveredPower>> read_deliveries(std::string_view text);
/// The deal's planned deliveries as a curve.
std::vector<DeliveredPower> planned_curve(const Deal& deal);
/// The curve delayed by `count` equally likely amounts (the middles of equal shares of the uniform
/// law), scored; one path without delay where the range is empty.
std::vector<DeploymentPath> delayed_paths(const Deal& deal,
                                          const std::vector<DeliveredPower>& curve, int count);
/// Scores for paths from elsewhere: ranks by the mean day of their milestones (never = latest),
/// turned into normal quantiles; ties share the mean of their ranks.
void score_paths(std::vector<DeploymentPath>& paths);

}  // namespace polyfleet
