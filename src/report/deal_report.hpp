// `value deal` as text, JSON and CSV.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/value.hpp"
#include "report/deal_answer.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// The page; facts: with the dated facts of the deal.
std::string deal_text(const DealAnswer& answer, bool facts, PageStyle style);
std::string deal_sensitivity_text(const DealSensitivity& sensitivity, PageStyle style);
Value deal_json(const DealAnswer& answer);
/// File names and contents: tranches.csv, money.csv, percentiles.csv, terms.csv, facts.csv,
/// sensitivity.csv, each only where it has rows.
std::vector<std::pair<std::string, std::string>> deal_csv(const DealAnswer& answer);

std::string deal_list_text(const std::vector<DealSummary>& deals, PageStyle style);
Value deal_list_json(const std::vector<DealSummary>& deals);

}  // namespace polyfleet
