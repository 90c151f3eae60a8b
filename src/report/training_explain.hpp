// Why this number: the chain of terms behind a training estimate. Kernels by operator class with
// the table, fit or relative that answers; every collective with its group, algorithm and fidelity;
// the software, interval and energy bases; the catalogue's figures with source and status.
#pragma once

#include <string>
#include <vector>

#include "catalogue/catalogue.hpp"
#include "config/value.hpp"
#include "report/table.hpp"
#include "report/training_answer.hpp"

namespace polyfleet {

/// One table of the explanation: its key in JSON, its titles and rows.
struct ExplanationSection {
  std::string key;
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;
};

/// kernels, collectives, bases, figures.
std::vector<ExplanationSection> explanation_sections(const TrainingAnswer& answer,
                                                     const Catalogue& catalogue);
/// Where the catalogue's figures behind the answer stand, each once, in the order of the figures;
/// a key that is not listed stays as title.
std::vector<Source> explanation_sources(const TrainingAnswer& answer, const Catalogue& catalogue);

std::string explanation_text(const TrainingAnswer& answer, const Catalogue& catalogue,
                             PageStyle style);

/// {kernels, collectives, bases, figures}: the same rows as lists of tables.
Value explanation_json(const TrainingAnswer& answer, const Catalogue& catalogue);

}  // namespace polyfleet
