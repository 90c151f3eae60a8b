#include "validation/knowledge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/csv.hpp"
#include "base/files.hpp"
#include "config/fields.hpp"
#include "config/list_reader.hpp"
#include "training/plan_fields.hpp"
#include "units/text.hpp"
#include "validation/table_fields.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

constexpr Range kRate{0, 1e6};

Field<NetworkWording> network_source() {
  return text_field("source", &NetworkWording::source, "where it stands");
}

FieldTable<NetworkWording> network_fields() {
  using N = NetworkWording;
  return {required(text_field("text", &N::text, "part of the interconnect column")),
          number_field("gigabit_per_second", &N::gigabit_per_second, kRate, "per accelerator"),
          number_field("node_gigabit_per_second", &N::node_gigabit_per_second, kRate, "per node"),
          required(network_source())};
}

FieldTable<RecomputeWording> recompute_fields() {
  using R = RecomputeWording;
  return {required(text_field("text", &R::text, "part of the recompute column")),
          required(text_field("mode", &R::mode, "what runs again")),
          number_field("share", &R::share, kShareRange, "share of a layer's forward work"),
          text_field("modules", &R::modules, "what selective runs again"), remark_field<R>("note")};
}

Field<ConvergenceRule> numbers_field(std::string key,
                                     std::vector<double> ConvergenceRule::*member) {
  return {key,
          "list of numbers",
          "",
          false,
          [=](ConvergenceRule& into, const Value& value, Diagnostics& out) {
            if (value.array() == nullptr) {
              out.push_back(problem_at(value.where(), key + " must be a list of numbers"));
              return;
            }
            for (const Value& entry : *value.array()) {
              if (auto n = detail::read_number(entry, {0, 1e15}, false, key, out))
                (into.*member).push_back(*n);
            }
          },
          [](const ConvergenceRule&) { return Value(); }};
}

FieldTable<ConvergenceRule> convergence_fields() {
  using C = ConvergenceRule;
  constexpr Range kFactor{1, 10};
  return {required(text_field("benchmark", &C::benchmark, "part of the row's id")),
          required(number_field("overhead", &C::overhead, kFactor, "run time over step time")),
          number_field("overhead_low", &C::overhead_low, kFactor, "its low end"),
          number_field("overhead_high", &C::overhead_high, kFactor, "its high end"),
          numbers_field("batch", &C::batch),
          numbers_field("samples", &C::samples),
          required(text_field("source", &C::source, "where it stands")),
          remark_field<C>("status")};
}

FieldTable<PrecisionRecipe> precision_recipe_fields() {
  FieldTable<PrecisionRecipe> fields = precision_fields();
  fields.push_back(remark_field<PrecisionRecipe>("note"));
  return fields;
}

void read_aliases(const std::string& path, MappingTables& into, Diagnostics& out) {
  const Result<std::string> text = read_file(path);
  const Result<CsvTable> table = text ? CsvTable::parse(*text, path) : text.problems();
  if (!table) {
    out.insert(out.end(), table.problems().begin(), table.problems().end());
    return;
  }
  const auto columns = table->require({"truth_model_name", "catalogue_id", "kind"});
  if (!columns) {
    out.insert(out.end(), columns.problems().begin(), columns.problems().end());
    return;
  }
  for (const CsvRow& row : table->rows()) {
    const std::string name = letters_and_digits(row.cells[(*columns)[0]]);
    auto& aliases =
        row.cells[(*columns)[2]] == "accelerator" ? into.accelerator_alias : into.model_alias;
    aliases[name] = row.cells[(*columns)[1]];
  }
}

void read_split(const Value& document, SourceSplit& into, Diagnostics& out) {
  const Value* two_part = document.find("two_part");
  if (two_part == nullptr || two_part->array() == nullptr) {
    out.push_back(problem_at(document.where(), "no two_part list in the split of sources"));
    return;
  }
  for (const Value& entry : *two_part->array()) {
    if (entry.text() != nullptr) into.two_part.push_back(*entry.text());
  }
  const Value* moved = document.find("override");
  if (moved == nullptr || moved->array() == nullptr) return;
  for (const Value& entry : *moved->array()) {
    const Value* source = entry.find("source");
    const Value* fit = entry.find("fit");
    if (source == nullptr || source->text() == nullptr || fit == nullptr ||
        fit->boolean() == nullptr) {
      out.push_back(problem_at(entry.where(), "an override needs source and fit = true or false"));
      continue;
    }
    into.fit_override[*source->text()] = *fit->boolean();
  }
}

/// A default that no reader could use later is a fault of the data, found now.
void check_profile_values(const MappingTables& tables, Diagnostics& out) {
  if (tables.profiles.find("megatron_core") == nullptr)
    out.push_back(problem("no framework profile megatron_core, which unknown frameworks read as"));
  for (const FrameworkProfile& profile : tables.profiles.all()) {
    for (const ProfileDefault& entry : profile.defaults) {
      const bool duration =
          entry.setting.starts_with("host_") || entry.setting.starts_with("moe_sync");
      if (duration && !parse_quantity<Seconds>(entry.value))
        out.push_back(problem(fmt::format("framework profile {}: {} = {} is no duration",
                                          profile.id, entry.setting, entry.value),
                              "write a number and a unit, for example 0.35 ms"));
      if (entry.setting == "precision" && tables.precisions.count(entry.value) == 0)
        out.push_back(problem(
            fmt::format("framework profile {}: no precision recipe {}", profile.id, entry.value)));
    }
  }
}

class Loader {
 public:
  explicit Loader(std::string folder) : folder_(std::move(folder)) {}

  /// The document, or nothing with the problem noted.
  std::optional<Value> document(const std::string& name) {
    Result<Value> read = read_document(folder_ + "/" + name);
    if (read) return std::move(*read);
    problems.insert(problems.end(), read.problems().begin(), read.problems().end());
    return {};
  }

  Diagnostics problems;

 private:
  std::string folder_;
};

}  // namespace

std::optional<double> ConvergenceRule::samples_at(double global_batch) const {
  for (std::size_t i = 0; i + 1 < batch.size() && i + 1 < samples.size(); ++i) {
    if (global_batch < batch[i] || global_batch > batch[i + 1]) continue;
    const double along = (global_batch - batch[i]) / (batch[i + 1] - batch[i]);
    return samples[i] + along * (samples[i + 1] - samples[i]);
  }
  return {};
}

std::string SourceSplit::source_of(std::string_view id) const {
  const std::size_t first = id.find('-');
  const std::string_view head = id.substr(0, first);
  const bool two = std::find(two_part.begin(), two_part.end(), head) != two_part.end();
  if (!two || first == std::string_view::npos) return std::string(head);
  return std::string(id.substr(0, id.find('-', first + 1)));
}

bool SourceSplit::fits(std::string_view source) const {
  if (const auto moved = fit_override.find(source); moved != fit_override.end())
    return moved->second;
  std::uint32_t hash = 0x811c9dc5;  // FNV-1a, 32 bit
  for (const char c : source) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
  return hash % 2 == 0;
}

Result<MappingTables> MappingTables::load(const std::string& data_folder,
                                          const std::string& validation_folder) {
  MappingTables tables;
  Result<FrameworkProfiles> profiles = FrameworkProfiles::load(data_folder + "/frameworks");
  Loader loader(validation_folder);
  if (profiles) {
    tables.profiles = std::move(*profiles);
  } else {
    loader.problems = profiles.problems();
  }
  Diagnostics& out = loader.problems;
  if (auto document = loader.document("corrections.toml")) {
    Result<std::vector<RowCorrection>> read = read_corrections(*document);
    if (read) tables.corrections = std::move(*read);
    if (!read) out.insert(out.end(), read.problems().begin(), read.problems().end());
  }
  if (auto document = loader.document("networks.toml"))
    tables.networks = read_list(*document, "network", network_fields(), out);
  if (auto document = loader.document("recompute.toml"))
    tables.recomputes = read_list(*document, "recompute", recompute_fields(), out);
  if (auto document = loader.document("mlperf.toml"))
    tables.convergence = read_list(*document, "time_to_train", convergence_fields(), out);
  if (auto document = loader.document("split.toml")) read_split(*document, tables.split, out);
  read_aliases(validation_folder + "/aliases.csv", tables, out);
  Loader frameworks(data_folder + "/frameworks");
  if (auto document = frameworks.document("precision.toml")) {
    for (PrecisionRecipe& recipe : read_list(*document, "recipe", precision_recipe_fields(), out))
      tables.precisions[recipe.name] = recipe;
  }
  out.insert(out.end(), frameworks.problems.begin(), frameworks.problems.end());
  check_profile_values(tables, out);
  if (!out.empty()) return out;
  return tables;
}

}  // namespace polyfleet
