// One training step as pictures: where its time goes, the pipeline, memory by stage, energy, cost,
// and what the estimate rests on. The numbers are those of report/training_json.hpp; nothing is
// computed here beyond sums for a legend and shares of a total.
#pragma once

#include <string>
#include <vector>

#include "catalogue/catalogue.hpp"
#include "chart/figure.hpp"
#include "report/training_answer.hpp"

namespace polyfleet {

FigurePage training_page(const TrainingAnswer& answer, const Catalogue& catalogue);

/// The same figures for a page that shows more than the step (plan_page).
std::vector<PageFact> training_facts(const TrainingAnswer& answer);
std::vector<std::string> training_notices(const TrainingAnswer& answer);
std::vector<FigureSection> training_sections(const TrainingAnswer& answer,
                                             const Catalogue& catalogue);

/// "llama3.1-405b on 2048 x H100 SXM5 (HGX/DGX H100): TP 8 x PP 16 x ..., micro-batch 1, ...".
std::string training_question(const TrainingAnswer& answer);

}  // namespace polyfleet
