#include "training/spares.hpp"

#include <cmath>

#include "base/check.hpp"

namespace polyfleet {
namespace {

/// More spares than this are never asked for; the search must end.
constexpr int kMostSpares = 1 << 24;

}  // namespace

double erlang_loss(int servers, double load) {
  // The stable recursion B(n) = a B(n-1) / (n + a B(n-1)).
  double loss = 1;
  for (int n = 1; n <= servers; ++n) loss = load * loss / (n + load * loss);
  return loss;
}

double waiting_share(int spare_nodes, Hertz replacing_rate, Seconds repair) {
  return erlang_loss(spare_nodes + 1, replacing_rate * repair);
}

int spares_for_availability(double availability, Hertz replacing_rate, Seconds repair) {
  POLYFLEET_CHECK(availability < 1, "no number of spares makes a run available for certain");
  const double load = replacing_rate * repair;
  double loss = erlang_loss(1, load);
  int spares = 0;
  while (loss > 1 - availability && spares < kMostSpares) {
    ++spares;
    loss = load * loss / (spares + 1 + load * loss);
  }
  return spares;
}

int spares_for_horizon(double probability, Hertz replacing_rate, Seconds repair, Seconds horizon) {
  POLYFLEET_CHECK(probability < 1, "no number of spares suffices for certain");
  const double load = replacing_rate * repair;
  const double windows = horizon / repair;
  double term = std::exp(-load), within = term;
  int spares = 0;
  while (std::pow(within, windows) < probability && spares < kMostSpares) {
    ++spares;
    term *= load / spares;
    within += term;
  }
  return spares;
}

}  // namespace polyfleet
