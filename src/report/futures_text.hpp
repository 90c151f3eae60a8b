// A study of futures for people (tables), programs (JSON) and spreadsheets (CSV): percentiles of
// the headline figures, of every ledger line by year, the tornado, rank correlations, the scenario
// tree and the deals.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/value.hpp"
#include "report/futures_answer.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// Headlines by percentile, gigawatts, tornado of `tornado_outcome` (id of an outcome; empty = net
/// present value), branches, deals: about a page.
std::string futures_text(const FuturesAnswer& answer, PageStyle style,
                         const std::string& tornado_outcome = {});

/// Everything, in base units named in each entry. Infinite days print as null.
Value futures_document(const FuturesAnswer& answer);

/// Files by name: futures_percentiles.csv (every outcome), futures.csv (every future: headline
/// outcomes and inputs), tornado.csv, scenario_tree.csv, deal_futures.csv (as far as they exist).
std::vector<std::pair<std::string, std::string>> futures_csv(const FuturesAnswer& answer);

/// A number of an outcome with a fitting unit: "412 TWh", "-31.2 B$", "2028-03-05", "later".
std::string outcome_text(const FuturesAnswer& answer, const Outcome& outcome, double value);

}  // namespace polyfleet
