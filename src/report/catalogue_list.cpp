// The lists and the single entry of report/catalogue_tables.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/spelling.hpp"
#include "catalogue/edition.hpp"
#include "report/catalogue_shelf.hpp"
#include "report/catalogue_tables.hpp"
#include "units/text.hpp"
#include "workload/model_reader.hpp"

namespace polyfleet {
namespace {

template <class Q>
std::string cell(const std::optional<Figure<Q>>& figure) {
  return figure ? print_quantity(figure->value) : "-";
}

std::vector<std::string> headings(Shelf shelf) {
  switch (shelf) {
    case Shelf::hardware:
      return {"id",  "name", "vendor", "memory", "bandwidth", "bf16",
              "fp8", "fp4",  "power",  "system", "editions"};
    case Shelf::systems:
      return {"id",       "name",      "accelerator", "per node", "domain",
              "scale-up", "scale-out", "fabric",      "all-in",   "rental"};
    case Shelf::fabrics:
      return {"id", "name", "kind", "topology", "rate", "latency"};
    case Shelf::models:
      return {"id",        "kind",    "layers",           "hidden",
              "attention", "experts", "parameters (1e9)", "active (1e9)",
              "context"};
    case Shelf::sites:
      return {"id", "name", "carbon", "electricity", "method"};
    case Shelf::prices:
      break;
  }
  return {"id", "name"};
}

/// A row as a JSON object under the table's headings.
void add_row(CatalogueView& view, const std::vector<std::string>& titles,
             std::vector<std::string> row) {
  Value object{Table{}};
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] != "-") object.set(titles[i], row[i]);
  }
  view.json.push(std::move(object));
  view.table.row(std::move(row));
}

std::string joined(const std::vector<std::string>& words) {
  return words.empty() ? "-" : fmt::format("{}", fmt::join(words, " "));
}

void list_accelerator(CatalogueView& view, const Accelerator& part, const Value& document) {
  add_row(view, headings(Shelf::hardware),
          {part.id, part.name, part.vendor, cell(part.memory), cell(part.memory_bandwidth),
           cell(part.peak[static_cast<std::size_t>(Dtype::bf16)]),
           cell(part.peak[static_cast<std::size_t>(Dtype::fp8)]),
           cell(part.peak[static_cast<std::size_t>(Dtype::nvfp4)]), cell(part.tdp),
           part.default_system.empty() ? "-" : part.default_system, joined(editions_of(document))});
}

void list_system(CatalogueView& view, const System& system) {
  add_row(
      view, headings(Shelf::systems),
      {system.id, system.name, system.accelerator, fmt::format("{}", system.accelerators_per_node),
       fmt::format("{}", system.scale_up_domain), cell(system.scale_up_rate),
       cell(system.scale_out_rate), system.fabric.empty() ? "-" : system.fabric,
       cell(system.all_in_power), cell(system.rental)});
}

std::string scalar_text(const Value& value) {
  if (value.text() != nullptr) return *value.text();
  return to_json(value, -1);
}

std::string member_text(const Value& document, std::string_view key, std::string_view inner = {}) {
  const Value* value = document.find(key);
  if (value != nullptr && !inner.empty()) value = value->find(inner);
  return value == nullptr ? "-" : scalar_text(*value);
}

void list_model(CatalogueView& view, const Value& document) {
  const auto billions = [&](std::string_view key) {
    const Value* table = document.find("parameters");
    const Value* count = table == nullptr ? nullptr : table->find(key);
    return count == nullptr || !count->number() ? std::string("-")
                                                : fmt::format("{:.4g}", *count->number() / 1e9);
  };
  add_row(view, headings(Shelf::models),
          {member_text(document, "id"), member_text(document, "kind"),
           member_text(document, "layers"), member_text(document, "hidden"),
           member_text(document, "attention"), member_text(document, "moe", "experts"),
           billions("total"), billions("active"), member_text(document, "max_context")});
}

template <class T, class F>
void add_or_note(const Result<T>& read, const F& add, Diagnostics& out) {
  if (read) {
    add(*read);
  } else {
    out.insert(out.end(), read.problems().begin(), read.problems().end());
  }
}

void list_entry(const Catalogue& catalogue, Shelf shelf, const std::string& id, CatalogueView& view,
                Diagnostics& out) {
  const Result<Found> found = catalogue.find(shelf, id);
  const Result<Value> document = read_document(found->file.string());
  add_or_note(
      document,
      [&](const Value& whole) {
        if (shelf == Shelf::hardware) {
          add_or_note(
              catalogue.accelerator(id),
              [&](const Accelerator& part) { list_accelerator(view, part, whole); }, out);
        } else if (shelf == Shelf::systems) {
          add_or_note(
              catalogue.system(id), [&](const System& built) { list_system(view, built); }, out);
        } else if (shelf == Shelf::fabrics) {
          add_or_note(
              catalogue.fabric(id),
              [&](const Fabric& link) {
                add_row(view, headings(shelf),
                        {link.id, link.name, link.kind, link.topology, cell(link.bandwidth),
                         cell(link.latency)});
              },
              out);
        } else if (shelf == Shelf::sites) {
          add_or_note(
              catalogue.site(id),
              [&](const Site& site) {
                add_row(view, headings(shelf),
                        {site.id, site.name, cell(site.carbon_intensity),
                         cell(site.electricity_price), site.carbon_method});
              },
              out);
        } else if (shelf == Shelf::models) {
          list_model(view, whole);
        } else {
          add_row(view, headings(shelf), {id, member_text(whole, "name")});
        }
      },
      out);
}

/// "23.3 TB/s", "1.8 kW to 2.5 kW" or "2.2 kW (1.8 kW to 2.5 kW)" as the file writes them.
std::string figure_text(const Value& figure) {
  const Value* value = figure.find("value");
  const Value* low = figure.find("low");
  const Value* high = figure.find("high");
  std::string range;
  if (low != nullptr && high != nullptr) range = scalar_text(*low) + " to " + scalar_text(*high);
  if (value == nullptr) return range;
  return range.empty() ? scalar_text(*value) : scalar_text(*value) + " (" + range + ")";
}

void show_members(const Value& value, const std::string& path, bool with_sources, TextTable& table,
                  std::set<std::string>& sources) {
  for (const auto& [key, inner] : *value.table()) {
    const std::string name = path.empty() ? key : path + "." + key;
    if (inner.table() == nullptr) {
      table.row({name, scalar_text(inner)});
      if (name == "source" && inner.text() != nullptr) sources.insert(*inner.text());
    } else if (inner.find("value") == nullptr && inner.find("low") == nullptr) {
      show_members(inner, name, with_sources, table, sources);
    } else {
      const auto part = [&inner = inner](std::string_view which) {
        return member_text(inner, which);
      };
      std::vector<std::string> row{name, figure_text(inner), part("status")};
      if (with_sources) row.push_back(part("source"));
      row.push_back(part("note") == "-" ? "" : part("note"));
      table.row(std::move(row));
      sources.insert(part("source"));
    }
  }
}

void add_sources(const Catalogue& catalogue, const std::set<std::string>& lists,
                 CatalogueView& view) {
  std::set<std::string> keys;
  for (const std::string& list : lists) {
    for (std::size_t begin = 0; begin < list.size();) {
      const std::size_t end = std::min(list.find(", ", begin), list.size());
      keys.insert(list.substr(begin, end - begin));
      begin = end + 2;
    }
  }
  Value sources{Table{}};
  for (const std::string& key : keys) {
    const Result<Source> source = catalogue.source(key);
    if (!source) continue;  // a reader's own file may name a source of its own
    const std::string where = source->url.empty() ? source->title : source->url;
    view.remarks.push_back(fmt::format("[{}] {} ({})", key, where, source->read));
    sources.set(
        key, Value().set("url", source->url).set("title", source->title).set("read", source->read));
  }
  view.json.set("sources", std::move(sources));
}

/// Where the name is a path (then it leads to one file on every shelf), that file.
std::optional<std::filesystem::path> file_of_path(const Catalogue& catalogue,
                                                  std::string_view name) {
  const Result<Found> part = catalogue.find(Shelf::hardware, name);
  const Result<Found> price = catalogue.find(Shelf::prices, name);
  if (!part || !price || part->file != price->file) return std::nullopt;
  return part->file;
}

}  // namespace

std::string to_text(const CatalogueView& view, PageStyle style) {
  std::string text = view.table.text(style);
  for (const std::string& remark : view.remarks) text += remark + '\n';
  return text;
}

Result<Shelf> shelf_named(std::string_view word) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < kShelfCount; ++i) {
    const std::string noun(kShelfNouns[i]);
    for (const std::string& name : {std::string(kShelfFolders[i]), noun, noun + "s"}) {
      if (name == word) return static_cast<Shelf>(i);
    }
    words.push_back(i == 0 ? "accelerators" : std::string(kShelfFolders[i]));
  }
  return problem(fmt::format("unknown part of the catalogue '{}'", word),
                 name_suggestion(word, words));
}

Result<CatalogueView> list_shelf(const Catalogue& catalogue, Shelf shelf) {
  CatalogueView view{TextTable(headings(shelf)), {}, Value(Array{})};
  Diagnostics out;
  for (const std::string& id : catalogue.ids(shelf)) list_entry(catalogue, shelf, id, view, out);
  if (!out.empty()) return out;
  return view;
}

Result<Shelf> shelf_holding(const Catalogue& catalogue, std::string_view name) {
  const std::string id = split_edition(name).name;
  for (std::size_t i = 0; i < kShelfCount; ++i) {
    const std::vector<std::string>& ids = catalogue.ids(static_cast<Shelf>(i));
    if (std::binary_search(ids.begin(), ids.end(), id)) return static_cast<Shelf>(i);
  }
  if (const auto file = file_of_path(catalogue, name)) return shelf_of_file(*file);
  Diagnostics out;
  for (std::size_t i = 0; i < kShelfCount; ++i) {
    const Result<Found> found = catalogue.find(static_cast<Shelf>(i), name);
    if (found) return static_cast<Shelf>(i);
    out.insert(out.end(), found.problems().begin(), found.problems().end());
  }
  Diagnostics near;
  for (const Diagnostic& diagnostic : out) {
    if (diagnostic.fix.starts_with("did you mean")) near.push_back(diagnostic);
  }
  if (!near.empty()) return near;
  return problem(fmt::format("nothing in the catalogue is called '{}'", name),
                 "see polyfleet catalogue list accelerators|systems|fabrics|models|sites|prices");
}

Result<CatalogueView> show_entry(const Catalogue& catalogue, std::string_view name,
                                 bool with_sources) {
  const Result<Shelf> shelf = shelf_holding(catalogue, name);
  if (!shelf) return shelf.problems();
  const Result<Value> document = catalogue.document(*shelf, name);
  if (!document) return document.problems();
  // Reading it as what it is finds every fault of the file.
  Diagnostics out;
  const auto check = [&](const auto& read) {
    add_or_note(
        read, [](const auto&) {}, out);
  };
  if (*shelf == Shelf::hardware) check(catalogue.accelerator(name));
  if (*shelf == Shelf::systems) check(catalogue.system(name));
  if (*shelf == Shelf::fabrics) check(catalogue.fabric(name));
  if (*shelf == Shelf::sites) check(catalogue.site(name));
  if (const auto file = file_of_path(catalogue, name); file && *shelf == Shelf::models)
    check(load_model(*file));
  if (!out.empty()) return out;
  std::vector<std::string> titles{"key", "value", "status"};
  if (with_sources) titles.emplace_back("source");
  titles.emplace_back("note");
  CatalogueView view{TextTable(std::move(titles)), {}, *document};
  view.json.set("shelf", kShelfNouns[static_cast<std::size_t>(*shelf)]);
  std::set<std::string> sources;
  show_members(*document, "", with_sources, view.table, sources);
  const Result<Found> found = catalogue.find(*shelf, name);
  const Result<Value> whole = read_document(found->file.string());
  if (whole) {
    for (const std::string& edition : editions_of(*whole))
      view.remarks.push_back(
          fmt::format("edition @{}: {}", edition, edition_description(*whole, edition)));
  }
  if (with_sources) add_sources(catalogue, sources, view);
  return view;
}

}  // namespace polyfleet
