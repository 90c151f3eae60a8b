#include "catalogue/accelerator_fields.hpp"

#include <algorithm>

#include "catalogue/figure_field.hpp"

namespace polyfleet {
namespace {

using A = Accelerator;
using Rates = std::array<std::optional<Figure<FlopsPerSecond>>, kDtypeCount>;

/// fp4 is the word of data sheets for the two block formats of four bits.
constexpr std::string_view kFourBits = "fp4";
/// FP64 on the matrix units, which data sheets print beside the vector rate.
constexpr std::string_view kMatrixFp64 = "fp64_matrix";

std::optional<Figure<FlopsPerSecond>>& slot(Rates& rates, Dtype dtype) {
  return rates[static_cast<std::size_t>(dtype)];
}

std::vector<std::string> rate_keys() {
  std::vector<std::string> keys(kDtypeNames.begin(), kDtypeNames.end());
  keys.emplace_back(kFourBits);
  keys.emplace_back(kMatrixFp64);
  return keys;
}

void read_rates(A& into, Rates A::*member, const std::string& key, const Value& value,
                Diagnostics& out) {
  const Table* rates = value.table();
  if (rates == nullptr) {
    out.push_back(problem_at(value.where(), key + " must be a table of formats",
                             "write [" + key + "] and bf16 = ..."));
    return;
  }
  for (const auto& [name, document] : *rates) {
    const auto dtype = dtype_named(name);
    if (!dtype && name != kFourBits && name != kMatrixFp64) {
      detail::unknown_key(name, document, rate_keys(), out);
      continue;
    }
    const auto figure = read_figure<FlopsPerSecond>(document, key + "." + name, out);
    if (!figure) continue;
    if (dtype) {
      slot(into.*member, *dtype) = *figure;
    } else if (name == kMatrixFp64) {
      into.matrix_fp64 = *figure;
    } else {
      for (const Dtype block : {Dtype::mxfp4, Dtype::nvfp4}) {
        if (rates->end() == std::find_if(rates->begin(), rates->end(), [&](const auto& other) {
              return other.first == name_of(block);
            }))
          slot(into.*member, block) = *figure;
      }
    }
  }
}

Field<A> rates_field(std::string key, Rates A::*member, std::string help) {
  return {key,
          "table of formats: bf16, fp8, fp4, ...",
          std::move(help),
          false,
          [=](A& into, const Value& value, Diagnostics& out) {
            read_rates(into, member, key, value, out);
          },
          [=](const A& from) {
            Value table{Table{}};
            for (std::size_t i = 0; i < kDtypeCount; ++i) {
              if ((from.*member)[i])
                table.set(std::string(kDtypeNames[i]), print_figure((from.*member)[i]));
            }
            if (member == &A::peak && from.matrix_fp64)
              table.set(std::string(kMatrixFp64), print_figure(from.matrix_fp64));
            return table;
          }};
}

}  // namespace

const std::vector<std::pair<std::string, ScaleUpKind>>& scale_up_names() {
  static const std::vector<std::pair<std::string, ScaleUpKind>> names{
      {"none", ScaleUpKind::none},
      {"pcie", ScaleUpKind::pcie},
      {"nvlink_switch", ScaleUpKind::nvlink_switch},
      {"xgmi_mesh", ScaleUpKind::xgmi_mesh},
      {"ualink_switch", ScaleUpKind::ualink_switch},
      {"torus", ScaleUpKind::torus}};
  return names;
}

const FieldTable<A>& accelerator_fields() {
  static const FieldTable<A> fields{
      text_field("id", &A::id, "name of the file, used everywhere else"),
      required(text_field("name", &A::name, "printed name")),
      required(text_field("vendor", &A::vendor, "maker")),
      text_field("architecture", &A::architecture, "microarchitecture in the vendor's words"),
      text_field("family", &A::family, "group that shares kernels and software maturity"),
      texts_field("aliases", &A::aliases, "other names"),
      text_field("announced", &A::announced, "dates"),
      text_field("software", &A::software, "software stack"),
      text_field("memory_type", &A::memory_type, "kind of memory"),
      text_field("link", &A::link, "scale-up link in words"),
      text_field("host", &A::host, "link to the host in words"),
      text_field("default_system", &A::default_system, "system it is usually built into"),
      text_field("trap", &A::trap, "what is easily misread"),
      rates_field("peak", &A::peak, "dense matrix peak per format"),
      rates_field("measured_matmul", &A::measured_matmul, "best measured dense matmul"),
      figure_field("memory", &A::memory, "capacity on the label"),
      figure_field("usable_memory", &A::usable_memory, "capacity a program can allocate"),
      figure_field("memory_bandwidth", &A::memory_bandwidth, "peak memory bandwidth"),
      figure_field("compute_units", &A::compute_units, "SMs, CUs, WGPs or cores"),
      figure_field("clock", &A::clock, "clock of the peak figures"),
      figure_field("l2_cache", &A::l2_cache, "second-level cache"),
      figure_field("last_level_cache", &A::last_level_cache, "cache beyond the second level"),
      figure_field("on_chip_memory", &A::on_chip_memory, "software-managed memory of the chip"),
      figure_field("local_memory", &A::local_memory, "scratch memory per compute unit"),
      choice_field("scale_up", &A::scale_up, scale_up_names(), "how a scale-up domain is joined"),
      figure_field("scale_up_rate", &A::scale_up_rate, "to all peers together, one direction"),
      figure_field("pair_rate", &A::pair_rate, "ceiling of one pair on a mesh, one direction"),
      figure_field("scale_up_domain", &A::scale_up_domain, "accelerators of one domain"),
      figure_field("scale_out_rate", &A::scale_out_rate, "NIC line rate per accelerator"),
      figure_field("host_rate", &A::host_rate, "to host memory, one direction"),
      figure_field("measured_memory_bandwidth", &A::measured_memory_bandwidth, "best published"),
      figure_field("measured_scale_up_rate", &A::measured_scale_up_rate, "best published"),
      figure_field("measured_scale_out_rate", &A::measured_scale_out_rate, "best published"),
      figure_field("tdp", &A::tdp, "design power"),
      figure_field("peak_power", &A::peak_power, "board power above the design power"),
      figure_field("typical_power", &A::typical_power, "power under load"),
      figure_field("idle", &A::idle, "idle power"),
      figure_field("price", &A::price, "price of one"),
      figure_field("rental", &A::rental, "market price per hour"),
      figure_field("contract", &A::contract, "three-year contract per hour"),
      figure_field("owned_hyperscaler", &A::owned_hyperscaler, "owner's cost per hour, large"),
      figure_field("owned_neocloud", &A::owned_neocloud, "owner's cost per hour, small"),
      figure_field("all_in_power", &A::all_in_power, "with its share of the facility")};
  return fields;
}

}  // namespace polyfleet
