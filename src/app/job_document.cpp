#include "app/job_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/job_pools.hpp"
#include "app/job_stated.hpp"
#include "base/files.hpp"
#include "base/input_files.hpp"
#include "base/spelling.hpp"
#include "fleet/availability.hpp"
#include "fleet/job_synthetic.hpp"

namespace polyfleet {
namespace {

class StudyReader {
 public:
  StudyReader(const Value& document, const std::filesystem::path& folder, Workspace& workspace,
              const std::optional<std::string>& trace_text)
      : document_(document), folder_(folder), workspace_(workspace), trace_text_(trace_text) {}

  Result<JobStudy> read() {
    read_fields(document_, job_study_fields(), stated_, "job study", problems_);
    if (!problems_.empty()) return problems_;
    choose_pools();
    choose_policy();
    if (!problems_.empty()) return problems_;
    read_jobs();
    if (!problems_.empty()) return problems_;
    study_.name = !stated_.name.empty() ? stated_.name : study_.file.trace.name;
    if (choice_.events) {
      ask_events();
    } else {
      ask_rounds();
    }
    if (!problems_.empty()) return problems_;
    return std::move(study_);
  }

 private:
  void refuse(std::string what, std::string fix = {}) {
    problems_.push_back(problem_at(document_.where(), std::move(what), std::move(fix)));
  }
  void add(const Diagnostics& more) { problems_.insert(problems_.end(), more.begin(), more.end()); }

  void choose_pools();
  void choose_policy();
  Result<std::string> text_of(const std::string& name) const;
  void read_jobs();
  void make_up_jobs();
  void ask_events();
  void ask_rounds();
  void add_outages(JobQuestion& question);
  int pool_named(const StatedOutage& outage);

  const Value& document_;
  const std::filesystem::path& folder_;
  Workspace& workspace_;
  const std::optional<std::string>& trace_text_;
  StatedJobStudy stated_;
  ResolvedPools pools_;
  JobPolicyChoice choice_;
  Diagnostics problems_;
  JobStudy study_;
};

void StudyReader::choose_pools() {
  const bool one = document_.find("cluster") != nullptr;
  if (one && !stated_.pools.empty()) return refuse("both [cluster] and [[pool]]", "keep one");
  if (one || stated_.pools.empty()) {
    stated_.cluster.where = document_.where();
    stated_.pools = {stated_.cluster};
  }
  pools_ = resolve_pools(stated_.pools, workspace_, problems_);
  std::vector<std::string> names;
  for (const JobPool& pool : pools_.pools) {
    if (std::count(names.begin(), names.end(), pool.name) > 0)
      refuse(fmt::format("two pools are called '{}'", pool.name), "give each a name of its own");
    names.push_back(pool.name);
  }
  study_.assumptions = pools_.assumptions;
}

void StudyReader::choose_policy() {
  if (stated_.policy.empty()) {
    stated_.policy = name_of(JobPolicy::fifo);
    study_.assumptions.push_back("policy: fifo, none was stated");
  }
  choice_ = job_policy_named(stated_.policy);
  if (!choice_.events && !choice_.rounds)
    refuse(fmt::format("no policy is called '{}'", stated_.policy),
           name_suggestion(stated_.policy, job_policy_names()));
}

/// A file beside the scenario, else in data/.
Result<std::string> StudyReader::text_of(const std::string& name) const {
  const std::filesystem::path beside = folder_ / name;
  const std::filesystem::path in_data = workspace_.data_directory() / name;
  if (!input_exists(beside) && input_exists(in_data)) return read_file(in_data);
  return read_file(beside);
}

void StudyReader::read_jobs() {
  const bool made_up = document_.find("arrivals") != nullptr;
  if (made_up == !stated_.trace.empty())
    return refuse(made_up ? "both a trace and made-up arrivals" : "no jobs",
                  "give trace = \"jobs.csv\" or a table [arrivals]");
  if (made_up) return make_up_jobs();
  std::vector<JobKind> kinds;
  if (!stated_.kinds.empty()) {
    std::vector<std::string> names;
    for (const JobPool& pool : pools_.pools) names.push_back(pool.name);
    const auto text = text_of(stated_.kinds);
    if (!text) return add(text.problems());
    auto read = read_job_kinds(*text, stated_.kinds, names);
    if (!read) return add(read.problems());
    kinds = *std::move(read);
  }
  const auto text = trace_text_ ? Result<std::string>(*trace_text_) : text_of(stated_.trace);
  if (!text) return add(text.problems());
  auto file = read_job_trace(*text, stated_.trace, kinds);
  if (!file) return add(file.problems());
  study_.file = *std::move(file);
}

void StudyReader::make_up_jobs() {
  const StatedArrivals& from = stated_.arrivals;
  if (from.jobs < 1 || from.per_hour <= 0)
    refuse("arrivals without jobs", "give jobs = N and per_hour = X");
  if (!(from.shortest > 0 * second) || from.longest < from.shortest)
    refuse("arrivals without working times", "give shortest = \"5 min\", longest = \"2 days\"");
  if (from.gangs.empty() || from.gangs.size() != from.weights.size() ||
      std::any_of(from.weights.begin(), from.weights.end(), [](double w) { return w <= 0; }))
    refuse("gangs and weights must be lists of one length, with positive weights",
           "such as gangs = [1, 8], weights = [0.7, 0.3]");
  if (!problems_.empty()) return;
  study_.file.trace = synthetic_jobs(
      {from.jobs, from.per_hour, from.shortest, from.longest, from.gangs, from.weights},
      stated_.seed);
  study_.file.rows = from.jobs;
}

int StudyReader::pool_named(const StatedOutage& outage) {
  if (outage.pool.empty()) return -1;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < pools_.pools.size(); ++i) {
    if (pools_.pools[i].name == outage.pool) return static_cast<int>(i);
    names.push_back(pools_.pools[i].name);
  }
  problems_.push_back(problem_at(outage.where, fmt::format("no pool '{}'", outage.pool),
                                 name_suggestion(outage.pool, names)));
  return -1;
}

void StudyReader::add_outages(JobQuestion& question) {
  for (const StatedOutage& each : stated_.outages)
    question.outages.push_back({job_ticks(each.begin), job_ticks(each.begin + each.duration),
                                pool_named(each), each.share});
  if (!stated_.draw_outages) return;
  const auto data = load_outages(workspace_.data_directory());
  if (!data) return add(data.problems());
  OutagePlaces places{{"site"}, {}, 1};
  for (const JobPool& pool : question.pools) places.classes.push_back(pool.name);
  const auto& jobs = study_.file.trace.jobs;
  const Seconds span = question.horizon > 0 || jobs.empty()
                           ? seconds_of_job_ticks(question.horizon)
                           : seconds_of_job_ticks(jobs.back().arrival - jobs.front().arrival);
  for (const Outage& each : draw_outages(*data, places, span, stated_.seed)) {
    const auto pool = std::find(places.classes.begin(), places.classes.end(), each.device_class);
    question.outages.push_back(
        {job_ticks(each.begin), job_ticks(each.end()),
         pool == places.classes.end() ? -1 : static_cast<int>(pool - places.classes.begin()),
         each.capacity_lost});
  }
  study_.assumptions.push_back(
      fmt::format("{} outages drawn within {:.1f} days (data/reliability/outages.toml, most rates "
                  "are estimates)",
                  question.outages.size() - stated_.outages.size(), span / day));
}

void StudyReader::ask_events() {
  JobQuestion question;
  question.pools = pools_.pools;
  question.policy = *choice_.events;
  question.fastest_pool = stated_.fastest_pool;
  question.may_spread = stated_.may_spread;
  question.spread_speed = stated_.spread_speed;
  question.backfill_depth = stated_.backfill_depth;
  question.checkpoints = {job_ticks(stated_.checkpoints.interval),
                          job_ticks(stated_.checkpoints.write),
                          job_ticks(stated_.checkpoints.restart)};
  question.failures = pools_.failures;
  question.maintenance = pools_.maintenance;
  question.horizon = job_ticks(stated_.horizon);
  question.seed = stated_.seed;
  add_outages(question);
  if (question.checkpoints.interval == 0 && question.checkpoints.write > 0)
    refuse("checkpoints take time but are never written", "give checkpoints.interval");
  const bool can_lose = !question.failures.empty() || !question.outages.empty() ||
                        question.policy == JobPolicy::priority;
  if (can_lose && question.checkpoints.interval == 0)
    study_.assumptions.push_back("no checkpoints: whatever stops a job loses all its work");
  study_.question = std::move(question);
}

void StudyReader::ask_rounds() {
  if (!pools_.failures.empty() || !pools_.maintenance.empty() || !stated_.outages.empty() ||
      stated_.draw_outages || stated_.horizon > 0 * second)
    return refuse(fmt::format("policy {} is played in rounds, which know no failures, outages, "
                              "maintenance or horizon",
                              stated_.policy),
                  "leave them out, or choose fifo, shortest-first, backfill or priority");
  RoundQuestion question;
  question.pools = pools_.pools;
  question.policy = *choice_.rounds;
  question.round = job_ticks(stated_.round);
  question.between_divisions = job_ticks(stated_.between_divisions);
  question.seed = stated_.seed;
  JobTrace& trace = study_.file.trace;
  // Jobs without a kind run everywhere alike: a kind of one unit a millisecond.
  const auto plain = static_cast<int>(trace.kinds.size());
  bool any = false;
  for (Job& job : trace.jobs) {
    if (job.kind >= 0) continue;
    job.kind = plain;
    any = true;
  }
  if (any)
    trace.kinds.push_back(
        {"time", 1, std::vector<double>(question.pools.size(), kJobTicksPerSecond), {}});
  study_.question = std::move(question);
}

}  // namespace

const std::vector<JobPool>& JobStudy::pools() const {
  const auto* events = std::get_if<JobQuestion>(&question);
  return events != nullptr ? events->pools : std::get<RoundQuestion>(question).pools;
}

std::string JobStudy::policy() const {
  const auto* events = std::get_if<JobQuestion>(&question);
  if (events == nullptr) return std::string(name_of(std::get<RoundQuestion>(question).policy));
  return std::string(name_of(events->policy)) + (events->fastest_pool ? ", fastest pool" : "");
}

Result<JobStudy> read_job_study(const Value& document, const std::filesystem::path& folder,
                                Workspace& workspace,
                                const std::optional<std::string>& trace_text) {
  return StudyReader(document, folder, workspace, trace_text).read();
}

JobAnswer run_job_study(JobStudy study, const JobRunOptions& options) {
  JobAnswer answer;
  answer.name = study.name;
  answer.policy = study.policy();
  answer.pools = study.pools();
  answer.assumptions = std::move(study.assumptions);
  answer.file = std::move(study.file);
  answer.trace = summarize_trace(answer.file);
  const auto with_options = [&](auto question) {
    question.stop = options.stop;
    question.progress = options.progress;
    return question;
  };
  if (const auto* events = std::get_if<JobQuestion>(&study.question)) {
    answer.run = simulate_jobs(answer.file.trace, with_options(*events));
  } else {
    answer.run =
        simulate_rounds(answer.file.trace, with_options(std::get<RoundQuestion>(study.question)));
  }
  answer.summary = summarize_run(answer.file.trace, answer.run);
  return answer;
}

}  // namespace polyfleet
