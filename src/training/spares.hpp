// Warm spare nodes: how often none is left. A failed node leaves for repair; the run stands while
// more nodes are in repair than there are spares. With failures at a constant rate while the run
// does not wait this is Erlang's loss system, whatever the distribution of repair times.
#pragma once

#include "units/quantity.hpp"

namespace polyfleet {

/// Erlang's loss formula: share of time with all `servers` busy under `load` (rate times service).
double erlang_loss(int servers, double load);

/// Share of the time that a run waits with this many spare nodes.
double waiting_share(int spare_nodes, Hertz replacing_rate, Seconds repair);

/// Fewest spare nodes with which the run waits at most 1 - `availability` of the time.
int spares_for_availability(double availability, Hertz replacing_rate, Seconds repair);

/// Fewest spare nodes that suffice over the whole `horizon` with this probability: no window of
/// one recovery time sees more failures than spares (Poisson failures, windows taken as
/// independent). The rule that gives the over-provisioning of Cui et al., arXiv:2503.11901.
int spares_for_horizon(double probability, Hertz replacing_rate, Seconds repair, Seconds horizon);

}  // namespace polyfleet
