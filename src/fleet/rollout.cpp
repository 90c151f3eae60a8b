#include "fleet/rollout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/check.hpp"

namespace polyfleet {
namespace {

/// Whole hours that cover a time.
int hours_of(Seconds time) { return static_cast<int>(std::ceil(time / hour - 1e-9)); }

FleetHour later(FleetHour at, int by) { return at == kNoHour ? kNoHour : at + by; }

/// Sum of floor(a i / m) for i in [0, n), by Euclid's algorithm in O(log m).
std::int64_t floor_sum(std::int64_t n, std::int64_t m, std::int64_t a) {
  std::int64_t sum = 0, b = 0;
  while (true) {
    sum += n * (n - 1) / 2 * (a / m) + n * (b / m);
    a %= m;
    b %= m;
    const std::int64_t last = a * n + b;
    if (last < m) return sum;
    n = last / m;
    b = last % m;
    std::swap(m, a);
  }
}

}  // namespace

std::int64_t PhaseSchedule::Arrivals::by(FleetHour at) const {
  if (at >= last) return count;
  return at <= first ? 0 : count * (at - first) / (last - first);
}

double PhaseSchedule::Arrivals::hours(FleetHour first_hour, FleetHour end) const {
  const auto clamped = [&](FleetHour at) { return std::clamp(at, first, last); };
  const FleetHour from = clamped(first_hour), to = clamped(end);
  std::int64_t sum = 0;
  if (to > from) {
    const std::int64_t ramp = last - first;
    sum = floor_sum(to - first, ramp, count) - floor_sum(from - first, ramp, count);
  }
  const FleetHour full = std::max(first_hour, last);
  if (end > full) sum += count * (end - full);
  return static_cast<double>(sum);
}

PhaseSchedule::PhaseSchedule(const FleetPhase& phase, int delay_hours, bool cancelled) {
  const int delay = phase.existing ? 0 : delay_hours;
  const auto count = cancelled ? 0 : static_cast<std::int64_t>(std::floor(phase.accelerators));
  const auto twice =
      static_cast<std::int64_t>(std::llround(static_cast<double>(count) * phase.rejected));
  const int acceptance = hours_of(phase.acceptance);
  const FleetHour first = later(phase.first_delivery, delay);
  const FleetHour last = later(phase.last_delivery, delay);
  POLYFLEET_CHECK(first <= last, "a phase that is delivered before it begins");
  delivered_ = {count, first, last};
  good_ = {count - twice, later(first, acceptance), later(last, acceptance)};
  second_ = {twice, later(first, 2 * acceptance), later(last, 2 * acceptance)};
  gone_ = later(phase.retirement, delay);
  opened_ = first;
  if (phase.ownership == Ownership::owned || cancelled) return;
  contract_begin_ = later(phase.contract_begin, delay);
  contract_end_ = later(phase.contract_end, delay);
  opened_ = std::max(first, contract_begin_);
  gone_ = std::min(gone_, contract_end_);
}

double PhaseSchedule::delivered_by(FleetHour at) const {
  return static_cast<double>(delivered_.by(at));
}

double PhaseSchedule::accepted_by(FleetHour at) const {
  return static_cast<double>(good_.by(at) + second_.by(at));
}

double PhaseSchedule::mean_present(FleetHour first, FleetHour end) const {
  const FleetHour to = std::min(end, gone_);
  return to > first ? delivered_.hours(first, to) / (end - first) : 0;
}

double PhaseSchedule::mean_installed(FleetHour first, FleetHour end) const {
  const FleetHour from = std::max(first, opened_), to = std::min(end, gone_);
  return to > from ? (good_.hours(from, to) + second_.hours(from, to)) / (end - first) : 0;
}

double PhaseSchedule::contracted(FleetHour first, FleetHour end) const {
  const FleetHour from = std::max(first, contract_begin_), to = std::min(end, contract_end_);
  return to > from ? static_cast<double>(to - from) / (end - first) : 0;
}

namespace {

auto terms_of(const FleetPhase& phase) {
  return std::make_tuple(phase.site, phase.device_class, phase.ownership, phase.rate.base(),
                         phase.energy_included);
}

/// The order in which phases are worked on, whatever their order in the model.
std::vector<int> canonical_order(const FleetModel& model) {
  std::vector<int> order;
  for (int phase = 0; phase < static_cast<int>(model.phases.size()); ++phase)
    order.push_back(phase);
  const auto key = [&](int index) {
    const FleetPhase& phase = model.phases[static_cast<std::size_t>(index)];
    return std::tuple_cat(terms_of(phase),
                          std::make_tuple(phase.first_delivery, phase.last_delivery, phase.id));
  };
  std::sort(order.begin(), order.end(), [&](int a, int b) { return key(a) < key(b); });
  return order;
}

std::string_view words_of(Ownership ownership) {
  switch (ownership) {
    case Ownership::owned:
      return "own";
    case Ownership::take_or_pay:
      return "take or pay";
    case Ownership::on_demand:
      return "on demand";
  }
  return {};
}

/// "amd_helios at milam"; the contract where two groups would share a name, then a number.
void name_groups(const FleetModel& model, std::vector<FleetGroup>& groups) {
  for (FleetGroup& group : groups)
    group.name = model.classes[static_cast<std::size_t>(group.device_class)].id + " at " +
                 model.sites[static_cast<std::size_t>(group.site)].id;
  const std::vector<FleetGroup> plain = groups;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    int alike = 0, same_terms = 0, before = 0;
    for (std::size_t j = 0; j < plain.size(); ++j) {
      if (plain[j].name != plain[i].name) continue;
      ++alike;
      if (plain[j].ownership != plain[i].ownership) continue;
      ++same_terms;
      if (j < i) ++before;
    }
    if (alike > 1) groups[i].name += fmt::format(", {}", words_of(groups[i].ownership));
    if (same_terms > 1) groups[i].name += fmt::format(" {}", before + 1);
  }
}

}  // namespace

std::vector<FleetGroup> fleet_groups(const FleetModel& model) {
  std::vector<FleetGroup> groups;
  const FleetPhase* last = nullptr;
  for (const int index : canonical_order(model)) {
    const FleetPhase& phase = model.phases[static_cast<std::size_t>(index)];
    if (last == nullptr || terms_of(*last) != terms_of(phase)) {
      FleetGroup group;
      group.site = phase.site;
      group.device_class = phase.device_class;
      group.ownership = phase.ownership;
      group.rate = phase.rate;
      group.energy_included = phase.energy_included;
      groups.push_back(std::move(group));
    }
    groups.back().phases.push_back(index);
    last = &phase;
  }
  name_groups(model, groups);
  return groups;
}

Rollout::Rollout(const FleetModel& model, const std::vector<int>& delay_hours,
                 const std::vector<bool>& cancelled)
    : model_(&model), groups_(fleet_groups(model)) {
  const FleetTime& time = model.time;
  periods_a_phase_ = static_cast<std::size_t>(time.periods());
  periods_.reserve(model.phases.size() * periods_a_phase_);
  schedules_.reserve(model.phases.size());
  for (std::size_t phase = 0; phase < model.phases.size(); ++phase) {
    const PhaseSchedule& schedule =
        schedules_.emplace_back(model.phases[phase], delay_hours.empty() ? 0 : delay_hours[phase],
                                !cancelled.empty() && cancelled[phase]);
    double before = schedule.delivered_by(-1);
    for (int period = 0; period < time.periods(); ++period) {
      const FleetHour first = time.first_hour(period), end = time.end_hour(period);
      PhasePeriod& each = periods_.emplace_back();
      const double after = schedule.delivered_by(end - 1);
      each.delivered = after - before;
      before = after;
      each.present = schedule.mean_present(first, end);
      each.present_end = schedule.present(end - 1);
      each.installed = schedule.mean_installed(first, end);
      each.contracted = schedule.contracted(first, end);
    }
  }
}

Watts Rollout::delivered_power(const std::string& program, FleetHour at) const {
  Watts sum;
  for (std::size_t phase = 0; phase < schedules_.size(); ++phase)
    if (model_->phases[phase].program == program && model_->phases[phase].accelerators > 0)
      sum += model_->phases[phase].power * schedules_[phase].delivered_by(at) /
             std::floor(model_->phases[phase].accelerators);
  return sum;
}

Watts Rollout::accepted_power(const std::string& program, FleetHour at) const {
  Watts sum;
  for (std::size_t phase = 0; phase < schedules_.size(); ++phase)
    if (model_->phases[phase].program == program && model_->phases[phase].accelerators > 0)
      sum += model_->phases[phase].power * schedules_[phase].accepted_by(at) /
             std::floor(model_->phases[phase].accelerators);
  return sum;
}

FleetHour Rollout::accepted_at(const std::string& program, Watts power, FleetHour latest) const {
  // Sums of parts count: one in a billion less is enough.
  const Watts enough = power * (1 - 1e-9);
  if (accepted_power(program, latest) < enough) return kNoHour;
  FleetHour low = latest, high = latest;
  for (const FleetPhase& phase : model_->phases)
    if (phase.program == program) low = std::min(low, phase.first_delivery - 1);
  while (high - low > 1) {  // not yet at low, reached at high
    const FleetHour middle = low + (high - low) / 2;
    (accepted_power(program, middle) < enough ? low : high) = middle;
  }
  return high;
}

}  // namespace polyfleet
