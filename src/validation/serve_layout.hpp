// How published serving rows are cut over accelerators: the tp, ep and dp columns (with TP x EP
// written twice in some SIL rows) and the sentence of disaggregated rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "validation/serve_case.hpp"
#include "validation/truth_row.hpp"

namespace polyfleet {

struct ReadLayout {
  ServingLayout layout;
  int accelerators = 1;
  std::string assumption;  ///< not empty: how a contradictory row was read
};

/// One engine's layout from the columns; nothing where there is no tp (a submitter's choice).
std::optional<ReadLayout> read_layout(const TruthRow& row);

/// "y: prefill 1x(tp4,ep1,dpattn=false) 4 GPUs; decode 2x(tp8,ep8,dpattn=true) 16 GPUs" or
/// "y: prefill 1x(tp1,pp1,dp4,bs1); decode 5x(tp8,pp1,dp1,ep8,bs2)". Errors: what is not stated, as
/// one sentence.
Result<ServeDisaggregation> read_pools(const TruthRow& row);

/// Whether the column says that prefill and decode run apart.
bool is_disaggregated(const TruthRow& row);

}  // namespace polyfleet
