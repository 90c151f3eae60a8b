// What happens between a failure and training again: detection, diagnosis, restart, people, as
// data/reliability/recovery.toml has them; shared by the forecast of a run and the availability of
// a fleet.
#pragma once

#include <vector>

#include "training/goodput.hpp"
#include "training/reliability.hpp"

namespace polyfleet {

/// Mean parts of one undisturbed recovery.
struct RecoveryParts {
  Seconds detection, diagnosis, start, communicators, load, manual;
  Seconds total() const { return detection + diagnosis + start + communicators + load + manual; }
};

/// What an announced stop has in common with a recovery.
Seconds restart_time(const RecoveryParts& parts);

RecoveryParts recovery_parts(const RecoveryTimes& times, Seconds load, double devices);

/// Found by monitoring, by a timeout, and by people after a timeout.
std::vector<RecoveryClass> recovery_classes(const RecoveryTimes& times, const RecoveryParts& parts);

}  // namespace polyfleet
