#include "app/fleet_phases.hpp"

#include <fmt/format.h>

#include <cmath>

#include "app/serving_fields.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

constexpr Range kPhaseCount{1, 1e9}, kPhaseWatts{1, 1e12}, kPhaseRate{0, 1},
    kWait{0, 5 * kYearSeconds};
constexpr double kSumTolerance = 1e-6;

const std::vector<std::pair<std::string, Ownership>>& ownerships() {
  static const std::vector<std::pair<std::string, Ownership>> names{
      {"owned", Ownership::owned},
      {"take_or_pay", Ownership::take_or_pay},
      {"on_demand", Ownership::on_demand}};
  return names;
}

const FieldTable<StatedCapacity>& capacity_fields() {
  using C = StatedCapacity;
  static const FieldTable<C> fields = with_origin<C>({
      required(text_field("id", &C::id, "what reports and other tables call it")),
      required(text_field("site", &C::site, "id of a [[site]]")),
      required(text_field("system", &C::system,
                          "id of a [[hardware]], or a system of the catalogue, \"@edition\" "
                          "allowed; the vendor follows from it")),
      ranged_figure_field("power", &C::power, kPhaseWatts,
                          "at the meter; accelerators follow from their planned power"),
      ranged_figure_field("accelerators", &C::accelerators, kPhaseCount, "instead of power"),
      day_field("retirement", &C::retirement, "taken away; open: not within the study"),
      choice_field("ownership", &C::ownership, ownerships(),
                   "owned, or a partner's: paid whether used or not, or only in use"),
      text_field("partner", &C::partner, "whose it is, where it is not owned"),
      text_field("capacity", &C::capacity,
                 "name of the machines of a partner, where several contracts follow each other "
                 "or stand beside each other at one site"),
      ranged_figure_field("rate", &C::rate, kPhaseRate,
                          "partner: of one accelerator; open: the catalogue's rental"),
      {"energy_included", "true or false", "partner: pays the electricity; open: true", false,
       [](C& into, const Value& value, Diagnostics& out) {
         if (const auto truth = detail::read_bool(value, "energy_included", out))
           into.energy_included = *truth;
       },
       [](const C& from) { return from.energy_included ? Value(*from.energy_included) : Value(); }},
      day_field("contract_begin", &C::contract_begin, "partner; open: the first delivery"),
      day_field("contract_end", &C::contract_end, "partner; open: not within the study"),
  });
  return fields;
}

int site_named(const StatedCapacity& stated, const std::vector<SiteModel>& sites,
               Diagnostics& out) {
  if (stated.site.empty()) return 0;  // diagnosed as missing
  std::vector<std::string> names;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (sites[i].id == stated.site) return static_cast<int>(i);
    names.push_back(sites[i].id);
  }
  out.push_back(problem_at(place_of(stated, "site"),
                           fmt::format("'{}': no site is named '{}'", stated.id, stated.site),
                           name_suggestion(stated.site, names)));
  return 0;
}

int class_named(const StatedCapacity& stated, const std::vector<DeviceClass>& classes) {
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i].id == stated.system) return static_cast<int>(i);
  }
  return -1;  // diagnosed by resolve_classes
}

void size_of(const StatedCapacity& stated, const DeviceClass& device, FleetPhase& phase,
             Diagnostics& out) {
  const bool both = stated.power && stated.accelerators;
  if (both ||
      (stated.written.find("power") == nullptr && stated.written.find("accelerators") == nullptr)) {
    out.push_back(problem_at(stated.where,
                             fmt::format("'{}' states {} accelerators", stated.id,
                                         both ? "both power and" : "neither power nor"),
                             "write either power = \"1 GW\" or accelerators = 100000"));
    return;
  }
  if (!stated.power && !stated.accelerators) return;  // diagnosed as faulty
  if (device.provisioned <= Watts()) return;          // diagnosed with the class
  if (stated.power) {
    phase.power = stated.power->value;
    phase.accelerators = std::floor(phase.power / device.provisioned);
  } else {
    phase.accelerators = std::floor(stated.accelerators->value);
    phase.power = phase.accelerators * device.provisioned;
  }
  if (phase.accelerators < 1)
    out.push_back(problem_at(
        place_of(stated, "power"),
        fmt::format("'{}': {} do not feed one accelerator, which is planned "
                    "at {}",
                    stated.id, print_quantity(phase.power), print_quantity(device.provisioned))));
}

/// Key and day of things that must follow each other.
struct DatedKey {
  const char* key;
  std::optional<CalendarDate> date;
};

void check_order(const StatedCapacity& stated, const FleetTime& time, const DatedKey& first,
                 const DatedKey& second, Diagnostics& out) {
  if (!first.date || !second.date) return;
  if (time.hour_of(*second.date) >= time.hour_of(*first.date)) return;
  out.push_back(
      problem_at(place_of(stated, second.key),
                 fmt::format("'{}': {} on {} is before {} on {}", stated.id, second.key,
                             print_date(*second.date), first.key, print_date(*first.date)),
                 "put the days in order"));
}

void partner_terms(const StatedCapacity& stated, const PhaseContext& context, FleetPhase& phase,
                   std::vector<std::string>& assumptions, Diagnostics& out) {
  const DeviceClass& device = context.classes[static_cast<std::size_t>(phase.device_class)];
  phase.energy_included = stated.energy_included.value_or(true);
  if (!stated.energy_included)
    assumptions.push_back(fmt::format("{}: the partner pays electricity (default)", stated.id));
  if (stated.rate) {
    phase.rate = stated.rate->value;
  } else if (device.rental) {
    phase.rate = *device.rental;
    assumptions.push_back(fmt::format("{}: rate {} of an accelerator (rental of the catalogue)",
                                      stated.id, print_quantity(phase.rate)));
  } else {
    out.push_back(problem_at(
        stated.where, fmt::format("'{}': no rate is stated and none is published", stated.id),
        "add rate = \"2.5 USD/h\" (of one accelerator)"));
  }
  phase.contract_begin = phase.first_delivery;
  if (stated.contract_begin) phase.contract_begin = context.time.hour_of(*stated.contract_begin);
  if (stated.contract_end) phase.contract_end = context.time.hour_of(*stated.contract_end);
  check_order(stated, context.time, {"contract_begin", stated.contract_begin},
              {"contract_end", stated.contract_end}, out);
}

void owned_terms(const StatedCapacity& stated, const FleetPhase& phase, const DeviceClass& device,
                 Diagnostics& out) {
  for (const char* key : {"rate", "energy_included", "contract_begin", "contract_end", "partner"}) {
    if (stated.written.find(key) == nullptr) continue;
    out.push_back(
        problem_at(place_of(stated, key),
                   fmt::format("'{}': {} has no meaning where it is owned", stated.id, key),
                   "remove it, or write ownership = \"take_or_pay\" or \"on_demand\""));
  }
  if (!phase.existing && !device.price)
    out.push_back(problem_at(
        stated.where,
        fmt::format("'{}': no price of {} is stated and none is published", stated.id, device.name),
        fmt::format("add [[hardware]] with system = \"{}\" and price = \"50000 USD\" (of one "
                    "accelerator)",
                    stated.system)));
}

/// What phases and pools have in common; first_delivery is set before.
void resolve_common(const StatedCapacity& stated, const PhaseContext& context, FleetPhase& phase,
                    std::vector<std::string>& assumptions, Diagnostics& out) {
  phase.id = stated.id;
  phase.ownership = stated.ownership;
  phase.site = site_named(stated, context.sites, out);
  const int device = class_named(stated, context.classes);
  if (stated.retirement) phase.retirement = context.time.hour_of(*stated.retirement);
  if (device < 0) return;
  phase.device_class = device;
  const DeviceClass& known = context.classes[static_cast<std::size_t>(device)];
  size_of(stated, known, phase, out);
  if (phase.ownership == Ownership::owned) {
    owned_terms(stated, phase, known, out);
  } else {
    partner_terms(stated, context, phase, assumptions, out);
  }
}

DelayDistribution delay_of(const StatedPhase& stated, std::vector<std::string>& assumptions,
                           Diagnostics& out) {
  if (stated.delay_quarters.empty()) {
    assumptions.push_back(fmt::format("{}: never late in futures (default)", stated.id));
    return {{1.0}};
  }
  double sum = 0;
  for (const double share : stated.delay_quarters) sum += share;
  if (std::abs(sum - 1) > kSumTolerance)
    out.push_back(
        problem_at(place_of(stated, "delay_quarters"),
                   fmt::format("'{}': the probabilities of delays sum to {:.6g}", stated.id, sum),
                   "let them sum to 1"));
  return {stated.delay_quarters};
}

}  // namespace

const FieldTable<StatedPhase>& phase_fields() {
  using P = StatedPhase;
  static const FieldTable<P> fields = [] {
    FieldTable<P> table = inherited_fields<P>(capacity_fields());
    const FieldTable<P> own{
        text_field("program", &P::program, "whose gigawatts it counts for (\"amd_openai\")"),
        day_field("ordered", &P::ordered, "paid by then; open: a year before the first delivery"),
        required(day_field("first_delivery", &P::first_delivery, "first accelerators arrive")),
        required(day_field("last_delivery", &P::last_delivery, "all have arrived; even between")),
        span_field("acceptance", &P::acceptance, kWait, "from delivery until it counts and works"),
        ranged_figure_field("rejected", &P::rejected, kAnyShare,
                            "fails acceptance at first and comes a second time; open: none"),
        number_list_field("delay_quarters", &P::delay_quarters, kAnyShare,
                          "in futures: probabilities of a delay of 0, 1, 2, ... quarters"),
    };
    table.insert(table.end(), own.begin(), own.end());
    return table;
  }();
  return fields;
}

const FieldTable<StatedFleetPool>& fleet_pool_fields() {
  using P = StatedFleetPool;
  static const FieldTable<P> fields = [] {
    FieldTable<P> table = inherited_fields<P>(capacity_fields());
    table.push_back(
        day_field("since", &P::since, "when it came; open: a year before the study begins"));
    return table;
  }();
  return fields;
}

FleetPhase resolve_phase(const StatedPhase& stated, const PhaseContext& context,
                         std::vector<std::string>& assumptions, Diagnostics& out) {
  FleetPhase phase;
  phase.program = stated.program;
  const FleetTime& time = context.time;
  check_order(stated, time, {"ordered", stated.ordered}, {"first_delivery", stated.first_delivery},
              out);
  check_order(stated, time, {"first_delivery", stated.first_delivery},
              {"last_delivery", stated.last_delivery}, out);
  check_order(stated, time, {"last_delivery", stated.last_delivery},
              {"retirement", stated.retirement}, out);
  if (stated.first_delivery) phase.first_delivery = time.hour_of(*stated.first_delivery);
  if (stated.last_delivery) phase.last_delivery = time.hour_of(*stated.last_delivery);
  constexpr int kYearHours = 365 * 24;
  phase.ordered = phase.first_delivery - kYearHours;
  if (stated.ordered) {
    phase.ordered = time.hour_of(*stated.ordered);
  } else if (stated.ownership == Ownership::owned) {
    assumptions.push_back(
        fmt::format("{}: ordered a year before the first delivery (default)", stated.id));
  }
  phase.acceptance = stated.acceptance.value_or(context.defaults.acceptance->value);
  if (!stated.acceptance)
    assumptions.push_back(
        assumption_line(stated.id + ": acceptance", *context.defaults.acceptance));
  if (stated.rejected) phase.rejected = stated.rejected->value;
  phase.delay = delay_of(stated, assumptions, out);
  resolve_common(stated, context, phase, assumptions, out);
  return phase;
}

FleetPhase resolve_pool(const StatedFleetPool& stated, const PhaseContext& context,
                        std::vector<std::string>& assumptions, Diagnostics& out) {
  FleetPhase phase;
  phase.existing = true;
  phase.delay = {{1.0}};
  constexpr int kYearHours = 365 * 24;
  phase.ordered = phase.first_delivery = phase.last_delivery = -kYearHours;
  if (stated.since) {
    phase.ordered = phase.first_delivery = phase.last_delivery =
        context.time.hour_of(*stated.since);
    if (phase.first_delivery > 0)
      out.push_back(problem_at(place_of(stated, "since"),
                               fmt::format("pool '{}' comes after the study has begun", stated.id),
                               "make it a [[phase]] with first_delivery and last_delivery"));
  }
  resolve_common(stated, context, phase, assumptions, out);
  return phase;
}

}  // namespace polyfleet
