// What a specification of uncertainty says that its model cannot follow.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "capital/uncertainty_spec.hpp"

namespace polyfleet {
namespace {

constexpr double kSlack = 1e-9;  // of sums of probabilities

using Names = std::vector<std::string>;

struct KnownNames {
  Names vendors, programs, workloads, sites;
};

void add_name(Names& names, const std::string& name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
    names.push_back(name);
}

KnownNames names_of(const FleetModel& model) {
  KnownNames known;
  for (const DeviceClass& each : model.classes) add_name(known.vendors, each.vendor);
  for (const FleetPhase& each : model.phases) add_name(known.programs, each.program);
  for (const FleetWorkload& each : model.workloads) add_name(known.workloads, each.id);
  for (const SiteModel& each : model.sites) add_name(known.sites, each.id);
  return known;
}

void check_name(const std::string& name, const std::string& what, const Names& known,
                const Position& where, Diagnostics& out) {
  if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return;
  out.push_back(problem_at(where, fmt::format("{} '{}' is not in this fleet", what, name),
                           known.empty() ? "there is none in this fleet"
                                         : fmt::format("one of: {}", fmt::join(known, ", "))));
}

void check_losses(const UncertaintySpec& spec, const KnownNames& known, Diagnostics& out) {
  for (const VendorLoss& loss : spec.losses) {
    check_name(loss.vendor, "the vendor", known.vendors, loss.where, out);
    check_name(loss.program, "the program", known.programs, loss.where, out);
    if (loss.until && (!loss.from || print_date(*loss.until) < print_date(*loss.from)))
      out.push_back(problem_at(loss.where, "`until` lies before `from` or stands without it"));
  }
}

void check_markets(const UncertaintySpec& spec, const KnownNames& known, Diagnostics& out) {
  std::map<std::string, std::string> market_of;
  for (const PowerMarket& market : spec.markets) {
    for (const std::string& site : market.sites) {
      check_name(site, "the site", known.sites, market.where, out);
      const auto [found, is_new] = market_of.emplace(site, market.name);
      if (!is_new)
        out.push_back(
            problem_at(market.where, fmt::format("the site '{}' is in two markets: {} and {}", site,
                                                 found->second, market.name)));
    }
  }
}

void check_branch(const ScenarioBranch& branch, const KnownNames& known, Diagnostics& out) {
  check_name(branch.vendor, "the vendor", known.vendors, branch.where, out);
  check_name(branch.program, "the program", known.programs, branch.where, out);
  if (branch.stopped_from && branch.stopped_deals.empty())
    out.push_back(problem_at(branch.where, "`stopped_from` without `stopped_deals`"));
}

/// Parents exist, no name stands twice, nobody is its own ancestor.
void check_tree(const UncertaintySpec& spec, Diagnostics& out) {
  std::map<std::string, const ScenarioBranch*> by_name;
  for (const ScenarioBranch& branch : spec.branches) {
    if (!by_name.emplace(branch.name, &branch).second)
      out.push_back(problem_at(branch.where, fmt::format("two branches '{}'", branch.name)));
  }
  std::map<std::string, double> sums;
  for (const ScenarioBranch& branch : spec.branches) {
    if (!branch.after.empty() && !by_name.contains(branch.after)) {
      out.push_back(problem_at(branch.where,
                               fmt::format("it follows '{}', which is no branch", branch.after)));
      continue;
    }
    const double before = sums[branch.after];
    if ((sums[branch.after] += branch.probability) > 1 + kSlack && before <= 1 + kSlack)
      out.push_back(problem_at(
          branch.where,
          fmt::format("branches {} have probabilities of {:.4g} together",
                      branch.after.empty() ? "of the root" : "after '" + branch.after + "'",
                      sums[branch.after]),
          "alternatives sum to at most 1"));
    const ScenarioBranch* at = &branch;
    for (std::size_t steps = 0; !at->after.empty(); ++steps) {
      const auto parent = by_name.find(at->after);
      if (parent == by_name.end()) break;  // said of that one
      at = parent->second;
      if (steps > spec.branches.size()) {
        out.push_back(problem_at(branch.where, fmt::format("'{}' follows itself", branch.name)));
        break;
      }
    }
  }
}

}  // namespace

Diagnostics uncertainty_problems(const UncertaintySpec& spec, const FleetModel& model) {
  const KnownNames known = names_of(model);
  Diagnostics out;
  check_losses(spec, known, out);
  check_markets(spec, known, out);
  for (const WorkloadSpread& each : spec.workloads)
    check_name(each.workload, "the workload", known.workloads, each.where, out);
  for (const ScenarioBranch& branch : spec.branches) check_branch(branch, known, out);
  check_tree(spec, out);
  return out;
}

}  // namespace polyfleet
