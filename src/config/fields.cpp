#include "config/fields.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/csv.hpp"
#include "base/spelling.hpp"

namespace polyfleet::detail {

std::optional<double> read_number(const Value& value, Range range, bool whole, std::string_view key,
                                  Diagnostics& out) {
  const std::optional<double> number = value.number();
  if (!number || !std::isfinite(*number)) {
    out.push_back(problem_at(value.where(),
                             fmt::format("{} must be {}, not {}", key,
                                         whole ? "a whole number" : "a number", value.kind())));
    return std::nullopt;
  }
  if (whole && *number != std::floor(*number)) {
    out.push_back(problem_at(value.where(), fmt::format("{} = {} must be whole", key, *number)));
    return std::nullopt;
  }
  if (*number < range.low || *number > range.high) {
    out.push_back(problem_at(value.where(), fmt::format("{} = {} is outside {} to {}", key, *number,
                                                        range.low, range.high)));
    return std::nullopt;
  }
  return number;
}

std::optional<std::string> read_text(const Value& value, std::string_view key, Diagnostics& out) {
  if (const std::string* text = value.text()) return *text;
  out.push_back(problem_at(value.where(), fmt::format("{} must be text, not {}", key, value.kind()),
                           "write it in quotes, with its unit if it has one"));
  return std::nullopt;
}

std::optional<bool> read_bool(const Value& value, std::string_view key, Diagnostics& out) {
  if (const bool* boolean = value.boolean()) return *boolean;
  out.push_back(problem_at(value.where(),
                           fmt::format("{} must be true or false, not {}", key, value.kind())));
  return std::nullopt;
}

Value value_from_text(std::string_view text) {
  if (text == "true") return Value(true);
  if (text == "false") return Value(false);
  if (const auto number = parse_number(text)) {
    constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
    if (*number == std::floor(*number) && std::abs(*number) < kExactIntegers)
      return Value(static_cast<std::int64_t>(*number));
    return Value(*number);
  }
  return Value(text);
}

void unknown_key(const std::string& key, const Value& value, const std::vector<std::string>& known,
                 Diagnostics& out) {
  const auto equals = key.rfind(" = ");
  const std::string written = equals == std::string::npos ? key : key.substr(equals + 3);
  out.push_back(problem_at(
      value.where(),
      fmt::format("unknown {} '{}'",
                  equals == std::string::npos ? "key" : "value of " + key.substr(0, equals),
                  written),
      name_suggestion(written, known, 40)));
}

void missing_key(const Position& where, std::string_view what, const std::string& key,
                 const std::string& type, Diagnostics& out) {
  out.push_back(problem_at(where, fmt::format("{} lacks the key '{}'", what, key),
                           fmt::format("add {} = ... ({})", key, type)));
}

}  // namespace polyfleet::detail
