#include "cost/network.hpp"

#include <fmt/core.h>

#include <functional>
#include <numeric>

namespace polyfleet {
namespace {

template <class Q>
Q value_or(const std::optional<Figure<Q>>& first, const std::optional<Figure<Q>>& second) {
  if (first) return first->value;
  return second ? second->value : Q();
}

void require_positive(double value, const char* what, const std::string& who, Diagnostics& out) {
  if (!(value > 0)) out.push_back(problem(fmt::format("{}: {} must be above zero", who, what)));
}

}  // namespace

Diagnostics problems_of(const Network& network) {
  Diagnostics out;
  const std::string who = network.accelerator_id.empty() ? "network" : network.accelerator_id;
  if (network.scale_up != ScaleUpKind::none) {
    require_positive(network.scale_up_rate.base(), "scale_up_rate", who, out);
    require_positive(network.pair_rate.base(), "pair_rate", who, out);
  }
  require_positive(network.scale_up_domain, "scale_up_domain", who, out);
  require_positive(network.accelerators_per_node, "accelerators_per_node", who, out);
  if (network.oversubscription < 1)
    out.push_back(problem(who + ": oversubscription must be at least 1",
                          "a tree without oversubscription has 1"));
  if (network.scale_out_rate.base() < 0)
    out.push_back(problem(who + ": scale_out_rate must not be negative"));
  const int cells = std::accumulate(network.torus_dims.begin(), network.torus_dims.end(), 1,
                                    std::multiplies<int>());
  if (network.scale_up == ScaleUpKind::torus && cells < 1)
    out.push_back(problem(who + ": torus_dims must all be at least 1"));
  return out;
}

Result<Network> network_of(const Accelerator& accelerator, const System* system) {
  const System none;
  const System& sys = system != nullptr ? *system : none;
  Network network;
  network.scale_up =
      system != nullptr && sys.scale_up != ScaleUpKind::none ? sys.scale_up : accelerator.scale_up;
  network.scale_up_rate = value_or(sys.scale_up_rate, accelerator.scale_up_rate);
  const BytesPerSecond pair = value_or(sys.pair_rate, accelerator.pair_rate);
  network.pair_rate = pair.base() > 0 ? pair : network.scale_up_rate;
  network.scale_out_rate = value_or(sys.scale_out_rate, accelerator.scale_out_rate);
  const int own_domain =
      accelerator.scale_up_domain ? static_cast<int>(accelerator.scale_up_domain->value) : 1;
  network.scale_up_domain = system != nullptr ? sys.scale_up_domain : own_domain;
  network.accelerators_per_node = system != nullptr ? sys.accelerators_per_node : own_domain;
  network.oversubscription = sys.oversubscription;
  network.in_network_reduction = sys.in_network_reduction;
  network.scale_out_in_network_reduction = sys.scale_out_in_network_reduction;
  network.accelerator_id = accelerator.id;
  network.vendor = accelerator.vendor;
  network.fabric = sys.fabric;
  network.torus_dims = sys.torus_dims;
  Diagnostics problems = problems_of(network);
  if (!problems.empty()) return problems;
  return network;
}

Result<Network> network_of(const Catalogue& catalogue, std::string_view name) {
  const Result<System> system = catalogue.system(name);
  if (!system) return system.problems();
  const Result<Accelerator> accelerator = catalogue.accelerator_of(*system);
  if (!accelerator) return accelerator.problems();
  return network_of(*accelerator, &*system);
}

}  // namespace polyfleet
