#include <fmt/format.h>

#include "base/csv.hpp"
#include "report/job_report.hpp"

namespace polyfleet {
namespace {

double seconds(JobTick ticks) { return seconds_of_job_ticks(ticks) / second; }

std::string_view name_of(JobEnd end) {
  switch (end) {
    case JobEnd::finished:
      return "finished";
    case JobEnd::refused:
      return "refused";
    case JobEnd::unfinished:
      return "unfinished";
  }
  return "unfinished";
}

Value spread_json(const Spread& spread) {
  Value json;
  json.set("mean", spread.mean).set("median", spread.median).set("p95", spread.p95);
  json.set("most", spread.most);
  return json;
}

Value class_json(const JobSizeClass& each) {
  Value json;
  json.set("least_accelerators", each.least).set("most_accelerators", each.most);
  json.set("jobs", each.jobs).set("finished", each.finished);
  json.set("wait_s", spread_json(each.wait)).set("completion_s", spread_json(each.completion));
  json.set("slowdown", each.slowdown).set("accelerator_s", each.accelerator_seconds);
  json.set("interruptions", each.interruptions).set("preemptions", each.preemptions);
  return json;
}

/// The parts of the account with their names, in the order of the tables.
std::vector<std::pair<std::string, JobTick>> parts(const JobAccount& account) {
  return {{"useful", account.useful},     {"lost", account.lost},
          {"overhead", account.overhead}, {"idle", account.idle},
          {"spare", account.spare},       {"repair", account.repair},
          {"outage", account.outage},     {"maintenance", account.maintenance},
          {"total", account.total}};
}

Value trace_json(const JobTraceSummary& trace) {
  Value json;
  json.set("jobs", trace.jobs).set("span_s", trace.span / second);
  json.set("working_time_s", spread_json(trace.seconds));
  json.set("accelerators", spread_json(trace.accelerators));
  json.set("accelerator_s", trace.accelerator_seconds).set("mean_busy", trace.mean_busy);
  return json;
}

std::string jobs_csv(const JobAnswer& answer) {
  std::string text =
      "# Every job in order of arrival; times in seconds from the first arrival.\n"
      "id,arrival,accelerators,group,end,started,finished,running,interruptions,preemptions\n";
  for (std::size_t i = 0; i < answer.run.outcomes.size(); ++i) {
    const Job& job = answer.file.trace.jobs[i];
    const JobOutcome& outcome = answer.run.outcomes[i];
    const std::string group =
        job.group < 0 ? std::string()
                      : csv_cell(answer.file.trace.groups[static_cast<std::size_t>(job.group)]);
    const auto moment = [](JobTick at) {
      return at < 0 ? std::string() : fmt::format("{:.3f}", seconds(at));
    };
    text += fmt::format("{},{:.3f},{},{},{},{},{},{:.3f},{},{}\n", job.id, seconds(job.arrival),
                        job.accelerators, group, name_of(outcome.end), moment(outcome.started),
                        moment(outcome.finished), seconds(outcome.running), outcome.interruptions,
                        outcome.preemptions);
  }
  return text;
}

std::string classes_csv(const JobRunSummary& summary) {
  std::string text =
      "# By size of gang; times in seconds.\n"
      "least,most,jobs,finished,wait_mean,wait_median,wait_p95,completion_mean,completion_median,"
      "completion_p95,slowdown,accelerator_seconds,interruptions,preemptions\n";
  for (const JobSizeClass& each : summary.classes)
    text +=
        fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", each.least, each.most, each.jobs,
                    each.finished, each.wait.mean, each.wait.median, each.wait.p95,
                    each.completion.mean, each.completion.median, each.completion.p95,
                    each.slowdown, each.accelerator_seconds, each.interruptions, each.preemptions);
  return text;
}

}  // namespace

Value job_json(const JobAnswer& answer) {
  Value json;
  json.set("name", answer.name).set("policy", answer.policy);
  json.set("trace", trace_json(answer.trace));
  Value pools{Array{}};
  for (const JobPool& pool : answer.pools) {
    Value each;
    each.set("name", pool.name).set("nodes", pool.nodes).set("per_node", pool.per_node);
    each.set("nodes_per_domain", pool.nodes_per_domain).set("spare_nodes", pool.spare_nodes);
    pools.push(std::move(each));
  }
  json.set("pools", std::move(pools));
  const JobRunSummary& summary = answer.summary;
  json.set("makespan_s", summary.makespan / second).set("utilization", summary.utilization);
  json.set("goodput", summary.goodput).set("availability", summary.availability);
  json.set("all", class_json(summary.all));
  Value classes{Array{}};
  for (const JobSizeClass& each : summary.classes) classes.push(class_json(each));
  json.set("classes", std::move(classes));
  Value account;
  for (const auto& [name, part] : parts(answer.run.account))
    account.set(name + "_s", seconds(part));
  json.set("accelerator_time", std::move(account));
  json.set("refused", answer.run.refused).set("failures", answer.run.failures);
  json.set("exchanged", answer.run.exchanged).set("outages", answer.run.outages);
  json.set("maintenance_windows", answer.run.windows);
  json.set("most_nodes_down", answer.run.most_nodes_down);
  json.set("interrupted", answer.run.interrupted);
  Value notes{Array{}};
  for (const std::string& each : answer.file.remarks) notes.push(each);
  for (const std::string& each : answer.assumptions) notes.push(each);
  json.set("notes", std::move(notes));
  return json;
}

std::vector<std::pair<std::string, std::string>> job_csv(const JobAnswer& answer) {
  std::string account = "# Accelerator-time by what became of it, seconds.\npart,seconds\n";
  for (const auto& [name, part] : parts(answer.run.account))
    account += fmt::format("{},{:.3f}\n", name, seconds(part));
  return {{"jobs.csv", jobs_csv(answer)},
          {"classes.csv", classes_csv(answer.summary)},
          {"account.csv", std::move(account)}};
}

}  // namespace polyfleet
