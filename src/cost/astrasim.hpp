// Collective time under the assumptions of ASTRA-sim's analytical backends, to be compared with
// that simulator on identical input. All accelerators are alike and start together, so one stands
// for all; chunks of a collective pass through the dimensions as a pipeline of queues. Source:
// astra-sim and astra-network-analytical (MIT), read at the commits named in
// tests/reference/data/astrasim_cases.json. Not our own model of a machine (collective_costs.hpp):
// chunks of one dimension never overlap there.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "cost/collective_algorithms.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

enum class AstraSimTopology { ring, fully_connected, switched };
enum class AstraSimAlgorithm { ring, direct, halving_doubling };
enum class AstraSimScheduling { lifo, fifo };

/// Link rates of ASTRA-sim's network files: its GB is 2^30 bytes. Local memory is in 1e9 bytes.
inline constexpr BytesPerSecond kAstraSimLinkGigabyte = gibibyte / second;

struct AstraSimDimension {
  AstraSimTopology topology = AstraSimTopology::ring;
  AstraSimAlgorithm algorithm = AstraSimAlgorithm::ring;
  int npus = 1;
  BytesPerSecond rate;  ///< of one link, one direction
  Seconds latency;      ///< of one hop; a switch is two hops away from its peer
};

/// Times are counted in whole nanoseconds and every delay is cut off to one, as there.
struct AstraSimAssumptions {
  std::vector<AstraSimDimension> dimensions;  ///< innermost first
  int chunks = 4;                             ///< preferred-dataset-splits
  int active_chunks_per_dimension = 1;
  Seconds endpoint_delay = 10 * nanosecond;
  BytesPerSecond local_memory_rate;  ///< two reads and a write for every reduced message
  AstraSimScheduling scheduling = AstraSimScheduling::lifo;
  bool local_bandwidth_aware = true;     ///< all-reduce as reduce-scatter up, all-gather down
  bool one_collective_at_a_time = true;  ///< the trace feeder issues the next when one has ended
  bool congestion_aware = false;         ///< links store and forward, and serve in turn
};

/// A collective of the same group, released at a time. all_gather takes its per-rank input size, as
/// ASTRA-sim does; the others take the full buffer.
struct AstraSimCollective {
  CollectiveKind kind = CollectiveKind::all_reduce;
  Bytes size;
  Seconds release;
};

/// When the last of the collectives ends. Diagnoses what the mode does not cover: broadcast and
/// send_recv, all-to-all by halving-doubling, direct exchange through a congested switch.
Result<Seconds> astrasim_time(std::span<const AstraSimCollective> collectives,
                              const AstraSimAssumptions& assumptions);

}  // namespace polyfleet
