// Reads data/memory/overheads.toml.
#include <algorithm>

#include "base/check.hpp"
#include "config/fields.hpp"
#include "training/memory.hpp"

namespace polyfleet {
namespace {

const FieldTable<MemoryOverhead>& overhead_fields() {
  constexpr double kMost = 64e9;
  static const FieldTable<MemoryOverhead> fields{
      required(text_field("vendor", &MemoryOverhead::vendor,
                          "vendor as the catalogue names it, or \"other\"")),
      required(quantity_field("context", &MemoryOverhead::context, {0, kMost},
                              "driver context and loaded kernels")),
      required(quantity_field("per_communicator", &MemoryOverhead::per_communicator, {0, kMost},
                              "buffers of one collective communicator")),
      required(quantity_field("workspace", &MemoryOverhead::workspace, {0, kMost},
                              "scratch of the GEMM library")),
      required(number_field("allocator_slack", &MemoryOverhead::allocator_slack, {0, 1},
                            "share of live bytes that the caching allocator holds beyond them")),
      required(text_field("source", &MemoryOverhead::source, "where the figures stand")),
      required(text_field("status", &MemoryOverhead::status, "who states them")),
  };
  return fields;
}

}  // namespace

const MemoryOverhead& MemoryOverheads::of(std::string_view vendor) const {
  const auto named = [&](std::string_view name) {
    return std::find_if(entries.begin(), entries.end(),
                        [&](const MemoryOverhead& entry) { return entry.vendor == name; });
  };
  auto found = named(vendor);
  if (found == entries.end()) found = named("other");
  POLYFLEET_CHECK(found != entries.end(), "load_memory_overheads lets no table pass without it");
  return *found;
}

Result<MemoryOverheads> load_memory_overheads(const std::filesystem::path& data_directory) {
  const std::string path = (data_directory / "memory" / "overheads.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  const Value* list = document->find("overhead");
  if (list == nullptr || list->array() == nullptr)
    return problem_at(document->where(), "no [[overhead]] entries in " + path);
  Diagnostics problems;
  MemoryOverheads overheads;
  for (const Value& value : *list->array())
    read_fields(value, overhead_fields(), overheads.entries.emplace_back(), "an overhead",
                problems);
  const bool has_other =
      std::any_of(overheads.entries.begin(), overheads.entries.end(),
                  [](const MemoryOverhead& entry) { return entry.vendor == "other"; });
  if (!has_other)
    problems.push_back(problem_at(document->where(), "no entry for vendor \"other\" in " + path));
  if (!problems.empty()) return problems;
  return overheads;
}

}  // namespace polyfleet
