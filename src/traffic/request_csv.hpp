// Requests and what became of them as CSV: what `simulate serve --requests` writes, and a trace
// that can be replayed (traffic/trace_columns.hpp reads it; the result columns are then left
// unread). Streamed, in order of arrival, to a neighbour that is renamed when complete: a killed
// run leaves no half file under the name. Times are exact decimal seconds; empty = never.
#pragma once

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "traffic/request.hpp"
#include "traffic/trace_row.hpp"

namespace polyfleet {

/// What became of one request.
struct RequestResult {
  std::string_view end;  ///< "finished", "refused", "cancelled"
  Picos started = kNever, first_token = kNever, last_token = kNever;
  std::int64_t cached_tokens = 0;
  std::string_view pool;  ///< empty: none took it
  std::int32_t replica = -1, preemptions = 0, restarts = 0;
};

/// The header line, without its break.
std::string_view request_csv_header();
/// One request as a line with its break.
std::string request_csv_line(const ServingRequest& request, const RequestResult& result,
                             const TrafficNames& names);

class RequestCsvWriter {
 public:
  /// Opens the neighbour and writes the header. A device or pipe is written in place.
  static Result<RequestCsvWriter> open(const std::filesystem::path& path, TrafficNames names);
  RequestCsvWriter(RequestCsvWriter&&) noexcept;
  RequestCsvWriter& operator=(RequestCsvWriter&&) noexcept;
  /// Without finish() the unfinished file is removed.
  ~RequestCsvWriter();

  /// In any order; each id once. A line waits until those of smaller ids have been written, so
  /// memory holds what has overtaken the slowest request.
  void add(const ServingRequest& request, const RequestResult& result);
  /// Writes what waits and puts the file in its place. Errors: a full disk, no permission.
  Result<std::monostate> finish();

 private:
  struct File;
  explicit RequestCsvWriter(std::unique_ptr<File> file);

  std::unique_ptr<File> file_;
};

}  // namespace polyfleet
