// The search space of Calculon's optimal-execution mode (Isaev et al., SC '23; commit 1886c88 of
// its published tool): its enumeration, reproduced configuration by configuration, and what each
// means as a plan of ours, so that the two searches can be compared on equal ground.
//
// Told apart as plans: tensor, pipeline and data degree, interleaving, micro-batch, recompute
// (attn_only = selective), optimiser sharding (zero1), sequence parallel (rs_ag), offload of
// activations and of the optimiser.
// Equal by the mapping, never better than the twin that is searched:
//  - p2p_rs_ag is ar: our tensor ranks always hand over their share only (training/chunk_time.hpp);
//  - seq_par_ag_redo off is on: our sequence parallel always gathers the input again in backward;
//  - pipe is ring: both hide the share of tensor communication that the framework's overlap hides;
//  - no tensor or data overlap is never faster than with it (planner/plan_bounds.hpp, bound 3);
//  - without a tensor group the three kinds of tensor communication are one.
// Impossible here:
//  - weight offload: none of our plans keeps the weights of a running step on the host;
//  - networks: our rank order puts a group on the scale-up network exactly where one domain holds
//    it, and on the scale-out network elsewhere; the other assignments cannot be laid out.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "planner/plan_search.hpp"
#include "training/calculon.hpp"

namespace polyfleet {

/// What Calculon's command line and system file fix.
struct CalculonSearchSpace {
  int devices = 512;
  std::int64_t most_batch = 512;  ///< the largest multiple of the data degree up to it is taken
  int networks = 2;
  bool second_memory = true;  ///< offload is possible
};

enum class CalculonOverlap { none, ring, pipe };

/// One configuration as Calculon runs it.
struct CalculonConfiguration {
  int tensor = 1, pipeline = 1, data = 1, interleaving = 1;
  std::int64_t batch = 1, micro_batch = 1;
  CalculonRecompute recompute = CalculonRecompute::none;
  bool optimizer_sharding = false;
  CalculonTensorComm tensor_comm = CalculonTensorComm::all_reduce;
  bool gather_again = false;
  bool data_overlap = false;
  CalculonOverlap tensor_overlap = CalculonOverlap::none;
  bool weight_offload = false, activation_offload = false, optimizer_offload = false;
  int tensor_network = 0, pipeline_network = 0, data_network = 0;
};

/// Every configuration in Calculon's order; returns how many there are.
std::int64_t for_each_calculon(const ModelSpec& model, std::int64_t sequence_length,
                               const CalculonSearchSpace& space,
                               const std::function<void(const CalculonConfiguration&)>& visit);

enum class CalculonMeaning { own_plan, equal, impossible };
struct CalculonMapping {
  CalculonMeaning meaning = CalculonMeaning::own_plan;
  std::string_view reason;  ///< of equal and impossible ones
};
CalculonMapping calculon_mapping(const CalculonConfiguration& configuration, int scale_up_domain);

/// The configuration as it stands (overlaps as it says), offloaded weights left out. The question's
/// template gives what a framework adds.
TrainingPlan calculon_plan(const PlanSearchQuestion& question,
                           const CalculonConfiguration& configuration);

struct CalculonSearchResult {
  std::vector<PlannedPlan> best;  ///< by tokens per second
  PlanCounts counts;              ///< of Calculon's configurations; equal: by the mapping and below
};

/// Every configuration accounted for. `question`: model, machine, sequence, template; its space and
/// devices are Calculon's.
CalculonSearchResult search_calculon(const PlanSearchQuestion& question,
                                     const CalculonSearchSpace& space,
                                     const SearchControl& control);

}  // namespace polyfleet
