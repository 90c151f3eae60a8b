// A deal as a page of pictures: what its warrant may be worth, what vests when, money released,
// what moves the value, its terms and dated facts. The numbers are those of report/deal_report.
#pragma once

#include <vector>

#include "chart/figure.hpp"
#include "report/deal_answer.hpp"

namespace polyfleet {

FigurePage deal_page(const DealAnswer& answer);
/// The shipped deals as a table.
FigurePage deal_list_page(const std::vector<DealSummary>& deals);

}  // namespace polyfleet
