#include "training/recovery.hpp"

namespace polyfleet {

Seconds restart_time(const RecoveryParts& parts) {
  return parts.start + parts.communicators + parts.load;
}

RecoveryParts recovery_parts(const RecoveryTimes& times, Seconds load, double devices) {
  const double manual = times.manual_share.value;
  const double automatic = (1 - manual) * times.automatic_share.value;
  RecoveryParts parts;
  parts.detection =
      automatic * times.automatic_detection.value + (1 - automatic) * times.timeout_detection.value;
  parts.diagnosis = times.diagnosis.value;
  parts.start = times.start.value;
  parts.communicators = devices * times.communicators_per_accelerator.value;
  parts.load = load;
  parts.manual = manual * times.manual_time.value;
  return parts;
}

std::vector<RecoveryClass> recovery_classes(const RecoveryTimes& times,
                                            const RecoveryParts& parts) {
  const Seconds common = parts.diagnosis + restart_time(parts);
  const double manual = times.manual_share.value;
  const double automatic = (1 - manual) * times.automatic_share.value;
  const Seconds timeout = times.timeout_detection.value;
  return {{automatic, times.automatic_detection.value + common},
          {1 - manual - automatic, timeout + common},
          {manual, timeout + common + times.manual_time.value}};
}

}  // namespace polyfleet
