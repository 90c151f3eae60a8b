// What may come: percentiles of a fleet's outcomes over its futures, what moves them, and the
// branches of its scenario tree, as sections of a page. Every number is one of report/futures_text:
// histograms count the futures, nothing else is computed.
#pragma once

#include "chart/figure.hpp"
#include "report/futures_answer.hpp"

namespace polyfleet {

/// Outcomes against the plan, by year, days of gigawatts, distributions.
FigureSection futures_section(const FuturesAnswer& answer);
/// One tornado for each main outcome.
FigureSection tornado_section(const FuturesAnswer& answer);
/// The leaves with their chances and outcomes, and what deals are worth in them.
FigureSection tree_section(const FuturesAnswer& answer);

}  // namespace polyfleet
