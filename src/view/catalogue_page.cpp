#include "view/catalogue_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "units/text.hpp"
#include "view/catalogue_stated.hpp"
#include "view/serving_figures.hpp"

namespace polyfleet {
namespace {

/// One quantity of every part.
struct ShownQuantity {
  std::string name, unit;
  std::function<Stated(const ComparedPart&)> of;
};

constexpr double kPeta = 1e15, kTera = 1e12, kGiga = 1e9, kPerHour = 1.0 / 3600;

std::vector<ShownQuantity> compute_rows() {
  std::vector<ShownQuantity> rows;
  for (std::size_t i = 0; i < kDtypeCount; ++i)
    rows.push_back({std::string(kDtypeNames[i]), "PFLOP/s", [i](const ComparedPart& part) {
                      return stated(part.accelerator.peak[i], kPeta);
                    }});
  return rows;
}

std::vector<ShownQuantity> memory_rows() {
  return {{"memory", "GB",
           [](const ComparedPart& part) { return stated(part.accelerator.memory, kGiga); }},
          {"memory bandwidth", "TB/s", [](const ComparedPart& part) {
             return stated(part.accelerator.memory_bandwidth, kTera);
           }}};
}

std::vector<ShownQuantity> link_rows() {
  using A = Accelerator;
  using S = System;
  return {{"scale-up rate", "GB/s",
           [](const ComparedPart& part) {
             return stated(part.of_system(&S::scale_up_rate, &A::scale_up_rate), kGiga);
           }},
          {"scale-out rate", "GB/s", [](const ComparedPart& part) {
             return stated(part.of_system(&S::scale_out_rate, &A::scale_out_rate), kGiga);
           }}};
}

std::vector<ShownQuantity> power_rows() {
  using A = Accelerator;
  using S = System;
  return {{"design power", "W",
           [](const ComparedPart& part) { return stated(part.accelerator.tdp, 1); }},
          {"all-in power", "W", [](const ComparedPart& part) {
             return stated(part.of_system(&S::all_in_power, &A::all_in_power), 1);
           }}};
}

std::vector<ShownQuantity> price_rows() {
  using A = Accelerator;
  using S = System;
  return {
      {"price", "USD",
       [](const ComparedPart& part) { return stated(part.of_system(&S::price, &A::price), 1); }},
      {"rental", "USD/h", [](const ComparedPart& part) {
         return stated(part.of_system(&S::rental, &A::rental), kPerHour);
       }}};
}

/// Columns of one figure's table and where its figures stand.
class PartTable {
 public:
  PartTable(const std::vector<ComparedPart>& parts, const Catalogue& catalogue)
      : parts_(parts), catalogue_(catalogue) {
    ColumnNames taken;
    for (const ComparedPart& part : parts) titles_.push_back(taken.add(part.title()));
  }
  const std::vector<std::string>& titles() const { return titles_; }

  std::vector<Stated> values(const ShownQuantity& row) const {
    std::vector<Stated> values;
    for (const ComparedPart& part : parts_) values.push_back(row.of(part));
    return values;
  }

  /// A sentence for each figure that is less than a specification or a measurement, and the
  /// sources of all.
  void tell(const ShownQuantity& row, PageFigure& figure) const {
    const std::vector<Stated> all = values(row);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!all[i].known()) continue;
      figure.assumptions.push_back(fmt::format("{}, {}: {} ({}){}.", titles_[i], row.name,
                                               all[i].text, all[i].status,
                                               all[i].note.empty() ? "" : "; " + all[i].note));
      append_source_keys(figure.sources, all[i].source, catalogue_);
    }
  }

 private:
  const std::vector<ComparedPart>& parts_;
  const Catalogue& catalogue_;
  std::vector<std::string> titles_;
};

bool any_known(const std::vector<Stated>& values) {
  return std::any_of(values.begin(), values.end(), [](const Stated& one) { return one.known(); });
}

/// Formats along the axis, a bar for each part.
PageFigure compute_figure(const PartTable& table) {
  PageFigure figure;
  figure.id = "compute";
  figure.title = "Dense matrix peak by number format";
  figure.reading =
      "As published for dense products; a gap is a format for which no figure is published. Real "
      "kernels reach less (docs/accuracy.md).";
  std::vector<std::string> formats;
  std::vector<std::vector<double>> peaks(table.titles().size());
  for (const ShownQuantity& row : compute_rows()) {
    const std::vector<Stated> values = table.values(row);
    if (!any_known(values)) continue;
    formats.push_back(row.name);
    for (std::size_t i = 0; i < values.size(); ++i) peaks[i].push_back(values[i].value);
    table.tell(row, figure);
  }
  figure.data.word("format", std::move(formats));
  for (std::size_t i = 0; i < peaks.size(); ++i)
    figure.data.number(table.titles()[i], "PFLOP/s", std::move(peaks[i]));
  figure.chart = BarChart{.category = "format", .values = table.titles()};
  return figure;
}

/// One quantity: a bar for each part, with the range that its source gives.
PageFigure part_figure(const PartTable& table, const ShownQuantity& row) {
  PageFigure figure;
  figure.title = row.name;
  figure.title.front() = static_cast<char>(std::toupper(figure.title.front()));
  for (const char c : row.name) figure.id += c == ' ' || c == '-' ? '_' : c;
  figure.reading = "By part; a range where the source gives one. Who states it: Assumptions.";
  std::vector<double> values, low, high;
  std::vector<std::string> status;
  bool ranged = false;
  for (const Stated& each : table.values(row)) {
    values.push_back(each.value);
    low.push_back(each.low);
    high.push_back(each.high);
    ranged = ranged || each.low < each.high;
    status.push_back(each.known() ? each.status : "not published");
  }
  figure.data.word("part", table.titles()).number(row.name, row.unit, std::move(values));
  figure.data.number("low", row.unit, std::move(low)).number("high", row.unit, std::move(high));
  figure.data.word("stated as", std::move(status));
  BarChart chart{.category = "part", .values = {row.name}, .horizontal = true};
  if (ranged) {
    chart.low = "low";
    chart.high = "high";
  }
  figure.chart = std::move(chart);
  table.tell(row, figure);
  return figure;
}

FigureSection section_of(const PartTable& table, std::string title,
                         const std::vector<ShownQuantity>& rows) {
  FigureSection section{std::move(title), {}};
  for (const ShownQuantity& row : rows) {
    if (any_known(table.values(row))) section.figures.push_back(part_figure(table, row));
  }
  return section;
}

std::string part_text(const ComparedPart& part) {
  std::string text = fmt::format("{} ({})", part.accelerator.name, part.accelerator.vendor);
  if (part.system) text += " in " + part.system->id;
  return text;
}

std::vector<PageFact> facts_of(const std::vector<ComparedPart>& parts) {
  std::vector<PageFact> facts;
  for (const ComparedPart& part : parts) {
    const Accelerator& one = part.accelerator;
    std::string value = one.memory ? print_quantity(one.memory->value) : "memory unknown";
    if (one.memory_bandwidth) value += ", " + print_quantity(one.memory_bandwidth->value);
    facts.push_back({part.title(), std::move(value), part_text(part)});
  }
  return facts;
}

}  // namespace

FigurePage catalogue_page(const std::vector<ComparedPart>& parts, const Catalogue& catalogue) {
  FigurePage page;
  const PartTable table(parts, catalogue);
  for (const std::string& title : table.titles())
    page.title += (page.title.empty() ? "" : ", ") + title;
  page.subtitle = "Parts of the catalogue side by side, as their sources state them";
  page.facts = facts_of(parts);
  for (const ComparedPart& part : parts) {
    if (!part.accelerator.trap.empty())
      page.notices.push_back(part.title() + ": " + part.accelerator.trap);
  }
  if (PageFigure compute = compute_figure(table); compute.data.rows() > 0)
    page.sections.push_back({"Compute", {std::move(compute)}});
  page.sections.push_back(section_of(table, "Memory", memory_rows()));
  page.sections.push_back(section_of(table, "Links", link_rows()));
  page.sections.push_back(section_of(table, "Power", power_rows()));
  page.sections.push_back(section_of(table, "Price", price_rows()));
  std::erase_if(page.sections, [](const FigureSection& each) { return each.figures.empty(); });
  return page;
}

}  // namespace polyfleet
