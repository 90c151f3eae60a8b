#include "cost/astrasim_phase.hpp"

#include <algorithm>
#include <deque>
#include <queue>
#include <utility>
#include <vector>

namespace polyfleet {
namespace {

AstraSimTick whole_nanoseconds(Seconds time) {
  return static_cast<AstraSimTick>(time / nanosecond + 1e-9);
}

/// Delays of one dimension.
class Links {
 public:
  Links(const AstraSimDimension& dimension, const AstraSimAssumptions& assumptions)
      : dimension_(dimension), assumptions_(assumptions) {}

  AstraSimTick endpoint() const { return whole_nanoseconds(assumptions_.endpoint_delay); }
  /// One write and two reads of local memory, each cut off to whole nanoseconds.
  AstraSimTick reduction(std::int64_t bytes) const {
    return 3 *
           whole_nanoseconds(static_cast<double>(bytes) * byte / assumptions_.local_memory_rate);
  }
  /// A message to the peer `distance` places away.
  AstraSimTick message(std::int64_t bytes, int distance) const {
    const Seconds serial = static_cast<double>(bytes) * byte / dimension_.rate;
    const int hops = hops_of(distance);
    if (assumptions_.congestion_aware) return hops * whole_nanoseconds(dimension_.latency + serial);
    return whole_nanoseconds(hops * dimension_.latency + serial);
  }
  /// Time a link is taken by a message.
  AstraSimTick serialization(std::int64_t bytes) const {
    return whole_nanoseconds(static_cast<double>(bytes) * byte / dimension_.rate);
  }

 private:
  int hops_of(int distance) const {
    switch (dimension_.topology) {
      case AstraSimTopology::ring:
        return std::min(distance, dimension_.npus - distance);
      case AstraSimTopology::fully_connected:
        return 1;
      case AstraSimTopology::switched:
        return 2;
    }
    return 1;
  }
  const AstraSimDimension& dimension_;
  const AstraSimAssumptions& assumptions_;
};

std::optional<AstraSimTick> ring(CollectiveKind kind, std::int64_t size, int npus,
                                 const Links& links) {
  const AstraSimTick others = npus - 1;
  const std::int64_t share = size / npus;
  const AstraSimTick step = links.message(share, 1) + links.endpoint();
  switch (kind) {
    case CollectiveKind::all_reduce:
      return links.endpoint() + 2 * others * step + others * links.reduction(share);
    case CollectiveKind::reduce_scatter:
      return links.endpoint() + others * (step + links.reduction(share));
    case CollectiveKind::all_gather:
      return links.endpoint() + others * (links.message(size, 1) + links.endpoint());
    case CollectiveKind::all_to_all:
      return links.endpoint() + others * npus / 2 * step;
    default:
      return std::nullopt;
  }
}

/// Every rank of a ring sends one message to every other one the shorter way. By symmetry one link
/// shows all: a message leaves it and comes back to the (next, like) link with one hop less to go.
AstraSimTick exchange_on_congested_ring(std::int64_t share, int npus, const Links& links) {
  struct Arrival {
    AstraSimTick time;
    int order;
    int hops;
    bool operator>(const Arrival& other) const {
      return std::pair(time, order) > std::pair(other.time, other.order);
    }
  };
  std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> arrivals;
  int order = 0;
  for (int hops = 1; hops <= npus / 2; ++hops) arrivals.push({0, order++, hops});
  AstraSimTick free = 0;
  AstraSimTick last = 0;
  while (!arrivals.empty()) {
    const Arrival message = arrivals.top();
    arrivals.pop();
    const AstraSimTick begin = std::max(free, message.time);
    free = begin + links.serialization(share);
    const AstraSimTick arrived = begin + links.message(share, 1);
    if (message.hops > 1) {
      arrivals.push({arrived, order++, message.hops - 1});
    } else {
      last = std::max(last, arrived);
    }
  }
  return last;
}

std::optional<AstraSimTick> direct(CollectiveKind kind, std::int64_t size,
                                   const AstraSimDimension& dimension, bool congestion_aware,
                                   const Links& links) {
  if (congestion_aware && dimension.topology == AstraSimTopology::switched) return std::nullopt;
  const bool gather = kind == CollectiveKind::all_gather;
  const std::int64_t share = gather ? size : size / dimension.npus;
  const AstraSimTick round = congestion_aware && dimension.topology == AstraSimTopology::ring
                                 ? exchange_on_congested_ring(share, dimension.npus, links)
                                 : links.message(share, dimension.npus / 2);
  const AstraSimTick first = links.endpoint() + round + links.endpoint();
  switch (kind) {
    case CollectiveKind::all_reduce:
      return first + links.reduction(share) + round + links.endpoint();
    case CollectiveKind::reduce_scatter:
      return first + links.reduction(share);
    case CollectiveKind::all_gather:
    case CollectiveKind::all_to_all:
      return first;
    default:
      return std::nullopt;
  }
}

/// Messages of halving-doubling in order: size and distance of each.
std::vector<std::pair<std::int64_t, int>> halving_doubling_messages(CollectiveKind kind,
                                                                    std::int64_t size, int npus) {
  std::vector<std::pair<std::int64_t, int>> messages;
  if (kind == CollectiveKind::all_gather) {
    for (int distance = npus / 2; distance >= 1; distance /= 2, size *= 2)
      messages.emplace_back(size, distance);
    return messages;
  }
  for (int distance = 1; distance < npus; distance *= 2) {
    size /= 2;
    messages.emplace_back(size, distance);
  }
  if (kind == CollectiveKind::all_reduce) {
    for (std::size_t i = messages.size(); i-- > 0;) messages.push_back(messages[i]);
  }
  return messages;
}

std::optional<AstraSimTick> halving_doubling(CollectiveKind kind, std::int64_t size, int npus,
                                             const Links& links) {
  const bool reduces = kind == CollectiveKind::all_reduce || kind == CollectiveKind::reduce_scatter;
  if (!reduces && kind != CollectiveKind::all_gather) return std::nullopt;
  const auto messages = halving_doubling_messages(kind, size, npus);
  const std::size_t levels =
      kind == CollectiveKind::all_reduce ? messages.size() / 2 : messages.size();
  AstraSimTick time = links.endpoint();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    time += links.message(messages[i].first, messages[i].second) + links.endpoint();
    // The simulator charges the reduction by the size of the message it sends next, and none after
    // the last halving.
    if (reduces && i + 1 < levels) time += links.reduction(messages[i + 1].first);
  }
  return time;
}

}  // namespace

std::optional<std::int64_t> astrasim_phase(CollectiveKind kind, std::int64_t size,
                                           const AstraSimDimension& dimension,
                                           const AstraSimAssumptions& assumptions) {
  const Links links(dimension, assumptions);
  switch (dimension.algorithm) {
    case AstraSimAlgorithm::ring:
      return ring(kind, size, dimension.npus, links);
    case AstraSimAlgorithm::direct:
      return direct(kind, size, dimension, assumptions.congestion_aware, links);
    case AstraSimAlgorithm::halving_doubling:
      return halving_doubling(kind, size, dimension.npus, links);
  }
  return std::nullopt;
}

}  // namespace polyfleet
