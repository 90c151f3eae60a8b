#include "capital/deal_checks.hpp"

#include <fmt/format.h>

#include <cmath>

#include "capital/deal_date.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Where entry `index` of a list stands.
Position place(const Value& document, std::string_view list, std::size_t index) {
  const Value* found = document.find(list);
  if (found == nullptr || found->array() == nullptr || index >= found->array()->size())
    return document.where();
  return (*found->array())[index].where();
}

class Checker {
 public:
  Checker(const Value& document, Diagnostics& out) : document_(document), out_(out) {}

  void fault(std::string_view list, std::size_t index, std::string what, std::string fix = {}) {
    out_.push_back(problem_at(place(document_, list, index),
                              fmt::format("{} {}: {}", list, index + 1, what), std::move(fix)));
  }
  void fault(std::string what, std::string fix = {}) {
    out_.push_back(problem_at(document_.where(), std::move(what), std::move(fix)));
  }
  void rising(std::string_view list, std::size_t index, Watts before, Watts here) {
    if (before < here) return;
    fault(list, index,
          fmt::format("{} delivered after {} before it", print_quantity(here),
                      print_quantity(before)),
          "powers are cumulative and rise");
  }

 private:
  const Value& document_;
  Diagnostics& out_;
};

void check_tranches(const WarrantTerms& warrant, Checker& check) {
  double shares = 0;
  for (std::size_t i = 0; i < warrant.tranches.size(); ++i) {
    const WarrantTranche& tranche = warrant.tranches[i];
    shares += tranche.shares.value;
    if (i == 0) continue;
    const WarrantTranche& before = warrant.tranches[i - 1];
    check.rising("tranche", i, before.delivered, tranche.delivered);
    if (tranche.hurdle.value < before.hurdle.value)
      check.fault("tranche", i,
                  fmt::format("the hurdle falls from {} to {}", print_quantity(before.hurdle.value),
                              print_quantity(tranche.hurdle.value)),
                  "hurdles of later tranches are at least as high");
  }
  constexpr double kRounding = 1e-6;  // of all shares: thirds of a million need not be exact
  if (std::abs(shares - warrant.shares.value) > kRounding * warrant.shares.value)
    check.fault(fmt::format("the tranches hold {:.0f} shares, the warrant {:.0f}", shares,
                            warrant.shares.value),
                "change warrant.shares or the shares of the tranches");
}

void check_warrant(const Deal& deal, Checker& check) {
  const WarrantTerms& warrant = *deal.warrant;
  if (warrant.tranches.empty()) check.fault("the warrant has no [[tranche]]");
  check_tranches(warrant, check);
  if (!is_before(warrant.issued.value, warrant.expiry.value))
    check.fault(fmt::format("the warrant expires on {}, not after its issue on {}",
                            print_date(warrant.expiry.value), print_date(warrant.issued.value)));
  if (!deal.deliveries.empty() &&
      is_before(warrant.expiry.value, deal.deliveries.front().date.value))
    check.fault(fmt::format("the warrant expires on {}, before the first delivery on {}",
                            print_date(warrant.expiry.value),
                            print_date(deal.deliveries.front().date.value)));
  if (warrant.rule == HurdleRule::average && warrant.window_days.value < 1)
    check.fault("the rule 'average' needs warrant.window_days of at least 1");
  if (deal.share.empty()) check.fault("a warrant needs the share it is on", "add share = \"...\"");
}

}  // namespace

void check_deal(const Deal& deal, const Value& document, Diagnostics& out) {
  Checker check(document, out);
  if (deal.warrant) check_warrant(deal, check);
  if (!deal.warrant && deal.releases.empty() && deal.payments.empty() && !deal.guarantee)
    check.fault("the deal has nothing to value",
                "add a [warrant] with [[tranche]], [[release]], [[payment]] or [guarantee]");
  const bool pays = !deal.releases.empty() || !deal.payments.empty() || deal.guarantee;
  if (pays && document.find("discount_rate") == nullptr)
    check.fault("money of the vendor without a discount_rate");
  for (std::size_t i = 1; i < deal.releases.size(); ++i)
    check.rising("release", i, deal.releases[i - 1].delivered, deal.releases[i].delivered);
  for (std::size_t i = 1; i < deal.deliveries.size(); ++i) {
    check.rising("delivery", i, deal.deliveries[i - 1].delivered, deal.deliveries[i].delivered);
    if (is_before(deal.deliveries[i].date.value, deal.deliveries[i - 1].date.value))
      check.fault("delivery", i, "its date lies before the delivery before it");
  }
  for (std::size_t i = 1; i < deal.facts.size(); ++i) {
    if (is_before(deal.facts[i].date, deal.facts[i - 1].date))
      check.fault("fact", i, "its date lies before the fact before it", "give facts in order");
  }
}

void check_share(const ShareTerms& share, const Value& document, Diagnostics& out) {
  Checker check(document, out);
  if (share.quotes.empty()) check.fault("the share has no [[quote]]");
  for (std::size_t i = 1; i < share.quotes.size(); ++i) {
    if (!is_before(share.quotes[i - 1].date, share.quotes[i].date))
      check.fault("quote", i, "its date does not lie after the quote before it");
  }
}

}  // namespace polyfleet
