#include "chart/canvas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "chart/markup.hpp"

namespace polyfleet {

namespace {

/// Far outside any drawing: what lies beyond is cut off there, and sums stay far from overflow.
constexpr double kFarthest = 1e7;

/// Tenths of a user unit; 0 for what is no number.
long long tenths_of(double value) {
  if (std::isnan(value)) return 0;
  return std::llround(std::clamp(value, -kFarthest, kFarthest) * 10);
}

/// A number of tenths as short as SVG allows: 12, 1.5, -.3.
std::string tenths(long long count) {
  const long long size = count < 0 ? -count : count;
  std::string text = count < 0 ? "-" : "";
  if (size >= 10 || size == 0) text += fmt::format("{}", size / 10);
  if (size % 10 != 0) text += fmt::format(".{}", size % 10);
  return text;
}

/// A second number needs a blank before it unless its sign parts it from the first.
std::string separated(const std::string& number) {
  return number.starts_with('-') ? number : ' ' + number;
}

}  // namespace

std::string coordinate(double value) { return tenths(tenths_of(value)); }

std::string joined_path(const std::vector<Spot>& spots) {
  std::string data;
  bool down = false;
  long long x = 0, y = 0;  // tenths: rounded places, so that steps between them add up
  for (const Spot& spot : spots) {
    if (!std::isfinite(spot.x) || !std::isfinite(spot.y)) {
      down = false;
      continue;
    }
    const long long to_x = tenths_of(spot.x), to_y = tenths_of(spot.y);
    if (!down) {
      data += 'M' + tenths(to_x) + separated(tenths(to_y));
    } else if (to_y == y) {
      if (to_x != x) data += 'h' + tenths(to_x - x);
    } else if (to_x == x) {
      data += 'v' + tenths(to_y - y);
    } else {
      data += 'l' + tenths(to_x - x) + separated(tenths(to_y - y));
    }
    x = to_x;
    y = to_y;
    down = true;
  }
  return data;
}

void Canvas::begin_group(std::string_view attributes) {
  body_ += fmt::format("<g {}>", attributes);
}

void Canvas::end_group() { body_ += "</g>\n"; }

void Canvas::text(Spot at, std::string_view words, const TextLook& look) {
  body_ += fmt::format("<text x=\"{}\" y=\"{}\"", coordinate(at.x), coordinate(at.y));
  if (look.ink != kUsualInk) body_ += fmt::format(" fill=\"{}\"", ink_paint(look.ink));
  if (look.size != 12) body_ += fmt::format(" font-size=\"{}\"", look.size);
  if (look.anchor == Anchor::middle) body_ += " text-anchor=\"middle\"";
  if (look.anchor == Anchor::end) body_ += " text-anchor=\"end\"";
  if (look.bold) body_ += " font-weight=\"600\"";
  if (look.halo) {
    body_ += fmt::format(" paint-order=\"stroke\" stroke=\"{}\" stroke-width=\"3\"",
                         ink_paint(Ink::paper));
  }
  if (look.turned != 0) {
    body_ += fmt::format(" transform=\"rotate({} {} {})\"", look.turned, coordinate(at.x),
                         coordinate(at.y));
  }
  body_ += ">" + escaped(words) + "</text>";
}

void Canvas::line(Spot from, Spot to, Ink ink, double width, std::string_view dashes) {
  body_ += fmt::format("<path d=\"{}\" stroke=\"{}\"", joined_path({from, to}), ink_paint(ink));
  if (width != 1) body_ += fmt::format(" stroke-width=\"{}\"", width);
  if (!dashes.empty()) body_ += fmt::format(" stroke-dasharray=\"{}\"", dashes);
  body_ += "/>";
}

void Canvas::rect(const Box& box, std::string_view title, std::string_view attributes) {
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}{}",
                       coordinate(box.left), coordinate(box.top), coordinate(box.width()),
                       coordinate(box.height()), attributes.empty() ? "" : " ", attributes);
  close("rect", title);
}

void Canvas::circle(Spot centre, double radius, std::string_view title,
                    std::string_view attributes) {
  body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}{}", coordinate(centre.x),
                       coordinate(centre.y), radius, attributes.empty() ? "" : " ", attributes);
  close("circle", title);
}

void Canvas::path(std::string_view data, std::string_view attributes, std::string_view title) {
  if (data.empty()) return;
  body_ += fmt::format("<path d=\"{}\"{}{}", data, attributes.empty() ? "" : " ", attributes);
  close("path", title);
}

void Canvas::close(std::string_view element, std::string_view title) {
  if (title.empty() || !titled_) {
    body_ += "/>";
  } else {
    body_ += fmt::format("><title>{}</title></{}>", escaped(title), element);
  }
}

}  // namespace polyfleet
