// Text inside XML and HTML: escaping, and little builders that keep attributes escaped.
#pragma once

#include <string>
#include <string_view>

namespace polyfleet {

/// For text and attribute values of HTML and XML: & < > " ' become references; bytes that are not
/// UTF-8, and control characters that XML forbids, become U+FFFD.
std::string escaped(std::string_view text);

}  // namespace polyfleet
