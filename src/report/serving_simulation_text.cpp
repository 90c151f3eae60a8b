#include <fmt/format.h>

#include <cmath>

#include "report/plan_rows.hpp"
#include "report/serving_estimate.hpp"
#include "report/serving_simulation.hpp"
#include "report/serving_totals.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string seconds_text(double seconds) {
  return seconds > 0 ? print_quantity(seconds * second) : "0";
}

std::string heading(const ServingSimulation& run) {
  std::string text = run.name.empty() ? "" : run.name + "\n";
  for (std::size_t i = 0; i < run.engines.size(); ++i) {
    const ServingPool& pool = run.cluster.pools[i];
    text += fmt::format(
        "{}: {} x {}{}\n", pool.name, pool.replicas, served_heading(run.engines[i]),
        pool.role == PoolRole::aggregated ? "" : fmt::format(", {}", name_of(pool.role)));
  }
  return text;
}

/// Every request ends once: the account proves that none was lost.
std::string account_text(const SimulationReport& report) {
  std::string text;
  if (report.stopped_early)
    text += "STOPPED EARLY: the figures are those of the requests that were over by then\n";
  text += fmt::format(
      "{} requests in {}: {} finished, {} refused, {} cancelled, {} lost; {} moved to another "
      "replica, {} preemptions\n",
      grouped(report.arrived), print_quantity(seconds_of_picos(report.duration)),
      grouped(report.finished), grouped(report.refused), grouped(report.cancelled),
      grouped(report.lost), grouped(report.restarted), grouped(report.preemptions));
  if (report.counted != report.arrived)
    text +=
        fmt::format("{} requests after the warm-up are counted below\n", grouped(report.counted));
  if (report.waited_at_router > 0)
    text += fmt::format("{} times a request found no replica up and waited\n",
                        grouped(report.waited_at_router));
  return text;
}

std::string latency_table(const SimulationReport& report, PageStyle style) {
  TextTable table({"latency", "mean", "p50", "p90", "p95", "p99", "max", "requests"});
  const auto add = [&](const char* name, const LatencySummary& summary) {
    if (summary.count == 0) return;
    table.row({name, seconds_text(summary.mean), seconds_text(summary.p50),
               seconds_text(summary.p90), seconds_text(summary.p95), seconds_text(summary.p99),
               seconds_text(summary.maximum), grouped(summary.count)});
  };
  add("time to first token", report.ttft);
  add("time per output token", report.tpot);
  add("end to end", report.end_to_end);
  add("queueing", report.queueing);
  return table.text(style);
}

std::string class_table(const ServingSimulation& run, PageStyle style) {
  if (run.cluster.classes.empty()) return {};
  TextTable table({"class", "bounds", "requests", "met", "TTFT met", "TPOT met", "goodput req/s",
                   "p99 TTFT", "p99 TPOT"});
  const double time = seconds_of_picos(run.report.counted_duration) / second;
  for (std::size_t i = 0; i < run.report.classes.size(); ++i) {
    const ClassReport& each = run.report.classes[i];
    const auto share = [&](std::int64_t met) {
      return each.requests > 0
                 ? share_text(static_cast<double>(met) / static_cast<double>(each.requests))
                 : std::string("none");
    };
    table.row({each.name, i < run.cluster.classes.size() ? bounds_text(run.cluster.classes[i]) : "",
               grouped(each.requests), share(each.met_all), share(each.met_first_token),
               share(each.met_per_token),
               time > 0 ? fmt::format("{:.4g}", static_cast<double>(each.met_all) / time) : "0",
               seconds_text(each.ttft.p99), seconds_text(each.tpot.p99)});
  }
  return '\n' + table.text(style);
}

std::string pool_table(const ServingSimulation& run, PageStyle style) {
  TextTable table({"pool", "accelerators", "busy", "batch", "cache used", "found in cache",
                   "preemptions", "failures", "prompt tokens", "output tokens"});
  for (const PoolReport& pool : run.report.pools) {
    table.row({pool.name, fmt::format("{} {}", grouped(pool.accelerators), pool.accelerator),
               share_text(pool.utilisation), fmt::format("{:.1f}", pool.mean_running),
               share_text(pool.cache_occupancy), share_text(pool.prefix_hit_rate),
               grouped(pool.totals.preemptions), grouped(pool.failures),
               grouped(pool.totals.prefill_tokens),
               grouped(pool.totals.decode_tokens + pool.totals.prompts_ended)});
  }
  return table.text(style) + fmt::format("found in cache had every block been kept: {}\n",
                                         share_text(run.report.infinite_cache_hit_rate));
}

std::string usd_text(Usd cost, bool known) {
  return known ? fmt::format("{:.4g}", cost / usd) : "unknown";
}

std::string money_row_rate(Usd cost, double tokens, bool known) {
  if (!known) return "unknown";
  return tokens > 0 ? fmt::format("{:.4g}", cost / usd / tokens * 1e6) : "none";
}

/// Energy, carbon and cost by pool, by vendor and in all; tokens are those processed there.
std::string ledger_table(const ServingSimulation& run, PageStyle style) {
  TextTable table({"energy and cost", "kWh", "kgCO2e", "USD", "USD per M tokens processed",
                   "J per token processed"});
  const auto add = [&](const std::string& name, const ServingLedger& ledger) {
    const double energy = ledger.energy / joule;
    table.row({name,
               ledger.powered ? fmt::format("{:.4g}", ledger.energy / kilowatt_hour) : "unknown",
               ledger.powered ? fmt::format("{:.4g}", ledger.carbon / kilogram_co2e) : "unknown",
               usd_text(ledger.cost, ledger.priced),
               money_row_rate(ledger.cost, ledger.tokens, ledger.priced),
               ledger.powered && ledger.tokens > 0 ? fmt::format("{:.3g}", energy / ledger.tokens)
                                                   : std::string("unknown")});
  };
  for (const ServingLedger& each : ledgers_by_pool(run)) add("pool " + each.name, each);
  const std::vector<ServingLedger> vendors = ledgers_by_vendor(run);
  if (vendors.size() > 1) {
    table.rule();
    for (const ServingLedger& each : vendors) add(each.name, each);
  }
  table.rule();
  add("all", ledger_of_all(run));
  return table.text(style);
}

std::string totals_text(const ServingSimulation& run) {
  const SimulationReport& report = run.report;
  const ServingLedger all = ledger_of_all(run);
  const double output = static_cast<double>(report.output_tokens);
  std::string text =
      fmt::format("{} prompt and {} output tokens of finished requests, {} output tokens/s",
                  grouped(report.input_tokens), grouped(report.output_tokens),
                  grouped(std::llround(output_rate(report))));
  if (all.priced && output > 0)
    text += fmt::format(", {:.4g} USD per M output tokens", all.cost / usd / output * 1e6);
  if (all.powered && output > 0)
    text += fmt::format(", {:.3g} J and {:.3g} gCO2e per thousand",
                        all.energy / joule / output * 1e3, all.carbon / gram_co2e / output * 1e3);
  text += "\n";
  if (!all.priced) text += "no price is published for every part: state price in [[pool]]\n";
  return text;
}

std::string transfer_table(const ServingSimulation& run, PageStyle style) {
  TextTable table(
      {"cache transfers", "requests", "waiting", "moving", "staging", "rewriting", "over"});
  for (std::size_t i = 0; i < run.report.transfers.size(); ++i) {
    const TransferReport& each = run.report.transfers[i];
    const auto mean = [&](Picos sum) {
      return each.requests > 0 ? print_quantity(seconds_of_picos(sum / each.requests)) : "none";
    };
    const auto& pools = run.cluster.pools;
    table.row({fmt::format("{} to {}", pools[static_cast<std::size_t>(each.from_pool)].name,
                           pools[static_cast<std::size_t>(each.to_pool)].name),
               grouped(each.requests), mean(each.waiting), mean(each.moving), mean(each.staging),
               mean(each.converting), run.cluster.transfers[i].basis});
  }
  return table.empty() ? "" : '\n' + table.text(style);
}

std::string assumption_table(const ServingSimulation& run, PageStyle style) {
  TextTable table({"assumed", "", "why"});
  for (std::size_t i = 0; i < run.engines.size(); ++i) {
    for (const Assumption& each : run.engines[i].assumptions)
      table.row({run.cluster.pools[i].name + ": " + each.setting, each.value, each.basis});
  }
  std::string text = table.empty() ? "" : '\n' + table.text(style);
  for (const std::string& remark : run.remarks) text += "traffic: " + remark + "\n";
  return text;
}

}  // namespace

std::string bounds_text(const SloClass& bounds) {
  std::string text;
  const auto add = [&](const char* name, Picos bound) {
    if (bound == kNever) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name,
                        print_quantity(seconds_of_picos(bound)));
  };
  add("TTFT", bounds.first_token);
  add("TPOT", bounds.per_output_token);
  add("end to end", bounds.end_to_end);
  return text.empty() ? "none" : text;
}

std::string serving_simulation_text(const ServingSimulation& run, PageStyle style) {
  std::string text = heading(run);
  if (!run.misfits.empty()) {
    for (const std::string& misfit : run.misfits) text += "does not fit: " + misfit + "\n";
    return text + assumption_table(run, style);
  }
  text += account_text(run.report);
  text += '\n' + latency_table(run.report, style);
  text += class_table(run, style);
  text += '\n' + pool_table(run, style);
  text += transfer_table(run, style);
  text += '\n' + ledger_table(run, style) + totals_text(run);
  return text + assumption_table(run, style);
}

}  // namespace polyfleet
