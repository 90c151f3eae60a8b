#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/fleet_phases.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

constexpr Range kAboveZero{1e-3, 1}, kUsd{1, 1e8}, kClassRate{0, 1}, kClassWatts{1, 1e6};
constexpr Range kClassGrams{0, 1e9}, kMature{86400, 10 * kYearSeconds};

/// The catalogue's problems at the place where the name is written.
template <class T>
std::optional<T> found_in_catalogue(Result<T> result, const Position& where, Diagnostics& out) {
  if (result) return *std::move(result);
  for (Diagnostic each : result.problems()) {
    if (each.where.file.empty() || each.where.line == 0) each.where = where;
    out.push_back(std::move(each));
  }
  return std::nullopt;
}

struct Parts {
  System system;
  Accelerator accelerator;
};

std::optional<Parts> parts_of(const StatedHardware& stated, const Position& where,
                              const Catalogue& catalogue, Diagnostics& out) {
  auto system = found_in_catalogue(catalogue.system(stated.system), where, out);
  if (!system) return std::nullopt;
  auto part = stated.accelerator.empty()
                  ? found_in_catalogue(catalogue.accelerator_of(*system), where, out)
                  : found_in_catalogue(catalogue.accelerator(stated.accelerator),
                                       place_of(stated, "accelerator"), out);
  if (!part) return std::nullopt;
  return Parts{*std::move(system), *std::move(part)};
}

void set_powers(const StatedHardware& stated, const Parts& parts, const Position& where,
                const ClassContext& context, DeviceClass& device, Diagnostics& out) {
  const double published =
      parts.system.pue ? parts.system.pue->value : 1 / context.power_shares.delivery.value;
  const ClassPower power =
      class_power(parts.accelerator, parts.system, context.activity, context.power_shares,
                  facility_of_published(published, context.power_shares.delivery.value));
  if (!power.known) {
    out.push_back(
        problem_at(where, fmt::format("{}: {}", parts.system.name, power.basis),
                   "choose another system, or add its tdp to data/hardware with a source"));
    return;
  }
  device.parked = power.parked;
  device.idle = power.idle;
  device.rated = power.rated;
  device.network = power.network;
  device.provisioned = stated.provisioned ? stated.provisioned->value : power.provisioned;
  device.power_basis = power.basis;
  if (stated.provisioned) device.power_basis += "; planned power as the scenario states";
}

void set_money_and_carbon(const StatedHardware& stated, const Parts& parts,
                          const ClassContext& context, DeviceClass& device,
                          std::vector<std::string>& assumptions) {
  if (stated.price) {
    device.price = stated.price->value;
  } else if (parts.system.price) {
    device.price = parts.system.price->value;
    assumptions.push_back(assumption_line(device.id + ": price of an accelerator with its share "
                                                      "of the system",
                                          *parts.system.price));
  }
  if (stated.rental) {
    device.rental = stated.rental->value;
  } else if (parts.system.rental) {
    device.rental = parts.system.rental->value;
  }
  device.embodied = stated.embodied ? stated.embodied->value : context.defaults.embodied->value;
  if (!stated.embodied)
    assumptions.push_back(
        assumption_line(device.id + ": embodied carbon", *context.defaults.embodied));
}

void set_maturity(const StatedHardware& stated, const ClassContext& context, DeviceClass& device,
                  std::vector<std::string>& assumptions, Diagnostics& out) {
  const int given = int{stated.launch.has_value()} + int{stated.at_launch.has_value()} +
                    int{stated.until_mature.has_value()};
  if (given == 0) {
    assumptions.push_back(
        fmt::format("{}: software as fast as predicted from the first day (default)", device.id));
    return;
  }
  if (given < 3) {
    out.push_back(problem_at(stated.where,
                             fmt::format("'{}' states only a part of launch, at_launch and "
                                         "until_mature",
                                         device.id),
                             "state all three, or none"));
    return;
  }
  device.maturity = {context.time.hour_of(*stated.launch), stated.at_launch->value,
                     *stated.until_mature};
}

/// `nodes`: of all phases and pools together.
void set_availability(const StatedHardware& stated, const Parts& parts, double nodes,
                      const ClassContext& context, DeviceClass& device,
                      std::vector<std::string>& assumptions) {
  if (stated.in_service) {
    device.in_service = stated.in_service->value;
    device.availability_basis = "stated by the scenario";
    return;
  }
  ServiceQuestion question;
  question.nodes = node_reliability(context.reliability, parts.accelerator, parts.system);
  question.count = std::max(1.0, nodes);
  question.spare_share = context.defaults.spare_share->value;
  question.maintenance = context.outages.maintenance();
  question.lemons = context.outages.lemons();
  question.horizon = context.time.hours() * hour;
  const ServiceShare share = expected_service(question);
  device.in_service = share.in_service;
  device.availability_basis = question.nodes.basis;
  assumptions.push_back(fmt::format("{}: {:.4f} in service ({}; {:.3g} % of nodes are spares)",
                                    device.id, share.in_service, question.nodes.basis,
                                    100 * question.spare_share));
}

double nodes_of(const std::string& id, const std::vector<const StatedCapacity*>& uses,
                const DeviceClass& device) {
  double accelerators = 0;
  for (const StatedCapacity* use : uses) {
    if (use->system != id) continue;
    if (use->accelerators) accelerators += use->accelerators->value;
    if (use->power && device.provisioned > Watts())
      accelerators += use->power->value / device.provisioned;
  }
  return std::floor(accelerators / device.per_node);
}

/// What the scenario says of a system that a phase names, or the bare name.
StatedHardware hardware_of(const StatedCapacity& use, const std::vector<StatedHardware>& hardware) {
  for (const StatedHardware& each : hardware) {
    if ((each.id.empty() ? each.system : each.id) == use.system) return each;
  }
  StatedHardware bare;
  bare.id = bare.system = use.system;
  bare.where = place_of(use, "system");
  return bare;
}

DeviceClass class_of(const StatedHardware& stated, const Parts& parts, const Position& where,
                     const std::vector<const StatedCapacity*>& uses, const ClassContext& context,
                     std::vector<std::string>& assumptions, Diagnostics& out) {
  DeviceClass device;
  device.id = stated.id.empty() ? stated.system : stated.id;
  device.system = parts.system.id;
  device.accelerator = parts.accelerator.id;
  device.vendor = parts.accelerator.vendor;
  device.name = parts.system.name;
  device.per_node = std::max(1, parts.system.accelerators_per_node);
  device.per_domain = std::max(1, parts.system.scale_up_domain);
  set_powers(stated, parts, where, context, device, out);
  set_money_and_carbon(stated, parts, context, device, assumptions);
  set_maturity(stated, context, device, assumptions, out);
  set_availability(stated, parts, nodes_of(device.id, uses, device), context, device, assumptions);
  return device;
}

void check_hardware(const std::vector<StatedHardware>& hardware,
                    const std::vector<const StatedCapacity*>& uses, Diagnostics& out) {
  std::vector<std::string> names;
  for (const StatedCapacity* use : uses) names.push_back(use->system);
  for (std::size_t i = 0; i < hardware.size(); ++i) {
    const std::string& id = hardware[i].id.empty() ? hardware[i].system : hardware[i].id;
    if (std::find(names.begin(), names.end(), id) == names.end())
      out.push_back(problem_at(hardware[i].where,
                               fmt::format("no phase or pool is of system '{}'", id),
                               name_suggestion(id, names)));
    for (std::size_t j = 0; j < i; ++j) {
      if (id == (hardware[j].id.empty() ? hardware[j].system : hardware[j].id))
        out.push_back(problem_at(hardware[i].where, fmt::format("two [[hardware]] are '{}'", id),
                                 "give them different ids"));
    }
  }
}

}  // namespace

const FieldTable<StatedHardware>& hardware_fields() {
  using H = StatedHardware;
  static const FieldTable<H> fields = with_origin<H>({
      text_field("id", &H::id, "what phases call it; open: the system"),
      required(text_field("system", &H::system, "of the catalogue, \"@edition\" allowed")),
      text_field("accelerator", &H::accelerator, "other than the system's own"),
      ranged_figure_field("price", &H::price, kUsd,
                          "of one accelerator with its share of the system; open: the catalogue's"),
      ranged_figure_field("rental", &H::rental, kClassRate,
                          "of one accelerator; open: the catalogue's"),
      ranged_figure_field("provisioned", &H::provisioned, kClassWatts,
                          "planned for one accelerator at the meter, cooling and losses included; "
                          "open: from its parts (docs/fleet_power.md)"),
      ranged_figure_field("embodied", &H::embodied, kClassGrams,
                          "made and brought, of one accelerator"),
      ranged_figure_field("in_service", &H::in_service, kAboveZero,
                          "expected share of installed ones that work; open: from failure records"),
      day_field("launch", &H::launch, "day from which its software matures"),
      ranged_figure_field("at_launch", &H::at_launch, kAboveZero,
                          "share of the predicted speed that it reaches then"),
      span_field("until_mature", &H::until_mature, kMature, "until all of it is reached, evenly"),
  });
  return fields;
}

Result<ClassContext> load_class_context(Workspace& workspace, const FleetTime& time,
                                        const FleetDefaults& defaults) {
  const std::filesystem::path& data = workspace.data_directory();
  auto activity = load_power_activity(data);
  auto shares = load_fleet_power_shares(data);
  auto reliability = load_reliability(data);
  auto outages = load_outages(data);
  Diagnostics problems;
  const auto collect = [&](const auto& result) {
    if (!result)
      problems.insert(problems.end(), result.problems().begin(), result.problems().end());
  };
  collect(activity);
  collect(shares);
  collect(reliability);
  collect(outages);
  if (!problems.empty()) return problems;
  return ClassContext{workspace, time, defaults, *activity, *shares, *reliability, *outages};
}

ResolvedClasses resolve_classes(const std::vector<StatedHardware>& hardware,
                                const std::vector<const StatedCapacity*>& uses,
                                const ClassContext& context, std::vector<std::string>& assumptions,
                                Diagnostics& out) {
  check_hardware(hardware, uses, out);
  ResolvedClasses resolved;
  std::vector<std::string> seen;
  for (const StatedCapacity* use : uses) {
    if (use->system.empty()) continue;  // diagnosed as missing
    if (std::find(seen.begin(), seen.end(), use->system) != seen.end()) continue;
    seen.push_back(use->system);
    const StatedHardware stated = hardware_of(*use, hardware);
    const Position where = stated.written.is_null() ? stated.where : place_of(stated, "system");
    const auto parts = parts_of(stated, where, context.workspace.catalogue(), out);
    if (!parts) continue;
    resolved.classes.push_back(class_of(stated, *parts, where, uses, context, assumptions, out));
    resolved.rates.push_back({stated.system, stated.accelerator});
  }
  return resolved;
}

}  // namespace polyfleet
