// What crosses from one pool of accelerators to another that shares neither a collective library
// nor a scale-up link with it: messages over NICs, written and read directly in device memory or
// staged through host memory on both sides. Protocol efficiencies and latencies are those of the
// two vendors' own scale-out parameters (data/collectives), the slower of both; none is invented
// here. Wrong where staging copies are cut into chunks that overlap with the wire (they are added
// up here) and where several accelerators compete for one host's memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "cost/collective_costs.hpp"
#include "cost/network.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

/// direct: the NIC reads and writes device memory (GPUDirect RDMA on both sides). staged: device to
/// host memory, host to host, host memory to device, one after another.
enum class CrossRoute { direct, staged };
std::string_view name_of(CrossRoute route);

struct CrossLink {
  BytesPerSecond rate;                      ///< line rate that one device may use, one direction
  std::optional<BytesPerSecond> aggregate;  ///< what all flows together get, one direction, as
                                            ///< delivered (a measured or stated cap)
  Seconds latency;  ///< added to every message beyond the libraries' own (distance)
  CrossRoute route = CrossRoute::direct;
  BytesPerSecond host_rate_a,
      host_rate_b;    ///< device to host memory; only a staged link needs them
  std::string basis;  ///< one sentence: which figures
};

/// One end of a link.
struct CrossEnd {
  const Network* network = nullptr;
  std::optional<BytesPerSecond> host_rate;  ///< of one device, one direction
};

/// The link that two pools have by what the catalogue says of them: the smaller of their NIC rates
/// per device, each over its oversubscription. Diagnoses a pool without NICs, and a staged link
/// whose host rate is not published.
Result<CrossLink> default_cross_link(const CrossEnd& a, const CrossEnd& b, CrossRoute route);

struct CrossTime {
  Seconds network;
  Seconds staging;   ///< copies to and from host memory
  double sigma = 0;  ///< of ln(true / time), of the network part
  Seconds total() const { return network + staging; }
};

/// Times over one link. Symmetric: the order of the two ends does not matter.
class CrossCosts {
 public:
  /// Diagnoses a rate that is not above zero, a staged link without host rates, and inconsistent
  /// networks.
  static Result<CrossCosts> make(const CrossLink& link, const Network& a, const Network& b,
                                 const CollectiveData& data);
  /// The path that a pool has within itself: its own NICs, direct.
  static CrossCosts within(const CollectiveCosts& own);

  /// `payload` from each of `flows` devices at once to a partner each, in `messages` pieces (a
  /// device whose partners hold smaller shares sends one piece to each of them).
  CrossTime send(Bytes payload, int messages, double flows) const;
  /// All-reduce of `payload` per device among `islands` pools of devices, one ring per device.
  /// Flows of other stages at the same time are the caller's to bound with capped().
  CrossTime all_reduce(Bytes payload, int islands) const;
  /// The least time in which the link's aggregate carries these bytes one way; zero without a cap.
  Seconds capped(Bytes carried) const;

  const CrossLink& link() const { return link_; }

 private:
  CrossCosts(CrossLink link, CollectiveCosts a, CollectiveCosts b)
      : link_(std::move(link)), a_(std::move(a)), b_(std::move(b)) {}
  CrossTime network_time(CollectiveKind kind, Bytes payload, int ranks) const;
  Seconds copies(Bytes carried) const;

  CrossLink link_;
  CollectiveCosts a_, b_;  ///< with the link's rate in place of their own
};

}  // namespace polyfleet
