// What a command prints with --json, as a value.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "cli/run_binary.hpp"
#include "config/value.hpp"

/// What was printed; the command may have ended with any code.
inline polyfleet::Value json_of(const Outcome& outcome) {
  const auto parsed = polyfleet::parse_json(outcome.out, "standard output");
  REQUIRE_MESSAGE(parsed.has_value(), outcome.err);
  return *parsed;
}

/// Runs the program with these arguments.
inline polyfleet::Value json_of(const std::string& arguments, int code = 0) {
  const Outcome outcome = polyfleet_run(arguments);
  REQUIRE_MESSAGE(outcome.code == code, outcome.err);
  return json_of(outcome);
}

/// The number at a key, or at keys joined by dots: "latency.p99".
inline double number_at(const polyfleet::Value& json, std::string_view key) {
  const std::size_t dot = key.find('.');
  const polyfleet::Value* found = json.find(key.substr(0, dot));
  REQUIRE_MESSAGE(found != nullptr, std::string(key));
  if (dot != std::string_view::npos) return number_at(*found, key.substr(dot + 1));
  REQUIRE_MESSAGE(found->number().has_value(), std::string(key));
  return *found->number();
}

/// `polyfleet validate ARGUMENTS --json`
inline polyfleet::Value validated(const std::string& arguments) {
  return json_of("validate " + arguments + " --json");
}

/// A text with its first `part` written otherwise.
inline std::string replaced(std::string text, const std::string& part, const std::string& with) {
  const std::size_t at = text.find(part);
  REQUIRE_MESSAGE(at != std::string::npos, part);
  return text.replace(at, part.size(), with);
}
