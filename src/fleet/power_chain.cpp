#include "fleet/power_chain.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/check.hpp"
#include "catalogue/figure_field.hpp"
#include "config/list_reader.hpp"

namespace polyfleet {
namespace {

struct StatedPart {
  std::string name;
  std::optional<Figure<double>> count;
  std::optional<Figure<Watts>> idle, peak;
};
struct StatedStage {
  std::string name;
  int nodes = 0;
  std::optional<Figure<Watts>> fixed;
  std::optional<Figure<double>> efficiency;
};
enum class SharedKind { network, cooling };
struct StatedShared {
  std::string name;
  std::optional<Figure<double>> per_rack, count, efficiency;
  std::optional<Figure<Watts>> power;
  SharedKind kind = SharedKind::network;
};

const FieldTable<StatedPart>& part_fields() {
  using P = StatedPart;
  static const FieldTable<P> fields = {required(text_field("name", &P::name, "")),
                                       required(figure_field("count", &P::count, "in a node")),
                                       required(figure_field("idle", &P::idle, "of one")),
                                       required(figure_field("peak", &P::peak, "of one"))};
  return fields;
}

const FieldTable<StatedStage>& stage_fields() {
  using S = StatedStage;
  static const FieldTable<S> fields = {required(text_field("name", &S::name, "")),
                                       required(count_field("nodes", &S::nodes, "served together")),
                                       figure_field("fixed", &S::fixed, "loss whatever the load"),
                                       required(figure_field("efficiency", &S::efficiency, ""))};
  return fields;
}

const FieldTable<StatedShared>& shared_fields() {
  using S = StatedShared;
  static const FieldTable<S> fields = {
      required(text_field("name", &S::name, "")),
      figure_field("per_rack", &S::per_rack, ""),
      figure_field("count", &S::count, "in the whole system"),
      required(figure_field("power", &S::power, "of one")),
      figure_field("efficiency", &S::efficiency, "of its supply"),
      required(choice_field<S, SharedKind>(
          "kind", &S::kind, {{"network", SharedKind::network}, {"cooling", SharedKind::cooling}},
          ""))};
  return fields;
}

/// Lists are read apart: a field table holds no lists of tables.
struct StatedChain {
  std::string id, name;
  int nodes = 0, nodes_per_rack = 0;
  Value part, stage, shared;
};

Field<StatedChain> list_of(std::string key, Value StatedChain::*member) {
  return {key,
          "list of tables",
          "",
          false,
          [member](StatedChain& into, const Value& value, Diagnostics&) { into.*member = value; },
          [member](const StatedChain& from) { return from.*member; }};
}

const FieldTable<StatedChain>& chain_fields() {
  using C = StatedChain;
  static const FieldTable<C> fields = {
      required(text_field("id", &C::id, "")),
      required(text_field("name", &C::name, "")),
      required(count_field("nodes", &C::nodes, "")),
      required(count_field("nodes_per_rack", &C::nodes_per_rack, "")),
      required(list_of("part", &C::part)),
      required(list_of("stage", &C::stage)),
      required(list_of("shared", &C::shared))};
  return fields;
}

void add_shared(const StatedShared& stated, double racks, const Value& document, PowerChain& chain,
                Diagnostics& out) {
  if (stated.per_rack.has_value() == stated.count.has_value()) {
    out.push_back(
        problem_at(document.where(),
                   fmt::format("'{}' states not exactly one of per_rack and count", stated.name)));
    return;
  }
  if (!stated.power) return;
  chain.shared.push_back({stated.name,
                          stated.count ? stated.count->value : stated.per_rack->value * racks,
                          stated.power->value, stated.efficiency ? stated.efficiency->value : 1,
                          stated.kind == SharedKind::cooling});
}

void check_efficiency(double efficiency, const std::string& name, const Value& document,
                      Diagnostics& out) {
  if (!(efficiency > 0 && efficiency <= 1))
    out.push_back(
        problem_at(document.where(), fmt::format("'{}' has an efficiency outside 0 to 1", name)));
}

PowerChain chain_of(const StatedChain& stated, const Value& document, Diagnostics& out) {
  PowerChain chain{stated.id, stated.name, stated.nodes, stated.nodes_per_rack, {}, {}, {}};
  for (const StatedPart& part : read_list(document, "part", part_fields(), out)) {
    if (part.count && part.idle && part.peak)
      chain.parts.push_back({part.name, part.count->value, part.idle->value, part.peak->value});
  }
  for (const StatedStage& stage : read_list(document, "stage", stage_fields(), out)) {
    if (!stage.efficiency) continue;
    check_efficiency(stage.efficiency->value, stage.name, document, out);
    if (stage.nodes < 1)
      out.push_back(problem_at(document.where(), fmt::format("'{}' serves no node", stage.name)));
    chain.stages.push_back({stage.name, stage.nodes, stage.fixed ? stage.fixed->value : Watts(),
                            stage.efficiency->value});
  }
  const double racks = std::ceil(1.0 * stated.nodes / std::max(stated.nodes_per_rack, 1));
  for (const StatedShared& shared : read_list(document, "shared", shared_fields(), out))
    add_shared(shared, racks, document, chain, out);
  for (const ChainShared& shared : chain.shared)
    check_efficiency(shared.efficiency, shared.name, document, out);
  if (stated.nodes < 1 || stated.nodes_per_rack < 1)
    out.push_back(problem_at(document.where(), "nodes and nodes_per_rack must be at least 1"));
  return chain;
}

}  // namespace

ChainPower chain_power(const PowerChain& chain, double use) {
  POLYFLEET_CHECK(use >= 0 && use <= 1, "use lies between idle and peak");
  ChainPower power;
  for (const ChainPart& part : chain.parts)
    power.node += part.count * (part.idle + (part.peak - part.idle) * use);
  Watts up = power.node;
  for (const ChainStage& stage : chain.stages) {
    up = (up * stage.nodes + stage.fixed) / stage.efficiency / stage.nodes;
    power.stages.push_back(up);
  }
  power.nodes = up * chain.nodes;
  power.loss = (up - power.node) * chain.nodes;
  for (const ChainShared& shared : chain.shared) {
    const Watts drawn = shared.power * shared.count / shared.efficiency;
    (shared.cooling ? power.cooling : power.network) += drawn;
    power.loss += drawn - shared.power * shared.count;
  }
  power.total = power.nodes + power.network + power.cooling;
  return power;
}

Result<PowerChain> load_power_chain(const std::filesystem::path& data_directory,
                                    std::string_view id) {
  const Result<Value> document =
      read_document((data_directory / "power" / (std::string(id) + ".toml")).string());
  if (!document) return document.problems();
  StatedChain stated;
  Diagnostics problems;
  read_fields(*document, chain_fields(), stated, "power chain", problems);
  if (!problems.empty()) return problems;
  PowerChain chain = chain_of(stated, *document, problems);
  if (!problems.empty()) return problems;
  return chain;
}

std::vector<SiteChainLevel> site_chain(const Accelerator& accelerator, const ClassPower& power,
                                       const PowerActivity& activity,
                                       const FacilityDesign& facility) {
  std::vector<SiteChainLevel> levels;
  if (accelerator.tdp) {
    const Watts tdp = accelerator.tdp->value;
    const Watts idle =
        accelerator.idle ? accelerator.idle->value : tdp * activity.idle_of_tdp.value;
    levels.push_back({"accelerator", idle, idle + (tdp - idle) * activity.compute_of_span.value});
  }
  levels.push_back({"node", power.idle - power.network, power.sustained - power.network});
  levels.push_back({"rack with network", power.idle, power.sustained});
  levels.push_back(
      {"delivered", power.idle / facility.delivery, power.sustained / facility.delivery});
  levels.push_back({"site", power.idle * facility.meter_per_rack(), power.provisioned});
  return levels;
}

TrainingSwing training_swing(const Accelerator& accelerator, const PowerActivity& activity,
                             double delivery, double accelerators) {
  POLYFLEET_CHECK(accelerator.tdp.has_value() && delivery > 0, "a design power and a delivery");
  const Watts tdp = accelerator.tdp->value;
  const Watts idle = accelerator.idle ? accelerator.idle->value : tdp * activity.idle_of_tdp.value;
  const Watts span = (tdp - idle) * (accelerators / delivery);
  return {span * (activity.compute_of_span.value - activity.waiting_of_span.value),
          span * activity.compute_of_span.value};
}

Result<FrontierCase> frontier_case(const std::filesystem::path& data_directory) {
  const Result<PowerChain> chain = load_power_chain(data_directory, "frontier");
  if (!chain) return chain.problems();
  return FrontierCase{chain_power(*chain, 0), chain_power(*chain, 1)};
}

}  // namespace polyfleet
