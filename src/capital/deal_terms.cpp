// The list of all terms of a deal or a share (declared in capital/deal_reader.hpp).
#include <fmt/format.h>

#include "capital/deal_reader.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string text_of(double value) { return fmt::format("{:.10g}", value); }
template <class Q>
std::string text_of(Q value) {
  return print_quantity(value);
}

class TermList {
 public:
  template <class Q>
  void add(std::string key, const Term<Q>& term) {
    NamedTerm named{std::move(key), text_of(term.value), {}, term.status, term.source, term.note};
    if (term.low != term.high)
      named.range = fmt::format("{} to {}", text_of(term.low), text_of(term.high));
    terms.push_back(std::move(named));
  }
  void add(std::string key, const TermDate& date) {
    terms.push_back(
        {std::move(key), print_date(date.value), {}, date.status, date.source, date.note});
  }
  std::vector<NamedTerm> terms;
};

void add_warrant(const WarrantTerms& warrant, TermList& list) {
  list.add("warrant.shares", warrant.shares);
  list.add("warrant.exercise_price", warrant.exercise_price);
  list.add("warrant.issued", warrant.issued);
  list.add("warrant.expiry", warrant.expiry);
  list.terms.push_back({"warrant.rule",
                        std::string(name_of(warrant.rule)),
                        {},
                        warrant.rule_status,
                        warrant.rule_source,
                        warrant.rule_note});
  if (warrant.rule == HurdleRule::average) list.add("warrant.window_days", warrant.window_days);
  if (warrant.rule == HurdleRule::once) list.add("warrant.highest", warrant.highest);
  for (std::size_t i = 0; i < warrant.tranches.size(); ++i) {
    const std::string key = fmt::format("tranche.{}.", i + 1);
    list.add(key + "shares", warrant.tranches[i].shares);
    list.add(key + "hurdle", warrant.tranches[i].hurdle);
    list.add(key + "conditions", warrant.tranches[i].conditions);
  }
}

}  // namespace

std::vector<NamedTerm> named_terms(const Deal& deal) {
  TermList list;
  if (deal.warrant) add_warrant(*deal.warrant, list);
  for (std::size_t i = 0; i < deal.releases.size(); ++i)
    list.add(fmt::format("release.{}.amount", i + 1), deal.releases[i].amount);
  for (std::size_t i = 0; i < deal.payments.size(); ++i) {
    list.add(fmt::format("payment.{}.date", i + 1), deal.payments[i].date);
    list.add(fmt::format("payment.{}.amount", i + 1), deal.payments[i].amount);
  }
  if (deal.guarantee) {
    list.add("guarantee.amount", deal.guarantee->amount);
    list.add("guarantee.power", deal.guarantee->power);
    list.add("guarantee.years", deal.guarantee->years);
    list.add("guarantee.default_rate", deal.guarantee->default_rate);
    list.add("guarantee.recovery", deal.guarantee->recovery);
  }
  for (std::size_t i = 0; i < deal.deliveries.size(); ++i)
    list.add(fmt::format("delivery.{}.date", i + 1), deal.deliveries[i].date);
  if (!deal.releases.empty() || !deal.payments.empty() || deal.guarantee)
    list.add("discount_rate", deal.discount_rate);
  list.add("delay_months", deal.delay_months);
  if (deal.warrant) list.add("correlation", deal.correlation);
  return std::move(list.terms);
}

std::vector<NamedTerm> named_terms(const ShareTerms& share) {
  TermList list;
  list.add("share.volatility", share.volatility);
  list.add("share.rate", share.rate);
  list.add("share.dividend_yield", share.dividend_yield);
  list.add("share.outstanding", share.outstanding);
  return std::move(list.terms);
}

}  // namespace polyfleet
