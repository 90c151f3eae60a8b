// The hash by which a page's content security policy allows its one script (CSP level 3): SHA-256
// (base/content_hash.hpp) in base64. For that use only; nothing here keeps a secret.
#pragma once

#include <string>
#include <string_view>

namespace polyfleet {

/// "sha256-" and the base64 (RFC 4648) of the hash.
std::string script_hash(std::string_view script);

}  // namespace polyfleet
