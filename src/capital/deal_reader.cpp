#include "capital/deal_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "capital/deal_checks.hpp"
#include "capital/deal_term_field.hpp"
#include "config/list_reader.hpp"

namespace polyfleet {
namespace {

constexpr double kNoEnd = std::numeric_limits<double>::infinity();
constexpr Range kShare{0, 1};        // of something
constexpr Range kAmount{0, kNoEnd};  // money, shares
constexpr Range kPositive{1e-12, kNoEnd};
constexpr Range kYearlyRate{-0.5, 5};
constexpr Range kCorrelation{-0.95, 0.95};  // at 1 the price would be the deployment's alone
constexpr Range kVolatility{0.05, 5};
constexpr Range kPower{1, 1e13};  // W
constexpr Range kMonths{-120, 240};

const FieldTable<WarrantTranche>& tranche_fields() {
  using T = WarrantTranche;
  static const FieldTable<T> fields{
      required(quantity_field("delivered", &T::delivered, kPower, "cumulative power delivered")),
      required(term_field("shares", &T::shares, kAmount, "shares of this tranche")),
      required(term_field("hurdle", &T::hurdle, kPositive, "share price to be met")),
      required(term_field("conditions", &T::conditions, kShare,
                          "probability that the further conditions are met")),
  };
  return fields;
}

/// "spot", or a table with value, status, source, note.
void read_rule(WarrantTerms& into, const Value& value, Diagnostics& out) {
  const auto raw = detail::read_raw_term(value, "rule", out);
  if (!raw || raw->value == nullptr) return;
  const auto text = detail::read_text(*raw->value, "rule", out);
  if (!text) return;
  const std::vector<std::string> names{"spot", "average", "once"};
  const auto at = std::find(names.begin(), names.end(), *text);
  if (at == names.end()) return detail::unknown_choice("rule", *text, *raw->value, names, out);
  into.rule = static_cast<HurdleRule>(at - names.begin());
  into.rule_status = raw->status;
  into.rule_source = raw->source;
  into.rule_note = raw->note;
}

const FieldTable<WarrantTerms>& warrant_fields() {
  using W = WarrantTerms;
  static const FieldTable<W> fields = [] {
    Field<W> rule;
    rule.key = "rule";
    rule.type = "term: spot, average or once";
    rule.help = "when a price hurdle counts as met";
    rule.read = read_rule;
    rule.print = [](const W& from) { return Value(name_of(from.rule)); };
    return FieldTable<W>{
        required(term_field("shares", &W::shares, kAmount, "shares of all tranches")),
        required(term_field("exercise_price", &W::exercise_price, kAmount, "paid per share")),
        required(term_date_field("issued", &W::issued, "day of issue")),
        required(term_date_field("expiry", &W::expiry, "last day")),
        required(rule),
        term_field("window_days", &W::window_days, Range{0, 1000}, "trading days of an average"),
        term_field("highest", &W::highest, kAmount, "price seen since issue, for the rule once"),
    };
  }();
  return fields;
}

template <class T>
Field<T> status_field(std::string key, TermStatus T::*member, std::string help) {
  std::vector<std::pair<std::string, TermStatus>> choices;
  for (std::size_t i = 0; i < kTermStatusNames.size(); ++i)
    choices.emplace_back(kTermStatusNames[i], static_cast<TermStatus>(i));
  return choice_field(std::move(key), member, std::move(choices), std::move(help));
}

const FieldTable<DealFact>& fact_fields() {
  using F = DealFact;
  static const FieldTable<F> fields{
      required(calendar_date_field("date", &F::date, "of the event or statement")),
      required(text_field("what", &F::what, "in one sentence")),
      required(status_field("status", &F::status, "who says so")),
      required(text_field("source", &F::source, "key into data/sources.toml")),
  };
  return fields;
}

const FieldTable<GuaranteeTerms>& guarantee_fields() {
  using G = GuaranteeTerms;
  static const FieldTable<G> fields{
      required(term_field("amount", &G::amount, kAmount, "the most that may be claimed")),
      required(term_field("power", &G::power, Range{1e-3, 1e3}, "gigawatts that it covers")),
      required(term_field("years", &G::years, Range{0.1, 60},
                          "over which the exposure of a gigawatt falls to nothing")),
      required(term_field("default_rate", &G::default_rate, Range{0, 0.99},
                          "chance of the buyer's default, a year")),
      required(term_field("recovery", &G::recovery, kShare, "share of a claim got back")),
  };
  return fields;
}

FieldTable<Deal> list_fields() {
  using R = InvestmentRelease;
  using P = DatedPayment;
  using D = PlannedDelivery;
  const FieldTable<R> release{
      required(quantity_field("delivered", &R::delivered, kPower, "cumulative power delivered")),
      required(term_field("amount", &R::amount, kAmount, "released then"))};
  const FieldTable<P> payment{required(term_date_field("date", &P::date, "day of payment")),
                              required(term_field("amount", &P::amount, kAmount, "paid then")),
                              required(text_field("what", &P::what, "in a few words"))};
  const FieldTable<D> delivery{
      required(quantity_field("delivered", &D::delivered, kPower, "cumulative power delivered")),
      required(term_date_field("date", &D::date, "planned day"))};
  return {tables_field("release", &Deal::releases, release, "money released per gigawatt"),
          tables_field("payment", &Deal::payments, payment, "money paid on a day"),
          tables_field("delivery", &Deal::deliveries, delivery, "planned deliveries"),
          tables_field("fact", &Deal::facts, fact_fields(), "what was said and done, with dates")};
}

template <class M>
Field<Deal> optional_table(std::string key, std::optional<M> Deal::*member,
                           const FieldTable<M>& fields, std::string help) {
  Field<Deal> field;
  field.key = key;
  field.type = "table";
  field.help = std::move(help);
  field.read = [=](Deal& into, const Value& value, Diagnostics& out) {
    M read;
    read_fields(value, fields, read, key, out);
    into.*member = std::move(read);
  };
  field.print = [=](const Deal& from) {
    return from.*member ? print_fields(fields, *(from.*member)) : Value();
  };
  return field;
}

const FieldTable<Deal>& deal_fields() {
  using D = Deal;
  static const FieldTable<D> fields = [] {
    FieldTable<D> all{
        required(text_field("id", &D::id, "name of the file")),
        required(text_field("name", &D::name, "for reports")),
        required(text_field("vendor", &D::vendor, "who sells the hardware")),
        required(text_field("buyer", &D::buyer, "who buys it")),
        required(text_field("state", &D::state, "signed, letter of intent, replaced")),
        text_field("summary", &D::summary, "in a sentence"),
        required(calendar_date_field("signed_on", &D::signed_on, "day of signature")),
        text_field("share", &D::share, "the issuer's share (data/deals/shares)"),
        text_list_field("dilutes_with", &D::dilutes_with, "other deals on the same share"),
        term_field("discount_rate", &D::discount_rate, kYearlyRate, "of the vendor's money"),
        term_field("delay_months", &D::delay_months, kMonths, "common slip of all deliveries"),
        term_field("correlation", &D::correlation, kCorrelation,
                   "of the share price with deliveries that come early"),
        optional_table("warrant", &D::warrant, warrant_fields(), "the warrant"),
        optional_table("guarantee", &D::guarantee, guarantee_fields(), "a guarantee"),
    };
    const FieldTable<D> lists = list_fields();
    all.insert(all.end(), lists.begin(), lists.end());
    return all;
  }();
  return fields;
}

const FieldTable<ShareTerms>& share_fields() {
  using S = ShareTerms;
  using Q = ShareQuote;
  static const FieldTable<S> fields = [] {
    const FieldTable<Q> quote{required(calendar_date_field("date", &Q::date, "of the price")),
                              required(term_field("price", &Q::price, kPositive, "of one share"))};
    return FieldTable<S>{
        required(text_field("id", &S::id, "name of the file")),
        required(text_field("name", &S::name, "for reports")),
        required(term_field("volatility", &S::volatility, kVolatility, "of log returns, a year")),
        required(term_field("rate", &S::rate, kYearlyRate, "riskless, continuous, a year")),
        required(term_field("dividend_yield", &S::dividend_yield, kYearlyRate, "a year")),
        required(term_field("outstanding", &S::outstanding, kPositive, "shares outstanding")),
        required(tables_field("quote", &S::quotes, quote, "dated prices, oldest first")),
    };
  }();
  return fields;
}

/// [[tranche]] stands beside [warrant] in the file and belongs into it.
void read_tranches(const Value& document, Deal& deal, Diagnostics& out) {
  const Value* list = document.find("tranche");
  if (list == nullptr) {
    if (deal.warrant) out.push_back(problem_at(document.where(), "the warrant has no [[tranche]]"));
    return;
  }
  if (!deal.warrant) {
    out.push_back(problem_at(list->where(), "[[tranche]] without a [warrant]"));
    return;
  }
  const auto field = tables_field("tranche", &WarrantTerms::tranches, tranche_fields(), "");
  field.read(*deal.warrant, *list, out);
}

}  // namespace

Result<Deal> read_deal(const Value& document) {
  Diagnostics out;
  Deal deal;
  Value rest = document;
  if (Table* members = rest.table())
    std::erase_if(*members, [](const auto& member) { return member.first == "tranche"; });
  read_fields(rest, deal_fields(), deal, "the deal", out);
  read_tranches(document, deal, out);
  if (out.empty()) check_deal(deal, document, out);
  if (!out.empty()) return out;
  return deal;
}

Result<ShareTerms> read_share(const Value& document) {
  Diagnostics out;
  ShareTerms share;
  read_fields(document, share_fields(), share, "the share", out);
  if (out.empty()) check_share(share, document, out);
  if (!out.empty()) return out;
  return share;
}

Result<Deal> load_deal(const std::filesystem::path& data, std::string_view name) {
  const Result<Value> document = deal_document(data, name);
  if (!document) return document.problems();
  return read_deal(*document);
}

Result<ShareTerms> load_share(const std::filesystem::path& data, std::string_view name) {
  const Result<Value> document = share_document(data, name);
  if (!document) return document.problems();
  return read_share(*document);
}

}  // namespace polyfleet
