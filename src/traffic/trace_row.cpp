#include "traffic/trace_row.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/csv.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

std::uint32_t bit(TraceColumn column) {
  const TraceColumn one = is_time(column) ? TraceColumn::seconds : column;
  return 1u << static_cast<unsigned>(one);
}

/// A whole number; also as "12.0", which programs write that hold it as floating point.
std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && !text.empty()) return number;
  const auto real = parse_number(text);
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (!real || *real != std::floor(*real) || std::abs(*real) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMostShown = 40;
  if (text.size() <= kMostShown) return std::string(text);
  return std::string(text.substr(0, kMostShown)) + "...";
}

/// FNV-1a (Fowler, Noll, Vo), folded to 31 bits: the session number of a name. Two of n names share
/// a number with probability n^2 / 2^32.
std::int32_t session_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return static_cast<std::int32_t>((hash ^ (hash >> 32)) & 0x7fffffffu);
}

}  // namespace

void TraceRow::clear() {
  seen_ = 0;
  request_.input_tokens = request_.output_tokens = 0;
  request_.model = context_->model;
  request_.slo_class = context_->slo_class;
  request_.priority = context_->priority;
  request_.cancelled_after = kNever;
  request_.prefix_blocks.clear();
  request_.prefix_block_tokens = 0;
  request_.session = -1;
  request_.media.reset();
  media_ = {};
}

bool TraceRow::has(TraceColumn column) const { return (seen_ & bit(column)) != 0; }

std::string TraceRow::set(TraceColumn column, std::string_view text) {
  using C = TraceColumn;
  if (column == C::not_needed) return {};
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.empty()) return {};  // not stated; finish() knows what must be
  if (has(column)) return "is given twice on this line";
  seen_ |= bit(column);
  switch (column) {
    case C::date:
    case C::seconds:
    case C::milliseconds:
    case C::absolute:
      return set_time(column, text);
    case C::input_tokens:
      return set_count(request_.input_tokens, text);
    case C::output_tokens:
      return set_count(request_.output_tokens, text);
    case C::model:
      return set_name(request_.model, text, true);
    case C::slo_class:
      return set_name(request_.slo_class, text, false);
    case C::session:
      return set_session(text);
    case C::cancelled_after:
      return set_cancelled(text);
    case C::prefix_blocks:
      return set_blocks(text);
    default:
      return set_media(column, text);
  }
}

std::string TraceRow::set_time(TraceColumn column, std::string_view text) {
  const bool date = column == TraceColumn::date;
  const auto time =
      date ? date_time(text) : decimal_time(text, column == TraceColumn::milliseconds);
  if (!time && date) {
    return fmt::format("'{}' is not a time such as 2023-11-16 18:17:03.9799600", shown(text));
  }
  if (!time) return fmt::format("'{}' is not a number", shown(text));
  relative_ = date || column == TraceColumn::absolute;
  if (!relative_ && time->seconds < 0)
    return fmt::format("the arrival {} is before the start of the trace", shown(text));
  time_ = *time;
  return {};
}

std::string TraceRow::set_count(std::int64_t& into, std::string_view text) {
  const auto number = whole_number(text);
  if (!number) return fmt::format("'{}' is not a whole number of tokens", shown(text));
  if (*number < 0) return fmt::format("{} tokens cannot be", *number);
  if (*number > kMostTokens) {
    return fmt::format("{} tokens are more than any model takes ({})", *number, kMostTokens);
  }
  into = *number;
  return {};
}

std::string TraceRow::set_name(std::int32_t& into, std::string_view text, bool is_model) {
  const std::vector<std::string>& known =
      is_model ? context_->names.models : context_->names.classes;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i] != text) continue;
    into = static_cast<std::int32_t>(i);
    return {};
  }
  const auto index = whole_number(text);
  const auto most = static_cast<std::int64_t>(known.empty() ? 1 : known.size());
  if (index && *index >= 0 && *index < most) {
    into = static_cast<std::int32_t>(*index);
  } else if (known.empty()) {
    (is_model ? model_unread_ : class_unread_) = true;
  } else {
    return fmt::format("'{}' is no {} of the scenario ({})", shown(text),
                       is_model ? "model" : "class", name_suggestion(text, known));
  }
  return {};
}

std::string TraceRow::set_session(std::string_view text) {
  const auto number = whole_number(text);
  if (number && *number < -1) return fmt::format("session {} cannot be", *number);
  const bool fits = number && *number <= INT32_MAX;
  request_.session = fits ? static_cast<std::int32_t>(*number) : session_of(text);
  return {};
}

std::string TraceRow::set_cancelled(std::string_view text) {
  const auto time = decimal_time(text, false);
  const auto after = time ? span({}, *time) : std::nullopt;
  if (!after || *after < 0)
    return fmt::format("'{}' is not a number of seconds from 0 to 100 days", shown(text));
  request_.cancelled_after = *after;
  return {};
}

std::string TraceRow::set_blocks(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    const bool between = *at == ' ' || *at == ',' || *at == ';' || *at == '[' || *at == ']';
    if (between) {
      ++at;
      continue;
    }
    std::uint64_t hash = 0;
    const auto [next, error] = std::from_chars(at, end, hash);
    if (error != std::errc{}) return "holds a block hash that is not a whole number";
    request_.prefix_blocks.push_back(hash);
    at = next;
  }
  return {};
}

std::string TraceRow::set_media(TraceColumn column, std::string_view text) {
  const auto number = whole_number(text);
  if (column == TraceColumn::priority) {
    if (!number || *number < INT32_MIN || *number > INT32_MAX)
      return fmt::format("'{}' is not a priority (a whole number)", shown(text));
    request_.priority = static_cast<std::int32_t>(*number);
    return {};
  }
  if (column == TraceColumn::guidance_passes) {
    constexpr double kMostPasses = 1000;
    const auto passes = parse_number(text);
    if (!passes || *passes < 0 || *passes > kMostPasses)
      return fmt::format("'{}' is not a number of forwards from 0 to {}", shown(text), kMostPasses);
    media_.guidance_passes = *passes;
    return {};
  }
  // A day of video at 120 frames a second and 64k pictures stay below.
  constexpr std::int64_t kMost = 20'000'000;
  if (!number || *number < 0 || *number > kMost)
    return fmt::format("'{}' is not a whole number from 0 to {}", shown(text), kMost);
  const auto value = static_cast<double>(*number);
  if (column == TraceColumn::prefix_block_tokens)
    request_.prefix_block_tokens = static_cast<std::int32_t>(*number);
  if (column == TraceColumn::frames) media_.frames = value;
  if (column == TraceColumn::height) media_.height = value;
  if (column == TraceColumn::width) media_.width = value;
  if (column == TraceColumn::steps) media_.steps = static_cast<int>(*number);
  return {};
}

bool TraceRow::is_empty_request() const {
  return has(TraceColumn::input_tokens) && has(TraceColumn::output_tokens) && media_.steps == 0 &&
         (request_.input_tokens == 0 || request_.output_tokens == 0);
}

std::string TraceRow::check_prefix() {
  const auto blocks = static_cast<std::int64_t>(request_.prefix_blocks.size());
  const std::int64_t size = request_.prefix_block_tokens;
  if (blocks == 0) {
    request_.prefix_block_tokens = 0;
    return {};
  }
  if (size == 0) return "has prefix hashes but no prefix_block_tokens";
  const std::int64_t most = (request_.input_tokens + size - 1) / size;
  if (blocks > most) {
    return fmt::format("{} prefix blocks of {} tokens are more than the prompt's {} tokens", blocks,
                       size, request_.input_tokens);
  }
  return {};
}

std::string TraceRow::finish() {
  using C = TraceColumn;
  if (!has(C::seconds)) return "the arrival time is empty";
  if (request_.model < 0) return "does not say which of the scenario's models it asks for";
  if (request_.slo_class < 0) return "does not say which of the scenario's classes it is of";
  if (media_.steps > 0) {
    if (media_.frames < 1 || media_.height < 1 || media_.width < 1)
      return "a media request needs frames, height and width of at least 1";
    if (request_.input_tokens > 0 || request_.output_tokens > 0)
      return "is a media request (steps > 0) and has tokens too";
    request_.media = media_;
    return {};
  }
  if (!has(C::input_tokens)) return "the number of input tokens is empty";
  if (!has(C::output_tokens)) return "the number of output tokens is empty";
  if (request_.input_tokens == 0) return "a request without input tokens cannot be served";
  if (request_.output_tokens == 0) return "a request without output tokens cannot be served";
  return check_prefix();
}

}  // namespace polyfleet
