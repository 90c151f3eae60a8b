// Pages of shelves and entries of the catalogue: every entry is drawn or named as left out, and
// their numbers are those of the files.
#include <set>

#include "page_numbers.hpp"

using namespace polyfleet;

namespace {

FigurePage catalogue_page_of(const std::string& command, const std::string& option,
                             const std::string& value) {
  Question question = question_of(command);
  question.options.set(option, value);
  const FigurePage page = page_reply(question).page();
  check_page(page);
  return page;
}

/// Points and the entries that are named as not drawn.
std::size_t drawn_or_named(const PageFigure& figure) {
  std::size_t count = figure.data.rows();
  for (const std::string& line : figure.assumptions) {
    const std::string begin = "Not drawn, as one of the two figures is not published: ";
    if (line.find(begin) != 0) continue;
    const std::string names = line.substr(begin.size());
    count += 1 + static_cast<std::size_t>(std::count(names.begin(), names.end(), ','));
  }
  return count;
}

}  // namespace

TEST_CASE("every shelf has a page; a scatter draws or names every entry") {
  for (const char* shelf : {"accelerators", "systems", "fabrics", "models", "sites", "prices"}) {
    CAPTURE(shelf);
    Question question = question_of("catalogue list");
    question.options.set("shelf", shelf);
    const Reply reply = page_reply(question);
    const FigurePage page = reply.page();
    check_page(page);
    const std::size_t entries = reply.json().array()->size();
    CHECK(figure_of(page, "shelf").data.rows() == entries);
    for (const FigureSection& section : page.sections) {
      if (section.title != "How they stand to each other") continue;
      for (const PageFigure& figure : section.figures) {
        CAPTURE(figure.id);
        CHECK(figure.data.rows() > 0);
        CHECK(drawn_or_named(figure) == entries);
      }
    }
  }
}

TEST_CASE("accelerators: numbers in their units, statements and sources") {
  const FigurePage page = catalogue_page_of("catalogue list", "shelf", "accelerators");
  const PageFigure& shelf = figure_of(page, "shelf");
  const std::size_t row = row_of(shelf, "id", "amd_mi355x");
  CHECK(cell_of(shelf, "memory", row) == 288);
  CHECK(cell_of(shelf, "memory bandwidth", row) == doctest::Approx(8));
  CHECK(cell_of(shelf, "dense bf16", row) == doctest::Approx(2516.6));
  CHECK(cell_of(shelf, "fp8", row) == doctest::Approx(5033));
  CHECK(cell_of(shelf, "design power", row) == doctest::Approx(1400));
  CHECK(cell_of(shelf, "announced", row) == doctest::Approx(2025.45).epsilon(1e-5));
  CHECK(shelf.data.find("weakest")->words[row] == "third party");
  CHECK(shelf.data.find("sources")->words[row].find(';') != std::string::npos);
  // A month without a day, a year without a month.
  CHECK(cell_of(shelf, "announced", row_of(shelf, "id", "nv_h100_sxm")) ==
        doctest::Approx(2022 + 2.5 / 12).epsilon(1e-5));
  const PageFigure& power = figure_of(page, "memory_power");
  const auto& chart = std::get<ScatterChart>(power.chart);
  CHECK(chart.x == "design power");
  CHECK(chart.y == "memory");
  CHECK(chart.group == "vendor");
  CHECK(cell_of(power, "memory", row_of(power, "id", "amd_mi355x")) == 288);
  const PageFigure& figures = figure_of(page, "every_figure");
  CHECK(sum_of(numbers_of(figure_of(page, "statements"), "figures")) ==
        static_cast<double>(figures.data.rows()));
  for (const std::string& source : figures.data.find("source")->words) CHECK(!source.empty());
}

TEST_CASE("systems, sites and models: numbers in their units") {
  const PageFigure systems =
      figure_of(catalogue_page_of("catalogue list", "shelf", "systems"), "shelf");
  const std::size_t node = row_of(systems, "id", "mi355x_8oam");
  CHECK(cell_of(systems, "scale-up domain", node) == 8);
  CHECK(cell_of(systems, "scale-up rate", node) > 100);
  CHECK(cell_of(systems, "scale-up rate", node) < 10000);
  CHECK(systems.data.find("vendor")->words[node] == "AMD");
  const PageFigure sites =
      figure_of(catalogue_page_of("catalogue list", "shelf", "sites"), "shelf");
  CHECK(cell_of(sites, "carbon", row_of(sites, "id", "DE")) == doctest::Approx(381));
  const PageFigure models =
      figure_of(catalogue_page_of("catalogue list", "shelf", "models"), "shelf");
  CHECK(cell_of(models, "parameters", row_of(models, "id", "llama3.1-8b")) == doctest::Approx(8));
}

TEST_CASE("an entry's page has all its figures and marks it among the others") {
  const FigurePage page = catalogue_page_of("catalogue show", "name", "MI355X");
  CHECK(page.title == "Instinct MI355X");
  const PageFigure& all = figure_of(page, "compute_bandwidth");
  const std::vector<std::string>& groups = all.data.find("entry is")->words;
  CHECK(std::count(groups.begin(), groups.end(), "amd_mi355x") == 1);
  CHECK(std::set<std::string>(groups.begin(), groups.end()).size() == 2);
  CHECK(find_figure(page, "compute") != nullptr);
  const PageFigure& figures = figure_of(page, "every_figure");
  const std::size_t row = row_of(figures, "figure", "typical_power");
  CHECK(figures.data.find("value")->words[row] == "1257 W");
  CHECK(figures.data.find("stated as")->words[row] == "measured");
  check_page(catalogue_page_of("catalogue show", "name", "amd_mi455x@announced"));
  for (const char* name : {"hgx_h100", "infiniband_ndr", "DE", "llama3.1-8b", "datacenter"}) {
    CAPTURE(name);
    check_page(catalogue_page_of("catalogue show", "name", name));
  }
}

TEST_CASE("an unknown shelf and an unknown entry are refused with what was meant") {
  Question shelf = question_of("catalogue list");
  shelf.options.set("shelf", "sytems");
  const auto refused = ask(shelf, page_workspace(), {});
  REQUIRE(!refused.has_value());
  CHECK(to_text(refused.problems()).find("systems") != std::string::npos);
  Question entry = question_of("catalogue show");
  entry.options.set("name", "amd_mi355");
  CHECK(!ask(entry, page_workspace(), {}).has_value());
}
