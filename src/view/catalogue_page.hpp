// Parts of the catalogue side by side as pictures: compute by number format, memory, links, power
// and price, each figure with who states it and where it stands; `catalogue compare`.
#pragma once

#include <vector>

#include "catalogue/catalogue.hpp"
#include "chart/figure.hpp"
#include "report/catalogue_tables.hpp"

namespace polyfleet {

/// Precondition: at least one part.
FigurePage catalogue_page(const std::vector<ComparedPart>& parts, const Catalogue& catalogue);

}  // namespace polyfleet
