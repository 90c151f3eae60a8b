#include "config/fields.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/csv.hpp"
#include "base/spelling.hpp"

namespace polyfleet::detail {
namespace {

std::string allowed_text(Range range) {
  if (std::isinf(range.low)) return fmt::format("at most {}", range.high);
  if (std::isinf(range.high)) return fmt::format("at least {}", range.low);
  return fmt::format("between {} and {}", range.low, range.high);
}

bool is_within(double number, Range range) { return number >= range.low && number <= range.high; }

}  // namespace

std::optional<double> read_number(const Value& value, Range range, bool whole, std::string_view key,
                                  Diagnostics& out) {
  if (whole) {
    const auto integer = read_integer(value, range, key, out);
    return integer ? std::optional<double>(static_cast<double>(*integer)) : std::nullopt;
  }
  const std::optional<double> number = value.number();
  if (!number || !std::isfinite(*number)) {
    out.push_back(
        problem_at(value.where(), fmt::format("{} must be a number, not {}", key,
                                              number ? "infinite or undefined" : value.kind())));
    return std::nullopt;
  }
  if (!is_within(*number, range)) {
    out.push_back(problem_at(value.where(),
                             fmt::format("{} = {} must be {}", key, *number, allowed_text(range))));
    return std::nullopt;
  }
  return number;
}

std::optional<std::int64_t> read_integer(const Value& value, Range range, std::string_view key,
                                         Diagnostics& out) {
  constexpr double kExactIntegers = 9007199254740992.0;  // 2^53: beyond, a double may be another
  const std::int64_t* integer = value.integer();
  const std::optional<double> number = value.number();
  if (!number) {
    out.push_back(problem_at(value.where(),
                             fmt::format("{} must be a whole number, not {}", key, value.kind())));
    return std::nullopt;
  }
  const bool whole =
      integer != nullptr || (*number == std::floor(*number) && std::abs(*number) <= kExactIntegers);
  if (!whole) {
    out.push_back(
        problem_at(value.where(), fmt::format("{} = {} must be a whole number", key, *number)));
    return std::nullopt;
  }
  // The bounds of a 64-bit type round outwards as doubles, but then the value is an integer
  // already.
  if (!is_within(*number, range)) {
    out.push_back(problem_at(value.where(),
                             fmt::format("{} = {} must be {}", key, *number, allowed_text(range))));
    return std::nullopt;
  }
  return integer != nullptr ? *integer : static_cast<std::int64_t>(*number);
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

void out_of_range(const Value& value, std::string_view key, const std::string& low,
                  const std::string& high, Diagnostics& out) {
  const std::string* text = value.text();
  out.push_back(problem_at(value.where(), fmt::format("{} = \"{}\" must be between {} and {}", key,
                                                      text != nullptr ? *text : "", low, high)));
}

void unknown_key(std::string_view key, const Value& value, const std::vector<std::string>& known,
                 Diagnostics& out) {
  if (const auto equals = key.rfind(" = "); equals != std::string_view::npos) {
    unknown_choice(key.substr(0, equals), std::string(key.substr(equals + 3)), value, known, out);
    return;
  }
  out.push_back(problem_at(value.where(), fmt::format("unknown key '{}'", key),
                           name_suggestion(key, known, 40)));
}

void unknown_choice(std::string_view key, const std::string& written, const Value& value,
                    const std::vector<std::string>& known, Diagnostics& out) {
  out.push_back(problem_at(value.where(), fmt::format("unknown value '{}' of {}", written, key),
                           name_suggestion(written, known, 40)));
}

void missing_key(const Position& where, std::string_view what, const std::string& key,
                 const std::string& type, Diagnostics& out) {
  out.push_back(problem_at(where, fmt::format("{} lacks the key '{}'", what, key),
                           fmt::format("add {} = ... ({})", key, type)));
}

void not_a_table(const Value& value, std::string_view what, Diagnostics& out) {
  out.push_back(
      problem_at(value.where(), fmt::format("{} must be a table, not {}", what, value.kind())));
}

void not_an_array(const Value& value, std::string_view key, Diagnostics& out) {
  out.push_back(problem_at(value.where(),
                           fmt::format("{} must be a list, not {}", key, value.kind()),
                           "write it in brackets: [a, b]"));
}

std::string page_line(const std::string& key, const std::string& type,
                      const std::string& default_text, const std::string& help) {
  return fmt::format("| `{}` | {} | {} | {} |\n", key, type, default_text, help);
}

}  // namespace polyfleet::detail
