#include "validation/row_machines.hpp"

#include <fmt/format.h>

#include "workload/model_reader.hpp"

namespace polyfleet {

const ModelSpec* RowShelves::model(std::string_view name) {
  auto [slot, fresh] = models_.try_emplace(std::string(name));
  if (fresh) {
    if (const auto file = catalogue_.model_file(name)) {
      if (auto spec = load_model(*file))
        slot->second = std::make_unique<ModelSpec>(*std::move(spec));
    }
  }
  return slot->second.get();
}

const Accelerator* RowShelves::accelerator(std::string_view name) {
  auto [slot, fresh] = accelerators_.try_emplace(std::string(name));
  if (fresh) {
    if (auto part = catalogue_.accelerator(name))
      slot->second = std::make_unique<Accelerator>(*std::move(part));
  }
  return slot->second.get();
}

CatalogueLookup RowShelves::lookup() {
  return {.model = [this](std::string_view name) { return model(name); },
          .accelerator = [this](std::string_view name) { return accelerator(name); }};
}

Result<const Machine*> RowMachines::machine(const RowInterpretation& row) {
  const TrainingScenario& scenario = *row.scenario;
  const double rate = row.scale_out_rate ? row.scale_out_rate->base() : 0;
  const std::string key = fmt::format("{}|{}|{}|{}", scenario.accelerator, scenario.system,
                                      row.accelerators_per_node, rate);
  auto found = machines_.find(key);
  if (found == machines_.end()) {
    found = machines_.emplace(key, std::make_unique<Result<Machine>>(load(row))).first;
  }
  if (!*found->second) return found->second->problems();
  return static_cast<const Machine*>(&**found->second);
}

Result<Machine> RowMachines::load(const RowInterpretation& row) const {
  const TrainingScenario& scenario = *row.scenario;
  const Result<Accelerator> accelerator = catalogue_.accelerator(scenario.accelerator);
  if (!accelerator) return accelerator.problems();
  Result<System> system =
      catalogue_.system(scenario.system.empty() ? scenario.accelerator : scenario.system);
  if (!system) return system.problems();
  const int per_node = row.accelerators_per_node;
  if (per_node > 0 && per_node != system->accelerators_per_node) {
    // A smaller server of the same part: its scale-up domain ends with the node, unless the
    // domain spans nodes anyway.
    if (system->scale_up_domain <= system->accelerators_per_node)
      system->scale_up_domain = per_node;
    system->accelerators_per_node = per_node;
  }
  if (row.scale_out_rate) {
    Figure<BytesPerSecond> stated;
    stated.value = stated.low = stated.high = *row.scale_out_rate;
    stated.status = Status::third_party;
    stated.source = "the row itself";
    system->scale_out_rate = stated;
  }
  return load_machine(*accelerator, *system, catalogue_.directory());
}

}  // namespace polyfleet
