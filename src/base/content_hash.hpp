// SHA-256 (FIPS 180-4): what names a content, so that equal ones are kept once and a changed one is
// noticed. About 4 ms a megabyte.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace polyfleet {

class ContentHash {
 public:
  void add(std::string_view bytes);
  /// The 32 bytes of it; ends the hash.
  std::array<std::uint8_t, 32> bytes();
  /// The same as 64 hexadecimal digits; ends the hash.
  std::string digits();

 private:
  void take_block(const unsigned char* block);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> block_{};
  std::uint64_t length_ = 0;  ///< bytes
};

std::string content_hash(std::string_view bytes);

}  // namespace polyfleet
