// What one row of a microbenchmark file says about a collective: which one, over how many ranks, of
// how many bytes, measured by which library, and in which quantity. Texts are those that public
// sources use (nccl-tests, rccl-tests, aiconfigurator, TransferBench, nvbandwidth, mori, DeepEP).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cost/collective_algorithms.hpp"

namespace polyfleet {

/// The quantity a row measures.
enum class CollectiveMetric {
  time,          ///< seconds after scaling by `scale`
  bus_rate,      ///< bus bandwidth by the definition of nccl-tests
  payload_rate,  ///< payload over time
};

struct CollectiveQuery {
  std::string accelerator;  ///< as the catalogue knows it
  CollectiveKind kind = CollectiveKind::all_reduce;
  int ranks = 2;
  int per_domain = 0;  ///< 0 = as many as fit
  double bytes = 0;
  std::string library;  ///< empty = the default of the part
  CollectiveMetric metric = CollectiveMetric::time;
  double scale = 1;           ///< one unit of the row in seconds or bytes per second
  double directions = 1;      ///< 2 where the source adds both directions
  double scale_out_rate = 0;  ///< bytes per second where the row states it, else 0
  int blocks = 0;             ///< of a copy kernel; 0 = not stated
  std::string engine;         ///< "CU", "TDM" of a copy kernel
};

/// One row's cells.
struct MicrobenchCells {
  std::string_view source, vendor, accelerator, ranks, op, dtype, shape, unit, notes;
};

/// The query, or the reason why there is none.
struct CollectiveReading {
  std::optional<CollectiveQuery> query;
  std::string reason;
};
CollectiveReading read_collective(const MicrobenchCells& cells);

/// Bytes that leave one rank when every token goes once to each rank that holds one of its experts
/// (DeepEP's normal kernels): the expected number of distinct ranks among top_k uniform choices.
double expert_payload(double tokens, double token_bytes, double top_k, double ranks);

}  // namespace polyfleet
