// What collectives need to know of a system: rates and shape of the scale-up domain and of the
// scale-out fabric. Every rate is one direction at line rate; protocol and fabric efficiencies are
// parameters of the collective model (data/collectives), never folded in here.
// Wrong where a domain is not uniform (two link speeds inside one node) and where rails differ.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"
#include "catalogue/catalogue.hpp"
#include "catalogue/system.hpp"
#include "units/quantity.hpp"

namespace polyfleet {

struct Network {
  ScaleUpKind scale_up = ScaleUpKind::none;
  int scale_up_domain = 1;            ///< accelerators in one scale-up domain
  BytesPerSecond scale_up_rate;       ///< per accelerator to all peers together, one direction
  BytesPerSecond pair_rate;           ///< ceiling between one pair (mesh), else = scale_up_rate
  BytesPerSecond scale_out_rate;      ///< NIC rate per accelerator, one direction, line rate
  int accelerators_per_node = 1;      ///< that share a host
  double oversubscription = 1;        ///< of the scale-out tree, >= 1
  bool in_network_reduction = false;  ///< NVLink SHARP or alike in the scale-up switch
  bool scale_out_in_network_reduction = false;  ///< InfiniBand SHARP or alike
  std::string accelerator_id;                   ///< key of measured tables: "nv_h100_sxm"
  std::string vendor;                           ///< "NVIDIA", "AMD", ...
  std::string fabric;  ///< key of the scale-out parameters: "infiniband_ndr", "roce", ...
  std::vector<int> torus_dims;
};

/// The network of one accelerator inside a system; figures of the system win over those of the
/// accelerator. Diagnoses a scale-up kind without a rate. Without `system`: one scale-up domain.
Result<Network> network_of(const Accelerator& accelerator, const System* system = nullptr);

/// The network of a system, or of an accelerator's default system, by any name the catalogue knows.
Result<Network> network_of(const Catalogue& catalogue, std::string_view name);

/// Every problem of a hand-made network: a rate missing for its kind, a degree below one.
Diagnostics problems_of(const Network& network);

}  // namespace polyfleet
