// Pictures of what a deal between a vendor and a buyer of gigawatts is worth: the distribution of a
// warrant's value, what vests when, money released. Used by the page of `value deal` and by those
// of fleets. Percentiles and means are those of the valuation (capital/deal_value.hpp).
#pragma once

#include <string>
#include <vector>

#include "chart/figure.hpp"
#include "report/futures_answer.hpp"

namespace polyfleet {

/// How a deal is called on its page.
struct DealNaming {
  std::string id;    ///< opens the ids of figures, [a-z0-9_]+
  std::string name;  ///< opens titles; empty = the page is about this deal alone
  std::string over;  ///< "over the deliveries of 200 futures"
  CalendarDate valued_on;
};

/// "12.3 million USD"
std::string usd_text(double amount);

/// Distribution of the value, tranches, shares vested over time.
std::vector<PageFigure> warrant_figures(const WarrantValue& warrant, const DealNaming& naming);
/// Money by gigawatt and day; nothing where there is none.
std::vector<PageFigure> investment_figures(const InvestmentValue& investment,
                                           const DealNaming& naming);
/// A text as the part of an id: lower case letters, digits, underscores.
std::string figure_id_of(const std::string& text);

/// The deals of a fleet over the futures where they were played, else over the plan.
FigureSection fleet_deal_section(const std::vector<DealFutures>& deals, const std::string& over);

}  // namespace polyfleet
