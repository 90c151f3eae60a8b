#include "chart/canvas.hpp"

#include <fmt/format.h>

#include <cmath>

#include "chart/markup.hpp"

namespace polyfleet {

std::string coordinate(double value) {
  const double tenths = std::round(value * 10);
  const auto whole = static_cast<long long>(tenths);
  if (whole % 10 == 0) return fmt::format("{}", whole / 10);
  return fmt::format("{:.1f}", tenths / 10);
}

std::string joined_path(const std::vector<Spot>& spots) {
  std::string data;
  bool down = false;
  for (const Spot& spot : spots) {
    if (!std::isfinite(spot.x) || !std::isfinite(spot.y)) {
      down = false;
      continue;
    }
    data += down ? 'L' : 'M';
    data += coordinate(spot.x) + " " + coordinate(spot.y);
    down = true;
  }
  return data;
}

void Canvas::begin_group(std::string_view attributes) {
  body_ += fmt::format("<g {}>", attributes);
}

void Canvas::end_group() { body_ += "</g>\n"; }

void Canvas::text(Spot at, std::string_view words, const TextLook& look) {
  body_ += fmt::format("<text x=\"{}\" y=\"{}\" fill=\"{}\"", coordinate(at.x), coordinate(at.y),
                       ink_paint(look.ink));
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
  body_ += fmt::format("<path d=\"M{} {}L{} {}\" stroke=\"{}\"", coordinate(from.x),
                       coordinate(from.y), coordinate(to.x), coordinate(to.y), ink_paint(ink));
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
