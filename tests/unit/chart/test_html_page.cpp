#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "chart/html_page.hpp"
#include "chart/markup.hpp"
#include "chart/script_hash.hpp"
#include "chart_samples.hpp"

using namespace polyfleet;

namespace {

/// Written, read and written again: the same text, and so the same page.
void check_round_trip(const FigurePage& page) {
  const std::string text = to_json(page_json(page, false));
  const auto document = parse_json(text, "page.json");
  REQUIRE(document);
  const auto read = page_from_json(*document);
  REQUIRE(read);
  CHECK(to_json(page_json(*read, false)) == text);
}

}  // namespace

TEST_CASE("pages go through JSON and back") {
  check_round_trip(sample_page());
  FigurePage page = sample_page();
  PageFigure table{.id = "table", .title = "A table"};
  table.data.word("w", {"", "<b>"})
      .number("n", "", {std::nan(""), -std::numeric_limits<double>::infinity()});
  page.sections[1].figures.push_back(table);
  check_round_trip(page);
  const auto again = page_from_json(page_json(page, true));
  REQUIRE(again);
  const auto& numbers = again->sections[1].figures.back().data.columns[1].numbers;
  CHECK(std::isnan(numbers[0]));
  CHECK(numbers[1] == -std::numeric_limits<double>::infinity());
  CHECK(again->sections[1].figures.back().chart.index() == 0);
  CHECK(std::get<LineChart>(again->sections[0].figures[1].chart).bands[0].label == "5 to 95 %");
  CHECK(std::get<ScatterChart>(again->sections[1].figures[0].chart).identity);
}

TEST_CASE("what is no page is diagnosed with its place") {
  const auto problems_of = [](std::string_view text) {
    const auto document = parse_json(text, "page.json");
    REQUIRE(document);
    const auto read = page_from_json(*document);
    REQUIRE(!read);
    return to_text(read.problems());
  };
  CHECK(problems_of("[]").find("table") != std::string::npos);
  CHECK(problems_of("{}").find("title") != std::string::npos);
  CHECK(problems_of(R"({"title": "x", "sections": [{"title": "s", "figures": [{"id": "f",
    "title": "t", "columns": [], "chart": {"pie": {}}}]}]})")
            .find("page.json:2") != std::string::npos);
  CHECK(problems_of(R"({"title": "x", "sections": [], "colour": "red"})").find("colour") !=
        std::string::npos);
}

TEST_CASE("a page is one document without addresses to fetch") {
  const PageAssets assets{.style = "body{margin:0}", .script = "console.log(1)"};
  const PageOrigin origin{"polyfleet estimate train <x>", "polyfleet 0.1.0", "abc", "2026-11-22"};
  const std::string html = html_page(sample_page(), assets, origin);
  CHECK(html.starts_with("<!doctype html>"));
  CHECK(html.find("script-src &#39;" + script_hash(assets.script)) != std::string::npos);
  CHECK(html.find("default-src &#39;none&#39;") != std::string::npos);
  CHECK(html.find("<link rel=\"icon\" href=\"data:,\">") != std::string::npos);
  CHECK(html.find("src=") == std::string::npos);
  CHECK(html.find("estimate train &lt;x&gt;") != std::string::npos);
  CHECK(html.find("href=\"#bars\"") != std::string::npos);
  CHECK(html.find("The plan is 4 % from the limit.") != std::string::npos);
  CHECK(html == html_page(sample_page(), assets, origin));
  const std::string plain = html_page(sample_page(), {}, {});
  CHECK(plain.find("<script") == std::string::npos);
}

TEST_CASE("a figure has its table, its CSV, its assumptions and its sources") {
  const std::string html = figure_html(sample_page().sections[0].figures[0]);
  CHECK(html.find("download=\"bars.csv\"") != std::string::npos);
  CHECK(html.find("data:text/csv;charset=utf-8,part,compute%20(ms)") != std::string::npos);
  CHECK(html.find("<li>No jitter.</li>") != std::string::npos);
  CHECK(html.find("<a href=\"https://example.org/a\"") != std::string::npos);
  CHECK(html.find("<li>A talk</li>") != std::string::npos);
  CHECK(html.find("3 rows") != std::string::npos);
  CHECK(html.find("data-plot") == std::string::npos);
}

TEST_CASE("hostile texts stay texts, hostile addresses are no links") {
  PageFigure figure = bar_figure();
  figure.title = "<script>alert(1)</script>\"";
  figure.data.columns[0].words[0] = "</td><img src=x onerror=alert(1)>";
  figure.sources = {{"bad", "javascript:alert(1)"}};
  const std::string html = figure_html(figure);
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("<img") == std::string::npos);
  CHECK(html.find("href=\"javascript") == std::string::npos);
  CHECK(escaped("a\xC0\xAF\xED\xA0\x80z\x7F") ==
        "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD");
  CHECK(escaped("größer → 界") == "größer → 界");
}

TEST_CASE("long tables are cut on the page, not in the CSV, and long lines are plots") {
  const std::string html = figure_html(line_figure(1500));
  CHECK(html.find("The first 250 of 1,500 rows") != std::string::npos);
  CHECK(html.find("data-plot=\"{&quot;x&quot;") != std::string::npos);
  const std::string last = "2028-11-11";  // 20000 + 1499 days after 1970-01-01
  CHECK(html.find(last) != std::string::npos);
}

TEST_CASE("SHA-256 as FIPS 180-4 has it") {
  CHECK(script_hash("") == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  CHECK(script_hash("abc") == "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  CHECK(script_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "sha256-JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE=");
}
