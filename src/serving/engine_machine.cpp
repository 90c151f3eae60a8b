#include "serving/engine_machine.hpp"

#include <fmt/format.h>

#include <set>

#include "config/fields.hpp"

namespace polyfleet {
namespace {

constexpr double kGibibytePerGigabyte = 1.073741824;

struct VisibleEntry {
  std::string accelerator, vendor, source, status;
  Bytes memory;
  double of_label_in_gib = 0;
};

const FieldTable<VisibleEntry>& memory_fields() {
  using V = VisibleEntry;
  static const FieldTable<V> fields{
      required(text_field("accelerator", &V::accelerator, "catalogue id")),
      required(quantity_field("memory", &V::memory, {0, 1e13}, "as the driver shows it")),
      required(text_field("source", &V::source, "where it stands")),
      required(text_field("status", &V::status, "who states it")),
  };
  return fields;
}

const FieldTable<VisibleEntry>& share_fields() {
  using V = VisibleEntry;
  static const FieldTable<V> fields{
      required(text_field("vendor", &V::vendor, "vendor, or \"other\"")),
      required(number_field("of_label_in_gib", &V::of_label_in_gib, {0.5, 1},
                            "of the label read as GiB")),
      required(text_field("source", &V::source, "where it stands")),
      required(text_field("status", &V::status, "who states it")),
  };
  return fields;
}

std::vector<VisibleEntry> read_entries(const Value& document, std::string_view key,
                                       const FieldTable<VisibleEntry>& fields, Diagnostics& out) {
  std::vector<VisibleEntry> entries;
  const Value* list = document.find(key);
  if (list == nullptr || list->array() == nullptr) return entries;
  for (const Value& item : *list->array())
    read_fields(item, fields, entries.emplace_back(), key, out);
  return entries;
}

struct VisibleMemory {
  Bytes memory;
  std::string source;
};

Result<VisibleMemory> visible_memory_of(const Accelerator& accelerator,
                                        const std::filesystem::path& data_directory) {
  if (accelerator.usable_memory)
    return VisibleMemory{accelerator.usable_memory->value, accelerator.usable_memory->source};
  if (!accelerator.memory)
    return problem(fmt::format("{} has no published memory size", accelerator.id),
                   "state usable_memory in its file");
  const std::string path = (data_directory / "engines" / "visible_memory.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  Diagnostics problems;
  const auto parts = read_entries(*document, "visible", memory_fields(), problems);
  const auto shares = read_entries(*document, "share", share_fields(), problems);
  if (!problems.empty()) return problems;
  for (const VisibleEntry& entry : parts) {
    if (entry.accelerator == accelerator.id) return VisibleMemory{entry.memory, entry.source};
  }
  const VisibleEntry* found = nullptr;
  for (const VisibleEntry& entry : shares) {
    if (entry.vendor == accelerator.vendor) found = &entry;
    if (entry.vendor == "other" && found == nullptr) found = &entry;
  }
  if (found == nullptr) return problem_at({path, 0, 0}, "has no [[share]] named \"other\"");
  return VisibleMemory{accelerator.memory->value * kGibibytePerGigabyte * found->of_label_in_gib,
                       found->source};
}

}  // namespace

const CollectiveCosts& EngineMachine::collectives_of(std::string_view library) const {
  const auto found = collectives.find(library);
  return found == collectives.end() ? collectives.find("")->second : found->second;
}

Result<EngineMachine> load_engine_machine(const Accelerator& accelerator, const System& system,
                                          const std::filesystem::path& data_directory) {
  const Result<Network> network = network_of(accelerator, &system);
  if (!network) return network.problems();
  Result<KernelCosts> kernels = KernelCosts::load(
      accelerator, data_directory, {.sustained = false, .training_attention = false});
  if (!kernels) return kernels.problems();
  Result<CollectiveData> data = CollectiveData::load(data_directory);
  if (!data) return data.problems();
  auto engines = load_collective_tables(data_directory / "engines" / "collectives");
  if (!engines) return engines.problems();
  data->measured.insert(data->measured.end(), engines->begin(), engines->end());
  const Result<VisibleMemory> visible = visible_memory_of(accelerator, data_directory);
  if (!visible) return visible.problems();
  EngineMachine machine{accelerator, system,          *network,       *std::move(kernels),
                        {},          visible->memory, visible->source};
  std::set<std::string> libraries{""};
  for (const MeasuredCollective& point : data->measured) {
    if (point.library.ends_with("_graph") || point.library.ends_with("_eager") ||
        point.library == "trtllm")
      libraries.insert(point.library);
  }
  for (const std::string& library : libraries) {
    CollectiveOptions options;
    options.library = library;
    Result<CollectiveCosts> costs = CollectiveCosts::make(*network, *data, options);
    if (!costs) return costs.problems();
    machine.collectives.emplace(library, *std::move(costs));
  }
  return machine;
}

}  // namespace polyfleet
