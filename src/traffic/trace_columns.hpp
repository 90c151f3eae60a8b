// The names of a trace's columns (CSV) or keys (JSONL) and what they mean, by format:
// Azure LLM inference traces 2023 and 2024 (github.com/Azure/AzurePublicDataset), Mooncake
// (github.com/kvcache-ai/Mooncake, FAST25-release/traces), BurstGPT (github.com/HPMLL/BurstGPT),
// and polyfleet's own, which is also what `simulate serve --requests` writes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace polyfleet {

enum class TraceFormat { automatic, azure, mooncake, burstgpt, csv, jsonl };

enum class TraceColumn {
  date,             ///< date and clock, relative to the first
  seconds,          ///< since the start of the trace
  milliseconds,     ///< since the start of the trace
  absolute,         ///< seconds since an origin outside the trace; relative to the first
  input_tokens,     ///< at least 1
  output_tokens,    ///< at least 1
  model,            ///< name or index
  slo_class,        ///< name or index
  priority,         ///< whole number, smaller is more urgent
  session,          ///< whole number or text
  cancelled_after,  ///< seconds after arrival; empty = never
  prefix_blocks,    ///< list of whole numbers
  prefix_block_tokens,
  frames,
  height,
  width,
  steps,
  guidance_passes,
  not_needed,  ///< known, and rightly left unread
};

/// What the column means in this format; null pointer for an unknown name. `automatic` knows all.
const TraceColumn* trace_column(std::string_view name, TraceFormat format);
/// The names that a format knows, for suggestions.
std::vector<std::string> trace_column_names(TraceFormat format);
/// The names a format may give the time, input and output columns, for messages: "arrival or ...".
std::string trace_column_choice(TraceColumn meaning, TraceFormat format);
/// Whether the column gives the arrival.
bool is_time(TraceColumn column);

/// The format that a header line or a first JSONL line shows.
TraceFormat format_of(std::string_view first_line);
/// "azure", "mooncake", ...
std::string_view name_of(TraceFormat format);

}  // namespace polyfleet
