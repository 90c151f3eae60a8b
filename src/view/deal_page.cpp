#include "view/deal_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "capital/deal_date.hpp"
#include "report/fleet_table.hpp"
#include "report/plain_units.hpp"
#include "view/deal_figures.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

std::string over_text(const DealAnswer& answer) {
  const std::size_t paths = answer.deployments.front().size();
  if (answer.own_deliveries) return "over the reader's own deliveries";
  if (paths < 2) return "over the planned deliveries";
  return fmt::format("over {} equally likely delays of the planned deliveries", paths);
}

std::vector<PageFact> facts_of(const DealAnswer& answer) {
  std::vector<PageFact> facts;
  if (answer.warrants) {
    const WarrantValue& own = answer.warrants->positions.front();
    facts.push_back({"warrant", usd_text(own.value.mean),
                     fmt::format("5 % {}, 95 % {}", usd_text(own.value_spread.p5),
                                 usd_text(own.value_spread.p95))});
    facts.push_back({"a gigawatt", usd_text(own.per_gigawatt / usd), "of the warrant's value"});
    facts.push_back({"shares that vest", amount_text(own.shares.mean, "shares"),
                     fmt::format("5 % {}, 95 % {}", amount_text(own.shares_spread.p5, "shares"),
                                 amount_text(own.shares_spread.p95, "shares"))});
    facts.push_back({"dilution", fmt::format("{:.2f} %", 100 * answer.warrants->dilution),
                     fmt::format("of all warrants on the share; at most {:.2f} %",
                                 100 * answer.warrants->greatest_dilution)});
  }
  if (answer.share)
    facts.push_back({"share", fmt::format("{:.4g} USD", answer.model.price / usd),
                     fmt::format("{}; {}, volatility {:.3g} a year", answer.share->name,
                                 answer.price_source, answer.model.volatility)});
  if (answer.investment)
    facts.push_back({"money from the vendor", usd_text(answer.investment->released / usd),
                     "worth " + usd_text(answer.investment->value / usd)});
  if (answer.guarantee)
    facts.push_back({"guarantee", usd_text(answer.guarantee->expected_loss / usd),
                     "expected loss; greatest exposure " +
                         usd_text(answer.guarantee->greatest_exposure / usd)});
  return facts;
}

/// Every warrant on the share.
PageFigure positions_of(const DealAnswer& answer) {
  std::vector<std::string> names;
  std::vector<double> mean, low, high, shares, unforeseen;
  for (const WarrantValue& each : answer.warrants->positions) {
    names.push_back(each.deal);
    mean.push_back(rounded(each.value.mean / kBillion));
    low.push_back(rounded(each.value_spread.p5 / kBillion));
    high.push_back(rounded(each.value_spread.p95 / kBillion));
    shares.push_back(rounded(each.shares.mean / 1e6));
    unforeseen.push_back(rounded(each.value_if_unforeseen.mean / kBillion));
  }
  PageFigure figure;
  figure.id = "warrants_on_the_share";
  figure.title = "Warrants on the same share";
  figure.reading = fmt::format(
      "Mean values with 5 and 95 % of the paths; together {} of the share's market value.",
      fmt::format("{:.2f} %", 100 * answer.warrants->of_market_value));
  figure.data.word("deal", names).number("worth", "BUSD", mean).number("5 %", "BUSD", low);
  figure.data.number("95 %", "BUSD", high).number("shares that vest", "million", shares);
  figure.data.number("worth if dilution is unforeseen", "BUSD", unforeseen);
  BarChart chart;
  chart.category = "deal";
  chart.values = {"worth"};
  chart.low = "5 %";
  chart.high = "95 %";
  chart.horizontal = true;
  figure.chart = std::move(chart);
  return figure;
}

/// Earliest to latest day of each of the deal's gigawatts.
PageFigure deliveries_of(const DealAnswer& answer) {
  const std::vector<Watts> powers = milestones(answer.deals.front());
  std::vector<std::string> names, kinds;
  std::vector<double> begins, ends;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    double first = 0, last = 0;
    bool any = false;
    for (const DeploymentPath& path : answer.deployments.front()) {
      if (!path.reached[i]) continue;
      const double at = page_day(*path.reached[i]);
      first = any ? std::min(first, at) : at;
      last = any ? std::max(last, at) : at;
      any = true;
    }
    if (!any) continue;
    names.push_back(fmt::format("{:.3g} GW", powers[i] / gigawatt));
    kinds.emplace_back(last > first ? "between earliest and latest" : "on the day");
    begins.push_back(first);
    ends.push_back(std::max(last, first + 1));
  }
  PageFigure figure;
  figure.id = "deliveries";
  figure.title = "When the gigawatts come";
  figure.reading = fmt::format("Days of the deal's milestones {}.", over_text(answer));
  figure.data.word("delivered", names).word("when", kinds).date("from", begins).date("to", ends);
  figure.chart = SpanChart{"delivered", "from", "to", "when"};
  return figure;
}

PageFigure tornado_of(const DealSensitivity& sensitivity) {
  std::vector<std::string> names, low_ends, high_ends;
  std::vector<double> low, high;
  for (const DealSwing& swing : sensitivity.swings) {
    names.push_back(fmt::format("{} ({} to {})", swing.key, swing.low, swing.high));
    low_ends.push_back(swing.low);
    high_ends.push_back(swing.high);
    low.push_back(rounded(swing.at_low / usd / kBillion));
    high.push_back(rounded(swing.at_high / usd / kBillion));
  }
  PageFigure figure;
  figure.id = "sensitivity";
  figure.title = "What moves the value";
  figure.reading = fmt::format(
      "The value of the deal at both ends of each term's range, others as they are; now {}.",
      usd_text(sensitivity.base / usd));
  figure.data.word("term", names).number("at the low end", "BUSD", low);
  figure.data.number("at the high end", "BUSD", high).word("low", low_ends).word("high", high_ends);
  TornadoChart chart;
  chart.name = "term";
  chart.low = "at the low end";
  chart.high = "at the high end";
  chart.base = rounded(sensitivity.base / usd / kBillion);
  chart.base_label = "as stated";
  figure.chart = std::move(chart);
  figure.assumptions = {fmt::format("{} price paths for each end.", sensitivity.paths)};
  return figure;
}

PageFigure terms_of(const DealAnswer& answer) {
  std::vector<std::string> key, value, range, status, source, note;
  for (const NamedTerm& term : answer.terms) {
    key.push_back(term.key);
    value.push_back(term.value);
    range.push_back(term.range);
    status.emplace_back(name_of(term.status));
    source.push_back(term.source);
    note.push_back(term.note);
  }
  PageFigure figure;
  figure.id = "terms";
  figure.title = "Terms and who states them";
  figure.reading = "What is not public is an assumption and can be set: --set KEY=VALUE.";
  figure.data.word("term", key).word("value", value).word("range", range).word("status", status);
  figure.data.word("source", source).word("note", note);
  return figure;
}

PageFigure facts_table(const Deal& deal) {
  std::vector<double> days;
  std::vector<std::string> what, status, source;
  for (const DealFact& fact : deal.facts) {
    days.push_back(page_day(fact.date));
    what.push_back(fact.what);
    status.emplace_back(name_of(fact.status));
    source.push_back(fact.source);
  }
  PageFigure figure;
  figure.id = "facts";
  figure.title = "What has happened";
  figure.reading = "Dated facts around the deal with who states them.";
  figure.data.date("on", days).word("what", what).word("status", status).word("source", source);
  return figure;
}

FigureSection value_section(const DealAnswer& answer) {
  FigureSection section{"Value", {}};
  const DealNaming naming{"deal", "", over_text(answer), answer.valued_on};
  if (answer.warrants) {
    section.figures = warrant_figures(answer.warrants->positions.front(), naming);
    if (answer.warrants->positions.size() > 1) section.figures.push_back(positions_of(answer));
  }
  if (answer.investment)
    for (PageFigure& figure : investment_figures(*answer.investment, naming))
      section.figures.push_back(std::move(figure));
  if (answer.sensitivity && !answer.sensitivity->swings.empty())
    section.figures.push_back(tornado_of(*answer.sensitivity));
  return section;
}

}  // namespace

FigurePage deal_page(const DealAnswer& answer) {
  const Deal& deal = answer.deals.front();
  FigurePage page;
  page.title = deal.name.empty() ? deal.id : deal.name;
  page.subtitle = fmt::format("{} and {}, signed {}{}; valued on {}. {}", deal.vendor, deal.buyer,
                              print_date(deal.signed_on),
                              deal.state == "signed" ? "" : fmt::format(" ({})", deal.state),
                              print_date(answer.valued_on), deal.summary);
  page.facts = facts_of(answer);
  if (answer.interrupted()) page.notices.push_back(answer.sensitivity->interrupted_text() + ".");
  if (answer.warrants)
    page.notices.emplace_back(
        "Warrants are valued without arbitrage (risk-neutral): a price of the promise today, not a "
        "forecast of what it will bring.");
  std::size_t assumed = 0;
  for (const NamedTerm& term : answer.terms) assumed += term.status == TermStatus::assumption;
  if (assumed > 0)
    page.notices.push_back(
        fmt::format("{} of {} terms are not public and assumed; the table of terms marks them.",
                    assumed, answer.terms.size()));
  page.sections.push_back(value_section(answer));
  FigureSection rest{"Deliveries, terms, facts", {}};
  if (PageFigure figure = deliveries_of(answer); figure.data.rows() > 0)
    rest.figures.push_back(std::move(figure));
  rest.figures.push_back(terms_of(answer));
  if (!deal.facts.empty()) rest.figures.push_back(facts_table(deal));
  page.sections.push_back(std::move(rest));
  std::erase_if(page.sections, [](const FigureSection& each) { return each.figures.empty(); });
  return page;
}

FigurePage deal_list_page(const std::vector<DealSummary>& deals) {
  std::vector<std::string> ids, names, states, summaries;
  std::vector<double> days;
  for (const DealSummary& deal : deals) {
    ids.push_back(deal.id);
    names.push_back(deal.name);
    states.push_back(deal.state);
    summaries.push_back(deal.summary);
    days.push_back(page_day(deal.signed_on));
  }
  PageFigure figure;
  figure.id = "deals";
  figure.title = "Shipped deals";
  figure.reading = "polyfleet value deal NAME values one.";
  figure.data.word("deal", ids).word("name", names).date("signed", days).word("state", states);
  figure.data.word("summary", summaries);
  FigurePage page;
  page.title = "Deals between vendors and buyers of gigawatts";
  page.subtitle = fmt::format("{} deals with their terms and sources", deals.size());
  page.sections = {{"Deals", {std::move(figure)}}};
  return page;
}

}  // namespace polyfleet
