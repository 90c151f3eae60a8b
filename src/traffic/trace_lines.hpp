// A trace file line by line as requests: which format it is, how a line falls into cells (CSV with
// RFC 4180 quotes but without line breaks inside them; JSONL), and what to say when it does not.
// Knows nothing of the order of lines (traffic/trace_source.hpp).
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "traffic/line_reader.hpp"
#include "traffic/trace_row.hpp"

namespace polyfleet {

class TraceLines {
 public:
  /// Reads the header of a CSV or the first line of a JSONL. Errors: an empty file, missing
  /// columns, names near a known one.
  static Result<TraceLines> open(LineReader reader, TraceFormat format,
                                 std::shared_ptr<const TraceContext> context);

  /// Reads the next line that is not blank into row(). False at the end or at a problem.
  bool next();
  TraceRow& row() { return row_; }
  const std::optional<Diagnostic>& problem() const { return problem_; }
  /// A diagnostic at the present line.
  Diagnostic here(std::string what, std::string fix = {}) const;

  bool left_model_unread() const { return row_.left_model_unread(); }
  bool left_class_unread() const { return row_.left_class_unread(); }
  TraceFormat format() const { return format_; }
  /// Columns that no one knows and that are not read.
  const std::set<std::string>& unread() const { return unread_; }

 private:
  TraceLines(LineReader reader, std::shared_ptr<const TraceContext> context)
      : reader_(std::move(reader)), row_(std::move(context)) {}
  Diagnostics start(TraceFormat format);
  Diagnostics read_header(std::string_view line);
  bool parse(std::string_view line);
  bool parse_csv(std::string_view line);
  bool parse_json(std::string_view line);
  bool set(std::optional<TraceColumn> column, std::string_view text, std::size_t offset);
  bool fail(std::string what, std::size_t offset);
  std::optional<TraceColumn> json_column(std::string_view key);
  std::optional<TraceColumn> known_or_noted(std::string_view name, Diagnostics& problems);

  LineReader reader_;
  TraceRow row_;
  TraceFormat format_ = TraceFormat::automatic;
  bool is_json_ = false;
  std::vector<std::optional<TraceColumn>> columns_;  // of a CSV, in order
  struct Key {
    std::string name;
    std::optional<TraceColumn> column;
  };
  std::vector<Key> keys_;  // of a JSONL, as first met
  std::size_t next_key_ = 0;
  std::set<std::string> unread_;
  std::string first_line_;  // of a JSONL, read to find the format
  bool first_is_held_ = false;
  std::string cell_;  // of a quoted cell
  std::optional<Diagnostic> problem_;
};

}  // namespace polyfleet
