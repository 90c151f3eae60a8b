// The hash by which a page's content security policy allows its one script (CSP level 3): SHA-256
// as FIPS 180-4 gives it, in base64. For that use only; nothing here keeps a secret.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace polyfleet {

std::array<std::uint8_t, 32> sha256(std::string_view bytes);

/// "sha256-" and the base64 (RFC 4648) of the hash.
std::string script_hash(std::string_view script);

}  // namespace polyfleet
