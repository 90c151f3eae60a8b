// Contents of files as JSON texts: UTF-8 as it is, anything else in base 64 (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace polyfleet {

/// Whether the bytes are UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);
std::string base64_of(std::string_view bytes);
/// Nothing where the text is no base 64, padding included.
std::optional<std::string> bytes_of_base64(std::string_view text);

}  // namespace polyfleet
