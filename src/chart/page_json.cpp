// Pages as JSON: one field table a type, so that writing and reading cannot disagree.
#include <cmath>
#include <limits>
#include <type_traits>

#include "chart/html_page.hpp"
#include "chart/svg.hpp"
#include "config/fields.hpp"

namespace polyfleet {
namespace {

constexpr double kLargestExactWhole = 9007199254740992;  // 2^53
constexpr std::string_view kInfinity = "Infinity", kMinusInfinity = "-Infinity";

/// JSON has no NaN and no infinities: null and these words stand for them.
Value value_of(double number) {
  if (std::isnan(number)) return {};
  if (std::isinf(number)) return number > 0 ? kInfinity : kMinusInfinity;
  if (number == std::trunc(number) && std::fabs(number) <= kLargestExactWhole &&
      !(number == 0 && std::signbit(number)))
    return static_cast<std::int64_t>(number);
  return number;
}

void read_number(const Value& value, std::string_view key, double& into, Diagnostics& out) {
  if (value.is_null()) {
    into = std::numeric_limits<double>::quiet_NaN();
  } else if (value.text() != nullptr && *value.text() == kInfinity) {
    into = std::numeric_limits<double>::infinity();
  } else if (value.text() != nullptr && *value.text() == kMinusInfinity) {
    into = -std::numeric_limits<double>::infinity();
  } else if (const auto number = detail::read_number(value, {}, false, key, out)) {
    into = *number;
  }
}

template <class T>
Field<T> any_number(std::string key, double T::*member) {
  return {key,
          "number",
          {},
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            read_number(value, key, into.*member, out);
          },
          [=](const T& from) { return value_of(from.*member); }};
}

/// A list of tables, each read by `fields`.
template <class T, class M>
Field<T> tables(std::string key, std::vector<M> T::*member, FieldTable<M> fields) {
  return {key,
          "list of tables",
          {},
          false,
          [=](T& into, const Value& value, Diagnostics& out) {
            const Array* elements = value.array();
            if (elements == nullptr) return detail::not_an_array(value, key, out);
            std::vector<M> read(elements->size());
            for (std::size_t i = 0; i < read.size(); ++i)
              read_fields((*elements)[i], fields, read[i], key, out);
            into.*member = std::move(read);
          },
          [=](const T& from) {
            Array elements;
            for (const M& element : from.*member) elements.push_back(print_fields(fields, element));
            return Value(std::move(elements));
          }};
}

template <class T>
Field<T> words(std::string key, std::string T::*member) {
  return text_field(std::move(key), member, {});
}

template <class T>
Field<T> flag(std::string key, bool T::*member) {
  return bool_field(std::move(key), member, {});
}

template <class T>
Field<T> scale(std::string key, AxisScale T::*member) {
  return choice_field<T, AxisScale>(
      std::move(key), member,
      {{"linear", AxisScale::linear}, {"logarithmic", AxisScale::logarithmic}}, {});
}

/// The values of a column: texts for words, else numbers.
Field<DataColumn> values_field() {
  return {"values",
          "list",
          {},
          true,
          [](DataColumn& into, const Value& value, Diagnostics& out) {
            const Array* elements = value.array();
            if (elements == nullptr) return detail::not_an_array(value, "values", out);
            for (const Value& element : *elements) {
              if (into.kind == ColumnKind::word) {
                if (auto text = detail::read_text(element, "values", out))
                  into.words.push_back(std::move(*text));
              } else {
                read_number(element, "values", into.numbers.emplace_back(), out);
              }
            }
          },
          [](const DataColumn& from) {
            Array elements;
            if (from.kind == ColumnKind::word) {
              for (const std::string& word : from.words) elements.push_back(Value(word));
            } else {
              for (const double number : from.numbers) elements.push_back(value_of(number));
            }
            return Value(std::move(elements));
          }};
}

/// `values` stands last: the kind says how to read them.
FieldTable<DataColumn> column_fields() {
  return {
      required(words("name", &DataColumn::name)), words("unit", &DataColumn::unit),
      required(choice_field<DataColumn, ColumnKind>(
          "kind", &DataColumn::kind,
          {{"number", ColumnKind::number}, {"date", ColumnKind::date}, {"word", ColumnKind::word}},
          {})),
      values_field()};
}

FieldTable<BarChart> chart_fields(const BarChart&) {
  return {words("category", &BarChart::category), text_list_field("values", &BarChart::values, {}),
          flag("stacked", &BarChart::stacked),    flag("horizontal", &BarChart::horizontal),
          words("low", &BarChart::low),           words("high", &BarChart::high),
          scale("scale", &BarChart::scale),       words("limit", &BarChart::limit)};
}

FieldTable<LineChart> chart_fields(const LineChart&) {
  const FieldTable<Band> band{words("low", &Band::low), words("high", &Band::high),
                              words("label", &Band::label)};
  return {words("x", &LineChart::x),
          text_list_field("values", &LineChart::values, {}),
          flag("stacked_area", &LineChart::stacked_area),
          flag("steps", &LineChart::steps),
          tables("bands", &LineChart::bands, band),
          scale("x_scale", &LineChart::x_scale),
          scale("y_scale", &LineChart::y_scale),
          any_number("limit", &LineChart::limit),
          words("limit_label", &LineChart::limit_label)};
}

FieldTable<ScatterChart> chart_fields(const ScatterChart&) {
  return {words("x", &ScatterChart::x),
          words("y", &ScatterChart::y),
          words("group", &ScatterChart::group),
          words("label", &ScatterChart::label),
          words("low", &ScatterChart::low),
          words("high", &ScatterChart::high),
          flag("identity", &ScatterChart::identity),
          words("joined", &ScatterChart::joined),
          scale("x_scale", &ScatterChart::x_scale),
          scale("y_scale", &ScatterChart::y_scale),
          any_number("limit", &ScatterChart::limit),
          words("limit_label", &ScatterChart::limit_label)};
}

FieldTable<SpanChart> chart_fields(const SpanChart&) {
  return {words("lane", &SpanChart::lane), words("begin", &SpanChart::begin),
          words("end", &SpanChart::end), words("kind", &SpanChart::kind),
          words("group", &SpanChart::group)};
}

FieldTable<TornadoChart> chart_fields(const TornadoChart&) {
  return {words("name", &TornadoChart::name), words("low", &TornadoChart::low),
          words("high", &TornadoChart::high), any_number("base", &TornadoChart::base),
          words("base_label", &TornadoChart::base_label)};
}

/// The chart as a table with one member, named for the kind of chart; null = none.
Value chart_value(const Chart& chart) {
  const auto named = [](std::string name, const auto& one) {
    return Value(Table{{std::move(name), print_fields(chart_fields(one), one)}});
  };
  if (const auto* bars = std::get_if<BarChart>(&chart)) return named("bars", *bars);
  if (const auto* lines = std::get_if<LineChart>(&chart)) return named("lines", *lines);
  if (const auto* scatter = std::get_if<ScatterChart>(&chart)) return named("scatter", *scatter);
  if (const auto* spans = std::get_if<SpanChart>(&chart)) return named("spans", *spans);
  if (const auto* tornado = std::get_if<TornadoChart>(&chart)) return named("tornado", *tornado);
  return {};
}

template <class T>
Chart chart_from(const Value& value, std::string_view kind, Diagnostics& out) {
  T chart;
  read_fields(value, chart_fields(chart), chart, kind, out);
  return chart;
}

void read_chart(PageFigure& into, const Value& value, Diagnostics& out) {
  if (value.is_null()) return;
  const Table* members = value.table();
  if (members == nullptr) return detail::not_a_table(value, "chart", out);
  if (members->size() != 1) {
    out.push_back(problem_at(value.where(), "a chart has one member, named for its kind"));
    return;
  }
  const auto& [kind, inner] = members->front();
  if (kind == "bars") {
    into.chart = chart_from<BarChart>(inner, kind, out);
  } else if (kind == "lines") {
    into.chart = chart_from<LineChart>(inner, kind, out);
  } else if (kind == "scatter") {
    into.chart = chart_from<ScatterChart>(inner, kind, out);
  } else if (kind == "spans") {
    into.chart = chart_from<SpanChart>(inner, kind, out);
  } else if (kind == "tornado") {
    into.chart = chart_from<TornadoChart>(inner, kind, out);
  } else {
    detail::unknown_key(kind, inner, {"bars", "lines", "scatter", "spans", "tornado"}, out);
  }
}

/// Pictures are drawn anew from what was read: their text in a document is not looked at.
Field<PageFigure> drawn_field(std::string key, std::function<std::string(const PageFigure&)> draw) {
  return {std::move(key),
          "text",
          {},
          false,
          [](PageFigure&, const Value&, Diagnostics&) {},
          [draw = std::move(draw)](const PageFigure& figure) { return Value(draw(figure)); }};
}

FieldTable<PageFigure> figure_fields(bool with_svg) {
  FieldTable<PageFigure> fields{
      required(words("id", &PageFigure::id)),
      required(words("title", &PageFigure::title)),
      words("reading", &PageFigure::reading),
      {"chart",
       "table",
       {},
       false,
       read_chart,
       [](const PageFigure& figure) { return chart_value(figure.chart); }},
      {"columns",
       "list of tables",
       {},
       true,
       [inner = tables("columns", &DataTable::columns, column_fields())](
           PageFigure& into, const Value& value, Diagnostics& out) {
         inner.read(into.data, value, out);
       },
       [inner = tables("columns", &DataTable::columns, column_fields())](const PageFigure& figure) {
         return inner.print(figure.data);
       }},
      text_list_field("assumptions", &PageFigure::assumptions, {}),
      tables("sources", &PageFigure::sources,
             {words("name", &FigureSource::name), words("address", &FigureSource::address)})};
  if (with_svg) {
    fields.push_back(drawn_field("svg", [](const PageFigure& figure) { return svg_of(figure); }));
    fields.push_back(drawn_field("html", figure_html));
  }
  return fields;
}

FieldTable<FigurePage> page_fields(bool with_svg) {
  const FieldTable<PageFact> fact{words("label", &PageFact::label),
                                  words("value", &PageFact::value), words("note", &PageFact::note)};
  const FieldTable<FigureSection> section{
      words("title", &FigureSection::title),
      tables("figures", &FigureSection::figures, figure_fields(with_svg))};
  return {required(words("title", &FigurePage::title)), words("subtitle", &FigurePage::subtitle),
          tables("facts", &FigurePage::facts, fact),
          text_list_field("notices", &FigurePage::notices, {}),
          required(tables("sections", &FigurePage::sections, section))};
}

}  // namespace

Value page_json(const FigurePage& page, bool with_svg) {
  return print_fields(page_fields(with_svg), page);
}

Result<FigurePage> page_from_json(const Value& document) {
  FigurePage page;
  Diagnostics problems;
  read_fields(document, page_fields(true), page, "page", problems);
  if (!problems.empty()) return problems;
  return page;
}

}  // namespace polyfleet
