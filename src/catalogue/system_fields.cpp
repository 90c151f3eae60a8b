#include "catalogue/accelerator_fields.hpp"
#include "catalogue/fabric.hpp"
#include "catalogue/figure_field.hpp"
#include "catalogue/site.hpp"

namespace polyfleet {
namespace {

void read_dims(System& into, const Value& value, Diagnostics& out) {
  const Array* array = value.array();
  if (array == nullptr) {
    out.push_back(problem_at(value.where(), "torus_dims must be a list of whole numbers",
                             "write torus_dims = [16, 16]"));
    return;
  }
  constexpr double kLongestAxis = 1e6;
  for (const Value& item : *array) {
    if (auto n = detail::read_number(item, {1, kLongestAxis}, true, "torus_dims", out))
      into.torus_dims.push_back(static_cast<int>(*n));
  }
}

Field<System> dims_field() {
  return {"torus_dims",
          "list of whole numbers",
          "lengths of the axes of a torus",
          false,
          read_dims,
          [](const System& from) {
            Array array;
            for (const int n : from.torus_dims) array.emplace_back(n);
            return Value(std::move(array));
          }};
}

}  // namespace

const FieldTable<System>& system_fields() {
  using S = System;
  constexpr double kWorstOversubscription = 1000;
  static const FieldTable<S> fields{
      text_field("id", &S::id, "name of the file, used everywhere else"),
      required(text_field("name", &S::name, "printed name")),
      required(text_field("accelerator", &S::accelerator, "catalogue id or path of a file")),
      text_field("kind", &S::kind, "node, rack or pod"),
      text_field("cooling", &S::cooling, "air or liquid"),
      texts_field("aliases", &S::aliases, "other names"),
      required(count_field("accelerators_per_node", &S::accelerators_per_node, "sharing a host")),
      count_field("accelerators_per_rack", &S::accelerators_per_rack, "in one rack"),
      required(count_field("scale_up_domain", &S::scale_up_domain, "of one scale-up domain")),
      choice_field("scale_up", &S::scale_up, scale_up_names(), "how the domain is joined"),
      text_field("scale_up_fabric", &S::scale_up_fabric, "id in data/fabrics"),
      figure_field("scale_up_rate", &S::scale_up_rate, "per accelerator, one direction"),
      figure_field("pair_rate", &S::pair_rate, "ceiling of one pair, one direction"),
      dims_field(),
      text_field("fabric", &S::fabric, "scale-out network, id in data/fabrics"),
      figure_field("scale_out_rate", &S::scale_out_rate, "per accelerator, one direction"),
      number_field("oversubscription", &S::oversubscription, {1, kWorstOversubscription},
                   "of the scale-out network above the leaf"),
      bool_field("in_network_reduction", &S::in_network_reduction, "scale-up switches reduce"),
      bool_field("scale_out_in_network_reduction", &S::scale_out_in_network_reduction,
                 "scale-out switches reduce"),
      figure_field("node_power", &S::node_power, "node at full load"),
      figure_field("rack_power", &S::rack_power, "rack at full load"),
      figure_field("measured_node_power", &S::measured_node_power, "highest measured under load"),
      figure_field("host_power", &S::host_power, "all but the accelerators, per accelerator"),
      figure_field("all_in_power", &S::all_in_power, "per accelerator, facility included"),
      figure_field("pue", &S::pue, "facility power over IT power"),
      figure_field("price", &S::price, "per accelerator"),
      figure_field("rental", &S::rental, "per accelerator and hour")};
  return fields;
}

const FieldTable<Fabric>& fabric_fields() {
  using F = Fabric;
  static const FieldTable<F> fields{
      text_field("id", &F::id, "name of the file"),
      required(text_field("name", &F::name, "printed name")),
      text_field("kind", &F::kind, "scale-up, scale-out or host"),
      text_field("topology", &F::topology, "switch, mesh, torus2d, torus3d, fat-tree or none"),
      texts_field("aliases", &F::aliases, "other names"),
      figure_field("bandwidth", &F::bandwidth, "one direction"),
      figure_field("latency", &F::latency, "software included"),
      figure_field("hardware_latency", &F::hardware_latency, "adapter and port"),
      figure_field("switch_capacity", &F::switch_capacity, "of one switch"),
      bool_field("in_network_reduction", &F::in_network_reduction, "switches can reduce")};
  return fields;
}

const FieldTable<Site>& site_fields() {
  using S = Site;
  static const FieldTable<S> fields{
      text_field("id", &S::id, "name of the file"),
      required(text_field("name", &S::name, "place")),
      text_field("carbon_method", &S::carbon_method, "how the carbon figure is made"),
      figure_field("carbon_intensity", &S::carbon_intensity, "of the grid"),
      figure_field("electricity_price", &S::electricity_price, "per kilowatt-hour"),
      figure_field("carbon_free_share", &S::carbon_free_share, "of an operator's purchases")};
  return fields;
}

}  // namespace polyfleet
