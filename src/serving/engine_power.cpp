#include "serving/engine_power.hpp"

#include <fmt/format.h>

#include "units/text.hpp"

namespace polyfleet {

ReplicaPower replica_power(const Accelerator& accelerator, const System& system, int accelerators,
                           const PowerActivity& activity) {
  ReplicaPower power;
  power.pue = system.pue ? system.pue->value : 1;
  if (!accelerator.tdp) {
    const auto& all_in = system.all_in_power ? system.all_in_power : accelerator.all_in_power;
    if (!all_in) {
      power.basis = "no power figure is published for this part";
      return power;
    }
    power.known = true;
    power.decoding = power.prefilling = all_in->value / power.pue * accelerators;
    power.idle = power.decoding * activity.idle_of_tdp.value;
    power.basis = "provisioned all-in power (no TDP published), an upper bound";
    return power;
  }
  const Watts tdp = accelerator.tdp->value;
  const Watts idle = accelerator.idle ? accelerator.idle->value : tdp * activity.idle_of_tdp.value;
  const Watts rated =
      system.host_power ? system.host_power->value : tdp * activity.host_of_accelerators.value;
  const Watts host = rated * activity.host_use_of_rating.value;
  const auto whole = [&](double share) {
    return (idle + (tdp - idle) * share + host) * accelerators;
  };
  power.known = true;
  power.idle = whole(0);
  power.decoding = whole(activity.memory_of_span.value);
  power.prefilling = whole(activity.compute_of_span.value);
  power.basis = fmt::format(
      "TDP {}, idle {}; decode at {:.2f} and prefill at {:.2f} of the span between; host share {} "
      "whatever the load",
      print_quantity(tdp), print_quantity(idle), activity.memory_of_span.value,
      activity.compute_of_span.value, print_quantity(host));
  return power;
}

}  // namespace polyfleet
