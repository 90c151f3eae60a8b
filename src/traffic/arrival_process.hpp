// Arrival times of open traffic: a renewal process (Poisson, gamma, Weibull or constant gaps of
// mean one) run in operational time and mapped to the clock by the inverse of the cumulative rate,
// which is piecewise linear for hourly factors. For Poisson this is the inhomogeneous Poisson
// process itself (time-change theorem; Cinlar 1975, chapter 4.7); for the others it keeps their
// burstiness at every rate. The first arrival comes one gap after time 0.
#pragma once

#include <optional>

#include "sim/random_stream.hpp"
#include "traffic/traffic_spec.hpp"

namespace polyfleet {

class ArrivalProcess {
 public:
  /// Precondition: a positive rate, and a positive factor in some hour.
  ArrivalProcess(const SourceSpec& spec, RandomStream random);

  /// The next arrival, not before the last; nothing beyond the longest simulation.
  std::optional<Picos> next();

 private:
  double gap();
  double factor() const;

  ArrivalKind kind_;
  double rate_, cv_, weibull_shape_, weibull_scale_;
  std::vector<double> factors_;
  std::int64_t hour_;        // since time 0
  double into_hour_;         // seconds
  std::int64_t first_hour_;  // of the day
  double hour_shift_;        // seconds of that hour that have passed at time 0
  RandomStream random_;
};

}  // namespace polyfleet
