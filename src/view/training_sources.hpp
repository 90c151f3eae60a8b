// What the figures of a training answer rest on: sentences of its assumptions, the places where the
// catalogue's figures stand, and the tables behind "why this number".
#pragma once

#include <string>
#include <vector>

#include "catalogue/catalogue.hpp"
#include "chart/figure.hpp"
#include "report/training_answer.hpp"

namespace polyfleet {

/// "recompute = none: documented recipe of ...".
std::vector<std::string> assumption_sentences(const std::vector<Assumption>& assumptions);

/// Setting, value and reason as a table without chart.
PageFigure assumption_figure(const std::string& id, const std::vector<Assumption>& assumptions);

/// Where a training answer's numbers come from, as every figure of it lists them.
struct TrainingSources {
  std::vector<FigureSource> catalogue;  ///< published figures of the part and its system
  std::vector<FigureSource> time;       ///< kernels, maturity and interval, then the catalogue
  std::vector<FigureSource> memory;     ///< overheads of the software, then the catalogue
};
TrainingSources training_sources(const TrainingAnswer& answer, const Catalogue& catalogue);

/// Kernels, collectives, FLOPs and published figures, each as a figure.
FigureSection basis_section(const TrainingAnswer& answer, const Catalogue& catalogue,
                            const TrainingSources& sources);

}  // namespace polyfleet
