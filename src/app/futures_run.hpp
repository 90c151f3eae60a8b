// The futures of a fleet scenario from its document: what is uncertain is read (defaults of
// data/uncertainty with the scenario's changes), the futures are played, the tornado and the
// scenario tree made, and the scenario's deals valued over the deliveries of the futures.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

#include "app/fleet_document.hpp"
#include "report/futures_answer.hpp"

namespace polyfleet {

struct FuturesRunOptions {
  int futures = 1000;  ///< 0 = only tornado and tree
  std::uint64_t seed = 1;
  unsigned threads = 0;         ///< 0 = as many as the machine has
  std::filesystem::path store;  ///< file to resume from and append to; empty = none
  bool with_tornado = true, with_tree = true, with_deals = true;
  std::int64_t price_paths = 20000;  ///< of shares, for the deals
  const std::atomic<bool>* stop = nullptr;
  /// What is being done ("futures", "tornado", ...) and how far it is.
  std::function<void(const std::string& what, int done, int all)> progress = {};
};

/// `document` with its model's rates filled in. Errors: a faulty [uncertainty] table, unknown
/// deals, a store that cannot be used.
Result<FuturesAnswer> run_fleet_futures(const std::filesystem::path& data_directory,
                                        const FleetDocument& document,
                                        const FuturesRunOptions& options);

}  // namespace polyfleet
