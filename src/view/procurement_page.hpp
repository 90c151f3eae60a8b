// A plan of purchases as a page of pictures: what is bought when and from whom, what it costs, what
// it does, the price of not depending on one vendor, and what the fleet could do on one day. The
// numbers are those of report/procurement_report.
#pragma once

#include "chart/figure.hpp"
#include "report/procurement_report.hpp"

namespace polyfleet {

FigurePage procurement_page(const ProcurementReport& report);

/// Cost by largest share of a vendor; what the fleet could do. Empty where it was not asked for.
FigureSection diversification_section(const ProcurementReport& report);
FigureSection front_section(const FleetModel& model, const FrontReport& report);

}  // namespace polyfleet
