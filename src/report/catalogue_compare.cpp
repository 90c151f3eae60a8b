// Parts side by side: the stated figures, then ratios of them.
#include <fmt/format.h>

#include <functional>
#include <set>

#include "report/catalogue_tables.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

using Part = ComparedPart;

/// One cell: text for the table, a document for programs, and the source of what it rests on.
struct ComparedCell {
  std::string text = "-";
  Value json;
  std::string source;
};

struct RowOf {
  std::string label;
  std::string key;
  std::function<ComparedCell(const Part&)> cell;
};

/// How far a statement carries; the mark of a figure that is less than a vendor's or a measured
/// one.
int weakness(Status status) {
  switch (status) {
    case Status::vendor_specification:
    case Status::measured:
      return 0;
    case Status::vendor_claim:
      return 1;
    case Status::third_party:
      return 2;
    case Status::derived:
      return 3;
    case Status::estimated:
      return 4;
    case Status::rumour:
      return 5;
  }
  return 5;
}

std::string marked(std::string text, Status status) {
  if (status == Status::rumour) return text + " ?";
  if (status == Status::estimated || status == Status::derived) return text + " ~";
  return text;
}

Status weaker(Status a, Status b) { return weakness(a) < weakness(b) ? b : a; }

template <class Q>
ComparedCell stated(const std::optional<Figure<Q>>& figure) {
  if (!figure) return {};
  ComparedCell cell;
  Value value;
  if constexpr (std::is_same_v<Q, double>) {
    cell.text = fmt::format("{:g}", figure->value);
    value.set("value", figure->value);
  } else {
    cell.text = print_quantity(figure->value);
    value.set("value", cell.text);
    if (figure->low != figure->high)
      value.set("low", print_quantity(figure->low)).set("high", print_quantity(figure->high));
  }
  value.set("status", name_of(figure->status)).set("source", figure->source);
  if (!figure->note.empty()) value.set("note", figure->note);
  cell.text = marked(cell.text, figure->status);
  cell.source = figure->source;
  cell.json = std::move(value);
  return cell;
}

/// A ratio of two figures in the unit that `scale` base units make.
template <class A, class B>
ComparedCell ratio(const std::optional<Figure<A>>& over, const std::optional<Figure<B>>& under,
                   double scale, std::string_view unit) {
  if (!over || !under) return {};
  const double value = over->value.base() / under->value.base() / scale;
  const Status status = weaker(over->status, under->status);
  ComparedCell cell;
  cell.text = marked(fmt::format("{:.4g}", value), status);
  cell.json.set("value", value)
      .set("unit", unit)
      .set("status", "derived")
      .set("weakest_input", name_of(status));
  return cell;
}

const std::optional<Figure<FlopsPerSecond>>& peak(const Part& part, Dtype dtype) {
  return part.accelerator.peak[static_cast<std::size_t>(dtype)];
}

std::optional<Figure<BytesPerSecond>> scale_up(const Part& part) {
  return part.of_system(&System::scale_up_rate, &Accelerator::scale_up_rate);
}

std::optional<Figure<BytesPerSecond>> scale_out(const Part& part) {
  return part.of_system(&System::scale_out_rate, &Accelerator::scale_out_rate);
}

std::optional<Figure<Watts>> all_in(const Part& part) {
  return part.of_system(&System::all_in_power, &Accelerator::all_in_power);
}

std::optional<Figure<UsdPerSecond>> rental(const Part& part) {
  return part.of_system(&System::rental, &Accelerator::rental);
}

std::optional<Figure<Usd>> price(const Part& part) {
  return part.of_system(&System::price, &Accelerator::price);
}

template <class M>
RowOf figure_row(std::string label, std::string key, M Accelerator::*member) {
  return {std::move(label), std::move(key),
          [member](const Part& part) { return stated(part.accelerator.*member); }};
}

RowOf peak_row(Dtype dtype, const std::string& word) {
  return {"peak " + word + ", dense", "peak_" + word,
          [dtype](const Part& part) { return stated(peak(part, dtype)); }};
}

ComparedCell domain_cell(const Part& part) {
  if (!part.system) return stated(part.accelerator.scale_up_domain);
  ComparedCell cell;
  cell.text = fmt::format("{}", part.system->scale_up_domain);
  cell.json = Value(part.system->scale_up_domain);
  return cell;
}

ComparedCell domain_memory_cell(const Part& part) {
  const auto& memory = part.accelerator.memory;
  if (!memory || !part.system) return {};
  const Bytes total = part.system->scale_up_domain * memory->value;
  ComparedCell cell;
  cell.text = marked(print_quantity(total), memory->status);
  cell.json.set("value", print_quantity(total)).set("status", "derived");
  return cell;
}

ComparedCell per_megawatt_cell(const Part& part) {
  const auto power = all_in(part);
  if (!power) return {};
  const double count = megawatt / power->value;
  ComparedCell cell;
  cell.text = marked(fmt::format("{:.0f}", count), power->status);
  cell.json.set("value", count)
      .set("status", "derived")
      .set("weakest_input", name_of(power->status));
  return cell;
}

ComparedCell text_cell(const std::string& text) {
  if (text.empty()) return {};
  return {text, Value(text), ""};
}

std::vector<RowOf> stated_rows() {
  using A = Accelerator;
  return {
      {"name", "name", [](const Part& p) { return text_cell(p.accelerator.name); }},
      {"architecture", "architecture",
       [](const Part& p) { return text_cell(p.accelerator.architecture); }},
      {"system", "system", [](const Part& p) { return text_cell(p.system ? p.system->id : ""); }},
      figure_row("memory", "memory", &A::memory),
      figure_row("memory bandwidth", "memory_bandwidth", &A::memory_bandwidth),
      peak_row(Dtype::bf16, "bf16"),
      peak_row(Dtype::fp8, "fp8"),
      peak_row(Dtype::nvfp4, "fp4"),
      {"best measured bf16 matmul", "measured_matmul_bf16",
       [](const Part& p) {
         return stated(p.accelerator.measured_matmul[static_cast<std::size_t>(Dtype::bf16)]);
       }},
      {"scale-up domain", "scale_up_domain", domain_cell},
      {"scale-up rate", "scale_up_rate", [](const Part& p) { return stated(scale_up(p)); }},
      {"scale-out rate", "scale_out_rate", [](const Part& p) { return stated(scale_out(p)); }},
      figure_row("design power", "tdp", &A::tdp),
      figure_row("idle power", "idle", &A::idle),
      {"all-in power", "all_in_power", [](const Part& p) { return stated(all_in(p)); }},
      {"price", "price", [](const Part& p) { return stated(price(p)); }},
      {"rental", "rental", [](const Part& p) { return stated(rental(p)); }}};
}

constexpr double kTera = 1e12;
constexpr double kGigabyte = 1e9;
constexpr double kPerHour = 1.0 / 3600;  // USD/h in USD/s

std::vector<RowOf> derived_rows() {
  using P = const Part&;
  const auto flops_per_byte = [](Dtype dtype) {
    return
        [dtype](P p) { return ratio(peak(p, dtype), p.accelerator.memory_bandwidth, 1, "FLOP/B"); };
  };
  return {
      {"FLOP per memory byte, bf16", "flop_per_byte_bf16", flops_per_byte(Dtype::bf16)},
      {"FLOP per memory byte, fp8", "flop_per_byte_fp8", flops_per_byte(Dtype::fp8)},
      {"FLOP per memory byte, fp4", "flop_per_byte_fp4", flops_per_byte(Dtype::nvfp4)},
      {"memory byte per kFLOP, bf16", "byte_per_kflop_bf16",
       [](P p) {
         return ratio(p.accelerator.memory_bandwidth, peak(p, Dtype::bf16), 1e-3, "B/kFLOP");
       }},
      {"scale-up byte per kFLOP, bf16", "scale_up_byte_per_kflop_bf16",
       [](P p) { return ratio(scale_up(p), peak(p, Dtype::bf16), 1e-3, "B/kFLOP"); }},
      {"scale-out byte per kFLOP, bf16", "scale_out_byte_per_kflop_bf16",
       [](P p) { return ratio(scale_out(p), peak(p, Dtype::bf16), 1e-3, "B/kFLOP"); }},
      {"measured share of bf16 peak", "measured_share_bf16",
       [](P p) {
         return ratio(p.accelerator.measured_matmul[static_cast<std::size_t>(Dtype::bf16)],
                      peak(p, Dtype::bf16), 1, "");
       }},
      {"design W per TFLOP/s, bf16", "watt_per_tflops_bf16",
       [](P p) { return ratio(p.accelerator.tdp, peak(p, Dtype::bf16), 1 / kTera, "W s/TFLOP"); }},
      {"all-in W per TFLOP/s, bf16", "all_in_watt_per_tflops_bf16",
       [](P p) { return ratio(all_in(p), peak(p, Dtype::bf16), 1 / kTera, "W s/TFLOP"); }},
      {"accelerators per MW, all in", "per_megawatt", per_megawatt_cell},
      {"memory of a scale-up domain", "domain_memory", domain_memory_cell},
      {"memory GB per kUSD", "gb_per_kusd",
       [](P p) { return ratio(p.accelerator.memory, price(p), kGigabyte / 1e3, "GB/kUSD"); }},
      {"bf16 TFLOP/s per USD/h", "tflops_per_usd_h_bf16",
       [](P p) {
         return ratio(peak(p, Dtype::bf16), rental(p), kTera / kPerHour, "TFLOP/s h/USD");
       }},
      {"memory TB/s per USD/h", "tbs_per_usd_h", [](P p) {
         return ratio(p.accelerator.memory_bandwidth, rental(p), kTera / kPerHour, "TB/s h/USD");
       }}};
}

/// A name of a part, or of a system whose part is meant.
Result<Part> part_named(const Catalogue& catalogue, const std::string& name) {
  Part part;
  const Result<Accelerator> accelerator = catalogue.accelerator(name);
  if (accelerator) {
    part.accelerator = *accelerator;
    if (!accelerator->default_system.empty()) {
      const Result<System> system = catalogue.system(name);
      if (!system) return system.problems();
      part.system = *system;
    }
    return part;
  }
  if (!catalogue.find(Shelf::systems, name)) return accelerator.problems();
  const Result<System> system = catalogue.system(name);
  if (!system) return system.problems();
  const Result<Accelerator> inside = catalogue.accelerator_of(*system);
  if (!inside) return inside.problems();
  part.accelerator = *inside;
  part.system = *system;
  return part;
}

void add_rows(const std::vector<RowOf>& rows, const std::vector<Part>& parts, bool with_sources,
              CatalogueView& view, std::vector<Value>& objects) {
  for (const RowOf& row : rows) {
    std::vector<std::string> texts{row.label}, sources{"  source"};
    bool any = false, sourced = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      ComparedCell cell = row.cell(parts[i]);
      texts.push_back(cell.text);
      sources.push_back(cell.source);
      any = any || cell.text != "-";
      sourced = sourced || !cell.source.empty();
      if (!cell.json.is_null()) objects[i].set(row.key, std::move(cell.json));
    }
    if (!any) continue;
    view.table.row(std::move(texts));
    if (with_sources && sourced) view.table.row(std::move(sources));
  }
}

}  // namespace

std::string ComparedPart::title() const {
  return accelerator.edition.empty() ? accelerator.id : accelerator.id + "@" + accelerator.edition;
}

Result<std::vector<ComparedPart>> compared_parts(const Catalogue& catalogue,
                                                 const std::vector<std::string>& names) {
  std::vector<ComparedPart> parts;
  Diagnostics out;
  for (const std::string& name : names) {
    Result<Part> part = part_named(catalogue, name);
    if (part) {
      parts.push_back(*std::move(part));
    } else {
      out.insert(out.end(), part.problems().begin(), part.problems().end());
    }
  }
  if (names.empty()) out.push_back(problem("nothing to compare", "name two or more parts"));
  if (!out.empty()) return out;
  return parts;
}

Result<CatalogueView> compare_parts(const Catalogue& catalogue,
                                    const std::vector<std::string>& names, bool with_sources) {
  const Result<std::vector<ComparedPart>> found = compared_parts(catalogue, names);
  if (!found) return found.problems();
  const std::vector<ComparedPart>& parts = *found;
  std::vector<std::string> titles{""};
  std::vector<Value> objects;
  for (const Part& part : parts) {
    titles.push_back(part.title());
    Value object;
    object.set("id", part.accelerator.id).set("edition", part.accelerator.edition);
    objects.push_back(std::move(object));
  }
  CatalogueView view{TextTable(std::move(titles)), {}, Value(Table{})};
  add_rows(stated_rows(), parts, with_sources, view, objects);
  view.table.rule();
  add_rows(derived_rows(), parts, false, view, objects);
  view.remarks.emplace_back("~ derived or estimated, ? rumour (or rests on one)");
  Array list;
  for (Value& object : objects) list.push_back(std::move(object));
  view.json.set("parts", Value(std::move(list)));
  return view;
}

}  // namespace polyfleet
