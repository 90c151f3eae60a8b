// The layers of Calculon's transformer block as records: what each computes, touches, keeps and
// sends. Internal to the Calculon mode.
#pragma once

#include <vector>

#include "training/calculon.hpp"

namespace polyfleet {

struct CalculonLayer {
  double forward_flops = 0, activation_flops = 0, weight_flops = 0;
  double forward_bytes = 0, activation_bytes = 0, weight_bytes = 0;  ///< traffic of each pass
  double kept = 0;                                                   ///< activation, bytes
  double output = 0;                                                 ///< bytes
  double activation_gradient = 0;                                    ///< bytes
  double parameters = 0;                                             ///< elements
  bool matrix = false;                                               ///< runs on the matrix engine
  bool recomputed = false;
  bool sent_again = false;         ///< its communication is repeated in backward
  bool shares_activation = false;  ///< working space counted elsewhere
  bool keeps_activation = true;
  bool keeps_output = true;
  // tensor-parallel communication
  bool communicates = false;
  bool reduces_forward = false;  ///< all-reduce or reduce-scatter in forward, else in backward
  double payload = 0;            ///< bytes
};

std::vector<CalculonLayer> calculon_block(const CalculonModel& model,
                                          const CalculonExecution& execution);

}  // namespace polyfleet
