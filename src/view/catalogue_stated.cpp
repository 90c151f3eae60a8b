#include "view/catalogue_stated.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "view/serving_figures.hpp"

namespace polyfleet {
namespace {

std::string member_text(const Value& document, std::string_view key) {
  const Value* value = document.find(key);
  if (value == nullptr) return {};
  return value->text() != nullptr ? *value->text() : to_json(*value, -1);
}

/// "23.3 TB/s", "1.8 kW to 2.5 kW" or "2.2 kW (1.8 kW to 2.5 kW)".
std::string written_text(const Value& figure) {
  const std::string value = member_text(figure, "value");
  if (figure.find("low") == nullptr || figure.find("high") == nullptr) return value;
  const std::string range = member_text(figure, "low") + " to " + member_text(figure, "high");
  return value.empty() ? range : fmt::format("{} ({})", value, range);
}

void add_members(const std::string& entry, const Value& document, const std::string& path,
                 std::vector<StatedRow>& rows) {
  for (const auto& [key, inner] : *document.table()) {
    const std::string name = path.empty() ? key : path + "." + key;
    if (inner.table() == nullptr) {
      const std::string text = inner.text() != nullptr ? *inner.text() : to_json(inner, -1);
      rows.push_back({entry, name, text, {}, {}, {}});
    } else if (inner.find("value") == nullptr && inner.find("low") == nullptr) {
      add_members(entry, inner, name, rows);
    } else {
      rows.push_back({entry, name, written_text(inner), member_text(inner, "status"),
                      member_text(inner, "source"), member_text(inner, "note"), true});
    }
  }
}

/// "MI355X data sheet; ix_specs": titles where the catalogue has them.
std::string titles_of(const std::vector<FigureSource>& sources) {
  std::string text;
  for (const FigureSource& source : sources) text += (text.empty() ? "" : "; ") + source.name;
  return text;
}

}  // namespace

std::vector<StatedRow> stated_rows(const std::string& entry, const Value& document) {
  std::vector<StatedRow> rows;
  if (document.table() != nullptr) add_members(entry, document, {}, rows);
  return rows;
}

PageFigure stated_table(const std::vector<StatedRow>& rows, bool entries,
                        const Catalogue& catalogue) {
  PageFigure figure{.id = "every_figure", .title = "Every figure and who states it"};
  std::vector<std::string> names, keys, values, statuses, titles, notes;
  for (const StatedRow& row : rows) {
    std::vector<FigureSource> own;
    append_source_keys(own, row.source, catalogue);
    names.push_back(row.entry);
    keys.push_back(row.key);
    values.push_back(row.value);
    statuses.push_back(row.status);
    titles.push_back(titles_of(own));
    notes.push_back(row.note);
    for (FigureSource& source : own) append_source(figure.sources, std::move(source));
  }
  figure.reading = "As the files write them; rates of links are one direction, peaks are dense.";
  if (entries) figure.data.word("entry", std::move(names));
  figure.data.word("figure", std::move(keys))
      .word("value", std::move(values))
      .word("stated as", std::move(statuses))
      .word("source", std::move(titles))
      .word("note", std::move(notes));
  return figure;
}

PageFigure statement_figure(const std::vector<StatedRow>& rows) {
  PageFigure figure{.id = "statements", .title = "What the figures stand on"};
  std::vector<std::string> kinds;
  std::vector<double> counts;
  std::size_t all = 0;
  for (const std::string_view kind : kStatusNames) {
    const auto count =
        static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const StatedRow& row) {
          return row.sourced && row.status == kind;
        }));
    if (count == 0) continue;
    all += count;
    kinds.emplace_back(kind);
    counts.push_back(static_cast<double>(count));
  }
  figure.reading =
      fmt::format("{} published figures by who makes the statement, surest first.", all);
  figure.chart = BarChart{.category = "stated as", .values = {"figures"}, .horizontal = true};
  figure.data.word("stated as", std::move(kinds)).number("figures", "", std::move(counts));
  return figure;
}

}  // namespace polyfleet
