#include "app/fleet_rates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "app/fleet_rate_serving.hpp"
#include "app/fleet_rate_store.hpp"
#include "app/fleet_rate_training.hpp"
#include "base/input_files.hpp"
#include "base/parallel_work.hpp"

namespace polyfleet {
namespace {

/// Trained tokens of a model that first writes what it learns from: both parts take their turns on
/// the same accelerators.
WorkloadRate posttraining_rate(Workspace& workspace, const RateQuestion& question,
                               const RateClass& on) {
  WorkloadRate trained = training_rate(workspace, question, on);
  if (!trained.possible || question.rollout_tokens_per_trained == 0) return trained;
  const WorkloadRate rollouts = serving_rate(workspace, question, on);
  if (!rollouts.possible) {
    trained = {};
    trained.reason = "rollouts: " + rollouts.reason;
    return trained;
  }
  const double training_time = 1 / trained.per_second;
  const double rollout_time = question.rollout_tokens_per_trained / rollouts.per_second;
  const double share = rollout_time / (training_time + rollout_time);
  WorkloadRate rate = trained;
  rate.per_second = 1 / (training_time + rollout_time);
  rate.active = (1 - share) * trained.active + share * rollouts.active;
  rate.low = 1 / ((1 - share) / trained.low + share / rollouts.low);
  rate.high = 1 / ((1 - share) / trained.high + share / rollouts.high);
  rate.least_accelerators = std::max(trained.least_accelerators, rollouts.least_accelerators);
  rate.basis = fmt::format("{:.0f} % of the time rollouts ({}), else {}", 100 * share,
                           rollouts.basis, trained.basis);
  return rate;
}

WorkloadRate predicted(Workspace& workspace, const RateQuestion& question, const RateClass& on) {
  switch (question.kind) {
    case WorkloadKind::pretraining:
    case WorkloadKind::research:
      return training_rate(workspace, question, on);
    case WorkloadKind::posttraining:
      return posttraining_rate(workspace, question, on);
    case WorkloadKind::chat:
    case WorkloadKind::agents:
      return serving_rate(workspace, question, on);
    case WorkloadKind::video:
      return video_rate(workspace, question, on);
  }
  return {};
}

bool generates(const RateQuestion& question) {
  return question.kind == WorkloadKind::chat || question.kind == WorkloadKind::agents ||
         (question.kind == WorkloadKind::posttraining && question.rollout_tokens_per_trained > 0);
}

/// What a question lacks for its kind.
Diagnostics question_problems(const RateQuestion& question) {
  Diagnostics problems;
  const auto lack = [&](bool lacking, std::string_view what) {
    if (lacking)
      problems.push_back(problem_at(
          question.where, fmt::format("workload '{}' does not state {}", question.workload, what)));
  };
  if (is_training(question.kind)) {
    lack(question.sequence <= 0, "its sequence length");
    lack(question.batch_tokens < question.sequence, "the tokens of a step (at least a sequence)");
    lack(question.accelerators <= 0, "how many accelerators work on one step");
    lack(question.precisions.empty(), "a precision");
  }
  if (generates(question))
    lack(question.input_tokens < 1 || question.output_tokens < 1, "input and output tokens");
  if (question.kind == WorkloadKind::video)
    lack(question.frames < 1 || question.width < 1 || question.height < 1 || question.steps < 1,
         "frames, width, height and steps");
  return problems;
}

/// One question of one class, and every place of the answer that wants it.
struct Task {
  std::string text;
  std::size_t question = 0, on = 0;
  std::vector<std::pair<std::size_t, std::size_t>> places;
};

/// A rate is remembered by names alone, so only where they stand for the program's own data.
bool is_of_the_catalogue(const RateQuestion& question, const RateClass& on) {
  return !input_exists(question.model) && !input_exists(on.system) && !input_exists(on.accelerator);
}

class RateRun {
 public:
  RateRun(const std::vector<RateQuestion>& questions, const std::vector<RateClass>& classes,
          const RateOptions& options, RateStore store)
      : questions_(questions), classes_(classes), options_(options), store_(std::move(store)) {
    rates_.assign(questions.size(), std::vector<WorkloadRate>(classes.size()));
    collect();
  }

  /// Answers what the store has not, on as many threads as there is work for.
  Diagnostics work(const std::filesystem::path& data_directory) {
    const std::size_t threads =
        std::min<std::size_t>(std::max(1U, options_.threads), tasks_.size());
    on_threads(threads, [&](std::size_t) { work_off(data_directory); });
    return problems_;
  }

  bool stopped() const { return options_.stop != nullptr && *options_.stop; }
  std::vector<std::vector<WorkloadRate>> take() { return std::move(rates_); }

 private:
  void collect() {
    std::map<std::string, std::size_t> known;
    for (std::size_t q = 0; q < questions_.size(); ++q) {
      for (std::size_t c = 0; c < classes_.size(); ++c) {
        const std::string text = rate_question_text(questions_[q], classes_[c]);
        if (const auto found = known.find(text); found != known.end()) {
          tasks_[found->second].places.emplace_back(q, c);
        } else {
          known.emplace(text, tasks_.size());
          tasks_.push_back({text, q, c, {{q, c}}});
        }
      }
    }
  }

  void work_off(const std::filesystem::path& data_directory) {
    std::unique_ptr<Workspace> workspace;  // opened when something must be predicted
    for (;;) {
      const std::size_t index = next_++;
      if (index >= tasks_.size() || stopped()) return;
      const Task& task = tasks_[index];
      const bool lasting = is_of_the_catalogue(questions_[task.question], classes_[task.on]);
      std::optional<WorkloadRate> rate = lasting ? store_.find(task.text) : std::nullopt;
      if (!rate) {
        if (!workspace && !open(data_directory, workspace)) return;
        rate = predicted(*workspace, questions_[task.question], classes_[task.on]);
        if (lasting) store_.keep(task.text, *rate);
      }
      for (const auto& [q, c] : task.places) rates_[q][c] = *rate;
      const std::scoped_lock lock(mutex_);
      ++done_;
      if (options_.progress) options_.progress(done_, static_cast<int>(tasks_.size()));
    }
  }

  bool open(const std::filesystem::path& data_directory, std::unique_ptr<Workspace>& workspace) {
    Result<std::unique_ptr<Workspace>> opened = Workspace::open(data_directory);
    if (opened) {
      workspace = *std::move(opened);
      return true;
    }
    const std::scoped_lock lock(mutex_);
    if (problems_.empty()) problems_ = opened.problems();
    return false;
  }

  const std::vector<RateQuestion>& questions_;
  const std::vector<RateClass>& classes_;
  const RateOptions& options_;
  RateStore store_;
  std::vector<Task> tasks_;
  std::vector<std::vector<WorkloadRate>> rates_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  int done_ = 0;
  Diagnostics problems_;
};

/// Names that the catalogue does not know, and questions that lack something.
Diagnostics unknown_names(Workspace& workspace, const std::vector<RateQuestion>& questions,
                          const std::vector<RateClass>& classes) {
  Diagnostics problems;
  for (const RateQuestion& question : questions) {
    for (Diagnostic& each : question_problems(question)) problems.push_back(std::move(each));
    const auto model = workspace.model(question.model);
    if (model) continue;
    for (Diagnostic each : model.problems()) {
      if (each.where.file.empty()) each.where = question.where;
      problems.push_back(std::move(each));
    }
  }
  for (const RateClass& each : classes) {
    const auto machine = workspace.machine(each.accelerator, each.system);
    if (!machine)
      problems.insert(problems.end(), machine.problems().begin(), machine.problems().end());
  }
  return problems;
}

/// A workload that nothing of the fleet can run: the first reason says most.
Diagnostics homeless(const std::vector<RateQuestion>& questions,
                     const std::vector<RateClass>& classes,
                     const std::vector<std::vector<WorkloadRate>>& rates) {
  Diagnostics problems;
  for (std::size_t q = 0; q < questions.size(); ++q) {
    if (classes.empty() || std::any_of(rates[q].begin(), rates[q].end(),
                                       [](const WorkloadRate& r) { return r.possible; }))
      continue;
    problems.push_back(problem_at(
        questions[q].where,
        fmt::format("no accelerator of the study can run workload '{}'; on {}: {}",
                    questions[q].workload, classes.front().system, rates[q].front().reason)));
  }
  return problems;
}

}  // namespace

WorkloadRate no_rate(std::string reason) {
  WorkloadRate rate;
  rate.reason = std::move(reason);
  return rate;
}

bool is_training(WorkloadKind kind) {
  return kind == WorkloadKind::pretraining || kind == WorkloadKind::research ||
         kind == WorkloadKind::posttraining;
}

Result<std::vector<std::vector<WorkloadRate>>> predict_rates(
    const std::filesystem::path& data_directory, const std::vector<RateQuestion>& questions,
    const std::vector<RateClass>& classes, const RateOptions& options) {
  Result<std::unique_ptr<Workspace>> workspace = Workspace::open(data_directory);
  if (!workspace) return workspace.problems();
  if (Diagnostics problems = unknown_names(**workspace, questions, classes); !problems.empty())
    return problems;
  RateRun run(questions, classes, options,
              RateStore(options.cache,
                        options.cache.empty() ? std::string() : rate_fingerprint(data_directory)));
  if (Diagnostics problems = run.work(data_directory); !problems.empty()) return problems;
  if (run.stopped()) return problem("stopped while rates were predicted");
  std::vector<std::vector<WorkloadRate>> rates = run.take();
  if (Diagnostics problems = homeless(questions, classes, rates); !problems.empty())
    return problems;
  return rates;
}

}  // namespace polyfleet
