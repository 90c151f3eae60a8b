// SVG text under construction: shapes with rounded coordinates, every text escaped, presentation by
// attributes alone (no style="", so that a page's policy may forbid inline styles).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chart/palette.hpp"

namespace polyfleet {

struct Spot {
  double x = 0, y = 0;
};

struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

enum class Anchor { start, middle, end };

inline constexpr Ink kUsualInk = Ink::faint_text;  ///< the picture sets it once, for every text

struct TextLook {
  Anchor anchor = Anchor::start;
  double size = 12;
  Ink ink = kUsualInk;
  double turned = 0;  ///< degrees clockwise
  bool bold = false;
  bool halo = false;  ///< a rim of paper, for texts that stand on marks
};

class Canvas {
 public:
  /// Without titles: for screens that nobody points at with a mouse.
  explicit Canvas(bool titled = true) : titled_(titled) {}
  bool titled() const { return titled_; }

  /// Marks between begin and end share the attributes, written as in SVG: fill="...".
  void begin_group(std::string_view attributes);
  void end_group();

  void text(Spot at, std::string_view words, const TextLook& look = {});
  void line(Spot from, Spot to, Ink ink, double width = 1, std::string_view dashes = {});
  /// The title is what pointing at the mark shows; empty = none.
  void rect(const Box& box, std::string_view title, std::string_view attributes = {});
  void circle(Spot centre, double radius, std::string_view title, std::string_view attributes = {});
  /// Path data without attributes of its own but those given.
  void path(std::string_view data, std::string_view attributes, std::string_view title = {});

  const std::string& body() const { return body_; }

 private:
  void close(std::string_view element, std::string_view title);
  bool titled_;
  std::string body_;
};

/// A coordinate with one decimal, as short as it goes.
std::string coordinate(double value);
/// "M1 2l3-4h5": joins spots by steps; a spot that is not finite lifts the pen.
std::string joined_path(const std::vector<Spot>& spots);

}  // namespace polyfleet
