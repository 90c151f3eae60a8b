// The ways in which one replica may run on an offer: engine, number formats, and every cut over the
// accelerators that a domain or a few nodes allow. What a model cannot take is refused when the
// replica is made, with its reason.
#pragma once

#include <string>
#include <vector>

#include "planner/serving_question.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// Values that may be tried; an empty list means the usual ones.
struct ReplicaSpace {
  std::vector<int> tensor;          ///< usual: powers of two up to the scale-up domain
  std::vector<int> pipeline;        ///< usual: 1; 2 and 4 behind a full domain
  std::vector<int> expert;          ///< usual: 1, and the tensor degree of models with experts
  std::vector<int> attention_data;  ///< usual: 1; with experts or latent attention also powers of
                                    ///< two up to the tensor degree
  std::vector<int> context;         ///< usual: 1
  std::vector<std::int64_t> max_sequences;  ///< usual: the engine's own
};

/// What an offer brings to its kinds.
struct KindOffer {
  std::size_t offer = 0;
  int scale_up_domain = 1;
  std::vector<std::string> engines;       ///< that run on it, of those allowed
  std::vector<InferenceFormats> formats;  ///< allowed; one entry a cache format
};

std::vector<ReplicaKind> replica_kinds(const ModelSpec& model, const std::vector<KindOffer>& offers,
                                       const ReplicaSpace& space);

}  // namespace polyfleet
