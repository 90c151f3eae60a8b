// The steady state of one replica as pictures: throughput against latency, where an iteration's
// time goes, what memory holds, and what a million tokens cost at every load. The numbers are those
// of report/serving_estimate.hpp.
#pragma once

#include "catalogue/catalogue.hpp"
#include "chart/figure.hpp"
#include "report/serving_estimate.hpp"

namespace polyfleet {

/// A replica whose model does not fit gives a page that says why.
FigurePage serving_estimate_page(const ServingEstimate& estimate, const Catalogue& catalogue);

}  // namespace polyfleet
