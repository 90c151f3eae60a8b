// Everything that a study of futures has to say, as the reports take it: the futures and their
// percentiles, the tornado, the scenario tree, and the deals valued over the futures' deliveries.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capital/deal_value.hpp"
#include "capital/scenario_tree.hpp"
#include "capital/tornado.hpp"

namespace polyfleet {

/// One deal of the scenario over the deliveries of all futures.
struct DealFutures {
  std::string id, name, program;
  std::vector<double> gigawatts;  ///< of its milestones
  std::vector<double> reached;    ///< share of the futures in which each is delivered in the study
  std::optional<WarrantValue> warrant;
  std::optional<InvestmentValue> investment;
  std::optional<GuaranteeValue> guarantee;
  CalendarDate valued_on;
  std::string problem;  ///< why it could not be valued; empty = it was
};

/// A named leaf of the tree and what a deal is worth in it.
struct DealLeaf {
  int leaf = 0;
  std::string deal;
  Usd value;  ///< warrant, or money released and discounted
};

struct FuturesAnswer {
  Futures futures;
  std::vector<OutcomeSpread> spreads;  ///< by outcome; empty where no future was done
  std::optional<Tornado> tornado;
  std::optional<ScenarioTree> tree;
  std::vector<DealFutures> deals;
  std::vector<DealLeaf> deal_leaves;
  CalendarDate begin;                         ///< of the study
  std::vector<std::string> workloads, units;  ///< of the model
  std::string store;                          ///< file that a later run resumes from; may be empty
};

}  // namespace polyfleet
