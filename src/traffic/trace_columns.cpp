#include "traffic/trace_columns.hpp"

#include <iterator>

namespace polyfleet {
namespace {

enum Where : unsigned { kAzure = 1, kMooncake = 2, kBurst = 4, kCsv = 8, kJsonl = 16, kOwn = 24 };

struct KnownColumn {
  std::string_view name;
  TraceColumn meaning;
  unsigned where;
};

using C = TraceColumn;

constexpr KnownColumn kColumns[] = {
    {"TIMESTAMP", C::date, kAzure},
    {"ContextTokens", C::input_tokens, kAzure},
    {"GeneratedTokens", C::output_tokens, kAzure},
    {"timestamp", C::milliseconds, kMooncake},
    {"input_length", C::input_tokens, kMooncake},
    {"output_length", C::output_tokens, kMooncake},
    {"hash_ids", C::prefix_blocks, kMooncake},
    {"Timestamp", C::seconds, kBurst},
    {"Session ID", C::session, kBurst},
    {"Elapsed time", C::not_needed, kBurst},
    {"Model", C::model, kBurst},
    {"Request tokens", C::input_tokens, kBurst},
    {"Response tokens", C::output_tokens, kBurst},
    {"Total tokens", C::not_needed, kBurst},
    {"Log Type", C::not_needed, kBurst},
    {"arrival", C::seconds, kOwn},
    {"arrival_ms", C::milliseconds, kOwn},
    {"arrival_date", C::date, kOwn},
    {"arrival_time", C::absolute, kOwn},
    {"input_tokens", C::input_tokens, kOwn},
    {"output_tokens", C::output_tokens, kOwn},
    {"input_toks", C::input_tokens, kOwn},
    {"output_toks", C::output_tokens, kOwn},
    {"model", C::model, kOwn},
    {"class", C::slo_class, kOwn},
    {"priority", C::priority, kOwn},
    {"session", C::session, kOwn},
    {"cancelled_after", C::cancelled_after, kOwn},
    {"prefix_hashes", C::prefix_blocks, kOwn},
    {"prefix_block_tokens", C::prefix_block_tokens, kOwn},
    {"frames", C::frames, kOwn},
    {"height", C::height, kOwn},
    {"width", C::width, kOwn},
    {"steps", C::steps, kOwn},
    {"guidance", C::guidance_passes, kOwn},
    // Results of an earlier run: replayed, they are found again.
    {"id", C::not_needed, kOwn},
    {"end", C::not_needed, kOwn},
    {"started", C::not_needed, kOwn},
    {"first_token", C::not_needed, kOwn},
    {"last_token", C::not_needed, kOwn},
    {"cached_tokens", C::not_needed, kOwn},
    {"pool", C::not_needed, kOwn},
    {"replica", C::not_needed, kOwn},
    {"preemptions", C::not_needed, kOwn},
    {"restarts", C::not_needed, kOwn},
    // The engine's own times in measured vLLM runs (casys-kaist/LLMServingSim).
    {"request_id", C::not_needed, kOwn},
    {"queued_ts", C::not_needed, kOwn},
    {"scheduled_ts", C::not_needed, kOwn},
    {"first_token_ts", C::not_needed, kOwn},
    {"last_token_ts", C::not_needed, kOwn},
};

unsigned places(TraceFormat format) {
  constexpr unsigned kPlaces[] = {31, kAzure, kMooncake, kBurst, kCsv, kJsonl};
  return kPlaces[static_cast<std::size_t>(format)];
}

bool holds(std::string_view line, std::string_view word) {
  return line.find(word) != std::string_view::npos;
}

}  // namespace

const TraceColumn* trace_column(std::string_view name, TraceFormat format) {
  for (const KnownColumn& known : kColumns) {
    if (known.name == name && (known.where & places(format)) != 0) return &known.meaning;
  }
  return nullptr;
}

std::vector<std::string> trace_column_names(TraceFormat format) {
  std::vector<std::string> names;
  for (const KnownColumn& known : kColumns) {
    if ((known.where & places(format)) != 0) names.emplace_back(known.name);
  }
  return names;
}

std::string trace_column_choice(TraceColumn meaning, TraceFormat format) {
  std::string names;
  for (const KnownColumn& known : kColumns) {
    const bool meant = known.meaning == meaning || (is_time(known.meaning) && is_time(meaning));
    if (!meant || (known.where & places(format)) == 0) continue;
    names += (names.empty() ? "'" : " or '") + std::string(known.name) + "'";
  }
  return names;
}

bool is_time(TraceColumn column) {
  return column == C::date || column == C::seconds || column == C::milliseconds ||
         column == C::absolute;
}

TraceFormat format_of(std::string_view first_line) {
  const auto start = first_line.find_first_not_of(" \t");
  if (start != std::string_view::npos && first_line[start] == '{') {
    const bool mooncake =
        holds(first_line, "\"input_length\"") || holds(first_line, "\"hash_ids\"");
    return mooncake ? TraceFormat::mooncake : TraceFormat::jsonl;
  }
  if (holds(first_line, "ContextTokens") || holds(first_line, "GeneratedTokens"))
    return TraceFormat::azure;
  if (holds(first_line, "Request tokens") || holds(first_line, "Response tokens"))
    return TraceFormat::burstgpt;
  return TraceFormat::csv;
}

std::string_view name_of(TraceFormat format) {
  constexpr std::string_view kNames[] = {"automatic", "azure", "mooncake",
                                         "burstgpt",  "csv",   "jsonl"};
  return kNames[static_cast<std::size_t>(format)];
}

}  // namespace polyfleet
