// A figure: one question answered by one picture with its data, what was assumed and where the
// numbers come from. Views (src/view) make figures from answers; chart/svg.hpp draws them,
// chart/html_page.hpp puts them on a page. A chart names columns of the figure's table.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chart/data_table.hpp"

namespace polyfleet {

enum class AxisScale { linear, logarithmic };

/// Bars of one value column, or several side by side or stacked, for each word of `category`.
struct BarChart {
  std::string category = {};
  std::vector<std::string> values = {};
  bool stacked = false;
  bool horizontal = false;  ///< for long category names
  /// Ends of an interval on each bar; columns; only with one value column. Empty = none.
  std::string low = {}, high = {};
  AxisScale scale = AxisScale::linear;
  /// Number column: a dashed rule across each row's bars at what they must stay below (a capacity,
  /// a bound), in the unit of the values; unknown where the row has none. Empty = no rules. The
  /// legend names it.
  std::string limit = {};
};

/// A shaded interval around or beside lines: two columns of the table.
struct Band {
  std::string low, high;
  std::string label = {};  ///< "5 to 95 % of futures"
};

/// Lines over a number or date column, or areas stacked on each other.
struct LineChart {
  std::string x = {};
  std::vector<std::string> values = {};
  bool stacked_area = false;
  bool steps = false;  ///< a value holds until the next x (queues, allocations)
  std::vector<Band> bands = {};
  AxisScale x_scale = AxisScale::linear, y_scale = AxisScale::linear;
  /// A rule across the plot, as a limit or a capacity, with its label. Empty label = none.
  double limit = 0;
  std::string limit_label = {};
};

/// Points of two number columns, coloured by a word column.
struct ScatterChart {
  std::string x, y;
  std::string group = {};           ///< word column: vendor, family; empty = one colour
  std::string label = {};           ///< word column shown when a point is pointed at; empty = none
  std::string low = {}, high = {};  ///< interval of y; empty = none
  bool identity = false;            ///< the line y = x: predicted against measured
  std::string joined = {};  ///< number column: points with 1 are joined in order of x (a front)
  AxisScale x_scale = AxisScale::linear, y_scale = AxisScale::linear;
  /// A rule at this y, as a bound of latency, with its label. Empty label = none.
  double limit = 0;
  std::string limit_label = {};
};

/// Spans of time on lanes: a pipeline, phases of a rollout.
struct SpanChart {
  std::string lane = {};   ///< word column; lanes in order of first appearance
  std::string begin, end;  ///< number or date columns
  std::string kind = {};   ///< word column: colour and legend
  /// Word column: each lane begins with a mark in the colour of its first span's word (a vendor);
  /// an empty word has no mark. Empty = no marks.
  std::string group = {};
};

/// What moves the answer: for each word of `name` the answer at the low and the high end of an
/// input, around the base answer; drawn in the table's order.
struct TornadoChart {
  std::string name = {};
  std::string low, high;  ///< number columns: the answer, in the unit of `low`
  double base = 0;
  std::string base_label = {};
};

/// std::monostate: the table is the figure.
using Chart =
    std::variant<std::monostate, BarChart, LineChart, ScatterChart, SpanChart, TornadoChart>;

struct FigureSource {
  std::string name = {};     ///< "Meta, The Llama 3 Herd of Models, table 4"
  std::string address = {};  ///< https address or empty
};

/// One picture of a page. (A published figure of the catalogue is Figure<Q>, catalogue/figure.hpp.)
struct PageFigure {
  std::string id = {};       ///< unique on its page: [a-z0-9_]+; anchor and name of its CSV
  std::string title = {};    ///< "Where a step's time goes"
  std::string reading = {};  ///< one to three sentences: how to read it and what it shows here
  Chart chart = {};
  DataTable data = {};
  std::vector<std::string> assumptions = {};  ///< each a sentence
  std::vector<FigureSource> sources = {};
};

/// A number that heads a page.
struct PageFact {
  std::string label = {};  ///< "step time"
  std::string value = {};  ///< "7.68 s (7.1 to 8.3)"
  std::string note = {};   ///< "90 % interval"; may be empty
};

struct FigureSection {
  std::string title = {};
  std::vector<PageFigure> figures = {};
};

/// One answer as pictures. `notices`: what limits the answer, most important first.
struct FigurePage {
  std::string title = {};     ///< "Llama 3.1 405B on 128 H100"
  std::string subtitle = {};  ///< the question in a sentence
  std::vector<PageFact> facts = {};
  std::vector<std::string> notices = {};
  std::vector<FigureSection> sections = {};
};

/// Our own mistakes in a page: two figures of one id, a chart that names a column which is not
/// there or of another kind, columns of unequal length, an empty title. Views' tests check that
/// there are none.
std::vector<std::string> page_faults(const FigurePage& page);

}  // namespace polyfleet
