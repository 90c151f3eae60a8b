// Reads data/memory/overheads.toml.
#include <fmt/format.h>

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

}  // namespace

Result<MemoryOverheads> load_memory_overheads(const std::filesystem::path& data_directory,
                                              std::string_view vendor) {
  const std::string path = (data_directory / "memory" / "overheads.toml").string();
  const Result<Value> document = read_document(path);
  if (!document) return document.problems();
  const Value* list = document->find("overhead");
  if (list == nullptr || list->array() == nullptr)
    return problem_at(document->where(), "no [[overhead]] entries in " + path);
  Diagnostics problems;
  std::optional<MemoryOverheads> found;
  for (const Value& value : *list->array()) {
    MemoryOverheads entry;
    read_fields(value, overhead_fields(), entry, "an overhead", problems);
    const bool stands_in = entry.vendor == "other" && (!found || found->vendor != vendor);
    if (entry.vendor == vendor || stands_in) found = std::move(entry);
  }
  if (!problems.empty()) return problems;
  if (!found)
    return problem_at(document->where(),
                      fmt::format("{} has neither \"{}\" nor \"other\"", path, vendor));
  return *found;
}

}  // namespace polyfleet
