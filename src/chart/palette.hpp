// Colours of series. The first seven are the palette of M. Okabe and K. Ito, Color Universal Design
// (2008, as in B. Wong, Nature Methods 8:441, 2011; its yellow is too faint on white and left out),
// then four of P. Tol's "muted" scheme (Colour Schemes, SRON/EPS/TN/09-002, 2021) and a grey: told
// apart by people of every colour vision. Past twelve the colours repeat: legends then say little.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace polyfleet {

inline constexpr int kSeriesColours = 12;

/// Numbers of the colours (1 to kSeriesColours) of series by name. Vendors and what every answer
/// speaks of have one colour everywhere; the others take the rest in order.
std::vector<int> series_colours(const std::vector<std::string>& names);

/// "var(--series-3,#009e73)": the page's colour, else the light scheme's.
std::string series_paint(int colour);

/// Parts of a picture that are not data.
enum class Ink { text, faint_text, grid, axis, paper };
std::string ink_paint(Ink ink);

/// Rules that set every variable, light and dark, for a picture that is a file of its own.
std::string palette_style();

}  // namespace polyfleet
