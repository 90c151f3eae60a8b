// Parts of what is written behind an option: "AMD = 0.2..0.5, NVIDIA". Blanks around a part mean
// nothing.
#pragma once

#include <string_view>

namespace polyfleet {

/// The text without the blanks (' ' alone) at its ends.
inline std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace polyfleet
