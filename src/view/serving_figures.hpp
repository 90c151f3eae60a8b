// What the pages of serving answers share: units that read well, names of columns that stay
// apart, and where the figures of an engine on its part come from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.hpp"
#include "chart/figure.hpp"
#include "report/serving_answer.hpp"
#include "serving/latency_histogram.hpp"

namespace polyfleet {

/// A number in base units divided by `scale` is one in `unit`.
struct ShownUnit {
  double scale = 1;
  std::string unit;
};
/// For latencies up to this many seconds: us, ms, s, min or h.
ShownUnit latency_unit(double greatest);
/// For a course of this many seconds: s, min, h or days.
ShownUnit course_unit(double seconds);

/// Names of one table's columns: one that is taken gets a number.
class ColumnNames {
 public:
  std::string add(std::string name);

 private:
  std::vector<std::string> taken_;
};

/// "1.23 s"; "none" for 0.
std::string latency_text(double seconds);

/// A table of percentiles, a row for each name: mean, p50, p90, p95, p99, greatest in one unit.
class PercentileRows {
 public:
  void add(std::string of, std::string name, const LatencySummary& summary);
  bool empty() const { return rows_.empty(); }
  DataTable table() const;

 private:
  struct Row {
    std::string of, name;
    LatencySummary summary;
  };
  std::vector<Row> rows_;
};

/// Where the catalogue's figures of this part stand (each source once, in order).
std::vector<FigureSource> part_sources(const Accelerator& part, const Catalogue& catalogue);
/// The same of several engines, and the engines' own defaults.
std::vector<FigureSource> engine_sources(const std::vector<const ResolvedEngine*>& engines,
                                         const Catalogue& catalogue);
void append_source(std::vector<FigureSource>& sources, FigureSource source);
/// The sources of a figure, "sxm_ds, ix_const", each once; a key that is none stands as it is.
void append_source_keys(std::vector<FigureSource>& sources, std::string_view keys,
                        const Catalogue& catalogue);

/// What a cost of this part is made of, as one sentence.
std::string price_sentence(const ResolvedEngine& served);

}  // namespace polyfleet
