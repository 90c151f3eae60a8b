#include "app/deal_case.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/csv.hpp"
#include "capital/deal_date.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

/// Equally likely delays; a middle of 64 parts errs by less than a week for delays up to a year.
constexpr int kDelays = 64;

void append(Diagnostics& into, const Diagnostics& more) {
  into.insert(into.end(), more.begin(), more.end());
}

struct Documents {
  std::vector<std::string> names;  ///< of the deals
  std::vector<Value> deals;
  std::optional<Value> share;
};

/// The text at a key of a document, or empty.
std::string text_at(const Value& document, std::string_view key) {
  const Value* value = document.find(key);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
}

Result<Documents> read_documents(const std::filesystem::path& data, const DealQuestion& question) {
  Documents documents;
  const Result<Value> first =
      question.document ? Result<Value>(*question.document) : deal_document(data, question.deal);
  if (!first) return first.problems();
  documents.names.push_back(text_at(*first, "id"));
  documents.deals.push_back(*first);
  const Value* others = first->find("dilutes_with");
  if (!question.alone && others != nullptr && others->array() != nullptr) {
    for (const Value& other : *others->array()) {
      if (other.text() == nullptr) continue;  // the reader of fields says so
      const Result<Value> document = deal_document(data, *other.text());
      if (!document) return document.problems();
      documents.names.push_back(*other.text());
      documents.deals.push_back(*document);
    }
  }
  if (const std::string share = text_at(*first, "share"); !share.empty()) {
    const Result<Value> document = share_document(data, share);
    if (!document) return document.problems();
    documents.share = *document;
  }
  return documents;
}

/// Lays one setting into the document that its key names.
Diagnostics lay(const Setting& setting, Documents& documents) {
  Value value = setting.value;
  value.at({setting.flag, 0, 0});
  Value* document = &documents.deals.front();
  std::string_view key = setting.key;
  const std::size_t dot = key.find('.');
  const std::string_view head = key.substr(0, dot);
  if (head == "share" && dot != std::string_view::npos) {
    if (!documents.share)
      return {problem_at(value.where(), "the deal is on no share", "leave out share.KEY")};
    document = &*documents.share;
    key.remove_prefix(dot + 1);
  } else if (dot != std::string_view::npos) {
    const auto named = std::find(documents.names.begin(), documents.names.end(), head);
    if (named != documents.names.end()) {
      document = &documents.deals[static_cast<std::size_t>(named - documents.names.begin())];
      key.remove_prefix(dot + 1);
    }
  }
  const Result<Value> changed = with_value(*document, key, value);
  if (!changed) return changed.problems();
  *document = *changed;
  return {};
}

Diagnostics lay_all(const DealQuestion& question, Documents& documents) {
  Diagnostics out;
  for (const Setting& setting : question.settings) append(out, lay(setting, documents));
  if (question.volatility)
    append(out, lay({"share.volatility", Value(*question.volatility), "--volatility"}, documents));
  return out;
}

Result<Usd> price_of(const std::string& text) {
  Usd price;
  if (const auto number = parse_number(text)) {
    price = *number * usd;
  } else {
    const Result<Usd> quantity = parse_quantity<Usd>(text);
    if (!quantity) return quantity.problems();
    price = *quantity;
  }
  if (!(price > Usd()))
    return problem_at({"--price", 0, 0}, fmt::format("'{}' must be above zero", text));
  return price;
}

/// The price, where it comes from and the day of the valuation.
Diagnostics set_price(const DealQuestion& question, DealCase& made) {
  std::optional<CalendarDate> on;
  if (!question.on.empty()) {
    const Result<CalendarDate> date = parse_date(question.on);
    if (!date) return date.problems();
    on = *date;
  }
  if (!made.share) {
    made.valued_on = on.value_or(made.deals.front().signed_on);
    return question.price.empty()
               ? Diagnostics{}
               : Diagnostics{problem("the deal is on no share", "leave out --price")};
  }
  const ShareQuote* quote = on ? quote_on(*made.share, *on) : &made.share->quotes.back();
  made.valued_on = on.value_or(made.share->quotes.back().date);
  if (!question.price.empty()) {
    const Result<Usd> price = price_of(question.price);
    if (!price) return price.problems();
    made.price = term(*price);
    made.price_source = "set by the reader";
  } else if (quote == nullptr) {
    return {problem(fmt::format("no quote of {} on or before {}", made.share->name, question.on),
                    "give the price of that day with --price")};
  } else {
    made.price = quote->price;
    made.price_source =
        fmt::format("{} of {}", name_of(quote->price.status), print_date(quote->date));
  }
  made.model = {made.price.value, made.share->volatility.value, made.share->rate.value,
                made.share->dividend_yield.value, made.share->outstanding.value};
  return {};
}

/// Everything that only a document with its day and deliveries can have wrong.
Diagnostics faults_of(const DealCase& made) {
  Diagnostics out;
  for (std::size_t i = 0; i < made.deals.size(); ++i) {
    const Deal& deal = made.deals[i];
    const std::vector<DeliveredPower> curve = i == 0 && made.own ? *made.own : planned_curve(deal);
    if (curve.empty() && !milestones(deal).empty())
      out.push_back(problem(fmt::format("'{}' plans no deliveries", deal.id),
                            "add [[delivery]] or give --deployment"));
    if (!deal.warrant || curve.empty()) continue;
    if (is_before(deal.warrant->expiry.value, curve.front().date))
      out.push_back(problem(fmt::format("the warrant of '{}' expires on {}, before the first "
                                        "delivery on {}",
                                        deal.id, print_date(deal.warrant->expiry.value),
                                        print_date(curve.front().date)),
                            "give earlier deliveries or a later expiry"));
  }
  return out;
}

}  // namespace

Result<DealCase> deal_case(const std::filesystem::path& data, const DealQuestion& question) {
  Result<Documents> documents = read_documents(data, question);
  if (!documents) return documents.problems();
  Diagnostics out = lay_all(question, *documents);
  DealCase made;
  for (const Value& document : documents->deals) {
    Result<Deal> deal = read_deal(document);
    if (deal) {
      made.deals.push_back(*std::move(deal));
    } else {
      append(out, deal.problems());
    }
  }
  if (documents->share) {
    Result<ShareTerms> share = read_share(*documents->share);
    if (share) {
      made.share = *std::move(share);
    } else {
      append(out, share.problems());
    }
  }
  if (!question.deployment.empty()) {
    Result<std::vector<DeliveredPower>> own = read_deliveries(question.deployment);
    if (own) {
      made.own = *std::move(own);
    } else {
      append(out, own.problems());
    }
  }
  if (!out.empty()) return out;
  append(out, set_price(question, made));
  append(out, faults_of(made));
  if (!out.empty()) return out;
  return made;
}

std::vector<DeploymentPath> deployments_of(const DealCase& deal_case, std::size_t deal) {
  const Deal& terms = deal_case.deals[deal];
  if (deal == 0 && deal_case.own) return {deployment_path(terms, *deal_case.own)};
  return delayed_paths(terms, planned_curve(terms), kDelays);
}

}  // namespace polyfleet
