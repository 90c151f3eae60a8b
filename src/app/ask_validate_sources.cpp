#include "app/ask_validate.hpp"
#include "base/csv.hpp"
#include "base/files.hpp"

namespace polyfleet {

RowSources row_sources(const std::filesystem::path& table) {
  RowSources sources;
  const Result<std::string> text = read_file(table);
  if (!text) return sources;
  const Result<CsvTable> rows = CsvTable::parse(*text, table.string());
  if (!rows) return sources;
  const auto columns = rows->require({"id", "source_title", "source_url"});
  if (!columns) return sources;
  for (const CsvRow& row : rows->rows()) {
    sources[row.cells[(*columns)[0]]] = {row.cells[(*columns)[1]], row.cells[(*columns)[2]]};
  }
  return sources;
}

}  // namespace polyfleet
