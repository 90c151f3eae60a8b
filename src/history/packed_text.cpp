#include "history/packed_text.hpp"

#include <zlib.h>

#include <cstdint>

#include "base/check.hpp"

namespace polyfleet {
namespace {

constexpr int kQuick = 1;                 // zlib's levels: 1 is the quickest
constexpr std::size_t kHead = 8;          // bytes: the length of the text, least significant first
constexpr std::size_t kBestRatio = 1032;  // of deflate (zlib technical details: 1032 to 1)

}  // namespace

std::string packed_text(std::string_view text) {
  uLongf length = compressBound(static_cast<uLong>(text.size()));
  std::string bytes(kHead + length, '\0');
  for (std::size_t i = 0; i < kHead; ++i)
    bytes[i] = static_cast<char>(static_cast<std::uint64_t>(text.size()) >> (8 * i));
  const int code = compress2(reinterpret_cast<Bytef*>(bytes.data() + kHead), &length,
                             reinterpret_cast<const Bytef*>(text.data()),
                             static_cast<uLong>(text.size()), kQuick);
  POLYFLEET_CHECK(code == Z_OK, "compressBound is large enough");
  bytes.resize(kHead + length);
  return bytes;
}

std::optional<std::string> unpacked_text(std::string_view bytes) {
  if (bytes.size() < kHead) return std::nullopt;
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < kHead; ++i)
    size |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  const std::string_view packed = bytes.substr(kHead);
  if (size > kMostUnpacked || size > packed.size() * kBestRatio) return std::nullopt;
  std::string text(static_cast<std::size_t>(size), '\0');
  uLongf length = static_cast<uLongf>(size);
  const int code =
      uncompress(reinterpret_cast<Bytef*>(text.data()), &length,
                 reinterpret_cast<const Bytef*>(packed.data()), static_cast<uLong>(packed.size()));
  if (code != Z_OK || length != size) return std::nullopt;
  return text;
}

}  // namespace polyfleet
