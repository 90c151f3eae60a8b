// A deal between a vendor and a buyer of gigawatts as data: a warrant that vests in tranches on
// gigawatts delivered and share-price hurdles, an investment released per gigawatt, payments made
// on a day, a guarantee; planned deliveries; dated facts. Terms that are not public are assumptions
// with that status. Read from data/deals/*.toml by capital/deal_reader.hpp. Not here: prices of the
// hardware, adjustments of the warrant for splits, transfer and registration rights.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capital/deal_term.hpp"

namespace polyfleet {

/// When the price hurdle of a tranche counts as met.
enum class HurdleRule {
  spot,     ///< price at or above the hurdle at some moment at or after the delivery
  average,  ///< mean of the last `window_days` daily prices at or above it, on a day at or after
            ///< the delivery; days before the valuation count at the valuation's price
  once,     ///< price at or above the hurdle at some moment, before or after the delivery
};

constexpr std::string_view name_of(HurdleRule rule) {
  return rule == HurdleRule::spot ? "spot" : rule == HurdleRule::average ? "average" : "once";
}

struct WarrantTranche {
  Watts delivered;          ///< cumulative, at which the tranche may vest
  Term<double> shares;      ///< of this tranche
  Term<Usd> hurdle;         ///< share price to be met
  Term<double> conditions;  ///< probability that the further conditions are met
};

struct WarrantTerms {
  Term<double> shares;  ///< of all tranches
  Term<Usd> exercise_price;
  TermDate issued, expiry;
  HurdleRule rule = HurdleRule::spot;
  TermStatus rule_status = TermStatus::assumption;
  std::string rule_source, rule_note;
  Term<double> window_days;              ///< trading days of `average`
  Term<Usd> highest;                     ///< price seen since issue, for `once`; 0 = none stated
  std::vector<WarrantTranche> tranches;  ///< by gigawatts, hurdles never falling
};

/// Money that the vendor pays to the buyer when so much power has been delivered.
struct InvestmentRelease {
  Watts delivered;  ///< cumulative
  Term<Usd> amount;
};

/// Money that was or will be paid on a day, whatever is delivered.
struct DatedPayment {
  TermDate date;
  Term<Usd> amount;
  std::string what;
};

/// A vendor's promise to pay in the buyer's place; exposure grows with the power delivered and
/// falls evenly over the term.
struct GuaranteeTerms {
  Term<Usd> amount;           ///< the most that may be claimed
  Term<double> power;         ///< gigawatts that it covers
  Term<double> years;         ///< over which the exposure of a gigawatt falls to nothing
  Term<double> default_rate;  ///< chance of default of the buyer, a year
  Term<double> recovery;      ///< share of a claim that is got back
};

/// The day on which so much power has been delivered, as planned.
struct PlannedDelivery {
  Watts delivered;  ///< cumulative
  TermDate date;
};

struct DealFact {
  CalendarDate date;
  std::string what;
  TermStatus status = TermStatus::third_party;
  std::string source;
};

struct Deal {
  std::string id, name, vendor, buyer, summary;
  std::string state;  ///< "signed", "letter of intent", "replaced", ...
  CalendarDate signed_on;
  std::string share;                      ///< id in data/deals/shares; empty = none
  std::vector<std::string> dilutes_with;  ///< other deals on the same share
  std::optional<WarrantTerms> warrant;
  std::vector<InvestmentRelease> releases;
  std::vector<DatedPayment> payments;
  std::optional<GuaranteeTerms> guarantee;
  Term<double> discount_rate;               ///< of the vendor's money, a year, yearly compounded
  std::vector<PlannedDelivery> deliveries;  ///< used where no fleet is simulated
  Term<double> delay_months = {
      0,  0,
      0,  TermStatus::assumption,
      "", "not stated: no delay"};  ///< common slip of all deliveries, uniform from low to high
  Term<double> correlation = {
      0,  0,
      0,  TermStatus::assumption,
      "", "not stated: independent"};  ///< of the share price with deliveries that come early
  std::vector<DealFact> facts;
};

/// Every power on which something of the deal hangs, rising, each once.
std::vector<Watts> milestones(const Deal& deal);
/// The place of a power among them. Precondition: it is one of them.
std::size_t milestone_of(const std::vector<Watts>& milestones, Watts delivered);

}  // namespace polyfleet
