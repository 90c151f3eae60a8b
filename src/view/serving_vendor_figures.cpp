// Who does what in a simulated service: shares of vendors, energy and cost by pool, pools and cache
// transfers as tables.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "report/plain_units.hpp"
#include "report/serving_totals.hpp"
#include "view/serving_groups.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

/// Ledgers of vendors, or of pools where there is one vendor.
std::vector<ServingLedger> sharers(const ServingSimulation& run) {
  std::vector<ServingLedger> ledgers = ledgers_by_vendor(run);
  return ledgers.size() > 1 ? ledgers : ledgers_by_pool(run);
}

double requests_of(const ServingSimulation& run, const std::string& name, bool vendor) {
  double ended = 0;
  for (const PoolReport& pool : run.report.pools) {
    if ((vendor ? pool.vendor : pool.name) == name)
      ended += static_cast<double>(pool.requests_ended);
  }
  return ended;
}

/// One row of the picture of shares; nothing where the whole is unknown or zero.
struct ShareRow {
  std::string name;
  std::vector<double> amounts;  ///< by sharer
};

std::vector<ShareRow> share_rows(const ServingSimulation& run,
                                 const std::vector<ServingLedger>& ledgers) {
  const bool vendor = ledgers_by_vendor(run).size() > 1;
  const ServingLedger all = ledger_of_all(run);
  std::vector<ShareRow> rows;
  const auto add = [&](const char* name, const std::function<double(const ServingLedger&)>& of) {
    ShareRow row{name, {}};
    double sum = 0;
    for (const ServingLedger& each : ledgers) sum += row.amounts.emplace_back(of(each));
    if (!(sum > 0)) return;
    for (double& amount : row.amounts) amount *= 100 / sum;
    rows.push_back(std::move(row));
  };
  add("accelerators", [](const ServingLedger& each) { return each.accelerators; });
  add("requests ended", [&](const auto& each) { return requests_of(run, each.name, vendor); });
  add("prompt tokens", [](const ServingLedger& each) { return each.prompt_tokens; });
  add("output tokens", [](const ServingLedger& each) { return each.generated_tokens; });
  if (all.powered) add("energy", [](const ServingLedger& each) { return each.energy / joule; });
  if (all.priced) add("cost", [](const ServingLedger& each) { return each.cost / usd; });
  return rows;
}

PageFigure share_figure(const ServingSimulation& run) {
  const std::vector<ServingLedger> ledgers = sharers(run);
  const std::vector<ShareRow> rows = share_rows(run, ledgers);
  PageFigure figure;
  figure.id = "shares";
  figure.title = "Who serves what share";
  figure.reading =
      "Each bar is the whole of a quantity. A vendor whose share of tokens is larger than its "
      "share of cost or energy serves them for less.";
  std::vector<std::string> names;
  for (const ShareRow& row : rows) names.push_back(row.name);
  ColumnNames taken;
  BarChart chart{.category = taken.add("of"), .stacked = true, .horizontal = true};
  figure.data.word(chart.category, std::move(names));
  for (std::size_t i = 0; i < ledgers.size(); ++i) {
    std::vector<double> shares;
    for (const ShareRow& row : rows) shares.push_back(row.amounts[i]);
    chart.values.push_back(taken.add(ledgers[i].name));
    figure.data.number(chart.values.back(), "%", std::move(shares));
  }
  figure.chart = std::move(chart);
  figure.assumptions = {
      "Prompt tokens are those processed (found in a cache: not counted), recomputed ones "
      "included; "
      "a request ends at one pool, also where another did its prefill."};
  return figure;
}

/// Energy, cost and carbon of pools, vendors (where several) and all.
DataTable ledger_table(const ServingSimulation& run) {
  std::vector<std::string> names;
  std::vector<double> energy, per_token, cost, per_million, carbon, tokens;
  const auto add = [&](const std::string& name, const ServingLedger& each) {
    const bool any = each.tokens > 0;
    names.push_back(name);
    tokens.push_back(each.tokens / kMillion);
    energy.push_back(each.powered ? each.energy / kilowatt_hour : kUnknown);
    per_token.push_back(each.powered && any ? each.energy / joule / each.tokens : kUnknown);
    cost.push_back(each.priced ? each.cost / usd : kUnknown);
    per_million.push_back(each.priced && any ? each.cost / usd / each.tokens * kMillion : kUnknown);
    carbon.push_back(each.powered ? each.carbon / kilogram_co2e : kUnknown);
  };
  const std::vector<ServingLedger> pools = ledgers_by_pool(run), vendors = ledgers_by_vendor(run);
  for (const ServingLedger& each : pools) add("pool " + each.name, each);
  if (vendors.size() > 1 && vendors.size() < pools.size()) {
    for (const ServingLedger& each : vendors) add(each.name, each);
  }
  if (pools.size() > 1) add("all", ledger_of_all(run));
  DataTable table;
  table.word("of", std::move(names)).number("tokens processed", "million", std::move(tokens));
  table.number("cost of a million tokens", "USD", std::move(per_million));
  table.number("energy of a token", "J", std::move(per_token));
  table.number("cost", "USD", std::move(cost)).number("energy", "kWh", std::move(energy));
  return table.number("carbon", "kgCO2e", std::move(carbon));
}

PageFigure ledger_figure(const ServingSimulation& run, const std::string& value) {
  PageFigure figure;
  const bool cost = value == "cost of a million tokens";
  figure.id = cost ? "cost" : "energy";
  figure.title = cost ? "Cost of a million tokens" : "Energy of a token";
  figure.reading =
      "Of the tokens that each pool, each vendor and all together processed, prompts and answers "
      "alike: a pool that works on prompts has many cheap tokens.";
  figure.data = ledger_table(run);
  figure.chart = BarChart{.category = "of", .values = {value}, .horizontal = true};
  for (const ResolvedEngine& each : run.engines) {
    std::string text = cost ? price_sentence(each) : each.power.basis;
    auto& texts = figure.assumptions;
    if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end())
      texts.push_back(std::move(text));
  }
  return figure;
}

PageFigure pool_figure(const ServingSimulation& run) {
  std::vector<std::string> names, vendors, parts, roles;
  std::vector<double> accelerators, busy, batch, cache, found, preemptions, failures, prompt,
      output;
  for (const PoolReport& pool : run.report.pools) {
    names.push_back(pool.name);
    vendors.push_back(pool.vendor);
    parts.push_back(pool.accelerator);
    roles.emplace_back(name_of(pool.role));
    accelerators.push_back(pool.accelerators);
    busy.push_back(100 * pool.utilisation);
    batch.push_back(pool.mean_running);
    cache.push_back(100 * pool.cache_occupancy);
    found.push_back(100 * pool.prefix_hit_rate);
    preemptions.push_back(static_cast<double>(pool.totals.preemptions));
    failures.push_back(static_cast<double>(pool.failures));
    prompt.push_back(static_cast<double>(pool.totals.prefill_tokens));
    output.push_back(static_cast<double>(pool.totals.decode_tokens + pool.totals.prompts_ended));
  }
  PageFigure figure;
  figure.id = "pools";
  figure.title = "Pools";
  figure.reading = fmt::format(
      "How busy each pool's replicas were while provisioned, and what they did. Had every prefix "
      "been kept, {:.1f} % of prompt tokens would have been found in a cache.",
      100 * run.report.infinite_cache_hit_rate);
  figure.data.word("pool", names).word("vendor", vendors).word("accelerator", parts);
  figure.data.word("role", roles).number("accelerators", "", accelerators);
  figure.data.number("busy", "%", busy).number("batch", "sequences", batch);
  figure.data.number("cache used", "%", cache).number("found in cache", "%", found);
  figure.data.number("preemptions", "", preemptions).number("failures", "", failures);
  figure.data.number("prompt tokens", "", prompt).number("output tokens", "", output);
  figure.chart = BarChart{
      .category = "pool", .values = {"busy", "cache used", "found in cache"}, .horizontal = true};
  return figure;
}

PageFigure transfer_figure(const ServingSimulation& run) {
  std::vector<std::string> links;
  std::vector<double> requests, waiting, moving, staging, converting;
  PageFigure figure;
  for (std::size_t i = 0; i < run.report.transfers.size(); ++i) {
    const TransferReport& each = run.report.transfers[i];
    const auto mean = [&](Picos sum) {
      return each.requests > 0
                 ? seconds_of_picos(sum) / millisecond / static_cast<double>(each.requests)
                 : kUnknown;
    };
    links.push_back(fmt::format("{} to {}",
                                run.cluster.pools[static_cast<std::size_t>(each.from_pool)].name,
                                run.cluster.pools[static_cast<std::size_t>(each.to_pool)].name));
    requests.push_back(static_cast<double>(each.requests));
    waiting.push_back(mean(each.waiting));
    moving.push_back(mean(each.moving));
    staging.push_back(mean(each.staging));
    converting.push_back(mean(each.converting));
    figure.assumptions.push_back(links.back() + ": " + run.cluster.transfers[i].basis + ".");
  }
  figure.id = "transfers";
  figure.title = "Moving the cache from prefill to decode";
  figure.reading =
      "Mean of a request: waiting for the link, moving over it, copies through host memory, and "
      "rewriting for the receiver's kernels.";
  figure.data.word("transfer", std::move(links)).number("requests", "", std::move(requests));
  figure.data.number("waiting", "ms", std::move(waiting)).number("moving", "ms", std::move(moving));
  figure.data.number("staging", "ms", std::move(staging));
  figure.data.number("rewriting", "ms", std::move(converting));
  figure.chart = BarChart{.category = "transfer",
                          .values = {"waiting", "moving", "staging", "rewriting"},
                          .stacked = true,
                          .horizontal = true};
  return figure;
}

}  // namespace

FigureSection vendor_section(const ServingSimulation& run) {
  FigureSection section{"Pools and vendors", {}};
  if (run.report.pools.size() > 1) section.figures.push_back(share_figure(run));
  const ServingLedger all = ledger_of_all(run);
  if (all.tokens > 0) {
    const std::vector<ServingLedger> pools = ledgers_by_pool(run);
    const auto known = [&](bool ServingLedger::*member) {
      return std::any_of(pools.begin(), pools.end(),
                         [&](const ServingLedger& each) { return each.*member; });
    };
    if (known(&ServingLedger::priced))
      section.figures.push_back(ledger_figure(run, "cost of a million tokens"));
    if (known(&ServingLedger::powered))
      section.figures.push_back(ledger_figure(run, "energy of a token"));
  }
  if (!run.report.pools.empty()) section.figures.push_back(pool_figure(run));
  if (!run.report.transfers.empty()) section.figures.push_back(transfer_figure(run));
  return section;
}

}  // namespace polyfleet
