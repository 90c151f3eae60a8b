// Requests from a recorded trace, streamed: a file of any size is read in the memory of its longest
// line. Formats: Azure 2023/2024, Mooncake, BurstGPT, plain CSV and JSONL, and what `simulate serve
// --requests` writes (traffic/trace_columns.hpp). The lines must be in order of arrival; an
// unordered file can be sorted in memory on request.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "traffic/line_reader.hpp"
#include "traffic/read_ahead.hpp"
#include "traffic/trace_lines.hpp"

namespace polyfleet {

/// The most requests that `sort` holds in memory: about 2 GB.
inline constexpr std::size_t kMostSortedRequests = 10'000'000;

struct TraceOptions {
  TraceFormat format = TraceFormat::automatic;
  bool sort = false;        ///< read everything first and order it by arrival
  Seconds start;            ///< of the trace's own time: becomes 0, what is earlier is left out
  bool skip_empty = false;  ///< leave out requests of no input or output (counted in remarks)
  TrafficNames names;
  /// Of requests whose line states none; empty: the scenario's only one, else every line must.
  std::string model, slo_class;
  std::int32_t priority = 0;
};

/// Opens the file and reads its header. Errors: unreadable, empty, missing or misspelt columns;
/// with `sort` every error of its lines. Later lines are diagnosed by next(): file, line and
/// column.
Result<std::unique_ptr<RequestSource>> open_trace(const std::filesystem::path& path,
                                                  const TraceOptions& options);
/// The same from lines that were opened otherwise.
Result<std::unique_ptr<RequestSource>> open_trace(LineReader reader, const TraceOptions& options);

}  // namespace polyfleet
