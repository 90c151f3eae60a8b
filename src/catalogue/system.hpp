// A system: how accelerators are built into nodes, racks and pods, what joins them, what they draw
// and cost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/accelerator.hpp"

namespace polyfleet {

struct System {
  std::string id;  ///< "hgx_h100", "gb200_nvl72", "amd_helios"
  std::string name;
  std::string accelerator;  ///< catalogue id
  std::vector<std::string> aliases;
  int accelerators_per_node = 8;  ///< that share a host
  int accelerators_per_rack = 0;  ///< 0 = unknown
  int scale_up_domain = 8;        ///< accelerators in one scale-up domain
  ScaleUpKind scale_up = ScaleUpKind::none;
  std::optional<Figure<BytesPerSecond>> scale_up_rate;  ///< per accelerator, one direction
  std::optional<Figure<BytesPerSecond>> pair_rate;      ///< mesh: ceiling between one pair
  std::vector<int> torus_dims;
  std::string fabric;  ///< key of data/fabrics: "infiniband_ndr", "roce", "efa", ...
  std::optional<Figure<BytesPerSecond>>
      scale_out_rate;  ///< per accelerator, one direction, line rate
  double oversubscription = 1;
  bool in_network_reduction = false;  ///< in the scale-up switch (NVLink SHARP)
  bool scale_out_in_network_reduction =
      false;  ///< in the scale-out switches (InfiniBand SHARP), off unless stated
  std::optional<Figure<Watts>> node_power;  ///< host, NICs, fans and accelerators at full load
  std::optional<Figure<Watts>>
      all_in_power;  ///< per accelerator, with its share of facility; contains cooling
  std::optional<Figure<double>> pue;
  std::optional<Figure<Usd>> price;            ///< per accelerator's share of the system
  std::optional<Figure<UsdPerSecond>> rental;  ///< per accelerator

  std::string edition;          ///< edition of its accelerator, "" = the vendor's latest
  std::string kind;             ///< "node", "rack", "pod"
  std::string cooling;          ///< "air", "liquid"
  std::string scale_up_fabric;  ///< key of data/fabrics
  std::string edition_description;
  std::optional<Figure<Watts>> rack_power;           ///< rating of the rack
  std::optional<Figure<Watts>> measured_node_power;  ///< highest measured under load
  std::optional<Figure<Watts>>
      host_power;  ///< per accelerator: everything in the node or rack but the accelerators
};

}  // namespace polyfleet
