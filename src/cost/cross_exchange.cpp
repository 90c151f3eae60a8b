#include "cost/cross_exchange.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Bytes that one rank of a ring all-reduce sends per byte of payload.
double ring_volume(int ranks) { return 2.0 * (ranks - 1) / ranks; }

/// A network that has nothing but NICs of the link's rate, with the vendor's scale-out parameters.
/// Switches that reduce do so within one vendor's library only.
Network nics_only(const Network& network, BytesPerSecond rate) {
  Network nics = network;
  nics.scale_up = ScaleUpKind::none;
  nics.scale_up_domain = 1;
  nics.scale_out_rate = rate;
  nics.oversubscription = 1;
  nics.scale_out_in_network_reduction = false;
  return nics;
}

BytesPerSecond nic_share(const Network& network) {
  return network.scale_out_rate / network.oversubscription;
}

}  // namespace

std::string_view name_of(CrossRoute route) {
  return route == CrossRoute::direct ? "direct" : "staged";
}

Result<CrossLink> default_cross_link(const CrossEnd& a, const CrossEnd& b, CrossRoute route) {
  Diagnostics problems;
  for (const CrossEnd* end : {&a, &b}) {
    if (!(nic_share(*end->network) > 0 * byte_per_second))
      problems.push_back(
          problem(fmt::format("{}: no NIC rate is published", end->network->accelerator_id),
                  "state the link's rate"));
    if (route == CrossRoute::staged && !end->host_rate)
      problems.push_back(problem(fmt::format("{}: a link staged through host memory needs the rate "
                                             "to it, which is not published",
                                             end->network->accelerator_id),
                                 "use a direct link or state host_rate in a catalogue overlay"));
  }
  if (!problems.empty()) return problems;
  CrossLink link;
  link.rate = min(nic_share(*a.network), nic_share(*b.network));
  link.route = route;
  if (a.host_rate) link.host_rate_a = *a.host_rate;
  if (b.host_rate) link.host_rate_b = *b.host_rate;
  link.basis =
      fmt::format("the smaller NIC rate of {} and {}: {} per device, {}", a.network->accelerator_id,
                  b.network->accelerator_id, print_quantity(link.rate), name_of(route));
  return link;
}

Result<CrossCosts> CrossCosts::make(const CrossLink& link, const Network& a, const Network& b,
                                    const CollectiveData& data) {
  Diagnostics problems;
  const auto require = [&](bool holds, const char* what) {
    if (!holds)
      problems.push_back(
          problem(fmt::format("link {} - {}: {}", a.accelerator_id, b.accelerator_id, what)));
  };
  require(link.rate > 0 * byte_per_second, "the rate must be above zero");
  require(!link.aggregate || *link.aggregate > 0 * byte_per_second,
          "the aggregate rate must be above zero");
  require(link.latency >= 0 * second, "the latency must not be negative");
  if (link.route == CrossRoute::staged)
    require(link.host_rate_a > 0 * byte_per_second && link.host_rate_b > 0 * byte_per_second,
            "a link staged through host memory needs both rates to it");
  auto left = CollectiveCosts::make(nics_only(a, link.rate), data);
  auto right = CollectiveCosts::make(nics_only(b, link.rate), data);
  for (const auto* end : {&left, &right}) {
    if (!*end) problems.insert(problems.end(), end->problems().begin(), end->problems().end());
  }
  if (!problems.empty()) return problems;
  return CrossCosts(link, *std::move(left), *std::move(right));
}

CrossCosts CrossCosts::within(const CollectiveCosts& own) {
  CrossLink link;
  link.rate = nic_share(own.network());
  link.basis = "within the pool, over its own NICs";
  return {link, own, own};
}

CrossTime CrossCosts::network_time(CollectiveKind kind, Bytes payload, int ranks) const {
  const RankGroup group{.size = ranks, .per_domain = 1};
  const CollectiveTime left = a_.time(kind, payload, group);
  const CollectiveTime right = b_.time(kind, payload, group);
  const CollectiveTime& slower = left.time < right.time ? right : left;
  CrossTime time;
  time.network = slower.time + link_.latency;
  time.sigma = std::max(left.sigma, right.sigma);
  return time;
}

Seconds CrossCosts::copies(Bytes carried) const {
  if (link_.route == CrossRoute::direct) return 0 * second;
  return carried / link_.host_rate_a + carried / link_.host_rate_b;
}

Seconds CrossCosts::capped(Bytes carried) const {
  return link_.aggregate ? carried / *link_.aggregate : 0 * second;
}

CrossTime CrossCosts::send(Bytes payload, int messages, double flows) const {
  CrossTime time = network_time(CollectiveKind::send_recv, payload, 2);
  if (messages > 1)
    time.network += network_time(CollectiveKind::send_recv, 0 * byte, 2).network * (messages - 1.0);
  time.network = max(time.network, capped(payload * flows));
  time.staging = copies(payload);
  return time;
}

CrossTime CrossCosts::all_reduce(Bytes payload, int islands) const {
  if (islands <= 1) return {};
  CrossTime time = network_time(CollectiveKind::all_reduce, payload, islands);
  // every hop of the ring is as far as the link
  time.network += link_.latency * (2.0 * (islands - 1) - 1);
  time.staging = copies(payload * ring_volume(islands));
  return time;
}

}  // namespace polyfleet
