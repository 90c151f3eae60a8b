// Validations that are no list of times: ratios of mixed vendors, published plans, requests of
// measured servers, cases of fleets.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "chart/number_text.hpp"
#include "report/plain_units.hpp"
#include "report/plans_report.hpp"
#include "report/plans_summary.hpp"
#include "report/serve_requests_report.hpp"
#include "view/unknown.hpp"
#include "view/validation_figures.hpp"
#include "view/validation_page.hpp"

namespace polyfleet {
namespace {

constexpr int kPageDigits = 6;

/// A paper of arXiv has its address in its name: "arXiv:2407.21783 table 5".
FigureSource source_named(const std::string& name) {
  const std::string mark = "arXiv:";
  const std::size_t at = name.find(mark);
  if (at == std::string::npos) return {name, name.starts_with("https://") ? name : ""};
  const std::size_t begin = at + mark.size();
  const std::size_t end = std::min(name.find_first_not_of("0123456789.v", begin), name.size());
  std::string number = name.substr(begin, end - begin);
  while (number.ends_with('.')) number.pop_back();
  return {name, "https://arxiv.org/abs/" + number};
}

void add_source(std::vector<FigureSource>& sources, FigureSource source) {
  const bool known = std::any_of(sources.begin(), sources.end(), [&](const FigureSource& other) {
    return other.name == source.name && other.address == source.address;
  });
  if (!known && !(source.name.empty() && source.address.empty()))
    sources.push_back(std::move(source));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

PageFigure mixed_figure(const MixedValidation& validation) {
  PageFigure figure{.id = "ratios", .title = "Published and predicted ratios"};
  figure.reading =
      "Throughput per device of a mixed run over that of its reference; on the dashed line the "
      "prediction is right. Upright lines: other readings of what a source leaves open.";
  std::vector<std::string> source, workload, compared, limit, assumptions;
  std::vector<double> published, predicted, low, high, points, bound;
  for (const MixedValidationRow& row : validation.rows) {
    if (!row.set_up()) continue;
    source.push_back(row.source);
    workload.push_back(row.workload);
    compared.push_back(row.compared);
    limit.push_back(row.limit);
    assumptions.push_back(joined(row.assumptions));
    published.push_back(row.published);
    predicted.push_back(row.predicted);
    low.push_back(row.low);
    high.push_back(row.high);
    points.push_back(row.points);
    bound.push_back(row.bound);
    add_source(figure.sources, {row.source, row.url});
  }
  figure.data.word("workload", workload)
      .word("source", source)
      .word("compared with", compared)
      .number("published", "", published)
      .number("predicted", "", rounded(predicted, kPageDigits))
      .number("low", "", rounded(low, kPageDigits))
      .number("high", "", rounded(high, kPageDigits))
      .number("difference", "points", rounded(points, kPageDigits))
      .number("without fitted factors", "", rounded(bound, kPageDigits))
      .word("limited by", limit)
      .word("assumed", assumptions);
  figure.chart = ScatterChart{.x = "published",
                              .y = "predicted",
                              .label = "workload",
                              .low = "low",
                              .high = "high",
                              .identity = true};
  return figure;
}

PageFigure not_set_up_figure(const MixedValidation& validation) {
  PageFigure figure{.id = "not_set_up", .title = "Rows that could not be set up, and why"};
  std::vector<std::string> source, workload, missing;
  for (const MixedValidationRow& row : validation.rows) {
    if (row.set_up()) continue;
    source.push_back(row.source);
    workload.push_back(row.workload);
    missing.push_back(joined(row.missing));
    add_source(figure.sources, {row.source, row.url});
  }
  figure.data.word("source", source).word("workload", workload).word("missing", missing);
  return figure;
}

PageFigure standing_figure(const PlanValidation& validation, const RowSources& sources) {
  PageFigure figure{.id = "standing", .title = "Where published plans stand among all that fit"};
  figure.reading =
      "Each point is a published tuned plan; its height is the share of all plans of its space "
      "that "
      "the model predicts to be faster. Near zero, people and model agree.";
  std::vector<std::string> id, source, vendor, accelerator, model, plan, best, outside;
  std::vector<double> devices, share, measured, predicted, ratio;
  for (const JudgedPlan& judged : validation.plans) {
    id.push_back(judged.id);
    source.push_back(judged.source);
    vendor.push_back(judged.vendor);
    accelerator.push_back(judged.accelerator);
    model.push_back(judged.model);
    devices.push_back(static_cast<double>(judged.devices));
    share.push_back(judged.fits ? 100 * judged.standing.share_faster() : kUnknown);
    measured.push_back(judged.measured / second);
    predicted.push_back(judged.predicted / second);
    ratio.push_back(judged.best ? judged.ratio() : kUnknown);
    plan.push_back(plan_in_words(judged.published));
    best.push_back(judged.best ? plan_in_words(judged.best->plan) : "no plan fits");
    outside.push_back(judged.outside.empty() && !judged.fits ? "does not fit by the memory model"
                                                             : judged.outside);
    const auto known = sources.find(judged.id);
    add_source(figure.sources,
               known == sources.end() ? FigureSource{judged.source, ""} : known->second);
  }
  figure.data.word("row", id)
      .word("source", source)
      .word("vendor", vendor)
      .word("accelerator", accelerator)
      .word("model", model)
      .number("devices", "", devices)
      .number("faster plans", "%", rounded(share, kPageDigits))
      .number("measured", "s", rounded(measured, kPageDigits))
      .number("predicted", "s", rounded(predicted, kPageDigits))
      .number("published over planner's", "", rounded(ratio, kPageDigits))
      .word("published plan", plan)
      .word("planner's plan", best)
      .word("outside the planner's space", outside);
  figure.chart = ScatterChart{.x = "devices",
                              .y = "faster plans",
                              .group = "vendor",
                              .label = "row",
                              .x_scale = AxisScale::logarithmic};
  return figure;
}

PageFigure plan_groups_figure(const std::map<std::string, PlansSummary>& groups,
                              const std::string& of) {
  PageFigure figure{.id = "plans_by_" + of, .title = "Plans by " + of};
  figure.reading =
      "Share of the published plans that fit and stand among the fastest 5, 10 or 25 % of their "
      "space.";
  std::vector<std::string> name;
  std::vector<double> configurations, fitting, five, ten, quarter, ratio;
  for (const auto& [group, summary] : groups) {
    name.push_back(group.empty() ? "not stated" : group);
    configurations.push_back(static_cast<double>(summary.configurations));
    fitting.push_back(static_cast<double>(summary.fitting));
    const bool any = summary.fitting > 0;
    five.push_back(any ? 100 * summary.within_5 : kUnknown);
    ten.push_back(any ? 100 * summary.within_10 : kUnknown);
    quarter.push_back(any ? 100 * summary.within_25 : kUnknown);
    ratio.push_back(any ? summary.median_ratio : kUnknown);
  }
  figure.data.word(of, name)
      .number("configurations", "", configurations)
      .number("fitting", "", fitting)
      .number("fastest 5 %", "%", rounded(five, kPageDigits))
      .number("fastest 10 %", "%", rounded(ten, kPageDigits))
      .number("fastest 25 %", "%", rounded(quarter, kPageDigits))
      .number("median published over planner's", "", rounded(ratio, kPageDigits));
  figure.chart = BarChart{.category = of,
                          .values = {"fastest 5 %", "fastest 10 %", "fastest 25 %"},
                          .horizontal = true};
  return figure;
}

PageFigure slower_figure(const PlanValidation& validation) {
  constexpr std::size_t kShown = 40;
  std::vector<const JudgedPlan*> plans;
  for (const JudgedPlan& plan : validation.plans)
    if (plan.fits && plan.best) plans.push_back(&plan);
  std::stable_sort(plans.begin(), plans.end(), [](const JudgedPlan* a, const JudgedPlan* b) {
    return a->ratio() > b->ratio();
  });
  const std::size_t all = plans.size();
  if (plans.size() > kShown) plans.resize(kShown);
  PageFigure figure{.id = "slower", .title = "Published plans that stand worst, and why"};
  figure.reading = fmt::format("The {} plans of {} that lose most against the planner's plan.",
                               plans.size(), all);
  std::vector<std::string> id, source, why;
  std::vector<double> ratio;
  for (const JudgedPlan* plan : plans) {
    id.push_back(plan->id);
    source.push_back(plan->source);
    ratio.push_back(plan->ratio());
    why.push_back(why_slower(*plan));
  }
  figure.data.word("row", id)
      .word("source", source)
      .number("published over planner's", "", rounded(ratio, kPageDigits))
      .word("what shrinks most", why);
  return figure;
}

PageFigure skipped_plans_figure(const PlanValidation& validation) {
  std::map<std::string, double> counts;
  for (const SkippedRow& row : validation.skipped) ++counts[row.reason];
  std::vector<std::string> reasons{"a further row of a configuration that is judged"};
  std::vector<double> rows{static_cast<double>(validation.repeated)};
  for (const auto& [reason, count] : counts) {
    reasons.push_back(reason);
    rows.push_back(count);
  }
  PageFigure figure{.id = "left_out", .title = "Rows left out, and why"};
  figure.data.word("reason", reasons).number("rows", "", rows);
  return figure;
}

PageFigure request_figure(const RequestRun& run, bool first_token) {
  const std::string what = first_token ? "time to first token" : "time per further token";
  PageFigure figure{.id = anchor_of(run.name + (first_token ? " ttft" : " tpot")),
                    .title = run.name + ": " + what};
  const RequestErrors& errors = first_token ? run.ttft : run.tpot;
  figure.reading = fmt::format(
      "Each point is a request; on the dashed line the replay is right. Error of the mean {:+.1f} "
      "%, median error of a request {}.",
      100 * errors.mean, percent_text(errors.median));
  std::vector<std::string> id;
  std::vector<double> input, output, measured, simulated;
  for (const RequestComparison& request : run.requests) {
    id.push_back(request.id);
    input.push_back(static_cast<double>(request.input_tokens));
    output.push_back(static_cast<double>(request.output_tokens));
    measured.push_back((first_token ? request.measured_ttft : request.measured_tpot) / second);
    simulated.push_back((first_token ? request.simulated_ttft : request.simulated_tpot) / second);
  }
  figure.data.word("request", id)
      .number("input", "tokens", input)
      .number("output", "tokens", output)
      .number("measured", "s", rounded(measured, kPageDigits))
      .number("simulated", "s", rounded(simulated, kPageDigits));
  figure.chart = ScatterChart{.x = "measured",
                              .y = "simulated",
                              .label = "request",
                              .identity = true,
                              .x_scale = AxisScale::logarithmic,
                              .y_scale = AxisScale::logarithmic};
  figure.assumptions = {
      "Arrivals and lengths are those measured; the engine runs with its documented defaults."};
  figure.sources = {{"casys-kaist/LLMServingSim (MIT), data/traces",
                     "https://github.com/casys-kaist/LLMServingSim"}};
  return figure;
}

std::string rule_of(const FleetCaseFigure& figure) {
  switch (figure.rule) {
    case FleetCaseRule::equal:
      return fmt::format("within {:.4g} %", 100 * figure.tolerance);
    case FleetCaseRule::at_least:
      return "at least";
    case FleetCaseRule::at_most:
      return "at most";
    case FleetCaseRule::reported:
      break;
  }
  return "reported";
}

std::string verdict_of(const FleetCaseFigure& figure) {
  if (figure.rule == FleetCaseRule::reported) return "reported";
  return figure.within() ? "met" : "missed";
}

PageFigure fleet_figure(const FleetCases& cases) {
  PageFigure figure{.id = "cases", .title = "Published and computed figures"};
  figure.reading =
      "Each point is a figure in its own unit; on the dashed line both agree. Zeros and negative "
      "figures have no place on these axes and stand in the table.";
  std::vector<std::string> id, name, unit, rule, verdict, source, note;
  std::vector<double> expected, computed, difference;
  for (const FleetCaseFigure& each : cases.figures) {
    id.push_back(each.id);
    name.push_back(each.name);
    unit.push_back(each.unit);
    rule.push_back(rule_of(each));
    verdict.push_back(verdict_of(each));
    source.push_back(each.source);
    note.push_back(each.note);
    expected.push_back(each.expected);
    computed.push_back(each.computed);
    difference.push_back(each.expected == 0 ? kUnknown : 100 * each.difference());
    add_source(figure.sources, source_named(each.source));
  }
  figure.data.word("case", id)
      .word("figure", name)
      .word("unit", unit)
      .number("published", "", expected)
      .number("computed", "", rounded(computed, 9))
      .number("difference", "%", rounded(difference, kPageDigits))
      .word("allowed", rule)
      .word("verdict", verdict)
      .word("source", source)
      .word("note", note);
  figure.chart = ScatterChart{.x = "published",
                              .y = "computed",
                              .group = "verdict",
                              .label = "figure",
                              .identity = true,
                              .x_scale = AxisScale::logarithmic,
                              .y_scale = AxisScale::logarithmic};
  return figure;
}

}  // namespace

FigurePage mixed_validation_page(const MixedValidation& validation) {
  FigurePage page{.title = "Several vendors in one run: published and predicted",
                  .subtitle = "How far are predicted ratios of mixed runs from published ones?"};
  page.facts = {
      {"rows set up", fmt::format("{} of {}", validation.set_up, validation.rows.size()),
       "the others leave too much open"},
      {"within five points", fmt::format("{}", validation.within_five_points), "of those set up"},
      {"from the catalogue alone", fmt::format("{}", validation.bound_within_five_points),
       "within five points without fitted factors"}};
  if (validation.set_up > 0) page.sections.push_back({"Ratios", {mixed_figure(validation)}});
  if (static_cast<std::size_t>(validation.set_up) < validation.rows.size())
    page.sections.push_back({"Left out", {not_set_up_figure(validation)}});
  return page;
}

FigurePage plans_validation_page(const PlanValidation& validation, const RowSources& sources) {
  const PlansSummary all = summary_of(validation);
  FigurePage page{.title = "Published tuned plans against the planner's own",
                  .subtitle = "Does the planner find plans that are no slower than people's?"};
  page.facts = {{"configurations", fmt::format("{}", all.configurations),
                 fmt::format("of {} rows", validation.rows)},
                {"no slower", fmt::format("{} of {}", all.no_slower_inside, all.inside),
                 "of those that the planner could have chosen"},
                {"faster plans", percent_text(all.median_share), "median over published plans"},
                {"published over planner's", fmt::format("{:.3f}", all.median_ratio),
                 "median predicted time"}};
  if (validation.interrupted)
    page.notices.push_back(
        "INTERRUPTED: the configurations judged so far; the others are counted as left out.");
  if (all.no_slower_inside != all.inside)
    page.notices.push_back("A published plan that the planner could have chosen beats its own.");
  page.sections.push_back(
      {"Standing",
       {standing_figure(validation, sources),
        plan_groups_figure(grouped(validation, PlansGrouping::vendor), "vendor"),
        plan_groups_figure(grouped(validation, PlansGrouping::source), "source"),
        plan_groups_figure(grouped(validation, PlansGrouping::workload), "workload")}});
  page.sections.push_back({"Worst", {slower_figure(validation)}});
  page.sections.push_back({"Left out", {skipped_plans_figure(validation)}});
  return page;
}

FigurePage requests_validation_page(const std::vector<RequestRun>& runs) {
  FigurePage page{.title = "Measured servers, request by request",
                  .subtitle = "Does a replay of a server's own requests take as long as it did?"};
  for (const RequestRun& run : runs) {
    page.facts.push_back(
        {run.name,
         fmt::format("TPOT {:+.1f} %, TTFT {:+.1f} %", 100 * run.tpot.mean, 100 * run.ttft.mean),
         fmt::format("{} requests, {}", run.requests.size(),
                     reaches_goals(run) ? "within the goals" : "outside the goals")});
    if (!reaches_goals(run)) page.notices.push_back(run.name + " is outside the goals.");
    page.sections.push_back({run.name, {request_figure(run, true), request_figure(run, false)}});
  }
  return page;
}

FigurePage fleet_cases_page(const FleetCases& cases) {
  FigurePage page{.title = "Fleets against published figures",
                  .subtitle = "Do jobs, failures, power and cost agree with what is known?"};
  page.facts = {{"figures", fmt::format("{}", cases.figures.size()), ""},
                {"outside their tolerance", fmt::format("{}", cases.missed()), ""}};
  if (cases.missed() > 0) page.notices.push_back("Figures outside their tolerance stand below.");
  page.sections.push_back({"Cases", {fleet_figure(cases)}});
  return page;
}

}  // namespace polyfleet
