// Any JSON is a page of figures or a diagnostic; every page read is drawn, and written as JSON
// reads back as the same page.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "chart/html_page.hpp"
#include "config/value.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfleet;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Value> document = parse_json(text, "x.json");
  if (!document) return 0;
  const Result<FigurePage> page = page_from_json(*document);
  if (!page) {
    POLYFLEET_CHECK(!page.problems().empty() && !to_text(page.problems()).empty(), "says why");
    return 0;
  }
  const std::string written = to_json(page_json(*page, true));
  const Result<Value> again = parse_json(written, "y.json");
  POLYFLEET_CHECK(again.has_value(), "a page is written as JSON");
  const Result<FigurePage> read = page_from_json(*again);
  POLYFLEET_CHECK(read.has_value() && to_json(page_json(*read, true)) == written, "reads back");
  (void)page_faults(*page);
  const std::string html = html_page(*page, {}, {});
  POLYFLEET_CHECK(html.find("<script") == std::string::npos, "no script but our own");
  return 0;
}
