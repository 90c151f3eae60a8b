#include "view/catalogue_shelf.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "view/serving_figures.hpp"

namespace polyfleet {
namespace {

constexpr double kTeraInBase = 1e12, kGigaInBase = 1e9;

/// A number without a source of its own.
Stated plain_number(double value) {
  Stated found;
  found.value = found.low = found.high = value;
  found.text = fmt::format("{:g}", value);
  return found;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The first "2025", "2025-06" or "2025-06-12" of a text as a year with its part, the middle of
/// what is not said; nothing where there is none.
Stated year_of(const std::string& text) {
  constexpr double kMonths = 12, kDaysAMonth = 30.4375, kDaysAYear = 365.25;
  const auto digits = [&](std::size_t at, std::size_t count) {
    if (at + count > text.size()) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      if (!is_digit(text[i])) return -1;
      value = 10 * value + (text[i] - '0');
    }
    return value;
  };
  for (std::size_t at = 0; at + 4 <= text.size(); ++at) {
    const int year = digits(at, 4);
    if (year < 1990 || year > 2100 || (at > 0 && is_digit(text[at - 1]))) continue;
    const int month = at + 4 < text.size() && text[at + 4] == '-' ? digits(at + 5, 2) : -1;
    const int day =
        month > 0 && at + 7 < text.size() && text[at + 7] == '-' ? digits(at + 8, 2) : -1;
    double part = 0.5;
    if (month >= 1 && month <= 12)
      part = day >= 1 ? (month - 1) / kMonths + (std::min(day, 30) - 0.5) / kDaysAYear
                      : (month - 1) / kMonths + kDaysAMonth / 2 / kDaysAYear;
    Stated found = plain_number(year + part);
    found.text = text;
    return found;
  }
  return {};
}

ShelfEntry accelerator_entry(const Accelerator& part) {
  const auto peak = [&](Dtype dtype) {
    return stated(part.peak[static_cast<std::size_t>(dtype)], kTeraInBase);
  };
  return {part.id,
          part.name,
          part.vendor,
          {year_of(part.announced), stated(part.memory, kGigaInBase),
           stated(part.memory_bandwidth, kTeraInBase),
           stated(part.dense_peak(Dtype::bf16), kTeraInBase), peak(Dtype::fp8), peak(Dtype::nvfp4),
           stated(part.tdp, 1)}};
}

ShelfEntry system_entry(const System& system, const Catalogue& catalogue) {
  const Result<Accelerator> part = catalogue.accelerator_of(system);
  return {system.id,
          system.name,
          part ? part->vendor : "unknown",
          {plain_number(system.scale_up_domain), stated(system.scale_up_rate, kGigaInBase),
           stated(system.scale_out_rate, kGigaInBase), stated(system.all_in_power, 1),
           stated(system.rental, 1.0 / 3600)}};
}

/// A count of a model's file, in units of `unit`.
Stated counted_number(const Value& document, std::string_view table, std::string_view key,
                      double unit) {
  const Value* value = table.empty() ? &document : document.find(table);
  if (value != nullptr) value = value->find(key);
  return value == nullptr || !value->number() ? Stated() : plain_number(*value->number() / unit);
}

ShelfEntry model_entry(const std::string& id, const Value& document) {
  const auto text = [&](std::string_view key) {
    const Value* value = document.find(key);
    return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
  };
  return {id,
          text("name"),
          text("kind"),
          {counted_number(document, "parameters", "total", kGigaInBase),
           counted_number(document, "parameters", "active", kGigaInBase),
           counted_number(document, "", "layers", 1), counted_number(document, "", "hidden", 1),
           counted_number(document, "", "max_context", 1)}};
}

std::vector<ShelfQuantity> quantities_of(Shelf shelf) {
  switch (shelf) {
    case Shelf::hardware:
      return {{"announced", "year"},     {"memory", "GB"},   {"memory bandwidth", "TB/s"},
              {"dense bf16", "TFLOP/s"}, {"fp8", "TFLOP/s"}, {"nvfp4", "TFLOP/s"},
              {"design power", "W"}};
    case Shelf::systems:
      return {{"scale-up domain", ""},
              {"scale-up rate", "GB/s"},
              {"scale-out rate", "GB/s"},
              {"all-in power", "W"},
              {"rental", "USD/h"}};
    case Shelf::fabrics:
      return {{"rate", "GB/s"}, {"latency", "us"}};
    case Shelf::models:
      return {{"parameters", "billion"},
              {"active parameters", "billion"},
              {"layers", ""},
              {"hidden", ""},
              {"context", "tokens"}};
    case Shelf::sites:
      return {{"electricity", "USD/MWh"}, {"carbon", "gCO2e/kWh"}, {"carbon-free purchases", "%"}};
    case Shelf::prices:
      break;
  }
  return {};
}

std::string group_name_of(Shelf shelf) {
  switch (shelf) {
    case Shelf::hardware:
    case Shelf::systems:
      return "vendor";
    case Shelf::sites:
      return "method";
    case Shelf::fabrics:
    case Shelf::models:
    case Shelf::prices:
      break;
  }
  return "kind";
}

Result<ShelfEntry> entry_of(const Catalogue& catalogue, Shelf shelf, const std::string& id) {
  if (shelf == Shelf::hardware) {
    const auto part = catalogue.accelerator(id);
    if (!part) return part.problems();
    return accelerator_entry(*part);
  }
  if (shelf == Shelf::systems) {
    const auto system = catalogue.system(id);
    if (!system) return system.problems();
    return system_entry(*system, catalogue);
  }
  if (shelf == Shelf::fabrics) {
    const auto link = catalogue.fabric(id);
    if (!link) return link.problems();
    return ShelfEntry{link->id,
                      link->name,
                      link->kind,
                      {stated(link->bandwidth, kGigaInBase), stated(link->latency, 1e-6)}};
  }
  if (shelf == Shelf::sites) {
    const auto site = catalogue.site(id);
    if (!site) return site.problems();
    Stated free;
    if (site->carbon_free_share) free = plain_number(100 * site->carbon_free_share->value);
    return ShelfEntry{site->id,
                      site->name,
                      site->carbon_method,
                      {stated(site->electricity_price, joule / megawatt_hour),
                       stated(site->carbon_intensity, gram_co2e_per_kilowatt_hour.base()), free}};
  }
  const auto document = catalogue.document(shelf, id);
  if (!document) return document.problems();
  ShelfEntry entry = model_entry(id, *document);
  if (shelf == Shelf::prices) entry.figures.clear();
  return entry;
}

/// The weaker of two statements, as in kStatusNames; none = nothing is said.
std::string weaker_statement(const std::string& a, const std::string& b) {
  const auto place = [](const std::string& status) {
    return status.empty() ? kStatusNames.begin() - 1
                          : std::find(kStatusNames.begin(), kStatusNames.end(), status);
  };
  return place(a) < place(b) ? b : a;
}

}  // namespace

ComparedShelf compared_shelf(const Catalogue& catalogue, Shelf shelf) {
  ComparedShelf compared{group_name_of(shelf), quantities_of(shelf), {}, {}};
  for (const std::string& id : catalogue.ids(shelf)) {
    Result<ShelfEntry> entry = entry_of(catalogue, shelf, id);
    if (entry) {
      if (entry->group.empty()) entry->group = "not said";
      compared.entries.push_back(*std::move(entry));
    } else {
      Diagnostics& all = compared.problems;
      all.insert(all.end(), entry.problems().begin(), entry.problems().end());
    }
  }
  return compared;
}

std::vector<ShelfPair> shelf_pairs(Shelf shelf) {
  switch (shelf) {
    case Shelf::hardware:
      return {{"compute_bandwidth", "Compute against memory bandwidth",
               "Further right is faster memory, further up more dense bf16 (or, without that, the "
               "next wider format's) compute; along a diagonal the operations per byte are the "
               "same.",
               2, 3},
              {"memory_power", "Memory against design power",
               "Further up holds more, further left draws less.", 6, 1},
              {"bandwidth_by_year", "Memory bandwidth by announcement",
               "Each point is a part at the first date that its file names.", 0, 2},
              {"compute_by_year", "Dense compute by announcement",
               "Each point is a part at the first date that its file names.", 0, 3}};
    case Shelf::systems:
      return {{"links", "Links inside and outside the scale-up domain",
               "Per accelerator, one direction; further up is faster inside, further right "
               "outside.",
               2, 1}};
    case Shelf::models:
      return {{"parameters", "All parameters against those that a token uses",
               "Dense models lie on the diagonal, mixtures of experts below it.", 0, 1}};
    case Shelf::sites:
      return {{"price_carbon", "What power costs and emits where",
               "Cheap power is left, clean power below.", 0, 1, AxisScale::linear}};
    case Shelf::fabrics:
      return {{"rate_latency", "Rate against latency", "Further up is faster, further left sooner.",
               1, 0}};
    case Shelf::prices:
      break;
  }
  return {};
}

PageFigure pair_figure(const ComparedShelf& shelf, const ShelfPair& pair, const std::string& marked,
                       const Catalogue& catalogue) {
  PageFigure figure{.id = pair.id, .title = pair.title};
  const ShelfQuantity &along = shelf.quantities[pair.x], &up = shelf.quantities[pair.y];
  std::vector<std::string> ids, names, groups, said_x, said_y, missing;
  std::vector<double> x, y;
  for (const ShelfEntry& entry : shelf.entries) {
    const Stated &across = entry.figures[pair.x], &upward = entry.figures[pair.y];
    if (!across.known() || !upward.known()) {
      missing.push_back(entry.id);
      continue;
    }
    ids.push_back(entry.id);
    names.push_back(entry.name);
    groups.push_back(marked.empty() ? entry.group : entry.id == marked ? marked : "others");
    x.push_back(across.value);
    y.push_back(upward.value);
    said_x.push_back(across.status);
    said_y.push_back(upward.status);
    append_source_keys(figure.sources, across.source, catalogue);
    append_source_keys(figure.sources, upward.source, catalogue);
  }
  figure.reading =
      fmt::format("{} {} of {} entries are drawn.", pair.reading, ids.size(), shelf.entries.size());
  if (!missing.empty())
    figure.assumptions.push_back(
        fmt::format("Not drawn, as one of the two figures is not "
                    "published: {}.",
                    fmt::join(missing, ", ")));
  const bool years = along.unit == "year";
  if (years)
    figure.assumptions.emplace_back(
        "A date without a day stands at the middle of its month, one without a month at the middle "
        "of its year.");
  const std::string group = marked.empty() ? shelf.group_name : "entry is";
  figure.chart = ScatterChart{.x = along.name,
                              .y = up.name,
                              .group = group,
                              .label = "id",
                              .x_scale = years ? AxisScale::linear : pair.scale,
                              .y_scale = pair.scale};
  figure.data.word("id", std::move(ids))
      .word("name", std::move(names))
      .word(group, std::move(groups))
      .number(along.name, along.unit, std::move(x))
      .number(up.name, up.unit, std::move(y))
      .word(along.name + " stated as", std::move(said_x))
      .word(up.name + " stated as", std::move(said_y));
  return figure;
}

PageFigure shelf_table(const ComparedShelf& shelf, const Catalogue& catalogue) {
  PageFigure figure{.id = "shelf", .title = "The shelf"};
  figure.reading =
      "An empty cell is not published. \"Weakest\": the least sure of the row's statements.";
  std::vector<std::string> ids, names, groups, weakest, keys;
  for (const ShelfEntry& entry : shelf.entries) {
    ids.push_back(entry.id);
    names.push_back(entry.name);
    groups.push_back(entry.group);
    std::string status;
    std::vector<FigureSource> own;
    for (const Stated& each : entry.figures) {
      status = weaker_statement(status, each.status);
      append_source_keys(own, each.source, catalogue);
    }
    weakest.push_back(status);
    std::string titles;
    for (FigureSource& source : own) {
      titles += (titles.empty() ? "" : "; ") + source.name;
      append_source(figure.sources, std::move(source));
    }
    keys.push_back(std::move(titles));
  }
  figure.data.word("id", std::move(ids)).word("name", std::move(names));
  figure.data.word(shelf.group_name, std::move(groups));
  for (std::size_t i = 0; i < shelf.quantities.size(); ++i) {
    std::vector<double> column;
    for (const ShelfEntry& entry : shelf.entries) column.push_back(entry.figures[i].value);
    figure.data.number(shelf.quantities[i].name, shelf.quantities[i].unit, std::move(column));
  }
  figure.data.word("weakest", std::move(weakest)).word("sources", std::move(keys));
  return figure;
}

}  // namespace polyfleet
