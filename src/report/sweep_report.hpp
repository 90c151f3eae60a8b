// A sweep as a table, a small plot, JSON and CSV: one line a point, in the order of the grid.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/value.hpp"
#include "report/table.hpp"
#include "training/estimate.hpp"

namespace polyfleet {

/// One key and the values it takes, as they were written.
struct SweepAxis {
  std::string key;
  std::vector<std::string> values;
};

struct SweepPoint {
  std::vector<std::string> values;  ///< one per axis
  std::string reason;               ///< why it cannot run; empty when it can
  std::optional<TrainingEstimate> estimate;
  std::int64_t devices = 0;

  bool runs() const { return estimate && estimate->fits_in_memory; }
  double tokens_per_second() const;  ///< of all devices; 0 where there is no estimate
};

struct SweepAnswer {
  std::string name;  ///< of the scenario
  std::string what;  ///< model on devices, in words
  std::vector<SweepAxis> axes;
  std::vector<SweepPoint> points;
  bool interrupted = false;  ///< stopped: the first points of the grid only
};

/// Points of the whole grid.
std::size_t grid_points(const std::vector<SweepAxis>& axes);

/// The best point by each measure among those that run; nothing where none does or the measure is
/// unknown. Ties go to the first.
struct SweepBest {
  std::optional<std::size_t> fastest;   ///< most tokens per second
  std::optional<std::size_t> cheapest;  ///< least money per token
  std::optional<std::size_t> frugal;    ///< least energy per token
};
SweepBest best_of(const SweepAnswer& answer);

std::string sweep_text(const SweepAnswer& answer, PageStyle style);
/// {axes, points: [{settings, runs, reason, step_time_s, ...}], best}
Value sweep_json(const SweepAnswer& answer);
/// One row per point with the axes' keys as columns.
std::string sweep_csv(const SweepAnswer& answer);

}  // namespace polyfleet
