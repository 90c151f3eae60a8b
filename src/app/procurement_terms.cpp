#include <fmt/format.h>

#include <algorithm>

#include "app/procurement_document.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

/// Turns names and days of the table into numbers of the model.
class TermsReader {
 public:
  TermsReader(const StatedProcurement& stated, const FleetModel& model,
              std::vector<std::string>& assumptions, Diagnostics& out)
      : stated_(stated), model_(model), assumptions_(assumptions), out_(out) {
    for (const DeviceClass& each : model.classes) {
      systems_.push_back(each.id);
      if (std::find(vendors_.begin(), vendors_.end(), each.vendor) == vendors_.end())
        vendors_.push_back(each.vendor);
    }
    for (const SiteModel& each : model.sites) sites_.push_back(each.id);
  }

  ProcurementTerms read() {
    terms_.meet_all = stated_.meet == PlanMeets::all;
    terms_.keep_phases = stated_.keep == PlanKeeps::phases;
    terms_.quarters_to_work = stated_.quarters_to_work;
    terms_.gap = stated_.gap;
    terms_.largest_share = stated_.largest_share;
    if (stated_.meet_from) terms_.meet_from = hour_of(stated_, "meet_from", stated_.meet_from);
    if (stated_.block) terms_.block = stated_.block->value;
    if (stated_.offers.empty()) {
      offer_everything();
    } else {
      for (const StatedPurchaseOffer& each : stated_.offers) add_offer(each);
    }
    if (terms_.offers.empty() && out_.empty())
      out_.push_back(problem_at(stated_.where, "nothing is on offer",
                                "state prices of systems in [[hardware]], or [[plan.offer]]"));
    for (const StatedDelivery& each : stated_.deliveries) add_delivery(each);
    for (const StatedBudget& each : stated_.budgets)
      add_year(each, each.year, each.most ? each.most->value / usd : 0, terms_.budgets);
    for (const StatedCarbonLimit& each : stated_.carbon)
      add_year(each, each.year, each.most ? each.most->value / gram_co2e : 0, terms_.carbon);
    add_shares();
    add_frontier();
    return std::move(terms_);
  }

 private:
  int number_of(const StatedEntry& entry, std::string_view key, const std::string& name,
                const std::vector<std::string>& known, const char* what) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found != known.end()) return static_cast<int>(found - known.begin());
    out_.push_back(problem_at(place_of(entry, key), fmt::format("no {} '{}'", what, name),
                              name_suggestion(name, known)));
    return -1;
  }

  /// An unstated day is the study's begin.
  FleetHour hour_of(const StatedEntry& entry, std::string_view key,
                    const std::optional<CalendarDate>& date) {
    if (!date) return 0;
    const FleetHour hour_of_study = model_.time.hour_of(*date);
    if (hour_of_study >= model_.time.hours())
      out_.push_back(
          problem_at(place_of(entry, key),
                     fmt::format("{} {} lies after the study's end", key, print_date(*date)),
                     fmt::format("the study ends on {}", print_date(model_.time.end()))));
    return hour_of_study;
  }

  void offer_everything() {
    for (std::size_t c = 0; c < model_.classes.size(); ++c) {
      const DeviceClass& device = model_.classes[c];
      if (!device.price) {
        assumptions_.push_back(fmt::format("{} is not on offer: it has no price", device.id));
        continue;
      }
      ProcurementTerms::Offer& offer = terms_.offers.emplace_back();
      offer.device_class = static_cast<int>(c);
      for (std::size_t s = 0; s < model_.sites.size(); ++s)
        offer.sites.push_back(static_cast<int>(s));
    }
    assumptions_.push_back(
        "no [[plan.offer]]: every system with a price is on offer at every site from the study's "
        "begin, in any amount");
  }

  void add_offer(const StatedPurchaseOffer& stated) {
    ProcurementTerms::Offer offer;
    offer.device_class = number_of(stated, "system", stated.system, systems_, "system");
    if (stated.sites.empty()) {
      for (std::size_t s = 0; s < sites_.size(); ++s) offer.sites.push_back(static_cast<int>(s));
    }
    for (const std::string& site : stated.sites)
      offer.sites.push_back(number_of(stated, "sites", site, sites_, "site"));
    offer.first_delivery = hour_of(stated, "first_delivery", stated.first_delivery);
    if (stated.per_quarter) offer.per_quarter = stated.per_quarter->value;
    offer.price_change = stated.price_change;
    if (offer.device_class < 0 || std::count(offer.sites.begin(), offer.sites.end(), -1) > 0)
      return;
    if (!model_.classes[static_cast<std::size_t>(offer.device_class)].price) {
      out_.push_back(problem_at(place_of(stated, "system"),
                                fmt::format("'{}' has no price", stated.system),
                                "state one in [[hardware]] with its source"));
      return;
    }
    for (const ProcurementTerms::Offer& other : terms_.offers) {
      for (const int site : other.sites) {
        if (other.device_class == offer.device_class &&
            std::find(offer.sites.begin(), offer.sites.end(), site) != offer.sites.end())
          out_.push_back(problem_at(stated.where,
                                    fmt::format("two offers of '{}' at one site", stated.system),
                                    "state each system and site once"));
      }
    }
    terms_.offers.push_back(offer);
  }

  void add_delivery(const StatedDelivery& stated) {
    if (number_of(stated, "vendor", stated.vendor, vendors_, "vendor") < 0) return;
    if (!stated.per_quarter) return;  // diagnosed as missing
    terms_.deliveries.push_back(
        {stated.vendor, hour_of(stated, "from", stated.from), stated.per_quarter->value});
  }

  void add_year(const StatedEntry& stated, int year, double most, std::vector<YearLimit>& limits) {
    const int first = model_.time.begin().year;
    const int last = model_.time.date_of(model_.time.hours() - 1).year;
    if (year < first || year > last)
      out_.push_back(problem_at(place_of(stated, "year"),
                                fmt::format("the year {} is not in the study", year),
                                fmt::format("give a year from {} to {}", first, last)));
    for (const YearLimit& each : limits) {
      if (each.year == year)
        out_.push_back(problem_at(stated.where, fmt::format("two limits of {}", year),
                                  "state each year once"));
    }
    limits.push_back({year, most});
  }

  void add_shares() {
    double least = 0;
    for (const StatedBoughtShare& each : stated_.shares) {
      if (number_of(each, "vendor", each.vendor, vendors_, "vendor") < 0) continue;
      if (each.least > each.most)
        out_.push_back(
            problem_at(place_of(each, "least"),
                       fmt::format("the least share of {} exceeds its most", each.vendor),
                       "give least <= most"));
      least += each.least;
      terms_.shares.push_back({each.vendor, each.least, each.most});
    }
    if (least > 1)
      out_.push_back(problem_at(stated_.where, "the least shares of all vendors exceed 1",
                                "let them sum to at most 1"));
  }

  void add_frontier() {
    if (!stated_.frontier) {
      assumptions_.push_back(
          "no [plan.frontier]: largest shares of 100, 90, 80, 70, 60 and 50 %; a lost vendor "
          "delivers nothing from the middle of the study on");
      terms_.lost_from = model_.time.hours() / 2;
      return;
    }
    if (!stated_.frontier->shares.empty()) terms_.frontier = stated_.frontier->shares;
    std::sort(terms_.frontier.rbegin(), terms_.frontier.rend());
    terms_.lost_from = stated_.frontier->lost_from
                           ? hour_of(*stated_.frontier, "lost_from", stated_.frontier->lost_from)
                           : model_.time.hours() / 2;
  }

  const StatedProcurement& stated_;
  const FleetModel& model_;
  std::vector<std::string>& assumptions_;
  Diagnostics& out_;
  std::vector<std::string> systems_, sites_, vendors_;
  ProcurementTerms terms_;
};

}  // namespace

Result<ProcurementTerms> read_procurement_terms(const Value& plan, const FleetModel& model,
                                                std::vector<std::string>& assumptions) {
  Diagnostics problems;
  StatedProcurement stated;
  if (!plan.is_null()) read_entry(plan, procurement_fields(), stated, "plan", problems);
  if (!problems.empty()) return problems;
  ProcurementTerms terms = TermsReader(stated, model, assumptions, problems).read();
  if (!problems.empty()) return problems;
  if (plan.find("quarters_to_work") == nullptr)
    assumptions.push_back("what is delivered in one quarter works from the next on");
  return terms;
}

}  // namespace polyfleet
