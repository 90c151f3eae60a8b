// Reads data/memory/overheads.toml.
#include <fmt/format.h>

#include <algorithm>

#include "config/fields.hpp"
#include "training/memory.hpp"

namespace polyfleet {
namespace {

const FieldTable<MemoryOverheads>& overhead_fields() {
  constexpr double kMost = 64e9;
  static const FieldTable<MemoryOverheads> fields{
      required(text_field("vendor", &MemoryOverheads::vendor,
                          "vendor as the catalogue names it, or \"other\"")),
      required(quantity_field("context", &MemoryOverheads::context, {0, kMost},
                              "driver context and loaded kernels")),
      required(quantity_field("per_communicator", &MemoryOverheads::per_communicator, {0, kMost},
                              "buffers of one collective communicator")),
      required(quantity_field("workspace", &MemoryOverheads::workspace, {0, kMost},
                              "scratch of the GEMM library")),
      required(number_field("allocator_slack", &MemoryOverheads::allocator_slack, {0, 1},
                            "share of live bytes that the caching allocator holds beyond them")),
      required(text_field("source", &MemoryOverheads::source, "where the figures stand")),
      required(text_field("status", &MemoryOverheads::status, "who states them")),
  };
  return fields;
}

struct FrameworkOverheads {
  std::string name;
  double unsharded_bytes = 0, step_bytes = 0, kept_stage_outputs = 0;
  std::string source, status;
};

const FieldTable<FrameworkOverheads>& framework_fields() {
  using F = FrameworkOverheads;
  static const FieldTable<F> fields{
      required(text_field("name", &F::name, "framework profile of data/frameworks")),
      number_field("unsharded_bytes", &F::unsharded_bytes, {0, 16},
                   "per trainable parameter, beside weights and gradients"),
      number_field("step_bytes", &F::step_bytes, {0, 16},
                   "per parameter of the shard, in flat buffers of the optimiser step"),
      number_field("kept_stage_outputs", &F::kept_stage_outputs, {0, 1},
                   "1: a pipeline stage keeps what it handed over until its backward"),
      required(text_field("source", &F::source, "where the figures stand")),
      required(text_field("status", &F::status, "who states them")),
  };
  return fields;
}

/// Reads every entry of one list; an absent list is empty.
template <class T>
std::vector<T> read_list(const Value& document, std::string_view key, const FieldTable<T>& fields,
                         Diagnostics& problems) {
  std::vector<T> entries;
  const Value* list = document.find(key);
  if (list == nullptr || list->array() == nullptr) return entries;
  for (const Value& value : *list->array())
    read_fields(value, fields, entries.emplace_back(), key, problems);
  return entries;
}

}  // namespace

Result<MemoryOverheads> load_memory_overheads(const std::filesystem::path& data_directory,
                                              std::string_view vendor, std::string_view framework) {
  const std::string path = (data_directory / "memory" / "overheads.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  Diagnostics problems;
  const auto vendors = read_list(*document, "overhead", overhead_fields(), problems);
  const auto frameworks = read_list(*document, "framework", framework_fields(), problems);
  if (!problems.empty()) return problems;
  const auto named = [&](std::string_view name) {
    return std::find_if(vendors.begin(), vendors.end(),
                        [&](const MemoryOverheads& entry) { return entry.vendor == name; });
  };
  auto found = named(vendor);
  if (found == vendors.end()) found = named("other");
  if (found == vendors.end())
    return problem_at(document->where(),
                      fmt::format("{} has neither \"{}\" nor \"other\"", path, vendor));
  MemoryOverheads overheads = *found;
  for (const FrameworkOverheads& own : frameworks) {
    if (own.name != framework) continue;
    overheads.unsharded_bytes = own.unsharded_bytes;
    overheads.step_bytes = own.step_bytes;
    overheads.kept_stage_outputs = own.kept_stage_outputs;
    overheads.source += "; " + own.name + ": " + own.source;
  }
  return overheads;
}

}  // namespace polyfleet
