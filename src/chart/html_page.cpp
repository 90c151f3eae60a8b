#include "chart/html_page.hpp"

#include <fmt/format.h>

#include "base/check.hpp"
#include "chart/markup.hpp"
#include "chart/script_hash.hpp"

namespace polyfleet {
namespace {

/// A page that can fetch nothing, send nothing and run no script but its own (CSP level 3).
std::string policy(const PageAssets& assets) {
  const std::string script =
      assets.script.empty() ? "'none'" : "'" + script_hash(assets.script) + "'";
  return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src " + script +
         "; base-uri 'none'; form-action 'none'";
}

std::string head_html(const FigurePage& page, const PageAssets& assets) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"generator\" content=\"polyfleet\">\n<title>{}</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n<style>{}</style>\n</head>\n",
      escaped(policy(assets)), escaped(page.title), assets.style);
}

std::string section_anchor(std::size_t number) { return fmt::format("section-{}", number + 1); }

std::string contents_html(const FigurePage& page) {
  if (page.sections.empty()) return {};
  std::string html = "<nav class=\"contents\" aria-label=\"Contents\"><ol>";
  for (std::size_t i = 0; i < page.sections.size(); ++i) {
    html += fmt::format("<li><a href=\"#{}\">{}</a><ul>", section_anchor(i),
                        escaped(page.sections[i].title));
    for (const PageFigure& figure : page.sections[i].figures) {
      html +=
          fmt::format("<li><a href=\"#{}\">{}</a></li>", escaped(figure.id), escaped(figure.title));
    }
    html += "</ul></li>";
  }
  return html + "</ol></nav>\n";
}

std::string notices_html(const FigurePage& page) {
  if (page.notices.empty()) return {};
  std::string html = "<aside class=\"notices\" aria-label=\"What limits this answer\"><ul>";
  for (const std::string& notice : page.notices) html += "<li>" + escaped(notice) + "</li>";
  return html + "</ul></aside>\n";
}

std::string facts_html(const FigurePage& page) {
  if (page.facts.empty()) return {};
  std::string html = "<dl class=\"facts\">";
  for (const PageFact& fact : page.facts) {
    html += "<div class=\"fact\"><dt>" + escaped(fact.label) + "</dt><dd>" + escaped(fact.value);
    if (!fact.note.empty()) html += " <small>" + escaped(fact.note) + "</small>";
    html += "</dd></div>";
  }
  return html + "</dl>\n";
}

std::string sections_html(const FigurePage& page) {
  std::string html;
  for (std::size_t i = 0; i < page.sections.size(); ++i) {
    html +=
        fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-title\"><h2 id=\"{0}-title\">{1}",
                    section_anchor(i), escaped(page.sections[i].title));
    html += "</h2>\n";
    for (const PageFigure& figure : page.sections[i].figures) html += figure_html(figure);
    html += "</section>\n";
  }
  return html;
}

std::string foot_html(const PageOrigin& origin) {
  std::string html = "<footer class=\"origin\"><dl>";
  const auto line = [&](std::string_view label, const std::string& value, bool code) {
    if (value.empty()) return;
    html += fmt::format("<div><dt>{}</dt><dd>{}{}{}</dd></div>", label, code ? "<code>" : "",
                        escaped(value), code ? "</code>" : "");
  };
  line("Command", origin.command, true);
  line("Made by", origin.program, false);
  line("Data", origin.data, true);
  line("Day", origin.day, false);
  return html + "</dl></footer>\n";
}

}  // namespace

std::string html_page(const FigurePage& page, const PageAssets& assets, const PageOrigin& origin) {
  POLYFLEET_CHECK(assets.style.find("</style") == std::string::npos, "a style that ends itself");
  POLYFLEET_CHECK(assets.script.find("</script") == std::string::npos &&
                      assets.script.find("<!--") == std::string::npos,
                  "a script that ends itself");
  std::string html = head_html(page, assets);
  html += "<body class=\"report\">\n<a class=\"skip\" href=\"#main\">To the figures</a>\n";
  html += "<header class=\"top\"><h1>" + escaped(page.title) + "</h1>";
  if (!page.subtitle.empty()) html += "<p class=\"subtitle\">" + escaped(page.subtitle) + "</p>";
  html += "</header>\n" + notices_html(page) + facts_html(page) + contents_html(page);
  html += "<main id=\"main\">\n" + sections_html(page) + "</main>\n" + foot_html(origin);
  if (!assets.script.empty()) html += "<script>" + assets.script + "</script>\n";
  return html + "</body>\n</html>\n";
}

}  // namespace polyfleet
