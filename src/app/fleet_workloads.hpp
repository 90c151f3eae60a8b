// Workloads of a fleet scenario as people write them: what is asked for (a stream with demand by
// date, or runs with a deadline), its value, its tolerance, its shape over the week, and the
// question that the engine answers for each kind of accelerator. Which keys count depends on the
// kind; the others are refused.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/fleet_document_fields.hpp"
#include "app/fleet_finance.hpp"
#include "app/fleet_rates.hpp"
#include "app/workspace.hpp"
#include "fleet/fleet_model.hpp"

namespace polyfleet {

/// [[workload.demand]]
struct StatedFleetDemand : StatedEntry {
  std::optional<CalendarDate> from;
  std::string rate;  ///< "5e12 tokens/day"
};

/// [[workload.campaign]]
struct StatedCampaign : StatedEntry {
  std::string id;
  std::optional<CalendarDate> start, deadline;
  std::string amount;  ///< "15e12 tokens"
};

/// [[workload]]
struct StatedWorkload : StatedEntry {
  std::string id, name, model, value, shape;
  std::optional<WorkloadKind> kind;
  std::vector<StatedFleetDemand> demand;
  std::vector<StatedCampaign> campaigns;
  bool sold = false;
  std::optional<bool> must, gang;
  std::optional<double> sheddable, peak_over_mean, value_growth;
  std::optional<int> utc_offset;
  std::optional<Seconds> migration;
  std::vector<std::string> vendors;
  // the question
  std::int64_t sequence = 0, accelerators = 0, frames = 0, width = 0, height = 0, steps = 0;
  double batch_tokens = 0, input_tokens = 0, output_tokens = 0, cached_share = 0;
  double rollout_tokens_per_trained = 0;
  std::vector<std::string> precisions, formats;
  std::optional<Seconds> ttft, tpot;
};

const FieldTable<StatedWorkload>& workload_fields();
const FieldTable<StatedFleetDemand>& demand_fields();
const FieldTable<StatedCampaign>& campaign_fields();

/// [[shape]] of data/fleet/shapes.toml: load by the hour of the day and the day of the week.
struct LoadShape {
  std::string id, name, source, status, note;
  std::vector<double> hours;  ///< 24, any scale
  std::vector<double> days;   ///< 7 from Monday, any scale
};
Result<std::vector<LoadShape>> load_shapes(const std::filesystem::path& data_directory);
/// Scaled to mean 1.
WeekShape week_shape(const LoadShape& shape);

struct WorkloadContext {
  Workspace& workspace;
  const FleetTime& time;
  const FleetDefaults& defaults;
  const std::vector<LoadShape>& shapes;
  std::vector<std::string> vendors;  ///< of the classes
};

struct ResolvedWorkload {
  FleetWorkload workload;
  RateQuestion question;
};

/// Problems: keys that the kind does not know or lacks, units of another kind, demand out of order,
/// neither demand nor campaigns, campaigns that end before they begin, overlap or leave the study,
/// unknown models, formats, vendors and shapes.
ResolvedWorkload resolve_workload(const StatedWorkload& stated, const WorkloadContext& context,
                                  std::vector<std::string>& assumptions, Diagnostics& out);

/// What one workload counts in.
std::string_view unit_of(WorkloadKind kind);
std::string_view name_of(WorkloadKind kind);

}  // namespace polyfleet
