// What stands around the data of a plot: legend, axis titles, grid, tick labels that never overlap,
// notes below. A chart first lays its frame out (how much room for what), then draws into the plot.
#pragma once

#include <string>
#include <vector>

#include "chart/canvas.hpp"
#include "chart/scale.hpp"
#include "chart/svg.hpp"

namespace polyfleet {

enum class LegendMark { square, pale, line, dot, limit };

struct LegendEntry {
  std::string name;
  int colour = 1;
  LegendMark mark = LegendMark::square;
};

/// A drawing in the making: grows downwards; `picture` wraps it up.
struct Drawing {
  Canvas canvas;
  double width = 0;
  double y = 0;  ///< where the next thing below goes
  double font = 12;
  bool narrow() const { return width < 520; }
};

Drawing new_drawing(const SvgStyle& style);

/// Entries in rows across the width; nothing for fewer than `least` entries.
void draw_legend(Drawing& drawing, const std::vector<LegendEntry>& entries, std::size_t least = 2);

/// The title of the upright axis, above the plot where it reads without turning the head.
void draw_upright_title(Drawing& drawing, const std::string& title);

/// Grid and labels of an upright axis beside `plot`.
void draw_upright_axis(Drawing& drawing, const Axis& axis, const Box& plot);
/// Room that the labels of an upright axis need at its left.
double upright_room(const Axis& axis, double font);

/// Labels of a level axis below the plot, thinned where they would touch, its title below them.
/// `grid`: lines through the plot. Moves `y` below.
void draw_level_axis(Drawing& drawing, const Axis& axis, const Box& plot, bool grid);

/// A faint sentence below; empty = none.
void draw_note(Drawing& drawing, const std::string& note);

/// A dashed rule across the plot at a value of the upright axis, with its label.
void draw_limit(Drawing& drawing, const Axis& axis, const Box& plot, double limit,
                const std::string& label);

/// What a chart says that has nothing to draw.
void draw_nothing(Drawing& drawing, const std::string& why);

}  // namespace polyfleet
