#include "training/goodput.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "training/spares.hpp"

namespace polyfleet {
namespace {

/// Time from a failure until training runs again, failures in between included, plus the time
/// between two failures, over that time: 1 / E[e^(-R / M)] for a mix of recoveries R. With a
/// recovery drawn anew at each failure, X = M q / (1 - q) where q is the chance of a failure
/// within one recovery, so 1 + X / M = 1 / (1 - q).
double recovery_stretch(const RunProcess& process) {
  double undisturbed = 0;
  for (const RecoveryClass& each : process.recovery)
    undisturbed += each.share * std::exp(-(process.failure_rate * each.duration));
  return 1 / undisturbed;
}

}  // namespace

RunOverheads expected_overheads(const RunProcess& process) {
  POLYFLEET_CHECK(process.interval > 0 * second, "an interval of no length");
  POLYFLEET_CHECK(process.background <= process.interval, "a write longer than the interval");
  const double interval = process.interval / second;
  const double snapshot = process.blocking / second;
  const double rate = process.failure_rate.base();
  RunOverheads overheads;
  overheads.checkpoint = snapshot / interval;
  // Time in training (snapshots and work done again included) per interval of progress: from one
  // safe snapshot to the next, interval and snapshot have to pass without a failure; after one the
  // time since the safe snapshot, longer by the background write, has to pass as well:
  // U = M e^(w / M) (e^((t + b) / M) - 1).
  const double training = rate > 0 ? std::exp(rate * (process.background / second)) *
                                         std::expm1(rate * (interval + snapshot)) / rate
                                   : interval + snapshot;
  const double running = training / interval;
  overheads.redone = running - 1 - overheads.checkpoint;
  overheads.recovery = running * (recovery_stretch(process) - 1);
  overheads.planned_stops = running * process.planned_rate.base();
  overheads.planned = overheads.planned_stops * (process.planned_stop / second);
  overheads.failures = rate * (running + overheads.recovery);
  if (process.replacing_share > 0) {
    const double share = waiting_share(
        process.spare_nodes, process.failure_rate * process.replacing_share, process.repair);
    overheads.waiting = (running + overheads.recovery) * share / (1 - share);
  }
  return overheads;
}

double first_order_ettr(Hertz failure_rate, Seconds start_up, Seconds write, Seconds interval) {
  const double lost = failure_rate * (start_up + interval / 2);
  return std::max(0.0, 1 - lost) / (1 + write / interval);
}

}  // namespace polyfleet
