#include "view/deal_figures.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cmath>

#include "capital/deal_date.hpp"
#include "report/fleet_table.hpp"
#include "report/plain_units.hpp"
#include "view/fleet_series.hpp"

namespace polyfleet {
namespace {

std::string titled(const DealNaming& naming, const std::string& title) {
  if (naming.name.empty()) return title;
  std::string lower = title;
  lower[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(lower[0])));
  return naming.name + ": " + lower;
}

std::string range_text(const Percentiles& spread) {
  return fmt::format("5 % {}, 25 % {}, 50 % {}, 75 % {}, 95 % {}", usd_text(spread.p5),
                     usd_text(spread.p25), usd_text(spread.p50), usd_text(spread.p75),
                     usd_text(spread.p95));
}

PageFigure distribution(const WarrantValue& warrant, const DealNaming& naming) {
  const ValueBins& bins = warrant.value_bins;
  double paths = 0;
  for (const std::int64_t count : bins.counts) paths += static_cast<double>(count);
  std::vector<double> from, share, up_to;
  double so_far = 0;
  for (std::size_t i = 0; i < bins.counts.size(); ++i) {
    const double part = 100 * static_cast<double>(bins.counts[i]) / paths;
    so_far += part;
    from.push_back(rounded((bins.begin + bins.width * static_cast<double>(i)) / kBillion));
    share.push_back(rounded(part));
    up_to.push_back(rounded(so_far));
  }
  PageFigure figure;
  figure.id = naming.id + "_distribution";
  figure.title = titled(naming, "What the warrant may be worth");
  figure.reading = fmt::format(
      "Share of the price paths that end in each range of {} wide, {}; the last step holds all "
      "above. Mean {} (standard error {}); {}. In {:.3g} % of the paths nothing vests.",
      usd_text(bins.width), naming.over, usd_text(warrant.value.mean),
      usd_text(warrant.value.error), range_text(warrant.value_spread), 100 * warrant.nothing_vests);
  figure.data.number("worth from", "BUSD", from).number("paths", "%", share);
  figure.data.number("paths so far", "%", up_to);
  LineChart chart;
  chart.x = "worth from";
  chart.values = {"paths"};
  chart.stacked_area = true;
  chart.steps = true;
  figure.chart = std::move(chart);
  figure.assumptions = {
      fmt::format("In money of {}; risk-neutral price paths of constant volatility, so these are "
                  "values, not forecasts.",
                  print_date(naming.valued_on))};
  return figure;
}

std::string tranche_name(const TrancheValue& tranche) {
  return fmt::format("{:.3g} GW, {:.4g} USD", tranche.delivered / gigawatt, tranche.hurdle / usd);
}

PageFigure tranches_of(const WarrantValue& warrant, const DealNaming& naming) {
  std::vector<std::string> names, days;
  std::vector<double> power, hurdle, shares, in_time, vests, error, value;
  for (const TrancheValue& each : warrant.tranches) {
    names.push_back(tranche_name(each));
    power.push_back(rounded(each.delivered / gigawatt));
    hurdle.push_back(rounded(each.hurdle / usd));
    shares.push_back(rounded(each.shares / kMillion));
    in_time.push_back(rounded(100 * each.delivered_in_time.mean));
    vests.push_back(rounded(100 * each.vests.mean));
    error.push_back(rounded(100 * each.vests.error));
    days.push_back(each.vest_date ? print_date(*each.vest_date) : "never");
    value.push_back(rounded(each.value.mean / kBillion));
  }
  PageFigure figure;
  figure.id = naming.id + "_tranches";
  figure.title = titled(naming, "What vests, tranche by tranche");
  figure.reading =
      "Each tranche needs its gigawatts and its share price: the first bar is how often the "
      "gigawatts come in time, the second how often it vests; the gap is the price hurdle.";
  figure.data.word("tranche", names).number("delivered", "GW", power);
  figure.data.number("hurdle", "USD", hurdle).number("shares", "million", shares);
  figure.data.number("delivered in time", "%", in_time).number("vests", "%", vests);
  figure.data.number("error of vests", "%", error).word("vests on, mean", days);
  figure.data.number("worth", "BUSD", value);
  BarChart chart;
  chart.category = "tranche";
  chart.values = {"delivered in time", "vests"};
  figure.chart = std::move(chart);
  return figure;
}

PageFigure vesting_over_time(const WarrantValue& warrant, const DealNaming& naming) {
  std::vector<double> days{page_day(naming.valued_on)}, shares{0};
  for (std::size_t i = 0; i < warrant.vested_by.size(); ++i) {
    days.push_back(page_day(naming.valued_on) +
                   static_cast<double>(i + 1) * WarrantValue::kVestingDays);
    shares.push_back(rounded(warrant.vested_by[i] / kMillion));
  }
  double all = 0;
  for (const TrancheValue& each : warrant.tranches) all += each.shares;
  PageFigure figure;
  figure.id = naming.id + "_vesting";
  figure.title = titled(naming, "Shares vested over time");
  figure.reading = fmt::format(
      "Mean over the paths; {} million of {} million shares vest in the end (5 % {}, 95 % {} "
      "million).",
      number_text(warrant.shares.mean / kMillion), number_text(all / kMillion),
      number_text(warrant.shares_spread.p5 / kMillion),
      number_text(warrant.shares_spread.p95 / kMillion));
  figure.data.date("by", days).number("shares vested, mean", "million", shares);
  LineChart chart;
  chart.x = "by";
  chart.values = {"shares vested, mean"};
  chart.limit = all / kMillion;
  chart.limit_label = "all shares of the warrant";
  figure.chart = std::move(chart);
  figure.assumptions = {fmt::format("Counted in steps of {} days.", WarrantValue::kVestingDays)};
  return figure;
}

PageFigure worth_of_deals(const std::vector<DealFutures>& deals, const std::string& over) {
  std::vector<std::string> names, what, days;
  std::vector<double> mean, p5, p25, p50, p75, p95;
  const auto add = [&](const DealFutures& deal, const char* kind, double value,
                       const Percentiles* spread) {
    names.push_back(fmt::format("{}, {}", deal.name, kind));
    what.emplace_back(deal.program);
    days.push_back(print_date(deal.valued_on));
    mean.push_back(rounded(value / kBillion));
    p5.push_back(spread ? rounded(spread->p5 / kBillion) : std::nan(""));
    p25.push_back(spread ? rounded(spread->p25 / kBillion) : std::nan(""));
    p50.push_back(spread ? rounded(spread->p50 / kBillion) : std::nan(""));
    p75.push_back(spread ? rounded(spread->p75 / kBillion) : std::nan(""));
    p95.push_back(spread ? rounded(spread->p95 / kBillion) : std::nan(""));
  };
  for (const DealFutures& deal : deals) {
    if (deal.warrant) add(deal, "warrant", deal.warrant->value.mean, &deal.warrant->value_spread);
    if (deal.investment)
      add(deal, "money from the vendor", deal.investment->released / usd,
          &deal.investment->released_spread);
    if (deal.guarantee) add(deal, "guarantee", deal.guarantee->expected_loss / usd, nullptr);
  }
  PageFigure figure;
  figure.id = "deals";
  figure.title = "What the deals are worth";
  figure.reading = fmt::format("Means {}, with the range from 5 to 95 % of the paths.", over);
  figure.data.word("deal", names).word("programme", what).word("valued on", days);
  figure.data.number("mean", "BUSD", mean).number("5 %", "BUSD", p5).number("25 %", "BUSD", p25);
  figure.data.number("50 %", "BUSD", p50).number("75 %", "BUSD", p75);
  figure.data.number("95 %", "BUSD", p95);
  BarChart chart;
  chart.category = "deal";
  chart.values = {"mean"};
  chart.horizontal = true;
  chart.low = "5 %";
  chart.high = "95 %";
  figure.chart = std::move(chart);
  figure.assumptions = {
      "Warrants: value to the holder. Money from the vendor: the amounts that are released, not "
      "discounted. Guarantees: the expected loss of the vendor."};
  for (const DealFutures& deal : deals)
    if (!deal.problem.empty())
      figure.assumptions.push_back(fmt::format("{} is not valued: {}.", deal.name, deal.problem));
  return figure;
}

}  // namespace

std::string usd_text(double amount) { return amount_text(amount, "USD"); }

std::string figure_id_of(const std::string& text) {
  std::string id;
  for (const char each : text) {
    const auto letter = static_cast<unsigned char>(each);
    id += letter < 128 && std::isalnum(letter) ? static_cast<char>(std::tolower(letter)) : '_';
  }
  return id;
}

std::vector<PageFigure> warrant_figures(const WarrantValue& warrant, const DealNaming& naming) {
  std::vector<PageFigure> figures;
  if (!warrant.value_bins.counts.empty()) figures.push_back(distribution(warrant, naming));
  figures.push_back(tranches_of(warrant, naming));
  if (!warrant.vested_by.empty()) figures.push_back(vesting_over_time(warrant, naming));
  return figures;
}

std::vector<PageFigure> investment_figures(const InvestmentValue& investment,
                                           const DealNaming& naming) {
  if (investment.rows.empty()) return {};
  std::vector<std::string> names, days;
  std::vector<double> amount, released, value;
  for (const InvestmentValue::Row& row : investment.rows) {
    const std::string when = row.date ? print_date(*row.date) : "never";
    names.push_back(row.delivered == Watts{} ? fmt::format("payment {}, {}", names.size() + 1, when)
                                             : fmt::format("{:.3g} GW", row.delivered / gigawatt));
    days.push_back(when);
    amount.push_back(rounded(row.amount / usd / kBillion));
    released.push_back(rounded(100 * row.released));
    value.push_back(rounded(row.value / usd / kBillion));
  }
  PageFigure figure;
  figure.id = naming.id + "_money";
  figure.title = titled(naming, "Money from the vendor");
  figure.reading = fmt::format(
      "Amounts by the gigawatts or the day on which they are due, and what they are worth "
      "discounted to {}; released {} in the mean, worth {}.",
      print_date(naming.valued_on), usd_text(investment.released / usd),
      usd_text(investment.value / usd));
  figure.data.word("due at", names).word("on, mean", days).number("amount", "BUSD", amount);
  figure.data.number("released in", "%", released).number("worth", "BUSD", value);
  BarChart chart;
  chart.category = "due at";
  chart.values = {"amount", "worth"};
  figure.chart = std::move(chart);
  figure.assumptions = {naming.over + "."};
  figure.assumptions.front()[0] =
      static_cast<char>(std::toupper(static_cast<unsigned char>(figure.assumptions.front()[0])));
  return {figure};
}

FigureSection fleet_deal_section(const std::vector<DealFutures>& deals, const std::string& over) {
  FigureSection section{"Deals", {}};
  if (deals.empty()) return section;
  section.figures.push_back(worth_of_deals(deals, over));
  for (const DealFutures& deal : deals) {
    const DealNaming naming{"deal_" + figure_id_of(deal.id), deal.name, over, deal.valued_on};
    if (deal.warrant)
      for (PageFigure& figure : warrant_figures(*deal.warrant, naming))
        section.figures.push_back(std::move(figure));
    if (deal.investment)
      for (PageFigure& figure : investment_figures(*deal.investment, naming))
        section.figures.push_back(std::move(figure));
  }
  return section;
}

}  // namespace polyfleet
