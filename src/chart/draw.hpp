// One function a kind of chart; svg.cpp calls them. Columns that are missing or of another kind are
// drawn as empty charts: page_faults names them.
#pragma once

#include "chart/figure.hpp"
#include "chart/frame.hpp"

namespace polyfleet {

void draw_chart(Drawing& drawing, const BarChart& chart, const DataTable& data);
void draw_chart(Drawing& drawing, const LineChart& chart, const DataTable& data);
void draw_chart(Drawing& drawing, const ScatterChart& chart, const DataTable& data);
void draw_chart(Drawing& drawing, const SpanChart& chart, const DataTable& data);
void draw_chart(Drawing& drawing, const TornadoChart& chart, const DataTable& data);

/// Columns of numbers or dates by name, those that are not there left out.
std::vector<const DataColumn*> number_columns(const DataTable& data,
                                              const std::vector<std::string>& names);
/// The column if it holds numbers (or dates) / words, else null pointer.
const DataColumn* number_column(const DataTable& data, const std::string& name);
const DataColumn* word_column(const DataTable& data, const std::string& name);

/// The title of an axis that several columns share: the name of the only one, else nothing.
std::string shared_name(const std::vector<const DataColumn*>& columns);

}  // namespace polyfleet
