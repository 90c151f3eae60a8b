#include "app/run_estimate.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/csv.hpp"

namespace polyfleet {
namespace {

/// Problems of one text, at the flag that it came by.
void add_problems(const Diagnostics& found, const std::string& flag, Diagnostics& problems) {
  for (Diagnostic each : found) {
    each.where = {flag, 0, 0};
    problems.push_back(std::move(each));
  }
}

/// The quantity of a text; nothing where it was not stated or cannot be read.
template <class Q>
std::optional<Q> read_optional(const std::string& text, const std::string& flag,
                               Diagnostics& problems) {
  if (text.empty()) return std::nullopt;
  const Result<Q> quantity = parse_quantity<Q>(text);
  if (quantity) return *quantity;
  add_problems(quantity.problems(), flag, problems);
  return std::nullopt;
}

double read_tokens(const std::string& text, Diagnostics& problems) {
  if (text.empty()) {
    problems.push_back(problem_at({"--tokens", 0, 0}, "the number of tokens is missing",
                                  "give the tokens of the whole run: --tokens 15e12"));
    return 0;
  }
  if (const std::optional<double> number = parse_number(text)) return *number;
  problems.push_back(problem_at({"--tokens", 0, 0}, fmt::format("'{}' is not a number", text),
                                "such as --tokens 15e12"));
  return 0;
}

std::optional<int> read_spares(const std::string& text, Diagnostics& problems) {
  if (text.empty()) return std::nullopt;
  const std::optional<double> number = parse_number(text);
  constexpr double kMostSpares = 1e6;
  if (number && *number == std::floor(*number) && std::abs(*number) <= kMostSpares)
    return static_cast<int>(*number);
  problems.push_back(problem_at({"--spares", 0, 0},
                                fmt::format("'{}' is not a number of nodes", text),
                                "a whole number up to a million, such as --spares 8"));
  return std::nullopt;
}

void check_contradictions(const RunTexts& texts, Diagnostics& problems) {
  if (texts.asynchronous && texts.in_memory)
    problems.push_back(problem("--async and --in-memory are two ways to write a checkpoint",
                               "keep the one that is used"));
  if (!texts.checkpoint_write.empty() && !texts.storage.empty())
    problems.push_back(problem("--checkpoint-write states the time that --storage would give",
                               "keep one of them"));
  if (texts.in_memory && !texts.storage.empty())
    problems.push_back(problem("--in-memory checkpoints do not go to storage",
                               "leave --storage out, or use --async"));
}

constexpr std::int64_t kMostSimulations = 1000000;

Diagnostics simulation_problems(const SimulationRequest& simulation, const RunProcess& process) {
  Diagnostics problems;
  if (simulation.runs < 0 || simulation.runs > kMostSimulations)
    problems.push_back(problem(fmt::format("--simulate {} runs", simulation.runs),
                               fmt::format("a number up to {}", kMostSimulations)));
  constexpr Seconds kLongest = 50 * 365.25 * day;
  for (const Seconds time :
       {process.work, process.interval, process.blocking, process.planned_stop}) {
    if (simulation.runs == 0 || time < kLongest) continue;
    problems.push_back(problem("the simulated clock ends before 50 years are over",
                               "leave --simulate out, or give fewer tokens or more accelerators"));
    break;
  }
  return problems;
}

}  // namespace

Result<RunQuestion> run_question(const RunTexts& texts, const ReliabilityData& data) {
  Diagnostics problems;
  RunQuestion question;
  question.tokens = read_tokens(texts.tokens, problems);
  if (!texts.start.empty()) {
    const Result<CalendarDate> start = parse_date(texts.start);
    if (start) {
      question.start = *start;
    } else {
      add_problems(start.problems(), "--start", problems);
    }
  }
  CheckpointRequest& checkpoint = question.checkpoint;
  checkpoint.mode = texts.in_memory      ? CheckpointMode::in_memory
                    : texts.asynchronous ? CheckpointMode::asynchronous
                                         : CheckpointMode::blocking;
  checkpoint.write_time =
      read_optional<Seconds>(texts.checkpoint_write, "--checkpoint-write", problems);
  checkpoint.storage = read_optional<BytesPerSecond>(texts.storage, "--storage", problems);
  checkpoint.interval = read_optional<Seconds>(texts.interval, "--interval", problems);
  question.spare_nodes = read_spares(texts.spares, problems);
  question.failure_record = texts.failures;
  check_contradictions(texts, problems);
  if (!problems.empty()) return problems;
  problems = question_problems(question, data);
  if (!problems.empty()) return problems;
  return question;
}

Result<std::unique_ptr<RunEstimate>> run_estimate(Workspace& workspace, ResolvedTraining resolved,
                                                  const RunTexts& texts,
                                                  const SimulationRequest& simulation,
                                                  bool strict) {
  Result<ReliabilityData> data = load_reliability(workspace.data_directory());
  if (!data) return data.problems();
  auto run = std::make_unique<RunEstimate>();
  run->data = std::make_unique<const ReliabilityData>(*std::move(data));
  const Result<RunQuestion> question = run_question(texts, *run->data);
  if (!question) return question.problems();
  run->question = *question;
  Result<TrainingRun> training = run_training(workspace, std::move(resolved), strict);
  if (!training) return training.problems();
  run->training = *std::move(training);
  const TrainingEstimate& estimate = run->training.estimate;
  if (question->tokens < estimate.tokens_per_step)
    return problem(fmt::format("a run of {} tokens has not even one step of {}", question->tokens,
                               estimate.tokens_per_step),
                   "give more --tokens or a smaller --global-batch");
  run->forecast = forecast_run(estimate, run->training.resolved.scenario,
                               *run->training.resolved.machine, run->question, *run->data);
  if (const Diagnostics problems = simulation_problems(simulation, run->forecast.process);
      !problems.empty())
    return problems;
  if (simulation.runs > 0)
    run->simulated = simulate_runs(run->forecast.process, simulation.runs,
                                   static_cast<std::uint64_t>(simulation.seed));
  return run;
}

}  // namespace polyfleet
