// What moving a prompt's cache from a prefill replica to a decode replica costs: over the NICs that
// the catalogue gives both parts (or as the scenario states), by the protocol models of training's
// exchanges between pools (cost/cross_exchange.hpp), plus rewriting the cache where the two ends
// keep it differently. Wrong where an engine sends layer by layer behind the prefill: the whole
// cache leaves here when the prompt is done.
#pragma once

#include "app/serving_document.hpp"
#include "report/serving_answer.hpp"

namespace polyfleet {

struct TransferEnds {
  const ResolvedEngine& from;
  const ResolvedEngine& to;
};

/// Times of the transfer between the pools of these indices; `stated` may be null. Errors: parts
/// without a published NIC or host rate where it is needed.
Result<CacheTransfer> cache_transfer(const TransferEnds& ends, const StatedTransfer* stated,
                                     const CollectiveData& data);

}  // namespace polyfleet
