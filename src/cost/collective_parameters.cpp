#include "cost/collective_parameters.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "config/fields.hpp"

namespace polyfleet {
namespace {

template <class E>
std::vector<std::pair<std::string, E>> choices_of(std::size_t count) {
  std::vector<std::pair<std::string, E>> choices;
  for (std::size_t i = 0; i < count; ++i) {
    const E value = static_cast<E>(i);
    choices.emplace_back(std::string(name_of(value)), value);
  }
  return choices;
}

const FieldTable<ProtocolRow>& row_fields() {
  using R = ProtocolRow;
  static const FieldTable<R> fields{
      required(choice_field<R>("op", &R::op, choices_of<CollectiveKind>(kCollectiveKindCount),
                               "collective")),
      required(choice_field<R>("algorithm", &R::algorithm,
                               choices_of<CollectiveAlgorithm>(kCollectiveAlgorithmCount),
                               "algorithm")),
      required(text_field<R>("protocol", &R::protocol, "the library's word for the protocol")),
      required(quantity_field<R>("base", &R::base, {0, 1}, "latency to start")),
      required(quantity_field<R>("hop", &R::hop, {0, 1}, "latency of one step")),
      required(number_field<R>("efficiency", &R::efficiency, {1e-3, 1}, "share of the link rate")),
      integer_field<R>("min_ranks", &R::min_ranks, {2, 1e6}, "smallest group it is used for"),
  };
  return fields;
}

const FieldTable<CollectiveFamily>& family_fields() {
  using F = CollectiveFamily;
  const std::vector<std::pair<std::string, ScaleUpKind>> kinds{
      {"none", ScaleUpKind::none},
      {"pcie", ScaleUpKind::pcie},
      {"nvlink_switch", ScaleUpKind::nvlink_switch},
      {"xgmi_mesh", ScaleUpKind::xgmi_mesh},
      {"ualink_switch", ScaleUpKind::ualink_switch},
      {"torus", ScaleUpKind::torus}};
  static const FieldTable<F> fields{
      required(text_field<F>("id", &F::id, "name of the family")),
      required(choice_field<F>("kind", &F::kind, kinds, "scale-up kind; none = across NICs")),
      required(text_field<F>("vendor", &F::vendor, "vendor, empty = any")),
      required(text_field<F>("library", &F::library, "library whose tables belong to it")),
      required(quantity_field<F>("rate", &F::rate, {1e6, 1e15}, "link rate it was fitted at")),
      required(text_field<F>("source", &F::source, "where the figures come from")),
      required(text_field<F>("status", &F::status, "measured, derived, estimated, third party")),
  };
  return fields;
}

/// The document without the members that are lists, which the field table does not know.
Value without_lists(const Value& document) {
  Table kept;
  if (const Table* members = document.table()) {
    for (const auto& [key, value] : *members) {
      if (key != "row" && key != "accelerators") kept.emplace_back(key, value);
    }
  }
  return Value(std::move(kept)).at(document.where());
}

void read_rows(const Value& document, CollectiveFamily& family, Diagnostics& out) {
  const Value* rows = document.find("row");
  if (rows == nullptr || rows->array() == nullptr) {
    out.push_back(problem_at(document.where(), "a family needs at least one [[row]]"));
    return;
  }
  for (const Value& item : *rows->array()) {
    ProtocolRow row;
    read_fields(item, row_fields(), row, "row", out);
    row.label = fmt::format("{} {}", name_of(row.algorithm), row.protocol);
    family.rows[static_cast<std::size_t>(row.op)].push_back(std::move(row));
  }
}

CollectiveFamily read_family(const Value& document, Diagnostics& out) {
  CollectiveFamily family;
  read_fields(without_lists(document), family_fields(), family, "collective family", out);
  if (const Value* ids = document.find("accelerators"); ids != nullptr && ids->array()) {
    for (const Value& id : *ids->array()) {
      if (id.text() != nullptr) {
        family.accelerators.push_back(*id.text());
      } else {
        out.push_back(problem_at(id.where(), "accelerators must be texts"));
      }
    }
  }
  read_rows(document, family, out);
  return family;
}

bool names(const CollectiveFamily& family, const std::string& accelerator) {
  return std::find(family.accelerators.begin(), family.accelerators.end(), accelerator) !=
         family.accelerators.end();
}

}  // namespace

Result<std::vector<CollectiveFamily>> load_collective_families(
    const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const auto& path = entry.path();
    if (path.extension() == ".toml" && path.stem() != "uncertainty" && path.stem() != "launch")
      files.push_back(path);
  }
  if (error)
    return problem(fmt::format("{}: {}", folder.string(), error.message()),
                   "point to a data folder with collectives/");
  std::sort(files.begin(), files.end());
  Diagnostics problems;
  std::vector<CollectiveFamily> families;
  for (const auto& file : files) {
    const Result<Value> document = read_document(file.string());
    if (document) {
      families.push_back(read_family(*document, problems));
    } else {
      problems.insert(problems.end(), document.problems().begin(), document.problems().end());
    }
  }
  if (!problems.empty()) return problems;
  return families;
}

Result<CollectiveUncertainty> load_collective_uncertainty(const std::filesystem::path& file) {
  using U = CollectiveUncertainty;
  const Range range{0.001, 3};
  const FieldTable<U> fields{
      required(number_field<U>("measured_table", &U::measured_table, range, "")),
      required(number_field<U>("other_ranks", &U::other_ranks, range, "")),
      required(number_field<U>("analytic_fit", &U::analytic_fit, range, "")),
      required(number_field<U>("transferred_latency", &U::transferred_latency, range, "")),
      required(number_field<U>("transferred_rate", &U::transferred_rate, range, "")),
      required(number_field<U>("scale_out", &U::scale_out, range, "")),
      required(number_field<U>("other_library", &U::other_library, range, "")),
  };
  const Result<Value> document = read_document(file.string());
  if (!document) return document.problems();
  U uncertainty;
  Diagnostics problems;
  read_fields(*document, fields, uncertainty, "uncertainty", problems);
  if (!problems.empty()) return problems;
  return uncertainty;
}

Result<std::vector<LaunchCost>> load_launch_costs(const std::filesystem::path& file) {
  using L = LaunchCost;
  const FieldTable<L> fields{
      required(text_field<L>("library", &L::library, "library of the measured tables")),
      required(quantity_field<L>("extra", &L::extra, {0, 1}, "added to every collective")),
      required(text_field<L>("source", &L::source, "where the figure comes from")),
      required(text_field<L>("status", &L::status, "measured, derived, ...")),
  };
  const Result<Value> document = read_document(file.string());
  if (!document) return document.problems();
  Diagnostics problems;
  std::vector<LaunchCost> costs;
  const Value* list = document->find("launch");
  if (list == nullptr || list->array() == nullptr)
    return problem_at(document->where(), "a list of [[launch]] is needed");
  for (const Value& item : *list->array())
    read_fields(item, fields, costs.emplace_back(), "launch", problems);
  if (!problems.empty()) return problems;
  return costs;
}

const CollectiveFamily* family_for(std::span<const CollectiveFamily> families, ScaleUpKind kind,
                                   const std::string& accelerator, const std::string& vendor,
                                   BytesPerSecond rate) {
  const CollectiveFamily* best = nullptr;
  double best_distance = 0;
  for (const CollectiveFamily& family : families) {
    if (family.kind != kind) continue;
    if (names(family, accelerator)) return &family;
    // Another vendor's library counts like a factor of 1000 in link rate: only where there is none.
    const double foreign = !family.vendor.empty() && family.vendor != vendor ? std::log(1e3) : 0;
    const double apart = rate.base() > 0 ? std::abs(std::log(family.rate / rate)) : 0;
    if (best == nullptr || apart + foreign < best_distance) {
      best = &family;
      best_distance = apart + foreign;
    }
  }
  return best;
}

}  // namespace polyfleet
