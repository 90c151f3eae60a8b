// One line of a trace becomes one request: each cell is read by the meaning of its column, then the
// whole is checked. CSV and JSONL readers share this; only how a line falls into cells differs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "traffic/request.hpp"
#include "traffic/trace_columns.hpp"
#include "traffic/trace_time.hpp"

namespace polyfleet {

/// The longest prompt or answer that is taken for real: the longest published context window is 10
/// M tokens (Llama 4 Scout, Meta's model card of April 2025).
inline constexpr std::int64_t kMostTokens = 10'000'000;
/// Tokens in a block of Mooncake's `hash_ids` (Qin et al., FAST 2025, appendix; every line of the
/// published traces has input_length / 512 of them, rounded up).
inline constexpr int kMooncakeBlockTokens = 512;

/// Names that a trace may use for models and classes; their index is what a request holds.
struct TrafficNames {
  std::vector<std::string> models, classes;
};

/// What the lines of a trace are read against.
struct TraceContext {
  TrafficNames names;
  /// Of lines that state none; -1: every line must.
  std::int32_t model = 0, slo_class = 0;
  std::int32_t priority = 0;
};

/// The cells of one line, read.
class TraceRow {
 public:
  explicit TraceRow(std::shared_ptr<const TraceContext> context) : context_(std::move(context)) {}

  /// Forgets the line before.
  void clear();
  /// Reads one cell. What is wrong with it, or empty.
  std::string set(TraceColumn column, std::string_view text);
  /// Whether this meaning was set on this line (times count as one meaning).
  bool has(TraceColumn column) const;
  /// What the line as a whole lacks or contradicts, or empty; then `request` is complete but for
  /// id and arrival.
  std::string finish();
  /// The line stands for a request of no length, which nobody can serve.
  bool is_empty_request() const;

  const TraceTime& time() const { return time_; }
  /// The time is relative to the first line's, not to a start of its own.
  bool is_relative() const { return relative_; }
  ServingRequest& request() { return request_; }
  /// Columns that name models or classes were met although the scenario has no such names.
  bool left_model_unread() const { return model_unread_; }
  bool left_class_unread() const { return class_unread_; }

 private:
  std::string set_time(TraceColumn column, std::string_view text);
  std::string set_count(std::int64_t& into, std::string_view text);
  std::string set_name(std::int32_t& into, std::string_view text, bool is_model);
  std::string set_session(std::string_view text);
  std::string set_cancelled(std::string_view text);
  std::string set_blocks(std::string_view text);
  std::string set_media(TraceColumn column, std::string_view text);
  std::string check_prefix();

  std::shared_ptr<const TraceContext> context_;
  std::uint32_t seen_ = 0;
  TraceTime time_;
  bool relative_ = false, model_unread_ = false, class_unread_ = false;
  ServingRequest request_;
  ServingRequest::Media media_;
};

}  // namespace polyfleet
