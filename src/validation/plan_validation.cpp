#include "validation/plan_validation.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cmath>

#include "base/parallel_work.hpp"
#include "planner/planned_plan.hpp"
#include "training/plan_check.hpp"
#include "validation/plan_standing.hpp"
#include "validation/published_plans.hpp"

namespace polyfleet {
namespace {

/// Times that differ by less are equal: the search sums in another order than the estimate.
constexpr double kEqualTimes = 1e-9;

std::string name_of_recompute(const TrainingPlan& plan) {
  if (plan.recompute == Recompute::none) return "none";
  if (plan.recompute == Recompute::selective) return "selective";
  return plan.recompute_layers > 0 ? fmt::format("full ({} layers a stage)", plan.recompute_layers)
                                   : "full";
}

/// The published plan as the space would write it.
TrainingPlan as_of_space(const RowInterpretation& row, const PlanSpace& space) {
  const TrainingPlan& own = row.scenario->plan;
  TrainingPlan plan = row.replan(own.layout, own.micro_batch, own.recompute);
  plan.schedule = own.schedule;
  plan.recompute_layers = own.recompute_layers;
  plan.activation_offload = space.activation_offload[0];
  plan.overlap.pipeline = own.layout.pipeline > 1 && space.pipeline_overlap[0] == 1;
  plan.sharding = space.sharding[0];
  plan.optimizer_offload = space.optimizer_offload[0] == 1;
  plan.overlap.gradient_reduce = space.gradient_overlap[0] == 1;
  plan.overlap.parameter_gather = space.parameter_overlap[0] == 1;
  return plan;
}

class PlanJudge {
 public:
  PlanJudge(const TrainingModels& models, const PlanValidationOptions& options)
      : models_(models), options_(options) {}

  JudgedPlan judge(const PublishedPlan& published, const Machine& machine) const {
    const RowInterpretation& row = published.row;
    PlanSearchQuestion question;
    question.pool = {.scenario = *row.scenario,
                     .machine = &machine,
                     .models = &models_,
                     .prices = {},
                     .strict = options_.strict};
    question.plan_template = row.replan;
    question.space = space_around(row);
    question.constraints.use_all_devices = true;
    question.top = 1;
    question.with_front = false;
    question.with_families = false;
    JudgedPlan judged = named(published);
    estimate_published(question, judged);
    judged.outside = outside(row, question, judged);
    search(question, judged);
    judged.standing = plan_standing(question, judged.predicted, options_.sample);
    return judged;
  }

 private:
  static JudgedPlan named(const PublishedPlan& published) {
    const RowInterpretation& row = published.row;
    JudgedPlan judged;
    judged.id = row.id;
    judged.source = row.source;
    judged.vendor = row.vendor;
    judged.accelerator = row.accelerator;
    judged.model = row.model;
    judged.framework = row.scenario->framework;
    judged.workload = name_of(row.scenario->workload_class());
    judged.equal_rows = published.equal_rows;
    judged.devices = row.scenario->devices;
    judged.published = row.scenario->plan;
    judged.measured = row.measured.time;
    return judged;
  }

  void estimate_published(const PlanSearchQuestion& question, JudgedPlan& judged) const {
    const TrainingEstimate estimate =
        estimate_training(question.pool.scenario, *question.pool.machine, models_, {},
                          {.software_maturity = !options_.strict, .with_energy = false});
    judged.predicted = estimate.time;
    judged.where = estimate.step.where;
    judged.memory = estimate.memory[fullest_stage(estimate.memory)].total;
    judged.capacity = estimate.memory_capacity;
    judged.fits = estimate.fits_in_memory;
  }

  /// Why the planner could not have chosen the published plan; empty when it could.
  std::string outside(const RowInterpretation& row, const PlanSearchQuestion& question,
                      const JudgedPlan& judged) const {
    if (!judged.fits)
      return fmt::format("does not fit by the memory model: {:.1f} of {:.1f} GB",
                         judged.memory / gigabyte, judged.capacity / gigabyte);
    TrainingScenario scenario = question.pool.scenario;
    scenario.plan = as_of_space(row, question.space);
    const TrainingEstimate same = estimate_training(
        scenario, *question.pool.machine, models_, {},
        {.software_maturity = !options_.strict, .with_memory = false, .with_energy = false});
    const double change = same.time / judged.predicted - 1;
    if (std::abs(change) <= kEqualTimes) return {};
    return fmt::format("a setting of the row is not reproduced: {:+.1f} % of its time",
                       100 * change);
  }

  void search(const PlanSearchQuestion& question, JudgedPlan& judged) const {
    PlanSearchResult found = search_plans(question, {.threads = 1});
    judged.counts = found.counts;
    if (found.best.empty()) return;
    judged.best = found.best.front();
    PlanEvaluator evaluator(question.pool);
    judged.best_where =
        evaluator
            .estimate(judged.best->plan,
                      {.with_memory = false, .with_energy = false, .with_flops = false})
            .step.where;
  }

  const TrainingModels& models_;
  const PlanValidationOptions& options_;
};

/// `limit` entries spread evenly over the list.
std::vector<std::size_t> chosen_of(std::size_t count, std::size_t limit) {
  std::vector<std::size_t> chosen;
  if (limit == 0 || limit >= count) limit = count;
  for (std::size_t i = 0; i < limit; ++i) chosen.push_back(i * count / limit);
  return chosen;
}

/// One configuration with what it runs on.
struct Task {
  PublishedPlan* published = nullptr;
  const Machine* machine = nullptr;
};

SkippedRow skipped_row(const RowInterpretation& row, std::string reason) {
  return {row.id, row.source, row.vendor, row.accelerator, row.model, std::move(reason)};
}

/// Those that were not begun before the stop are skipped.
void judge_all(const std::vector<Task>& tasks, const TrainingModels& models,
               const PlanValidationOptions& options, PlanValidation& validation) {
  std::vector<std::optional<JudgedPlan>> judged(tasks.size());
  std::atomic<std::size_t> done{0};
  const PlanJudge judge(models, options);
  const auto work = [&](std::size_t i) {
    judged[i] = judge.judge(*tasks[i].published, *tasks[i].machine);
    tasks[i].published->row.replan = nullptr;  // what it remembers is of no further use
    if (options.progress)
      options.progress(static_cast<double>(++done) / static_cast<double>(tasks.size()));
  };
  do_in_parallel(tasks.size(), std::max(1U, options.threads), options.stop, work);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (judged[i]) {
      validation.plans.push_back(*std::move(judged[i]));
    } else {
      validation.interrupted = true;
      validation.skipped.push_back(
          skipped_row(tasks[i].published->row, std::string(kStoppedBefore)));
    }
  }
}

}  // namespace

double PlanStanding::share_faster() const {
  return fitting == 0 ? 0 : static_cast<double>(faster) / static_cast<double>(fitting);
}

double PlanStanding::error() const {
  if (exact() || fitting == 0) return 0;
  const double share = share_faster();
  return std::sqrt(share * (1 - share) / static_cast<double>(fitting));
}

double JudgedPlan::ratio() const { return best ? predicted / best->time : 1; }

bool JudgedPlan::planner_holds() const { return best && ratio() >= 1 - kEqualTimes; }

std::string plan_in_words(const TrainingPlan& plan) {
  const ParallelLayout& l = plan.layout;
  std::string words = fmt::format("TP{} PP{}", l.tensor, l.pipeline);
  if (l.virtual_stages > 1) words += fmt::format("x{}", l.virtual_stages);
  if (l.context > 1) words += fmt::format(" CP{}", l.context);
  if (l.expert > 1 || l.expert_tensor > 1) words += fmt::format(" EP{}", l.expert);
  if (l.expert_tensor > 1) words += fmt::format(" ETP{}", l.expert_tensor);
  words += fmt::format(" DP{}, micro-batch {}", l.data, plan.micro_batch);
  return words + ", recompute " + name_of_recompute(plan);
}

Result<PlanValidation> validate_plans(std::string_view table, const std::string& file,
                                      const Catalogue& catalogue, const TrainingModels& models,
                                      const std::filesystem::path& validation_directory,
                                      const PlanValidationOptions& options) {
  const Result<std::vector<TruthRow>> rows = read_truth(table, file);
  if (!rows) return rows.problems();
  RowShelves shelves(catalogue);
  const Result<TruthInterpreter> interpreter = TruthInterpreter::load(
      catalogue.directory().string(), validation_directory.string(), shelves.lookup());
  if (!interpreter) return interpreter.problems();
  Result<PublishedPlans> published =
      published_plans(interpreter->interpret(*rows, true), validation_directory);
  if (!published) return published.problems();
  PlanValidation validation;
  validation.rows = rows->size();
  validation.skipped = std::move(published->skipped);
  validation.repeated = published->repeated;
  RowMachines machines(catalogue);
  std::vector<Task> tasks;
  for (const std::size_t i : chosen_of(published->plans.size(), options.limit)) {
    PublishedPlan& each = published->plans[i];
    const Result<const Machine*> machine = machines.machine(each.row);
    if (machine) {
      tasks.push_back({&each, *machine});
    } else {
      validation.skipped.push_back(skipped_row(each.row, to_text(machine.problems().front())));
    }
  }
  judge_all(tasks, models, options, validation);
  return validation;
}

}  // namespace polyfleet
