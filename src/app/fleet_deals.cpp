#include "app/fleet_deals.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "capital/deal_date.hpp"
#include "capital/deal_reader.hpp"
#include "fleet/rollout.hpp"

namespace polyfleet {
namespace {

/// Paths of a deal whose program is not in the fleet, from its own range of delays.
constexpr int kOwnPaths = 21;

struct FleetDeal {
  Deal deal;
  std::string program;  ///< empty: none in this fleet, it follows its own plan
  std::vector<DeploymentPath> paths;
  CalendarDate valued_on;
};

/// The program that the scenario names, else one whose name begins the deal's id.
std::string program_of(const NamedDeal& named, const Deal& deal, const FleetModel& model) {
  if (!named.program.empty()) return named.program;
  for (const FleetPhase& phase : model.phases)
    if (!phase.program.empty() && deal.id.starts_with(phase.program)) return phase.program;
  return {};
}

bool has_program(const FleetModel& model, const std::string& program) {
  return std::any_of(model.phases.begin(), model.phases.end(),
                     [&](const FleetPhase& phase) { return phase.program == program; });
}

/// The last day that anything of the deal looks at, at least the end of the study.
CalendarDate last_day(const Deal& deal, const FleetModel& model) {
  const CalendarDate end = model.time.end();
  return deal.warrant && is_before(end, deal.warrant->expiry.value) ? deal.warrant->expiry.value
                                                                    : end;
}

std::vector<DeploymentPath> paths_of(const FleetDeal& deal, const FleetModel& model,
                                     const std::vector<FleetVariation>& futures) {
  if (deal.program.empty()) return delayed_paths(deal.deal, planned_curve(deal.deal), kOwnPaths);
  const std::vector<Watts> wanted = milestones(deal.deal);
  const FleetHour latest = model.time.hour_of(last_day(deal.deal, model));
  std::vector<DeploymentPath> paths;
  for (const FleetVariation& future : futures) {
    const Rollout rollout(model, future.delay_hours, future.cancelled);
    DeploymentPath path;
    for (const Watts power : wanted) {
      const FleetHour at = rollout.accepted_at(deal.program, power, latest);
      path.reached.push_back(at == kNoHour ? std::nullopt : std::optional(model.time.date_of(at)));
    }
    paths.push_back(std::move(path));
  }
  if (paths.size() > 1) score_paths(paths);
  return paths;
}

/// Money that is due from this day on is not released.
void stop_releases(FleetDeal& deal, const CalendarDate& from) {
  std::erase_if(deal.deal.payments,
                [&](const DatedPayment& each) { return !is_before(each.date.value, from); });
  for (DeploymentPath& path : deal.paths)
    for (std::optional<CalendarDate>& date : path.reached)
      if (date && !is_before(*date, from)) date.reset();
}

Result<FleetDeal> prepared(const std::filesystem::path& data, const NamedDeal& named,
                           const FleetModel& model, const std::vector<FleetVariation>& futures) {
  const Result<Deal> read = load_deal(data, named.name);
  if (!read) {
    Diagnostics problems = read.problems();
    for (Diagnostic& each : problems)
      if (each.where.file.empty()) each.where = named.where;
    return problems;
  }
  FleetDeal deal{*read, program_of(named, *read, model), {}, model.time.begin()};
  if (named.valued_on) deal.valued_on = *named.valued_on;
  if (!has_program(model, deal.program)) deal.program.clear();
  deal.paths = paths_of(deal, model, futures);
  return deal;
}

DealFutures summary_of(const FleetDeal& deal) {
  DealFutures answer;
  answer.id = deal.deal.id;
  answer.name = deal.deal.name;
  answer.program = deal.program.empty() ? "its own plan" : deal.program;
  answer.valued_on = deal.valued_on;
  const std::vector<Watts> wanted = milestones(deal.deal);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    double reached = 0;
    for (const DeploymentPath& path : deal.paths) reached += path.reached[i] ? 1 : 0;
    answer.gigawatts.push_back(wanted[i] / gigawatt);
    answer.reached.push_back(deal.paths.empty() ? 0
                                                : reached / static_cast<double>(deal.paths.size()));
  }
  if (!deal.deal.releases.empty() || !deal.deal.payments.empty())
    answer.investment = investment_value(deal.deal, deal.paths, deal.valued_on);
  if (deal.deal.guarantee)
    answer.guarantee = guarantee_value(deal.deal, deal.paths, deal.valued_on);
  return answer;
}

/// All warrants on one share together.
Diagnostics value_share(const std::filesystem::path& data, const std::string& share,
                        std::vector<FleetDeal>& deals, const FleetDealOptions& options,
                        std::vector<DealFutures>& answers) {
  const Result<ShareTerms> terms = load_share(data, share);
  if (!terms) return terms.problems();
  ValuationOptions valuation;
  valuation.paths = options.price_paths;
  valuation.seed = options.seed;
  valuation.threads = options.threads;
  std::vector<WarrantPosition> positions;
  std::vector<std::size_t> of;
  for (std::size_t i = 0; i < deals.size(); ++i) {
    if (deals[i].deal.share != share || !deals[i].deal.warrant) continue;
    if (positions.empty() || is_before(valuation.valued_on, deals[i].valued_on))
      valuation.valued_on = deals[i].valued_on;
    positions.push_back({&deals[i].deal, deals[i].paths});
    of.push_back(i);
  }
  const ShareQuote* quote = quote_on(*terms, valuation.valued_on);
  if (quote == nullptr && !terms->quotes.empty()) {
    quote = &terms->quotes.front();
    valuation.valued_on = quote->date;
  }
  const auto fail = [&](const std::string& why) {
    for (const std::size_t i : of) answers[i].problem = why;
    return Diagnostics{};
  };
  if (quote == nullptr) return fail(fmt::format("the share '{}' has no quote", share));
  const ShareModel model{quote->price.value, terms->volatility.value, terms->rate.value,
                         terms->dividend_yield.value, terms->outstanding.value};
  const Result<WarrantValuation> value = warrant_valuation(positions, model, valuation);
  if (!value) return fail(to_text(value.problems()));
  for (std::size_t n = 0; n < of.size(); ++n) {
    answers[of[n]].warrant = value->positions[n];
    answers[of[n]].valued_on = valuation.valued_on;
  }
  return {};
}

}  // namespace

Result<std::vector<DealFutures>> value_fleet_deals(const std::filesystem::path& data_directory,
                                                   const FleetDocument& document,
                                                   const std::vector<FleetVariation>& futures,
                                                   const FleetDealOptions& options) {
  Diagnostics problems;
  std::vector<FleetDeal> deals;
  for (const NamedDeal& named : document.deals) {
    Result<FleetDeal> deal = prepared(data_directory, named, document.model, futures);
    if (!deal) {
      problems.insert(problems.end(), deal.problems().begin(), deal.problems().end());
      continue;
    }
    const auto& stopped = options.stopped;
    if (std::find(stopped.begin(), stopped.end(), deal->deal.id) != stopped.end())
      stop_releases(*deal, options.stopped_from);
    deals.push_back(std::move(*deal));
  }
  if (!problems.empty()) return problems;
  std::vector<DealFutures> answers;
  std::vector<std::string> shares;
  for (const FleetDeal& deal : deals) {
    answers.push_back(summary_of(deal));
    if (deal.deal.warrant &&
        std::find(shares.begin(), shares.end(), deal.deal.share) == shares.end())
      shares.push_back(deal.deal.share);
  }
  for (const std::string& share : shares) {
    if (Diagnostics found = value_share(data_directory, share, deals, options, answers);
        !found.empty())
      return found;
  }
  return answers;
}

}  // namespace polyfleet
