#include <doctest/doctest.h>

#include <algorithm>

#include "chart_samples.hpp"

using namespace polyfleet;

namespace {

bool has_fault(const FigurePage& page, std::string_view words) {
  const auto faults = page_faults(page);
  return std::any_of(faults.begin(), faults.end(), [&](const std::string& fault) {
    return fault.find(words) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("a page as views write it has no faults") { CHECK(page_faults(sample_page()).empty()); }

TEST_CASE("every fault of a page is named") {
  FigurePage page = sample_page();
  page.title.clear();
  CHECK(has_fault(page, "page has no title"));
  page = sample_page();
  page.sections[1].figures[0].id = "bars";
  CHECK(has_fault(page, "two figures have the id bars"));
  page.sections[1].figures[0].id = "Not an id";
  CHECK(has_fault(page, "a-z, 0-9 and _"));
  page = sample_page();
  page.sections[0].figures[0].data.columns[1].numbers.pop_back();
  CHECK(has_fault(page, "column compute is not as long"));
  page = sample_page();
  page.sections[0].figures[0].data.columns[1].name = "other";
  CHECK(has_fault(page, "values names no column: compute"));
  page = sample_page();
  std::get<ScatterChart>(page.sections[1].figures[0].chart).x = "vendor";
  CHECK(has_fault(page, "x names a column of another kind: vendor"));
  page = sample_page();
  std::get<BarChart>(page.sections[0].figures[0].chart).category = "compute";
  CHECK(has_fault(page, "category names a column of another kind"));
  page = sample_page();
  std::get<ScatterChart>(page.sections[1].figures[0].chart).high.clear();
  CHECK(has_fault(page, "an interval with one end"));
  page = sample_page();
  page.sections[0].figures[1].data.columns[2].name = "used";
  CHECK(has_fault(page, "two columns named used"));
  page = sample_page();
  page.sections.push_back({"Empty", {}});
  CHECK(has_fault(page, "section without figures: Empty"));
}
