#include "view/serving_simulation_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/plan_rows.hpp"
#include "report/serving_estimate.hpp"
#include "report/serving_totals.hpp"
#include "units/text.hpp"
#include "view/training_sources.hpp"

namespace polyfleet {
namespace {

std::string question_text(const ServingSimulation& run) {
  std::string text;
  for (std::size_t i = 0; i < run.engines.size(); ++i) {
    const ServingPool& pool = run.cluster.pools[i];
    text += fmt::format(
        "{}{}: {} x {}{}", text.empty() ? "" : "; ", pool.name, pool.replicas,
        served_heading(run.engines[i]),
        pool.role == PoolRole::aggregated ? "" : fmt::format(", {}", name_of(pool.role)));
  }
  return text + fmt::format("; router {}, seed {}", name_of(run.cluster.router), run.seed);
}

PageFact latency_fact(const char* name, const LatencySummary& summary) {
  return {
      name, latency_text(summary.p50),
      fmt::format("median; p90 {}, p99 {}", latency_text(summary.p90), latency_text(summary.p99))};
}

std::vector<PageFact> facts_of(const ServingSimulation& run) {
  if (!run.misfits.empty()) return {{"fits in memory", "no", ""}};
  const SimulationReport& report = run.report;
  const ServingLedger all = ledger_of_all(run);
  std::vector<PageFact> facts;
  facts.push_back({"requests finished", grouped(report.finished),
                   fmt::format("of {} in {}", grouped(report.arrived),
                               print_quantity(seconds_of_picos(report.duration)))});
  if (report.ttft.count > 0) facts.push_back(latency_fact("time to first token", report.ttft));
  if (report.tpot.count > 0) facts.push_back(latency_fact("time per output token", report.tpot));
  if (report.end_to_end.count > 0) facts.push_back(latency_fact("end to end", report.end_to_end));
  std::int64_t met = 0, counted = 0;
  for (const ClassReport& each : report.classes) {
    met += each.met_all;
    counted += each.requests;
  }
  if (!run.cluster.classes.empty() && counted > 0)
    facts.push_back({"within all bounds",
                     share_text(static_cast<double>(met) / static_cast<double>(counted)),
                     "of counted requests"});
  if (report.output_tokens > 0) {
    const auto output = static_cast<double>(report.output_tokens);
    facts.push_back({"throughput",
                     fmt::format("{} output tokens/s", grouped(std::llround(output_rate(report)))),
                     fmt::format("on {} accelerators", grouped(all.accelerators))});
    if (all.priced)
      facts.push_back({"cost of a million output tokens",
                       fmt::format("{:.3g} USD", all.cost / usd / output * 1e6), ""});
    if (all.powered)
      facts.push_back({"energy of an output token",
                       fmt::format("{:.3g} J", all.energy / joule / output), "prompts included"});
  }
  return facts;
}

std::vector<std::string> notices_of(const ServingSimulation& run) {
  std::vector<std::string> notices;
  for (const std::string& misfit : run.misfits) notices.push_back("Does not fit: " + misfit + ".");
  if (!run.misfits.empty()) return notices;
  const SimulationReport& report = run.report;
  if (report.stopped_early)
    notices.emplace_back(
        "Stopped early: the figures are those of the requests that were over by then.");
  const auto count = [&](std::int64_t number, const char* what) {
    if (number > 0) notices.push_back(fmt::format("{} {}.", grouped(number), what));
  };
  count(report.refused, "requests were refused");
  count(report.cancelled, "requests were cancelled by their users or by the end of the run");
  count(report.lost, "requests were lost");
  count(report.restarted, "times a request went to another replica");
  count(report.waited_at_router, "times a request found no replica up and waited");
  count(report.preemptions, "times a request was preempted for lack of cache");
  count(report.arrived - report.counted, "requests of the warm-up are served but not counted");
  const ServingLedger all = ledger_of_all(run);
  if (!all.priced)
    notices.emplace_back("No price is published for every part: the cost of all is not known.");
  if (!all.powered)
    notices.emplace_back("Power is not known for every part: the energy of all is not known.");
  for (const std::string& remark : run.remarks) notices.push_back("Traffic: " + remark + ".");
  return notices;
}

PageFigure basis_figure(const ServingSimulation& run) {
  std::vector<Assumption> all;
  for (std::size_t i = 0; i < run.engines.size(); ++i) {
    for (const Assumption& each : run.engines[i].assumptions)
      all.push_back({run.cluster.pools[i].name + ": " + each.setting, each.value, each.basis});
  }
  return assumption_figure("assumptions", all);
}

}  // namespace

FigurePage serving_simulation_page(const RecordedSimulation& simulated,
                                   const Catalogue& catalogue) {
  const ServingSimulation& run = simulated.run;
  FigurePage page;
  page.title = run.name.empty() ? "A simulated service" : run.name;
  page.subtitle = question_text(run);
  page.facts = facts_of(run);
  page.notices = notices_of(run);
  if (run.misfits.empty()) {
    page.sections = {latency_section(simulated), course_section(simulated), vendor_section(run)};
    std::erase_if(page.sections, [](const FigureSection& each) { return each.figures.empty(); });
    std::vector<const ResolvedEngine*> engines;
    for (const ResolvedEngine& each : run.engines) engines.push_back(&each);
    const std::vector<FigureSource> sources = engine_sources(engines, catalogue);
    for (FigureSection& section : page.sections)
      for (PageFigure& figure : section.figures) figure.sources = sources;
  }
  PageFigure basis = basis_figure(run);
  if (basis.data.rows() > 0) page.sections.push_back({"What this rests on", {std::move(basis)}});
  return page;
}

}  // namespace polyfleet
