#include "view/serving_estimate_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/plan_rows.hpp"
#include "units/text.hpp"
#include "view/serving_estimate_figures.hpp"
#include "view/serving_figures.hpp"
#include "view/training_sources.hpp"
#include "view/unknown.hpp"

namespace polyfleet {
namespace {

/// The points that have a throughput, the chosen one last, as columns.
class CurveTable {
 public:
  explicit CurveTable(const ServingEstimate& estimate)
      : parts_(estimate.served.engine->accelerators()) {
    for (const ServedPoint& point : estimate.points) {
      if (carries(point))
        add(point, point.concurrency > 0 ? "closed loop of users" : "open stream", 1);
    }
    if (estimate.within && estimate.within->state.stable)
      add(*estimate.within, "highest rate within the bounds", 0);
  }
  std::size_t rows() const { return loads_.size(); }

  DataTable table() const {
    DataTable table;
    table.word("load", loads_).word("kind", kinds_);
    table.number("throughput per accelerator", "output tokens/s", per_part_);
    table.number("throughput of the replica", "output tokens/s", output_);
    table.number("requests", "1/s", requests_).number("speed of a user", "tokens/s", user_);
    table.number("TPOT", "ms", tpot_);
    table.number("TPOT low", "ms", tpot_low_).number("TPOT high", "ms", tpot_high_);
    table.number("TTFT", "ms", ttft_);
    table.number("TTFT low", "ms", ttft_low_).number("TTFT high", "ms", ttft_high_);
    table.number("batch", "sequences", batch_).number("cache used", "%", cache_);
    table.word("bound by", limits_);
    return table.number("on the curve", "", joined_);
  }

 private:
  void add(const ServedPoint& point, const char* kind, double joined) {
    const SteadyState& state = point.state;
    const double output = state.output_rate / token_per_second;
    const double tpot = state.tpot / millisecond;
    const double ttft = state.stable ? state.ttft / millisecond : kUnknown;
    loads_.push_back(served_load_text(point));
    kinds_.emplace_back(kind);
    limits_.push_back(state.limit);
    output_.push_back(output);
    per_part_.push_back(output / parts_);
    requests_.push_back(state.requests_per_second);
    user_.push_back(tpot > 0 ? second / state.tpot : kUnknown);
    tpot_.push_back(tpot);
    tpot_low_.push_back(point.tpot.low * tpot);
    tpot_high_.push_back(point.tpot.high * tpot);
    ttft_.push_back(ttft);
    ttft_low_.push_back(point.ttft.low * ttft);
    ttft_high_.push_back(point.ttft.high * ttft);
    batch_.push_back(state.running);
    cache_.push_back(100 * state.cache_share);
    joined_.push_back(joined);
  }

  double parts_;
  std::vector<std::string> loads_, kinds_, limits_;
  std::vector<double> output_, per_part_, requests_, user_, tpot_, tpot_low_, tpot_high_, ttft_,
      ttft_low_, ttft_high_, batch_, cache_, joined_;
};

std::vector<std::string> curve_assumptions(const ServingEstimate& estimate) {
  std::vector<std::string> texts{
      "Steady state by closed form (batch, queue of prompts, seats): wrong near saturation of an "
      "open stream, where lengths vary widely and in lockstep loops; polyfleet simulate serve "
      "checks it request by request."};
  if (!estimate.points.empty())
    texts.push_back("80 % intervals: " + estimate.points.front().tpot.basis + ".");
  return texts;
}

PageFigure latency_figure(const ServingEstimate& estimate, const std::string& latency,
                          const std::optional<Seconds>& bound) {
  const CurveTable curve(estimate);
  PageFigure figure;
  figure.id = latency == "TPOT" ? "throughput_tpot" : "throughput_ttft";
  figure.title = latency == "TPOT" ? "Throughput against time per output token"
                                   : "Throughput against time to first token";
  figure.reading =
      "Each point is a load: to the right more tokens from each accelerator, upward longer waits "
      "for each user; bars are 80 % intervals.";
  if (estimate.within && estimate.within->state.stable)
    figure.reading +=
        fmt::format(" Within the bounds it carries {} ({} output tokens/s).",
                    served_load_text(*estimate.within),
                    grouped(std::llround(estimate.within->state.output_rate / token_per_second)));
  figure.data = curve.table();
  ScatterChart chart{.x = "throughput per accelerator",
                     .y = latency,
                     .group = "kind",
                     .label = "load",
                     .low = latency + " low",
                     .high = latency + " high",
                     .joined = "on the curve",
                     .y_scale = AxisScale::logarithmic};
  if (bound) {
    chart.limit = *bound / millisecond;
    chart.limit_label = fmt::format("bound {}", print_quantity(*bound));
  }
  figure.chart = chart;
  figure.assumptions = curve_assumptions(estimate);
  return figure;
}

PageFigure iteration_figure(const ServingEstimate& estimate) {
  std::vector<std::string> loads;
  std::vector<double> products, experts, attention, small, communication, host, total;
  for (const ServedPoint& point : estimate.points) {
    const IterationBreakdown& where = point.iteration;
    if (!carries(point) || !(where.total > 0 * second)) continue;
    loads.push_back(served_load_text(point));
    products.push_back(where.products / millisecond);
    experts.push_back(where.experts / millisecond);
    attention.push_back(where.attention / millisecond);
    small.push_back(where.small_kernels / millisecond);
    communication.push_back(where.communication / millisecond);
    host.push_back(where.host / millisecond);
    total.push_back(where.total / millisecond);
  }
  PageFigure figure;
  figure.id = "decode_step";
  figure.title = "Where the time of a decode step goes";
  figure.reading =
      "One iteration in which every running sequence takes a token, at the batch that each load "
      "leads to: products of weights are shared by the batch, attention grows with it.";
  figure.data.word("load", std::move(loads));
  std::vector<std::string> parts;
  const auto add = [&](const char* name, std::vector<double> values) {
    const bool any = std::any_of(values.begin(), values.end(), [](double v) { return v > 0; });
    figure.data.number(name, "ms", std::move(values));
    if (any) parts.emplace_back(name);
  };
  add("products", std::move(products));
  add("experts", std::move(experts));
  add("attention", std::move(attention));
  add("small kernels", std::move(small));
  add("communication", std::move(communication));
  add("host", std::move(host));
  figure.data.number("total", "ms", std::move(total));
  figure.chart = BarChart{.category = "load", .values = std::move(parts), .stacked = true};
  figure.assumptions = {
      "Contexts are those of requests half way through their answers; prompts in the same "
      "iterations come on top (next figure)."};
  return figure;
}

PageFigure prefill_figure(const ServingEstimate& estimate) {
  std::vector<std::string> loads;
  std::vector<double> prefill, decode;
  for (const ServedPoint& point : estimate.points) {
    if (!carries(point)) continue;
    loads.push_back(served_load_text(point));
    prefill.push_back(100 * point.state.prefill_share);
    decode.push_back(100 * (1 - point.state.prefill_share));
  }
  PageFigure figure;
  figure.id = "prefill_share";
  figure.title = "Prompts against answers in the iterations' time";
  figure.reading =
      "What prompts add to the iterations, of all iteration time; the rest are decode steps. A "
      "large share of prompts is what disaggregated prefill takes away from users' steps.";
  figure.data.word("load", std::move(loads));
  figure.data.number("prefill", "%", std::move(prefill));
  figure.data.number("decode", "%", std::move(decode));
  figure.chart = BarChart{.category = "load", .values = {"prefill", "decode"}, .stacked = true};
  return figure;
}

std::string question_text(const ServingEstimate& estimate) {
  const SteadyLoad& load = estimate.load;
  std::string text = fmt::format("{}; {:g} tokens in, {:g} out", served_heading(estimate.served),
                                 load.input_tokens, load.output_tokens);
  if (load.cached_share > 0)
    text += fmt::format(", {} of prompts found in the prefix cache", share_text(load.cached_share));
  return text;
}

std::vector<std::string> notices_of(const ServingEstimate& estimate) {
  std::vector<std::string> notices;
  const EngineModel& engine = *estimate.served.engine;
  if (!engine.fits_in_memory()) return {"Does not fit: " + engine.misfit() + "."};
  if (estimate.within && !estimate.within->state.stable) {
    const SteadyState& state = estimate.within->state;
    notices.push_back(fmt::format("No rate keeps within {} ({}: TTFT {}, TPOT {}).",
                                  bounds_text(estimate), state.limit, print_quantity(state.ttft),
                                  print_quantity(state.tpot)));
  }
  for (const ServedPoint& point : estimate.points) {
    if (!carries(point)) notices.push_back("A load is not served: " + point.state.limit + ".");
    if (carries(point) && !point.state.stable)
      notices.push_back(served_load_text(point) + ": the queue grows without end (" +
                        point.state.limit + ").");
  }
  if (!estimate.served.prices.device)
    notices.emplace_back("No price of the accelerator is published: state one to see the cost.");
  if (!engine.power().known) notices.push_back("Power is unknown: " + engine.power().basis + ".");
  return notices;
}

void point_facts(const ServedPoint& point, const std::string& of, double parts,
                 std::vector<PageFact>& facts) {
  const SteadyState& state = point.state;
  const double output = state.output_rate / token_per_second;
  facts.push_back({"throughput per accelerator",
                   fmt::format("{} output tokens/s", grouped(std::llround(output / parts))), of});
  facts.push_back({"time to first token", state.stable ? print_quantity(state.ttft) : "grows",
                   fmt::format("mean; x {:.2f} to x {:.2f}", point.ttft.low, point.ttft.high)});
  facts.push_back({"time per output token", print_quantity(state.tpot),
                   fmt::format("mean; x {:.2f} to x {:.2f}", point.tpot.low, point.tpot.high)});
  if (point.per_million_output)
    facts.push_back({"cost of a million output tokens",
                     fmt::format("{:.3g} USD", *point.per_million_output / usd), of});
}

std::vector<PageFact> facts_of(const ServingEstimate& estimate) {
  std::vector<PageFact> facts;
  const EngineModel& engine = *estimate.served.engine;
  if (!engine.fits_in_memory()) return {{"fits in memory", "no", ""}};
  const double parts = engine.accelerators();
  const ServedPoint* best = nullptr;
  for (const ServedPoint& point : estimate.points) {
    if (carries(point) && (best == nullptr || point.state.output_rate > best->state.output_rate))
      best = &point;
  }
  if (estimate.within && estimate.within->state.stable) {
    facts.push_back({"highest rate within the bounds", served_load_text(*estimate.within),
                     bounds_text(estimate)});
    point_facts(*estimate.within, "within the bounds", parts, facts);
  } else if (best != nullptr) {
    point_facts(*best, "at " + served_load_text(*best), parts, facts);
  }
  facts.push_back({"cache", grouped(engine.cache_tokens()) + " tokens", "of the replica"});
  return facts;
}

}  // namespace

FigurePage serving_estimate_page(const ServingEstimate& estimate, const Catalogue& catalogue) {
  FigurePage page;
  const ResolvedEngine& served = estimate.served;
  page.title = estimate.name.empty()
                   ? fmt::format("{} served on {}", served.model->name, served.accelerator->name)
                   : estimate.name;
  page.subtitle = question_text(estimate);
  page.facts = facts_of(estimate);
  page.notices = notices_of(estimate);
  if (served.engine->fits_in_memory()) {
    if (CurveTable(estimate).rows() > 0) {
      page.sections.push_back({"Throughput against latency",
                               {latency_figure(estimate, "TPOT", estimate.tpot_bound),
                                latency_figure(estimate, "TTFT", estimate.ttft_bound)}});
      page.sections.push_back(
          {"Where the time goes", {iteration_figure(estimate), prefill_figure(estimate)}});
    }
    page.sections.push_back(replica_memory_section(estimate));
    FigureSection cost = replica_cost_section(estimate);
    if (!cost.figures.empty() && CurveTable(estimate).rows() > 0)
      page.sections.push_back(std::move(cost));
  }
  for (FigureSection& section : page.sections)
    for (PageFigure& figure : section.figures)
      figure.sources = engine_sources({&served}, catalogue);
  if (!served.assumptions.empty())
    page.sections.push_back(
        {"What this rests on", {assumption_figure("assumptions", served.assumptions)}});
  return page;
}

}  // namespace polyfleet
