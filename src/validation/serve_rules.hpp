// Rules about published serving rows that cannot be scored as they stand: listed ones
// (validation/serving_rules.toml) and those that the measured figures themselves betray. A row is
// left out with its reason, or reported apart under a label; none disappears.
#pragma once

#include "validation/interpretation.hpp"
#include "validation/serve_case.hpp"
#include "validation/serve_rows.hpp"
#include "validation/serve_tables.hpp"

namespace polyfleet {

/// Fills `skip` and `label` of the rows. Precondition: `read` was read from `group`.
void apply_rules(ServeCase& read, const RowGroup& group, const ServeTables& tables,
                 const CatalogueLookup& lookup);

/// Share of the dense peak that the printed latencies of a closed loop imply, over all its
/// accelerators: 2 x active weights x tokens of a request x concurrency / latency. 0 where the rows
/// do not tell.
double implied_share_of_peak(const ServeCase& read, const CatalogueLookup& lookup);

}  // namespace polyfleet
