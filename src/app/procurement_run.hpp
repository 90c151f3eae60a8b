// `polyfleet plan fleet` from a scenario to its report: rates are predicted (or found where they
// are kept), the plan is made, and where asked for the frontier of diversification and the front of
// energy against output on one day.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "app/fleet_document.hpp"
#include "report/procurement_report.hpp"

namespace polyfleet {

struct ProcurementOptions {
  bool with_frontier = false;
  std::optional<CalendarDate> front_day;
  int front_points = 10;
  std::filesystem::path rates;  ///< folder in which predictions are kept; empty = none
  unsigned threads = 2;
  const std::atomic<bool>* stop = nullptr;
  /// What is being done and the share done (below 0 = unknown).
  std::function<void(const std::string& what, double share)> progress = {};
};

/// Errors: those of [plan] (app/procurement_document), of rates, a day outside the study. A demand
/// that cannot be met is an answer.
Result<ProcurementReport> run_procurement(FleetDocument document, const Workspace& workspace,
                                          const ProcurementOptions& options);

}  // namespace polyfleet
