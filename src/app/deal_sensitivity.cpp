// One assumption of a deal at a time over its range (declared in app/deal_valuation.hpp).
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "app/deal_valuation.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr std::int64_t kMostPaths = 10000;  // a valuation at each end of a range
constexpr double kPriceRange = 0.2;         // ours, where a price is stated without a range

/// One assumption: the ends as text, and how a case is changed to one of them.
struct Variation {
  std::string key, low, high;
  std::function<void(DealCase&, bool)> apply;
};

std::string text_of(double value) { return fmt::format("{:.6g}", value); }
std::string text_of(Usd value) { return print_quantity(value); }

template <class Q>
Q end_of(const Term<Q>& term, bool high) {
  return high ? term.high : term.low;
}

/// Of a term of the first deal, reached by `at`.
template <class Q, class At>
void vary(std::vector<Variation>& into, const DealCase& made, const std::string& key, At at) {
  const Term<Q>& term = at(made.deals.front());
  if (term.low == term.high) return;
  into.push_back({key, text_of(term.low), text_of(term.high), [at](DealCase& changed, bool high) {
                    Term<Q>& there = at(changed.deals.front());
                    there.value = end_of(there, high);
                  }});
}

void vary_share(std::vector<Variation>& into, const DealCase& made) {
  if (!made.share || !made.deals.front().warrant) return;
  Term<Usd> price = made.price;
  if (price.low == price.high) {
    price.low = price.value * (1 - kPriceRange);
    price.high = price.value * (1 + kPriceRange);
  }
  into.push_back(
      {"price", text_of(price.low), text_of(price.high),
       [price](DealCase& changed, bool high) { changed.model.price = end_of(price, high); }});
  const auto number = [&](const char* key, Term<double> ShareTerms::*term,
                          double ShareModel::*member) {
    const Term<double>& stated = *made.share.*term;
    if (stated.low == stated.high) return;
    into.push_back({fmt::format("share.{}", key), text_of(stated.low), text_of(stated.high),
                    [stated, member](DealCase& changed, bool high) {
                      changed.model.*member = end_of(stated, high);
                    }});
  };
  number("volatility", &ShareTerms::volatility, &ShareModel::volatility);
  number("rate", &ShareTerms::rate, &ShareModel::rate);
}

/// All tranches at once: their ranges are one assumption.
template <class Q>
void vary_tranches(std::vector<Variation>& into, const DealCase& made, const char* key,
                   Term<Q> WarrantTranche::*member) {
  const std::vector<WarrantTranche>& tranches = made.deals.front().warrant->tranches;
  const auto ranged = [&](const WarrantTranche& tranche) {
    return (tranche.*member).low != (tranche.*member).high;
  };
  const auto some = std::find_if(tranches.begin(), tranches.end(), ranged);
  if (some == tranches.end()) return;
  into.push_back({fmt::format("tranche.*.{}", key), text_of(((*some).*member).low),
                  text_of(((*some).*member).high), [member](DealCase& changed, bool high) {
                    for (WarrantTranche& tranche : changed.deals.front().warrant->tranches)
                      (tranche.*member).value = end_of(tranche.*member, high);
                  }});
}

void vary_warrant(std::vector<Variation>& into, const DealCase& made) {
  if (!made.deals.front().warrant) return;
  vary_tranches(into, made, "hurdle", &WarrantTranche::hurdle);
  vary_tranches(into, made, "conditions", &WarrantTranche::conditions);
  if (!made.own)
    vary<double>(
        into, made, "correlation", [](auto& deal) -> auto& { return deal.correlation; });
  if (made.deals.front().warrant->rule_status == TermStatus::assumption)
    into.push_back({"warrant.rule", "average", "once", [](DealCase& changed, bool high) {
                      changed.deals.front().warrant->rule =
                          high ? HurdleRule::once : HurdleRule::average;
                    }});
}

void vary_money(std::vector<Variation>& into, const DealCase& made) {
  const Deal& deal = made.deals.front();
  if (!deal.releases.empty() || !deal.payments.empty() || deal.guarantee)
    vary<double>(
        into, made, "discount_rate", [](auto& changed) -> auto& { return changed.discount_rate; });
  if (!deal.guarantee) return;
  vary<double>(
      into, made, "guarantee.years",
      [](auto& changed) -> auto& { return changed.guarantee->years; });
  vary<double>(
      into, made, "guarantee.default_rate",
      [](auto& changed) -> auto& { return changed.guarantee->default_rate; });
  vary<double>(
      into, made, "guarantee.recovery",
      [](auto& changed) -> auto& { return changed.guarantee->recovery; });
}

std::vector<Variation> variations_of(const DealCase& made) {
  std::vector<Variation> all;
  vary_share(all, made);
  vary_warrant(all, made);
  vary_money(all, made);
  const Term<double>& delay = made.deals.front().delay_months;
  if (!made.own && delay.low < delay.high)
    all.push_back(
        {"delay_months", text_of(delay.low), text_of(delay.high), [](DealCase& changed, bool high) {
           Term<double>& there = changed.deals.front().delay_months;
           there.value = there.low = there.high = end_of(there, high);
         }});
  return all;
}

Result<Usd> value_of(const DealCase& made, const DealQuestion& question, std::int64_t paths) {
  const Deal& deal = made.deals.front();
  const std::vector<DeploymentPath> deployments = deployments_of(made, 0);
  Usd value;
  if (deal.warrant) {
    ValuationOptions options;
    options.valued_on = made.valued_on;
    options.paths = paths;
    options.steps_a_year = static_cast<int>(question.steps);
    options.seed = static_cast<std::uint64_t>(question.seed);
    options.threads = question.threads;
    const Result<WarrantValuation> warrants =
        warrant_valuation({{&deal, deployments}}, made.model, options);
    if (!warrants) return warrants.problems();
    value += warrants->value.mean * usd;
  }
  value += investment_value(deal, deployments, made.valued_on).value;
  if (deal.guarantee) value += guarantee_value(deal, deployments, made.valued_on).expected_loss;
  return value;
}

}  // namespace

Result<DealSensitivity> deal_sensitivity(const DealCase& deal_case, const DealQuestion& question) {
  DealSensitivity answer;
  answer.paths = std::min(question.paths, kMostPaths);
  const Result<Usd> base = value_of(deal_case, question, answer.paths);
  if (!base) return base.problems();
  answer.base = *base;
  const std::vector<Variation> variations = variations_of(deal_case);
  answer.ranges = variations.size();
  for (std::size_t i = 0; i < variations.size() && !question.stopped(); ++i) {
    DealSwing swing{variations[i].key, variations[i].low, variations[i].high, {}, {}};
    for (const bool high : {false, true}) {
      DealCase changed = deal_case;
      variations[i].apply(changed, high);
      const Result<Usd> value = value_of(changed, question, answer.paths);
      if (!value) return value.problems();
      (high ? swing.at_high : swing.at_low) = *value;
    }
    answer.swings.push_back(swing);
    if (question.progress)
      question.progress(static_cast<double>(i + 1) / static_cast<double>(variations.size()));
  }
  const auto width = [](const DealSwing& swing) {
    return max(swing.at_low, swing.at_high) - min(swing.at_low, swing.at_high);
  };
  std::stable_sort(answer.swings.begin(), answer.swings.end(),
                   [&](const DealSwing& a, const DealSwing& b) { return width(a) > width(b); });
  return answer;
}

}  // namespace polyfleet
