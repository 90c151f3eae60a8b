// Any bytes are a CSV table or a diagnostic; every row has the header's number of cells, and what
// is written from a table reads back the same.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "base/csv.hpp"

namespace {

std::string line_of(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i)
    line += (i > 0 ? "," : "") + polyfleet::csv_cell(cells[i]);
  return line + '\n';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfleet;
  const auto table = CsvTable::parse({reinterpret_cast<const char*>(data), size}, "x");
  if (!table) {
    POLYFLEET_CHECK(!table.problems().empty(), "a refusal says why");
    return 0;
  }
  std::string written = "#\n" + line_of(table->columns());
  for (const CsvRow& row : table->rows()) {
    POLYFLEET_CHECK(row.cells.size() == table->columns().size(), "as many cells as columns");
    written += line_of(row.cells);
    for (const std::string& cell : row.cells) (void)parse_number(cell);
  }
  const auto read = CsvTable::parse(written, "written");
  POLYFLEET_CHECK(read.has_value() && read->rows().size() == table->rows().size(),
                  "what is written reads back");
  for (std::size_t i = 0; i < read->rows().size(); ++i)
    POLYFLEET_CHECK(read->rows()[i].cells == table->rows()[i].cells, "the same cells");
  return 0;
}
