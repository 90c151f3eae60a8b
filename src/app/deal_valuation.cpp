#include "app/deal_valuation.hpp"

#include <fmt/format.h>

#include "capital/deal_date.hpp"
#include "capital/warrant_closed_form.hpp"

namespace polyfleet {
namespace {

/// Exact where the hurdle is watched on the spot and nothing is correlated: mean over deployments.
std::vector<Usd> closed_form_of(const DealAnswer& answer) {
  const Deal& deal = answer.deals.front();
  if (!deal.warrant || deal.warrant->rule != HurdleRule::spot || answer.correlated) return {};
  const double expiry = years_between(answer.valued_on, deal.warrant->expiry.value);
  const std::vector<Watts> powers = milestones(deal);
  const std::vector<DeploymentPath>& paths = answer.deployments.front();
  std::vector<Usd> values;
  for (const WarrantTranche& tranche : deal.warrant->tranches) {
    Usd sum;
    for (const DeploymentPath& path : paths) {
      const auto& date = path.reached[milestone_of(powers, tranche.delivered)];
      if (!date) continue;
      const double delivery = years_between(answer.valued_on, *date);
      if (delivery > expiry) continue;
      sum += barrier_call_value(answer.model, {deal.warrant->exercise_price.value,
                                               tranche.hurdle.value, delivery, expiry});
    }
    values.push_back(sum * tranche.shares.value * tranche.conditions.value /
                     static_cast<double>(paths.size()));
  }
  return values;
}

Result<WarrantValuation> valuation_of(const DealAnswer& answer, const DealQuestion& question) {
  std::vector<WarrantPosition> positions;
  for (std::size_t i = 0; i < answer.deals.size(); ++i) {
    if (answer.deals[i].warrant) positions.push_back({&answer.deals[i], answer.deployments[i]});
  }
  ValuationOptions options;
  options.valued_on = answer.valued_on;
  options.paths = question.paths;
  options.steps_a_year = static_cast<int>(question.steps);
  options.seed = static_cast<std::uint64_t>(question.seed);
  options.threads = question.threads;
  options.progress = question.progress;
  options.stop = question.stop;
  return warrant_valuation(positions, answer.model, options);
}

std::vector<NamedTerm> terms_of(const DealCase& made) {
  std::vector<NamedTerm> terms;
  if (made.share) {
    NamedTerm price{"price",
                    fmt::format("{:.10g} USD", made.price.value / usd),
                    {},
                    made.price.status,
                    made.price.source,
                    made.price.note};
    terms.push_back(price);
    const std::vector<NamedTerm> share = named_terms(*made.share);
    terms.insert(terms.end(), share.begin(), share.end());
  }
  const std::vector<NamedTerm> own = named_terms(made.deals.front());
  for (const NamedTerm& term : own) {
    const bool unused = made.own && (term.key.starts_with("delivery.") ||
                                     term.key == "delay_months" || term.key == "correlation");
    if (!unused) terms.push_back(term);
  }
  return terms;
}

}  // namespace

Result<DealAnswer> value_deal(const std::filesystem::path& data, const DealQuestion& question) {
  if (question.stopped()) return problem("stopped before the deal was valued");
  const Result<DealCase> made = deal_case(data, question);
  if (!made) return made.problems();
  DealAnswer answer;
  answer.deals = made->deals;
  answer.valued_on = made->valued_on;
  answer.share = made->share;
  answer.model = made->model;
  answer.price_source = made->price_source;
  answer.own_deliveries = made->own.has_value();
  answer.seed = static_cast<std::uint64_t>(question.seed);
  for (std::size_t i = 0; i < made->deals.size(); ++i)
    answer.deployments.push_back(deployments_of(*made, i));
  answer.terms = terms_of(*made);
  const Deal& deal = answer.deals.front();
  const std::vector<DeploymentPath>& paths = answer.deployments.front();
  answer.correlated = deal.correlation.value != 0 && paths.size() > 1;
  if (deal.warrant) {
    Result<WarrantValuation> warrants = valuation_of(answer, question);
    if (!warrants) return warrants.problems();
    answer.warrants = *std::move(warrants);
    answer.closed_form = closed_form_of(answer);
  }
  if (!deal.releases.empty() || !deal.payments.empty())
    answer.investment = investment_value(deal, paths, answer.valued_on);
  if (deal.guarantee) answer.guarantee = guarantee_value(deal, paths, answer.valued_on);
  if (question.sensitivity) {
    Result<DealSensitivity> sensitivity = deal_sensitivity(*made, question);
    if (!sensitivity) return sensitivity.problems();
    answer.sensitivity = *std::move(sensitivity);
  }
  return answer;
}

Result<std::vector<DealSummary>> list_deals(const std::filesystem::path& data) {
  std::vector<DealSummary> summaries;
  Diagnostics out;
  for (const std::string& name : deal_names(data)) {
    const Result<Deal> deal = load_deal(data, name);
    if (deal) {
      summaries.push_back({deal->id, deal->name, deal->state, deal->summary, deal->signed_on});
    } else {
      out.insert(out.end(), deal.problems().begin(), deal.problems().end());
    }
  }
  if (!out.empty()) return out;
  return summaries;
}

}  // namespace polyfleet
