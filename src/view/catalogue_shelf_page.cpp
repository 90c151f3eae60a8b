#include "view/catalogue_shelf_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "view/catalogue_page.hpp"
#include "view/catalogue_shelf.hpp"

namespace polyfleet {
namespace {

std::string noun_of(Shelf shelf) {
  return std::string(kShelfNouns[static_cast<std::size_t>(shelf)]);
}

/// Entries of each group: "AMD 13, NVIDIA 20".
PageFact groups_fact(const ComparedShelf& shelf) {
  std::vector<std::pair<std::string, int>> counts;
  for (const ShelfEntry& entry : shelf.entries) {
    const auto found = std::find_if(counts.begin(), counts.end(),
                                    [&](const auto& each) { return each.first == entry.group; });
    if (found == counts.end()) {
      counts.emplace_back(entry.group, 1);
    } else {
      ++found->second;
    }
  }
  std::string text;
  for (const auto& [group, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", group, count);
  return {"by " + shelf.group_name, fmt::format("{}", counts.size()), text};
}

FigureSection pairs_section(const ComparedShelf& compared, Shelf shelf, const std::string& marked,
                            const Catalogue& catalogue) {
  FigureSection section{"How they stand to each other", {}};
  for (const ShelfPair& pair : shelf_pairs(shelf))
    section.figures.push_back(pair_figure(compared, pair, marked, catalogue));
  return section;
}

std::size_t figures_in(const std::vector<StatedRow>& rows) {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [](const StatedRow& row) { return row.sourced; }));
}

std::vector<StatedRow> only_figures(std::vector<StatedRow> rows) {
  std::erase_if(rows, [](const StatedRow& row) { return !row.sourced; });
  return rows;
}

std::string member_or(const std::vector<StatedRow>& rows, std::string_view key,
                      const std::string& otherwise) {
  for (const StatedRow& row : rows)
    if (row.key == key) return row.value;
  return otherwise;
}

/// The part's own figures as `catalogue compare` draws them.
std::vector<FigureSection> part_sections(const Catalogue& catalogue, const std::string& name,
                                         FigurePage& page) {
  const Result<std::vector<ComparedPart>> parts = compared_parts(catalogue, {name});
  if (!parts) return {};
  FigurePage own = catalogue_page(*parts, catalogue);
  page.notices = std::move(own.notices);
  return std::move(own.sections);
}

void tell_problems(const Diagnostics& problems, FigurePage& page) {
  for (const Diagnostic& each : problems) page.notices.push_back("Left out: " + to_text({each}));
}

}  // namespace

FigurePage shelf_page(const Catalogue& catalogue, Shelf shelf) {
  const ComparedShelf compared = compared_shelf(catalogue, shelf);
  std::vector<StatedRow> rows;
  for (const ShelfEntry& entry : compared.entries) {
    const Result<Value> document = catalogue.document(shelf, entry.id);
    if (!document) continue;  // one that loads as an entry has a document
    const std::vector<StatedRow> own = only_figures(stated_rows(entry.id, *document));
    rows.insert(rows.end(), own.begin(), own.end());
  }
  FigurePage page;
  page.title = fmt::format("Catalogue: {}", kShelfFolders[static_cast<std::size_t>(shelf)]);
  page.subtitle = fmt::format("Every {} of the catalogue, as its sources state it", noun_of(shelf));
  page.facts = {{"entries", fmt::format("{}", compared.entries.size()), noun_of(shelf) + "s"},
                groups_fact(compared),
                {"published figures", fmt::format("{}", rows.size()), "each with its source"}};
  tell_problems(compared.problems, page);
  if (FigureSection pairs = pairs_section(compared, shelf, {}, catalogue); !pairs.figures.empty())
    page.sections.push_back(std::move(pairs));
  page.sections.push_back({"The shelf", {shelf_table(compared, catalogue)}});
  if (!rows.empty())
    page.sections.push_back(
        {"What it rests on", {statement_figure(rows), stated_table(rows, true, catalogue)}});
  return page;
}

FigurePage entry_page(const Catalogue& catalogue, Shelf shelf, const std::string& name) {
  const Result<Value> document = catalogue.document(shelf, name);
  const ComparedShelf compared = compared_shelf(catalogue, shelf);
  const std::vector<StatedRow> rows = stated_rows(name, document ? *document : Value());
  const std::string id = member_or(rows, "id", name);
  FigurePage page;
  page.title = member_or(rows, "name", id);
  page.subtitle =
      fmt::format("One {} of the catalogue, figure by figure: {}", noun_of(shelf), name);
  page.facts = {{"id", id, noun_of(shelf)},
                {"published figures", fmt::format("{}", figures_in(rows)), "each with its source"}};
  if (shelf == Shelf::hardware) page.sections = part_sections(catalogue, name, page);
  tell_problems(compared.problems, page);
  const bool listed = std::any_of(compared.entries.begin(), compared.entries.end(),
                                  [&](const ShelfEntry& entry) { return entry.id == id; });
  if (FigureSection pairs = pairs_section(compared, shelf, id, catalogue);
      listed && !pairs.figures.empty()) {
    pairs.title = "Among all others";
    page.sections.push_back(std::move(pairs));
  }
  FigureSection basis{"Every figure", {}};
  const std::vector<StatedRow> figures = only_figures(rows);
  if (!figures.empty()) basis.figures.push_back(statement_figure(figures));
  basis.figures.push_back(stated_table(rows, false, catalogue));
  page.sections.push_back(std::move(basis));
  return page;
}

}  // namespace polyfleet
