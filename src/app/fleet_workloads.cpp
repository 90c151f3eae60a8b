#include "app/fleet_workloads.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/fleet_workloads_question.hpp"
#include "app/fleet_workloads_units.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

void read_demand(const StatedWorkload& stated, const FleetTime& time, FleetWorkload& workload,
                 Diagnostics& out) {
  for (const StatedFleetDemand& each : stated.demand) {
    const auto flow = read_flow(each, "rate", each.rate, workload.kind, out);
    if (!flow || !each.from) continue;
    const DemandPoint point{time.hour_of(*each.from), *flow};
    if (!workload.demand.empty() && point.hour <= workload.demand.back().hour) {
      out.push_back(problem_at(
          place_of(each, "from"),
          fmt::format("demand of '{}' is out of order at {}", stated.id, print_date(*each.from)),
          "list demand by date, each day once"));
      continue;
    }
    workload.demand.push_back(point);
  }
}

/// A run within the study, with an amount; nothing where it is faulty.
std::optional<Campaign> campaign_of(const StatedCampaign& stated, const FleetTime& time,
                                    WorkloadKind kind, Diagnostics& out) {
  const auto amount = read_amount(stated, "amount", stated.amount, kind, out);
  if (!amount || !stated.start || !stated.deadline) return std::nullopt;
  const Campaign campaign{stated.id, time.hour_of(*stated.start), time.hour_of(*stated.deadline),
                          *amount};
  if (campaign.deadline <= campaign.start) {
    out.push_back(
        problem_at(place_of(stated, "deadline"),
                   fmt::format("campaign '{}' must be done on {}, not after its start on {}",
                               stated.id, print_date(*stated.deadline), print_date(*stated.start)),
                   "put the deadline after the start"));
    return std::nullopt;
  }
  if (campaign.start < 0 || campaign.deadline > time.hours()) {
    out.push_back(
        problem_at(place_of(stated, campaign.start < 0 ? "start" : "deadline"),
                   fmt::format("campaign '{}' reaches beyond the study, {} to {}", stated.id,
                               print_date(time.begin()), print_date(time.end())),
                   "shorten the campaign or lengthen the study"));
    return std::nullopt;
  }
  return campaign;
}

void read_campaigns(const StatedWorkload& stated, const FleetTime& time, FleetWorkload& workload,
                    Diagnostics& out) {
  for (const StatedCampaign& each : stated.campaigns) {
    const auto campaign = campaign_of(each, time, workload.kind, out);
    if (!campaign) continue;
    if (!workload.campaigns.empty()) {
      const Campaign& last = workload.campaigns.back();
      if (campaign->start < last.deadline)
        out.push_back(problem_at(
            place_of(each, "start"),
            fmt::format("campaign '{}' of '{}' starts on {}, before the deadline of '{}' on {}",
                        each.id, stated.id, print_date(*each.start), last.id,
                        print_date(time.date_of(last.deadline))),
            "let campaigns follow each other, or make a workload of each"));
    }
    for (const Campaign& other : workload.campaigns) {
      if (other.id == campaign->id)
        out.push_back(
            problem_at(place_of(each, "id"), fmt::format("two campaigns are named '{}'", each.id)));
    }
    workload.campaigns.push_back(*campaign);
  }
}

void check_work(const StatedWorkload& stated, Diagnostics& out) {
  if (stated.demand.empty() == stated.campaigns.empty())
    out.push_back(
        problem_at(stated.where,
                   fmt::format("workload '{}' has {} demand and campaigns", stated.id,
                               stated.demand.empty() ? "neither" : "both"),
                   "add [[workload.demand]] for a stream, or [[workload.campaign]] for runs"));
}

void set_shape(const StatedWorkload& stated, const WorkloadContext& context,
               FleetWorkload& workload, std::vector<std::string>& assumptions, Diagnostics& out) {
  workload.shape.fill(1);
  if (!stated.shape.empty()) {
    std::vector<std::string> names;
    const LoadShape* found = nullptr;
    for (const LoadShape& each : context.shapes) {
      names.push_back(each.id);
      if (each.id == stated.shape) found = &each;
    }
    if (found == nullptr) {
      out.push_back(problem_at(place_of(stated, "shape"),
                               fmt::format("unknown shape '{}'", stated.shape),
                               name_suggestion(stated.shape, names)));
    } else {
      workload.shape = week_shape(*found);
    }
  } else if (!stated.demand.empty()) {
    assumptions.push_back(fmt::format("{}: demand is even over the week (default)", stated.id));
  }
  workload.peak_over_mean = stated.peak_over_mean.value_or(
      *std::max_element(workload.shape.begin(), workload.shape.end()));
}

void check_vendors(const StatedWorkload& stated, const WorkloadContext& context, Diagnostics& out) {
  for (const std::string& vendor : stated.vendors) {
    if (std::find(context.vendors.begin(), context.vendors.end(), vendor) == context.vendors.end())
      out.push_back(
          problem_at(place_of(stated, "vendors"),
                     fmt::format("'{}': no phase or pool is of vendor '{}'", stated.id, vendor),
                     name_suggestion(vendor, context.vendors)));
  }
}

}  // namespace

std::string_view name_of(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::pretraining:
      return "pretraining";
    case WorkloadKind::posttraining:
      return "posttraining";
    case WorkloadKind::chat:
      return "chat";
    case WorkloadKind::agents:
      return "agents";
    case WorkloadKind::video:
      return "video";
    case WorkloadKind::research:
      return "research";
  }
  return "";
}

std::string_view unit_of(WorkloadKind kind) {
  if (kind == WorkloadKind::video) return "videos";
  return kind == WorkloadKind::chat || kind == WorkloadKind::agents ? "output tokens"
                                                                    : "training tokens";
}

ResolvedWorkload resolve_workload(const StatedWorkload& stated, const WorkloadContext& context,
                                  std::vector<std::string>& assumptions, Diagnostics& out) {
  ResolvedWorkload resolved;
  if (!stated.kind) return resolved;  // diagnosed as missing or unknown
  FleetWorkload& workload = resolved.workload;
  workload.id = stated.id;
  workload.name = stated.name.empty() ? stated.id : stated.name;
  workload.model = stated.model;
  workload.kind = *stated.kind;
  workload.unit = unit_of(*stated.kind);
  check_question_keys(stated, out);
  check_work(stated, out);
  read_demand(stated, context.time, workload, out);
  read_campaigns(stated, context.time, workload, out);
  set_shape(stated, context, workload, assumptions, out);
  check_vendors(stated, context, out);
  workload.utc_offset_minutes = stated.utc_offset.value_or(0);
  if (!stated.value.empty())
    workload.value = read_value(stated, "value", stated.value, *stated.kind, out).value_or(0);
  workload.value_growth = stated.value_growth.value_or(0);
  workload.sold = stated.sold;
  workload.must = stated.must.value_or(stated.value.empty());
  if (!stated.must && workload.must)
    assumptions.push_back(fmt::format("{}: must be met, as it has no value (default)", stated.id));
  workload.sheddable = stated.sheddable.value_or(0);
  workload.gang = stated.gang.value_or(*stated.kind == WorkloadKind::pretraining);
  workload.migration = stated.migration.value_or(context.defaults.migration->value);
  workload.vendors = stated.vendors;
  if (!stated.value.empty() && !stated.value_growth)
    assumptions.push_back(fmt::format("{}: its value stays as it is (default)", stated.id));
  if (!stated.sheddable)
    assumptions.push_back(
        fmt::format("{}: nothing of it gives way to the grid (default)", stated.id));
  if (!stated.migration)
    assumptions.push_back(assumption_line(stated.id + ": an accelerator that changes to it stands",
                                          *context.defaults.migration));
  resolved.question = question_of(stated, context, workload, out);
  return resolved;
}

}  // namespace polyfleet
