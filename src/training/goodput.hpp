// How much of a run's time is useful: the checkpoint-restart process in closed form. Failures come
// at a constant rate at any time but while waiting for a spare (also during recoveries, which then
// start again); work since the last safe checkpoint is done again. The expectation is exact for
// this process (Daly, FGCS 22 (2006), eq. 20; extended here to writes behind training and to a mix
// of recoveries), as training/goodput_simulation.hpp shows; planned stops are added to first order.
#pragma once

#include <vector>

#include "units/quantity.hpp"

namespace polyfleet {

/// One kind of recovery: its share of the failures and how long it takes undisturbed.
struct RecoveryClass {
  double share = 1;
  Seconds duration;
};

/// The process, numbers only.
struct RunProcess {
  Seconds work;  ///< productive time of the whole run
  Hertz failure_rate;
  std::vector<RecoveryClass> recovery;  ///< shares sum to 1
  Seconds interval;                     ///< productive time between two snapshots
  Seconds blocking;                     ///< training stands at each snapshot
  Seconds background;  ///< a snapshot is safe this long after it was taken; at most the interval
  Hertz planned_rate;  ///< announced stops, while training runs
  Seconds planned_stop;
  double replacing_share = 0;  ///< of the failures that take a node out
  int spare_nodes = 0;
  Seconds repair;  ///< until that node is back
};

/// Expected time per second of productive time, by cause.
struct RunOverheads {
  double checkpoint = 0;  ///< standing at snapshots
  double redone = 0;      ///< work and snapshots done again
  double recovery = 0;
  double planned = 0;
  double waiting = 0;   ///< for a node, all spares being in repair
  double failures = 0;  ///< expected unplanned failures per second of productive time, times 1 s
  double planned_stops = 0;
  /// Time of the run over its productive time.
  double total() const { return 1 + checkpoint + redone + recovery + planned + waiting; }
  /// Effective training time ratio.
  double ettr() const { return 1 / total(); }
};

/// Precondition: interval > 0, background <= interval.
RunOverheads expected_overheads(const RunProcess& process);

/// E[ETTR] as published (Kokolis et al., arXiv:2410.21680): (1 - f (u0 + dt/2)) / (1 + w/dt) with
/// failure rate f, start-up u0, write w and interval dt. First order: valid while f (u0 + dt/2) is
/// well below 1; zero beyond.
double first_order_ettr(Hertz failure_rate, Seconds start_up, Seconds write, Seconds interval);

}  // namespace polyfleet
