// Long documents are kept packed by zlib (level 1): a fourth of their size for about 10 ms a
// megabyte, which writing less to the disk gives back (measured: docs/runs.md). What was unpacked
// is never larger than its head says, so that a hostile file cannot fill the memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace polyfleet {

/// Shorter texts are kept as they are.
inline constexpr std::size_t kLeastPacked = 1024;  // bytes
/// Longer ones are refused when read.
inline constexpr std::size_t kMostUnpacked = std::size_t{256} << 20;  // bytes

std::string packed_text(std::string_view text);
/// Nothing where the bytes are no packed text.
std::optional<std::string> unpacked_text(std::string_view bytes);

}  // namespace polyfleet
