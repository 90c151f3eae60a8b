// Why this number: the chain of terms behind a training estimate. Kernels by operator class with
// the table, fit or relative that answers; every collective with its group, algorithm and fidelity;
// the software, interval and energy bases; the catalogue's figures with source and status.
#pragma once

#include <string>

#include "catalogue/catalogue.hpp"
#include "config/value.hpp"
#include "report/table.hpp"
#include "report/training_answer.hpp"

namespace polyfleet {

std::string explanation_text(const TrainingAnswer& answer, const Catalogue& catalogue,
                             PageStyle style);

/// {kernels, collectives, bases, figures}: the same rows as lists of tables.
Value explanation_json(const TrainingAnswer& answer, const Catalogue& catalogue);

}  // namespace polyfleet
