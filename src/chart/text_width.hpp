// How wide a text is in a sans-serif font that we cannot measure: advance widths of DejaVu Sans,
// the widest of the common system fonts (Bitstream Vera metrics), by classes of characters; within
// some 4 % for it. Narrower fonts (Helvetica, Segoe UI: some 12 % less) leave a little air.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace polyfleet {

/// In user units for a font of `size` units.
double text_width(std::string_view text, double size);

/// At most `width` wide, the last character "…" where something was cut.
std::string cut_to(const std::string& text, double width, double size);

/// Broken at blanks (and after - / _) into at most `most` lines of `width`; the last line is cut.
std::vector<std::string> wrapped(const std::string& text, double width, double size,
                                 std::size_t most);

}  // namespace polyfleet
