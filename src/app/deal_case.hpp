// A deal ready to be valued: documents with the reader's settings laid in, the share's model, and
// the deployments that follow from plan and delay.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/scenario_document.hpp"
#include "capital/deal_reader.hpp"
#include "capital/deal_value.hpp"

namespace polyfleet {

/// What a reader asks of `value deal`.
struct DealQuestion {
  std::string deal;  ///< a name, or a path that ends in .toml
  /// The deal's own document instead of a named one.
  std::optional<Value> document = {};
  std::string price;  ///< "620" or "620 USD"; empty = the share's quote
  std::optional<double> volatility;
  std::string on;          ///< day of valuation; empty = that of the quote
  std::string deployment;  ///< "1GW:2027-06-30,..."; empty = the deal's plan
  std::int64_t paths = 20000;
  std::int64_t steps = 52;  ///< a year
  std::int64_t seed = 1;
  bool alone = false;  ///< without the deals that dilute with it
  bool sensitivity = false;
  std::vector<Setting> settings;  ///< keys of the deal, "share.KEY", "OTHER_DEAL.KEY"
  unsigned threads = 0;           ///< 0 = as many as the machine has
  std::function<void(double)> progress = {};
  const std::atomic<bool>* stop = nullptr;

  bool stopped() const { return stop != nullptr && stop->load(); }
};

struct DealCase {
  std::vector<Deal> deals;  ///< the one asked for first
  std::optional<ShareTerms> share;
  ShareModel model;
  Term<Usd> price;
  std::string price_source;
  CalendarDate valued_on;
  /// The reader's own deliveries of the first deal, without delay.
  std::optional<std::vector<DeliveredPower>> own;
};

/// Errors: everything that the documents or the question have wrong.
Result<DealCase> deal_case(const std::filesystem::path& data, const DealQuestion& question);
/// The futures of deliveries of one of its deals.
std::vector<DeploymentPath> deployments_of(const DealCase& deal_case, std::size_t deal);

}  // namespace polyfleet
