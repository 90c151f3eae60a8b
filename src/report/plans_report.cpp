#include "report/plans_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/csv.hpp"
#include "report/plain_units.hpp"
#include "report/plans_summary.hpp"
#include "report/step_parts.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string standing_text(const PlanStanding& standing) {
  if (standing.fitting == 0) return "-";
  const std::string share = fmt::format("{:.2f}", 100 * standing.share_faster());
  if (standing.exact()) return share + " %";
  return fmt::format("{} ± {:.2f} %", share, 100 * standing.error());
}

std::vector<std::string> group_cells(const std::string& name, const PlansSummary& group) {
  std::vector<std::string> cells{name, fmt::format("{}", group.configurations),
                                 fmt::format("{}", group.fitting),
                                 fmt::format("{} of {}", group.no_slower, group.fitting)};
  if (group.fitting == 0) {
    cells.resize(9, "-");
    return cells;
  }
  cells.push_back(percent_text(group.median_share));
  cells.push_back(percent_text(group.within_5));
  cells.push_back(percent_text(group.within_10));
  cells.push_back(percent_text(group.within_25));
  cells.push_back(fmt::format("{:.3f}", group.median_ratio));
  return cells;
}

std::string groups_table(const PlanValidation& validation, PlansGrouping grouping,
                         const std::string& title, PageStyle style) {
  TextTable table({title, "plans", "fit", "planner no slower", "faster plans, median",
                   "in best 5 %", "in best 10 %", "in best 25 %", "time / planner's, median"});
  for (const auto& [name, group] : grouped(validation, grouping))
    table.row(group_cells(name, group));
  table.rule();
  table.row(group_cells("all", summary_of(validation)));
  return table.text(style);
}

std::string worst_text(const PlanValidation& validation, PageStyle style, std::size_t worst) {
  std::vector<const JudgedPlan*> order;
  for (const JudgedPlan& plan : validation.plans) {
    if (plan.fits && plan.best) order.push_back(&plan);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return a->standing.share_faster() > b->standing.share_faster();
  });
  if (order.size() > worst) order.resize(worst);
  TextTable table({"stand worst", "plans faster", "time / planner's", "published", "planner's",
                   "the published one loses in"});
  for (const JudgedPlan* plan : order)
    table.row({plan->id, standing_text(plan->standing), fmt::format("{:.3f}", plan->ratio()),
               plan_in_words(plan->published), plan_in_words(plan->best->plan), why_slower(*plan)});
  return table.text(style);
}

std::string exceptions_text(const PlanValidation& validation, PageStyle style) {
  TextTable table({"outside the planner's space", "published", "why"});
  for (const JudgedPlan& plan : validation.plans) {
    if (!plan.outside.empty()) table.row({plan.id, plan_in_words(plan.published), plan.outside});
  }
  if (table.empty()) return "every published plan lies in the planner's space and fits\n";
  return table.text(style);
}

std::string skipped_text(const PlanValidation& validation, PageStyle style) {
  std::map<std::string, std::size_t> reasons;
  for (const SkippedRow& row : validation.skipped) ++reasons[row.reason];
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& [reason, count] : reasons) order.emplace_back(count, reason);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  TextTable table({"rows", "left out because"});
  for (const auto& [count, reason] : order) table.row({fmt::format("{}", count), reason});
  return table.text(style);
}

Value group_json(const PlansSummary& group) {
  Value json{Table{}};
  json.set("plans", group.configurations);
  json.set("fitting", group.fitting);
  json.set("planner_no_slower", group.no_slower);
  const auto figure = [&](double value) { return group.fitting > 0 ? Value(value) : Value(); };
  json.set("median_share_faster", figure(group.median_share));
  json.set("in_best_5_percent", figure(group.within_5));
  json.set("in_best_10_percent", figure(group.within_10));
  json.set("in_best_25_percent", figure(group.within_25));
  json.set("median_time_over_planner", figure(group.median_ratio));
  return json;
}

Value groups_json(const PlanValidation& validation, PlansGrouping grouping) {
  Value json{Table{}};
  for (const auto& [name, group] : grouped(validation, grouping)) json.set(name, group_json(group));
  return json;
}

Value plan_json(const JudgedPlan& plan) {
  Value json{Table{}};
  json.set("id", plan.id);
  json.set("source", plan.source);
  json.set("vendor", plan.vendor);
  json.set("accelerator", plan.accelerator);
  json.set("model", plan.model);
  json.set("workload", plan.workload);
  json.set("framework", plan.framework);
  json.set("devices", plan.devices);
  json.set("equal_rows", plan.equal_rows.size());
  json.set("published", plan_in_words(plan.published));
  json.set("planner", plan.best ? Value(plan_in_words(plan.best->plan)) : Value());
  json.set("measured_s", plan.measured / second);
  json.set("published_predicted_s", plan.predicted / second);
  json.set("planner_predicted_s", plan.best ? Value(plan.best->time / second) : Value());
  json.set("fits", plan.fits);
  json.set("outside", plan.outside);
  json.set("planner_no_slower", plan.planner_holds());
  json.set("space", plan.standing.plans);
  json.set("evaluated", plan.standing.evaluated);
  json.set("fitting", plan.standing.fitting);
  json.set("share_faster", plan.standing.share_faster());
  json.set("share_faster_error", plan.standing.error());
  if (plan.best) json.set("why", why_slower(plan));
  return json;
}

}  // namespace

std::string why_slower(const JudgedPlan& plan) {
  if (!plan.best) return "no plan fits";
  std::map<std::string, Seconds> change;
  for (const StepPart& part : step_parts(plan.where)) change[part.name] += part.time;
  for (const StepPart& part : step_parts(plan.best_where)) change[part.name] -= part.time;
  std::vector<std::pair<Seconds, std::string>> order;
  for (const auto& [name, time] : change) order.emplace_back(time, name);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  constexpr std::size_t kMost = 2;
  constexpr double kTelling = 0.005;  // of the step
  for (std::size_t i = 0; i < std::min(kMost, order.size()); ++i) {
    if (order[i].first < plan.predicted * kTelling) break;
    text += fmt::format("{}{} {:+.1f} %", text.empty() ? "" : ", ", order[i].second,
                        100 * (order[i].first / plan.predicted));
  }
  return text.empty() ? "no single part" : text;
}

std::string plans_text(const PlanValidation& validation, PageStyle style, std::size_t worst) {
  const PlansSummary all = summary_of(validation);
  std::string text = fmt::format(
      "published plans: {} distinct configurations of {} rows ({} repeat one); {} fit by the "
      "memory model\n",
      all.configurations, validation.rows, validation.repeated, all.fitting);
  if (validation.interrupted)
    text += "INTERRUPTED: the configurations judged so far; the others are counted as skipped\n";
  text += fmt::format(
      "the planner's plan is predicted no slower in {} of {} that lie in its space and fit\n",
      all.no_slower_inside, all.inside);
  if (all.fitting > 0)
    text += fmt::format(
        "of all plans that fit, {} are faster than the published one in the median; {} of the "
        "published plans are among the best 5 %, {} among the best 10 %\n",
        percent_text(all.median_share), percent_text(all.within_5), percent_text(all.within_10));
  text += '\n' + groups_table(validation, PlansGrouping::source, "source", style);
  text += '\n' + groups_table(validation, PlansGrouping::vendor, "vendor", style);
  text += '\n' + groups_table(validation, PlansGrouping::workload, "workload", style);
  text += '\n' + worst_text(validation, style, worst);
  text += '\n' + exceptions_text(validation, style);
  return text + '\n' + skipped_text(validation, style);
}

Value plans_json(const PlanValidation& validation) {
  const PlansSummary all = summary_of(validation);
  Value json{Table{}};
  json.set("rows", validation.rows);
  json.set("configurations", all.configurations);
  json.set("repeated", validation.repeated);
  json.set("inside", all.inside);
  json.set("planner_no_slower_inside", all.no_slower_inside);
  json.set("overall", group_json(all));
  json.set("by_source", groups_json(validation, PlansGrouping::source));
  json.set("by_vendor", groups_json(validation, PlansGrouping::vendor));
  json.set("by_workload", groups_json(validation, PlansGrouping::workload));
  Value plans{Array{}};
  for (const JudgedPlan& plan : validation.plans) plans.push(plan_json(plan));
  json.set("plans", std::move(plans));
  std::map<std::string, std::size_t> reasons;
  for (const SkippedRow& row : validation.skipped) ++reasons[row.reason];
  Value skipped{Array{}};
  for (const auto& [reason, count] : reasons) {
    Value one{Table{}};
    one.set("reason", reason);
    one.set("count", count);
    skipped.push(std::move(one));
  }
  json.set("skipped", std::move(skipped));
  if (validation.interrupted) json.set("interrupted", true);
  return json;
}

std::string plans_csv(const PlanValidation& validation) {
  std::string text =
      "id,source,vendor,accelerator,model,workload,framework,devices,equal_rows,measured_s,"
      "published_s,planner_s,ratio,memory_bytes,capacity_bytes,fits,outside,space,evaluated,"
      "fitting,faster,share_faster,share_error,published,planner,why\n";
  for (const JudgedPlan& p : validation.plans) {
    text += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n",
        csv_cell(p.id), csv_cell(p.source), csv_cell(p.vendor), csv_cell(p.accelerator),
        csv_cell(p.model), csv_cell(p.workload), csv_cell(p.framework), p.devices,
        p.equal_rows.size(), p.measured / second, p.predicted / second,
        p.best ? fmt::format("{}", p.best->time / second) : "", p.ratio(), p.memory / byte,
        p.capacity / byte, p.fits, csv_cell(p.outside), p.standing.plans, p.standing.evaluated,
        p.standing.fitting, p.standing.faster, p.standing.share_faster(), p.standing.error(),
        csv_cell(plan_in_words(p.published)), csv_cell(p.best ? plan_in_words(p.best->plan) : ""),
        csv_cell(why_slower(p)));
  }
  return text;
}

}  // namespace polyfleet
