#include <algorithm>

#include "report/fleet_line_maker.hpp"
#include "report/plain_units.hpp"

namespace polyfleet {
namespace {

const FleetPhase* phase_of(const FleetModel& model, const LedgerRow& row) {
  return row.phase < 0 ? nullptr : &model.phases[static_cast<std::size_t>(row.phase)];
}

const DeviceClass& class_of(const FleetModel& model, const FleetPhase& phase) {
  return model.classes[static_cast<std::size_t>(phase.device_class)];
}

/// What a phase is counted under, in order of first appearance.
std::vector<std::string> names_of(const FleetModel& model,
                                  const std::function<std::string(const FleetPhase&)>& name) {
  std::vector<std::string> names;
  for (const FleetPhase& phase : model.phases) {
    std::string each = name(phase);
    if (!each.empty() && std::find(names.begin(), names.end(), each) == names.end())
      names.push_back(std::move(each));
  }
  return names;
}

FleetLineMaker::RowFilter rows_of(const FleetModel& model,
                                  std::function<std::string(const FleetPhase&)> name,
                                  const std::string& wanted) {
  return [&model, name = std::move(name), wanted](const LedgerRow& row) {
    const FleetPhase* const phase = phase_of(model, row);
    return phase != nullptr && name(*phase) == wanted;
  };
}

/// Mean over a slice of accelerators of one group that do one workload, times its seconds.
double use_of(const FleetLineMaker& make, const FleetSlice& slice, std::size_t device_class,
              std::size_t workload) {
  double sum = 0;
  const FleetRun& run = make.run();
  for (int period = slice.first; period < slice.end; ++period) {
    const auto& groups = run.periods[static_cast<std::size_t>(period)];
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (static_cast<std::size_t>(run.groups[g].device_class) != device_class) continue;
      if (workload < groups[g].in_use.size())
        sum += groups[g].in_use[workload] * (make.model().time.length(period) / second);
    }
  }
  return sum;
}

FleetLine use_line(const FleetLineMaker& make, std::size_t device_class, std::size_t workload) {
  FleetLine line;
  line.kind = LineKind::mean;
  for (const FleetSlice& slice : make.slices()) {
    const double sum = use_of(make, slice, device_class, workload);
    line.values.push_back(sum / (length_of(make.model().time, slice) / second));
    line.total += sum / (make.model().time.hours() * (hour / second));
  }
  line.from = "in use";
  return line;
}

}  // namespace

void add_delivered_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines) {
  const FleetModel& model = make.model();
  const auto add = [&](const std::string& what, const std::string& unit, const auto& of,
                       const auto& name) {
    for (const std::string& each : names_of(model, name)) {
      FleetLine line = of(rows_of(model, name, each));
      line.from += " of " + each;
      if (what == "program")
        line.outcome = {.account = {}, .program = each, .factor = 1 / kWattsAGigawatt};
      lines.push_back(named(std::move(line), "delivered", what + "." + key_of(each),
                            what == "arrived" ? each + ", arrived in it" : each, unit));
    }
  };
  const auto vendor = [&model](const FleetPhase& phase) { return class_of(model, phase).vendor; };
  const auto standing = [&make](const FleetLineMaker::RowFilter& filter) {
    return make.end(Account::installed, 1, filter);
  };
  lines.push_back(named(make.end(Account::installed_power, 1 / kWattsAGigawatt), "delivered",
                        "power", "all that stands", "GW"));
  add(
      "program", "GW",
      [&make](const FleetLineMaker::RowFilter& filter) {
        return make.end(Account::installed_power, 1 / kWattsAGigawatt, filter);
      },
      [](const FleetPhase& phase) { return phase.program; });
  lines.push_back(named(make.end(Account::installed, 1), "delivered", "accelerators",
                        "all that stand", "accelerators"));
  add(
      "arrived", "accelerators",
      [&make](const FleetLineMaker::RowFilter& filter) {
        return make.sum(Account::delivered, 1, filter);
      },
      vendor);
  add("vendor", "accelerators", standing, vendor);
  add("class", "accelerators", standing,
      [&model](const FleetPhase& phase) { return class_of(model, phase).id; });
}

void add_capacity_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines) {
  const FleetModel& model = make.model();
  const FleetLine installed = make.mean(Account::installed, 1),
                  in_service = make.mean(Account::in_service, 1),
                  in_use = make.mean(Account::in_use, 1);
  lines.push_back(named(make.mean(Account::installed_power, 1 / kWattsAGigawatt), "capacity",
                        "power", "installed power", "GW"));
  for (std::size_t site = 0; site < model.sites.size(); ++site) {
    FleetLine line =
        make.mean(Account::installed_power, 1 / kWattsAGigawatt,
                  [site](const LedgerRow& row) { return row.site == static_cast<int>(site); });
    line.from += " at " + model.sites[site].id;
    line.of_site = true;
    lines.push_back(named(std::move(line), "capacity", "power." + model.sites[site].id,
                          "  at " + model.sites[site].id, "GW"));
  }
  lines.push_back(named(installed, "capacity", "installed", "installed", "accelerators"));
  lines.push_back(named(in_service, "capacity", "in_service", "in service", "accelerators"));
  lines.push_back(named(in_use, "capacity", "in_use", "in use", "accelerators"));
  lines.push_back(named(make.ratio(in_service, installed, 100), "capacity", "in_service_share",
                        "in service of installed", "%"));
  lines.push_back(named(make.ratio(in_use, in_service, 100), "capacity", "in_use_share",
                        "in use of in service", "%"));
}

void add_use_lines(const FleetLineMaker& make, std::vector<FleetLine>& lines) {
  const FleetModel& model = make.model();
  if (make.run().periods.size() != static_cast<std::size_t>(model.time.periods())) return;
  for (std::size_t workload = 0; workload < model.workloads.size(); ++workload) {
    for (std::size_t each = 0; each < model.classes.size(); ++each) {
      const std::string& what = model.workloads[workload].id;
      const std::string& where = model.classes[each].id;
      lines.push_back(named(use_line(make, each, workload), "use", what + "." + where,
                            what + " on " + where, "accelerators"));
    }
  }
}

}  // namespace polyfleet
