// Outages as a variation: a share of a site's capacity lost becomes the same share of its grid
// connection (too mild where the connection is larger than what the site draws; on-site generation
// stays); one class lost everywhere becomes a lower share in service, averaged over the study.
#include <algorithm>
#include <cmath>

#include "capital/variation_draw.hpp"

namespace polyfleet {
namespace {

SupplyEvent event_of(const Outage& outage) {
  const double begin = std::floor(outage.begin / hour), end = std::ceil(outage.end() / hour);
  return {static_cast<FleetHour>(begin), std::max(1, static_cast<int>(end - begin)),
          outage.capacity_lost, true};
}

void lose_class(const FleetModel& model, const Outage& outage, FleetVariation& variation) {
  const Seconds horizon = model.time.hours() * hour;
  const double share =
      outage.capacity_lost * ((min(outage.end(), horizon) - outage.begin) / horizon);
  for (std::size_t i = 0; i < model.classes.size(); ++i) {
    if (!outage.device_class.empty() && model.classes[i].id != outage.device_class) continue;
    if (variation.in_service.empty()) variation.in_service.assign(model.classes.size(), 1.0);
    variation.in_service[i] *= 1 - share;
  }
}

}  // namespace

void apply_outages(const FleetModel& model, const std::vector<Outage>& outages,
                   FleetVariation& variation) {
  bool at_sites = false;
  std::vector<std::vector<SupplyEvent>> events;
  for (const SiteModel& site : model.sites) events.push_back(site.events);
  for (const Outage& outage : outages) {
    if (!outage.device_class.empty()) {
      lose_class(model, outage, variation);
      continue;
    }
    for (std::size_t i = 0; i < model.sites.size(); ++i) {
      if (!outage.site.empty() && model.sites[i].id != outage.site) continue;
      events[i].push_back(event_of(outage));
      at_sites = true;
    }
  }
  if (!at_sites) return;
  for (auto& of_site : events)
    std::stable_sort(of_site.begin(), of_site.end(),
                     [](const SupplyEvent& a, const SupplyEvent& b) { return a.begin < b.begin; });
  variation.events = std::move(events);
}

}  // namespace polyfleet
