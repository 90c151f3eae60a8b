// How a scenario writes its traffic: one table [traffic], or [[traffic]] for several sources
// merged. A source's keys say when requests come; those of one shape (input, output, turns, ...)
// stand beside them, or in [[traffic.mix]] tables with shares. The reader, --set and the reference
// page come from these tables (config/fields.hpp).
#pragma once

#include <filesystem>
#include <vector>

#include "config/fields.hpp"
#include "traffic/traffic_spec.hpp"

namespace polyfleet {

/// A distribution of lengths; a bare number is a constant one.
const FieldTable<LengthSpec>& length_fields();
/// Images or video.
const FieldTable<ServingRequest::Media>& media_fields();
/// One kind of request.
const FieldTable<RequestShape>& shape_fields();
/// One source, with the keys of a single shape beside its own.
const FieldTable<SourceSpec>& source_fields();

/// Reads a table or a list of tables. Problems, with their positions: unknown keys, wrong kinds and
/// ranges, a mix beside keys of a single shape. Contradictions are check_traffic's.
std::vector<SourceSpec> read_traffic(const Value& value, Diagnostics& out);

/// Files that do not exist as written are taken from the first of these folders that has them
/// (the scenario's own, data/traces).
void find_trace_files(std::vector<SourceSpec>& sources,
                      const std::vector<std::filesystem::path>& folders);

}  // namespace polyfleet
