// The answer to `value deal`: a deal with its terms, what was asked, and what it is worth.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capital/deal_reader.hpp"
#include "capital/deal_value.hpp"

namespace polyfleet {

/// One end of an assumption's range and the value of the deal there.
struct DealSwing {
  std::string key;        ///< "share.volatility"
  std::string low, high;  ///< the ends, as text
  Usd at_low, at_high;    ///< value of the deal
};

struct DealSensitivity {
  Usd base;
  std::int64_t paths = 0;
  std::vector<DealSwing> swings;  ///< widest first
  std::size_t ranges = 0;         ///< to be varied; more than `swings` after a stop

  bool interrupted() const { return swings.size() < ranges; }
  /// "INTERRUPTED: ..." with what is missing.
  std::string interrupted_text() const;
};

struct DealAnswer {
  std::vector<Deal> deals;  ///< the one asked for, then those that dilute with it
  CalendarDate valued_on;
  std::optional<ShareTerms> share;
  ShareModel model;
  std::string price_source;     ///< "quote of 2026-09-22 (third party)" or "set by the reader"
  bool own_deliveries = false;  ///< dates of the reader, without delay
  std::vector<std::vector<DeploymentPath>> deployments;  ///< by deal
  std::uint64_t seed = 1;
  bool correlated = false;
  std::vector<NamedTerm> terms;
  std::optional<WarrantValuation> warrants;
  /// By tranche of the first deal, where the rule is spot and nothing is correlated.
  std::vector<Usd> closed_form;
  std::optional<InvestmentValue> investment;
  std::optional<GuaranteeValue> guarantee;
  std::optional<DealSensitivity> sensitivity;

  bool interrupted() const { return sensitivity && sensitivity->interrupted(); }
};

/// A shipped deal in the list.
struct DealSummary {
  std::string id, name, state, summary;
  CalendarDate signed_on;
};

}  // namespace polyfleet
