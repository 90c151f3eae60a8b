// Whole-number arithmetic of $(( )) in launch scripts: + - * / % and parentheses, variables already
// replaced. Internal to the launch room.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace polyfleet {

/// The value, or nothing where the text is no such sum, divides by zero or leaves +-1e15.
std::optional<std::int64_t> shell_sum(std::string_view text);

}  // namespace polyfleet
