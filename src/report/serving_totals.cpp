#include "report/serving_totals.hpp"

#include <algorithm>

namespace polyfleet {
namespace {

void add(ServingLedger& into, const ServingLedger& part) {
  into.accelerators += part.accelerators;
  into.tokens += part.tokens;
  into.prompt_tokens += part.prompt_tokens;
  into.generated_tokens += part.generated_tokens;
  into.busy_seconds += part.busy_seconds;
  into.provisioned_seconds += part.provisioned_seconds;
  into.energy += part.energy;
  into.cost += part.cost;
  into.carbon += part.carbon;
  into.powered = into.powered && part.powered;
  into.priced = into.priced && part.priced;
}

}  // namespace

std::vector<ServingLedger> ledgers_by_pool(const ServingSimulation& run) {
  std::vector<ServingLedger> ledgers;
  for (std::size_t i = 0; i < run.report.pools.size(); ++i) {
    const PoolReport& pool = run.report.pools[i];
    ServingLedger ledger;
    ledger.name = pool.name;
    ledger.accelerators = pool.accelerators;
    ledger.prompt_tokens = static_cast<double>(pool.totals.prefill_tokens);
    ledger.generated_tokens =
        static_cast<double>(pool.totals.decode_tokens + pool.totals.prompts_ended);
    ledger.tokens = ledger.prompt_tokens + ledger.generated_tokens;
    ledger.busy_seconds = pool.utilisation * pool.replica_seconds;
    ledger.provisioned_seconds = pool.replica_seconds;
    ledger.energy = pool.energy;
    ledger.cost = pool.cost;
    ledger.carbon = pool.carbon;
    ledger.powered = pool.power_known;
    ledger.priced = run.engines[i].prices.device.has_value();
    ledgers.push_back(std::move(ledger));
  }
  return ledgers;
}

std::vector<ServingLedger> ledgers_by_vendor(const ServingSimulation& run) {
  std::vector<ServingLedger> vendors;
  const std::vector<ServingLedger> pools = ledgers_by_pool(run);
  for (std::size_t i = 0; i < pools.size(); ++i) {
    const std::string& vendor = run.report.pools[i].vendor;
    auto found = std::find_if(vendors.begin(), vendors.end(),
                              [&](const ServingLedger& each) { return each.name == vendor; });
    if (found == vendors.end()) {
      vendors.emplace_back();
      found = vendors.end() - 1;
      found->name = vendor;
    }
    add(*found, pools[i]);
  }
  return vendors;
}

ServingLedger ledger_of_all(const ServingSimulation& run) {
  ServingLedger all;
  all.name = "all";
  for (const ServingLedger& each : ledgers_by_pool(run)) add(all, each);
  return all;
}

std::string_view name_of(PoolRole role) {
  switch (role) {
    case PoolRole::aggregated:
      return "aggregated";
    case PoolRole::prefill:
      return "prefill";
    case PoolRole::decode:
      return "decode";
  }
  return "";
}

std::string_view name_of(RouterKind router) {
  switch (router) {
    case RouterKind::round_robin:
      return "round_robin";
    case RouterKind::least_loaded:
      return "least_loaded";
    case RouterKind::prefix_aware:
      return "prefix_aware";
    case RouterKind::predicted_latency:
      return "predicted_latency";
    case RouterKind::least_cost:
      return "least_cost";
    case RouterKind::least_energy:
      return "least_energy";
  }
  return "";
}

double output_rate(const SimulationReport& report) {
  const double time = seconds_of_picos(report.counted_duration) / second;
  return time > 0 ? static_cast<double>(report.output_tokens) / time : 0;
}

bool fully_priced(const ServingSimulation& run) { return ledger_of_all(run).priced; }

}  // namespace polyfleet
