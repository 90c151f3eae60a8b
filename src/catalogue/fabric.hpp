// A link or network by name: rate in one direction, latency where somebody states one. Latencies of
// current scale-out generations are planning figures with software in them, not vendors' numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/figure.hpp"
#include "config/fields.hpp"

namespace polyfleet {

struct Fabric {
  std::string id;
  std::string name;
  std::string kind;      ///< "scale-up", "scale-out", "host"
  std::string topology;  ///< "switch", "mesh", "torus2d", "torus3d", "fat-tree", "none"
  std::vector<std::string> aliases;
  /// Scale-up: per accelerator to all peers; scale-out: per port; host: the x16 slot. One
  /// direction.
  std::optional<Figure<BytesPerSecond>> bandwidth;
  std::optional<Figure<Seconds>> latency;           ///< software included
  std::optional<Figure<Seconds>> hardware_latency;  ///< adapter and port
  std::optional<Figure<BytesPerSecond>> switch_capacity;
  bool in_network_reduction = false;  ///< the switches can reduce
};

const FieldTable<Fabric>& fabric_fields();

}  // namespace polyfleet
