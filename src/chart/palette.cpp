#include "chart/palette.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace polyfleet {
namespace {

struct Shade {
  std::string_view light, dark;
};

// The dark scheme's colours are the same hues at higher lightness (contrast above 4.5 on #16181d).
constexpr std::array<Shade, kSeriesColours> kShades{{{"#0072b2", "#4aa8e0"},
                                                     {"#d55e00", "#f0803c"},
                                                     {"#009e73", "#2bc79a"},
                                                     {"#e69f00", "#f2b733"},
                                                     {"#cc79a7", "#e39bc4"},
                                                     {"#56b4e9", "#8fd0f7"},
                                                     {"#999933", "#c2c25a"},
                                                     {"#882255", "#d0679b"},
                                                     {"#332288", "#9a8cf0"},
                                                     {"#117733", "#5fb870"},
                                                     {"#ddcc77", "#e8da98"},
                                                     {"#7f7f7f", "#a3a3a3"}}};

struct InkShade {
  std::string_view name, light, dark;
};
// In the order of Ink. Text on paper: contrast above 4.5 in both schemes (WCAG 2.1, 1.4.3).
constexpr std::array<InkShade, 5> kInks{{{"ink", "#1f2328", "#e6e8eb"},
                                         {"ink-faint", "#59636e", "#9aa4af"},
                                         {"grid", "#e4e7eb", "#2d323a"},
                                         {"axis", "#8c959f", "#6b7580"},
                                         {"paper", "#ffffff", "#16181d"}}};

struct Fixed {
  std::string_view name;
  int colour;
};
// Vendors by a hue near their own mark where the palette has one.
constexpr std::array<Fixed, 12> kFixed{{{"NVIDIA", 3},
                                        {"AMD", 2},
                                        {"Google", 6},
                                        {"Intel", 1},
                                        {"AWS", 4},
                                        {"Amazon", 4},
                                        {"Huawei", 5},
                                        {"Cerebras", 8},
                                        {"Groq", 7},
                                        {"Microsoft", 9},
                                        {"Meta", 10},
                                        {"OpenAI", 11}}};

int fixed_colour(std::string_view name) {
  for (const Fixed& fixed : kFixed)
    if (name == fixed.name) return fixed.colour;
  for (const Fixed& fixed : kFixed)  // "AMD MI300X" has the colour of AMD
    if (name.starts_with(fixed.name) && name[fixed.name.size()] == ' ') return fixed.colour;
  return 0;
}

std::string rules(bool dark) {
  std::string text;
  for (std::size_t i = 0; i < kShades.size(); ++i)
    text += fmt::format("--series-{}:{};", i + 1, dark ? kShades[i].dark : kShades[i].light);
  for (const InkShade& ink : kInks)
    text += fmt::format("--{}:{};", ink.name, dark ? ink.dark : ink.light);
  return text;
}

}  // namespace

std::vector<int> series_colours(const std::vector<std::string>& names) {
  std::vector<int> colours(names.size(), 0);
  std::set<int> taken;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const int fixed = fixed_colour(names[i]);
    if (fixed != 0 && taken.insert(fixed).second) colours[i] = fixed;
  }
  int next = 1;
  for (int& colour : colours) {
    if (colour != 0) continue;
    while (taken.size() < static_cast<std::size_t>(kSeriesColours) && taken.count(next) != 0)
      next = next % kSeriesColours + 1;
    colour = next;
    taken.insert(next);
    next = next % kSeriesColours + 1;
  }
  return colours;
}

std::string series_paint(int colour) {
  return fmt::format("var(--series-{},{})", colour,
                     kShades[static_cast<std::size_t>(colour - 1)].light);
}

std::string ink_paint(Ink ink) {
  const InkShade& shade = kInks[static_cast<std::size_t>(ink)];
  return fmt::format("var(--{},{})", shade.name, shade.light);
}

std::string palette_style() {
  return "svg{" + rules(false) + "}@media (prefers-color-scheme:dark){svg{" + rules(true) + "}}";
}

}  // namespace polyfleet
