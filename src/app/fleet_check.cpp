#include "app/fleet_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/spelling.hpp"

namespace polyfleet {
namespace {

template <class E>
void check_unique(const std::vector<E>& entries, std::string_view what, std::set<std::string>& seen,
                  Diagnostics& out) {
  for (const E& each : entries) {
    if (each.id.empty()) {
      if (each.written.find("id") != nullptr)
        out.push_back(problem_at(place_of(each, "id"), fmt::format("the id of a {} is empty", what),
                                 "give it a name"));
    } else if (!seen.insert(each.id).second) {
      out.push_back(problem_at(place_of(each, "id"),
                               fmt::format("the id '{}' of a {} stands twice", each.id, what),
                               "give every one a name of its own"));
    }
  }
}

/// As written, in the order of FleetModel::phases.
std::vector<const StatedCapacity*> capacities(const StatedFleet& stated) {
  std::vector<const StatedCapacity*> all;
  for (const StatedFleetPool& pool : stated.pools) all.push_back(&pool);
  for (const StatedPhase& phase : stated.phases) all.push_back(&phase);
  return all;
}

/// What of a phase stands at this hour, as planned; the last delivery counts in full.
Watts standing(const FleetPhase& phase, FleetHour at) {
  if (at < phase.first_delivery || at >= phase.retirement) return {};
  const FleetHour end = phase.ownership == Ownership::owned ? kNoHour : phase.contract_end;
  if (at >= end) return {};
  if (at >= phase.last_delivery) return phase.power;
  const double share = static_cast<double>(at - phase.first_delivery) /
                       static_cast<double>(phase.last_delivery - phase.first_delivery);
  return phase.power * share;
}

/// Hours at which the balance of a site may be worst: before and at every break.
std::set<FleetHour> breaks(const SiteModel& site, int index, const FleetTime& time,
                           const std::vector<FleetPhase>& phases) {
  std::set<FleetHour> hours;
  const auto add = [&](FleetHour at) {
    for (const FleetHour each : {at - 1, at}) {
      if (each >= 0 && each < time.hours()) hours.insert(each);
    }
  };
  add(0);
  add(time.hours());
  for (const PowerStep& step : site.limits) add(step.from);
  if (site.generation) add(site.generation->from);
  for (const FleetPhase& phase : phases) {
    if (phase.site != index) continue;
    for (const FleetHour at : {phase.first_delivery, phase.last_delivery}) add(at);
  }
  return hours;
}

std::string list_of(const std::vector<std::pair<std::string, Watts>>& parts) {
  std::string text;
  for (const auto& [id, power] : parts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", id, print_quantity(power));
  return text;
}

/// An hour of a site in which the power is not enough.
struct Excess {
  FleetHour at = 0;
  Watts wanted, limit;
  std::size_t last = 0;  ///< phase of the site that came last
};

/// The worst, the first of equals; nothing where the power is always enough.
std::optional<Excess> excess_of(const SiteModel& site, int index, const FleetTime& time,
                                const std::vector<FleetPhase>& phases) {
  constexpr double kRounding = 1e-9;
  std::optional<Excess> worst;
  for (const FleetHour at : breaks(site, index, time, phases)) {
    Excess excess{at, {}, site.limit_at(at), 0};
    FleetHour latest = -kNoHour;
    for (std::size_t i = 0; i < phases.size(); ++i) {
      const Watts stands = phases[i].site == index ? standing(phases[i], at) : Watts();
      if (stands <= Watts()) continue;
      excess.wanted += stands;
      if (phases[i].first_delivery < latest) continue;
      latest = phases[i].first_delivery;
      excess.last = i;
    }
    if (excess.wanted <= excess.limit * (1 + kRounding)) continue;
    if (!worst || excess.wanted - excess.limit > worst->wanted - worst->limit) worst = excess;
  }
  return worst;
}

struct Contract {
  const StatedCapacity* stated = nullptr;
  FleetHour begin = 0, end = kNoHour;
};

std::string machines_of(const StatedCapacity& stated) {
  return stated.capacity.empty() ? stated.site + " / " + stated.system : stated.capacity;
}

}  // namespace

void check_ids(const StatedFleet& stated, Diagnostics& out) {
  std::set<std::string> sites, capacity, workloads;
  check_unique(stated.sites, "site", sites, out);
  check_unique(stated.pools, "pool", capacity, out);
  check_unique(stated.phases, "phase", capacity, out);
  check_unique(stated.workloads, "workload", workloads, out);
  const auto need = [&](bool empty, const char* what) {
    if (empty)
      out.push_back(problem_at(stated.where, fmt::format("the scenario has no {}", what),
                               fmt::format("add [[{}]]", what)));
  };
  need(stated.sites.empty(), "site");
  need(stated.phases.empty() && stated.pools.empty(), "phase");
  need(stated.workloads.empty(), "workload");
}

void check_carbon_sets(const StatedFleet& stated, const Catalogue& catalogue, Diagnostics& out) {
  if (!stated.study) return;
  const std::string& wanted = stated.study->carbon_set;
  if (wanted == "mixed") return;
  std::string first_method, first_site;
  std::vector<std::string> methods;
  for (const StatedFleetSite& site : stated.sites) {
    if (site.carbon.is_stated() || site.region.empty()) continue;
    const Result<Site> region = catalogue.site(site.region);
    if (!region) continue;  // diagnosed with the site
    const std::string& method = region->carbon_method;
    methods.push_back(method);
    if (!wanted.empty() && method != wanted) {
      out.push_back(problem_at(
          place_of(site, "region"),
          fmt::format("carbon of region '{}' is by the method '{}', not '{}'", site.region, method,
                      wanted),
          "choose a region of that method, state carbon of the site, or write carbon_set = "
          "\"mixed\""));
    } else if (wanted.empty() && !first_method.empty() && method != first_method) {
      out.push_back(problem_at(
          place_of(site, "region"),
          fmt::format("carbon of region '{}' is by the method '{}', that of site '{}' by '{}'",
                      site.region, method, first_site, first_method),
          "methods differ by a factor of two: choose regions of one method, state carbon of the "
          "site, or write carbon_set = \"mixed\" in [study]"));
    }
    if (first_method.empty()) {
      first_method = method;
      first_site = site.id;
    }
  }
  if (!wanted.empty() && !methods.empty() &&
      std::find(methods.begin(), methods.end(), wanted) == methods.end())
    out.push_back(problem_at(place_of(*stated.study, "carbon_set"),
                             fmt::format("no region's carbon is by the method '{}'", wanted),
                             name_suggestion(wanted, methods)));
}

void check_power(const StatedFleet& stated, const FleetTime& time,
                 const std::vector<SiteModel>& sites, const std::vector<FleetPhase>& phases,
                 Diagnostics& out) {
  const std::vector<const StatedCapacity*> written = capacities(stated);
  for (std::size_t s = 0; s < sites.size(); ++s) {
    const int index = static_cast<int>(s);
    const auto excess = excess_of(sites[s], index, time, phases);
    if (!excess) continue;
    std::vector<std::pair<std::string, Watts>> parts;
    for (const FleetPhase& phase : phases) {
      const Watts stands = phase.site == index ? standing(phase, excess->at) : Watts();
      if (stands > Watts()) parts.emplace_back(phase.id, stands);
    }
    out.push_back(problem_at(
        place_of(*written[excess->last], "power"),
        fmt::format("site '{}' has {} on {}, and {} of accelerators stand there: {}", sites[s].id,
                    print_quantity(excess->limit), print_date(time.date_of(excess->at)),
                    print_quantity(excess->wanted), list_of(parts)),
        "deliver later or elsewhere, or raise [[site.power]]"));
  }
}

void check_contracts(const StatedFleet& stated, const FleetTime& time,
                     const std::vector<FleetPhase>& phases, Diagnostics& out) {
  const std::vector<const StatedCapacity*> written = capacities(stated);
  std::map<std::string, std::vector<Contract>> by_machines;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    if (phases[i].ownership == Ownership::owned) continue;
    const Contract contract{written[i], phases[i].contract_begin, phases[i].contract_end};
    auto& earlier = by_machines[written[i]->partner + " / " + machines_of(*written[i])];
    for (const Contract& other : earlier) {
      if (contract.begin >= other.end || other.begin >= contract.end) continue;
      const std::string until =
          other.end == kNoHour ? "without end" : "until " + print_date(time.date_of(other.end));
      out.push_back(problem_at(
          place_of(*written[i], "contract_begin"),
          fmt::format("contract '{}' with {} begins on {}, while '{}' for the same machines ({}) "
                      "runs {}",
                      written[i]->id, written[i]->partner, print_date(time.date_of(contract.begin)),
                      other.stated->id, machines_of(*written[i]), until),
          "let them follow each other, or name other machines with capacity = \"...\""));
    }
    earlier.push_back(contract);
  }
}

}  // namespace polyfleet
