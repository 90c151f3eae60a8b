#include "chart/script_hash.hpp"

#include "base/content_hash.hpp"

namespace polyfleet {

std::string script_hash(std::string_view script) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  ContentHash content;
  content.add(script);
  const auto hash = content.bytes();
  std::string text = "sha256-";
  for (std::size_t i = 0; i < hash.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = (group << 8) | (i + k < hash.size() ? hash[i + k] : 0u);
    for (int shift = 18; shift >= 0; shift -= 6) text += kDigits[(group >> shift) & 63];
  }
  text.back() = '=';  // 32 bytes leave one character of padding
  return text;
}

}  // namespace polyfleet
