#include "app/comparison_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "app/plan_document.hpp"
#include "app/plan_question.hpp"
#include "app/plan_run.hpp"
#include "config/fields.hpp"

namespace polyfleet {
namespace {

struct SystemLine {
  std::string name, system;
};

struct ComparisonFile {
  std::string name;
  Watts power;
  double tokens = 0;
  Value search{Table{}};
  std::vector<SystemLine> systems;
  Value scenario{Table{}};
};

const FieldTable<SystemLine>& system_line_fields() {
  using S = SystemLine;
  static const FieldTable<S> fields{
      required(text_field("name", &S::name, "title of the column")),
      required(text_field("system", &S::system, "catalogue id, @edition allowed")),
  };
  return fields;
}

Field<ComparisonFile> systems_field() {
  return {"system",
          "list of tables",
          "the systems to compare",
          true,
          [](ComparisonFile& into, const Value& value, Diagnostics& out) {
            const Array* list = value.array();
            if (list == nullptr) return detail::not_an_array(value, "system", out);
            for (const Value& each : *list) {
              SystemLine line;
              read_fields(each, system_line_fields(), line, "system", out);
              into.systems.push_back(std::move(line));
            }
          },
          [](const ComparisonFile&) { return Value(); }};
}

const FieldTable<ComparisonFile>& comparison_fields() {
  using C = ComparisonFile;
  static const FieldTable<C> fields{
      required(text_field("name", &C::name, "what is compared")),
      required(quantity_field("power", &C::power, {1, 1e12}, "at the meter, for each system")),
      required(number_field("tokens", &C::tokens, {1, 1e18}, "of the whole run")),
      Field<C>{"search", "table", "as in a plan question (docs/planner.md)", false,
               [](C& into, const Value& value, Diagnostics&) { into.search = value; },
               [](const C& from) { return from.search; }},
      systems_field(),
      Field<C>{"scenario", "table", "what every run shares (docs/scenarios.md)", true,
               [](C& into, const Value& value, Diagnostics&) { into.scenario = value; },
               [](const C& from) { return from.scenario; }},
  };
  return fields;
}

/// Tensor, expert and pipeline groups of up to this many ranks divide what is fed.
constexpr std::int64_t kFedGroup = 64;

/// The batch nearest to the wanted one that replicas of any group size share out over all but a few
/// of the accelerators: without it up to a fifth of them would stand idle.
std::int64_t batch_for(std::int64_t fed, std::int64_t wanted) {
  const std::int64_t ranks = fed / kFedGroup * kFedGroup;
  if (ranks == 0) return wanted;
  return std::max<std::int64_t>(1, (wanted + ranks / 2) / ranks) * ranks;
}

/// The all-in figure of the system, else of the part.
const Figure<Watts>* power_figure(const Machine& machine) {
  if (machine.system.all_in_power) return &*machine.system.all_in_power;
  if (machine.accelerator.all_in_power) return &*machine.accelerator.all_in_power;
  return nullptr;
}

class ComparisonRunner {
 public:
  ComparisonRunner(Workspace& workspace, const ComparisonFile& file)
      : workspace_(workspace), file_(file), run_(std::make_unique<ComparisonRun>()) {}

  Result<std::unique_ptr<ComparisonRun>> run() {
    run_->comparison.name = file_.name;
    run_->comparison.power = file_.power;
    run_->comparison.tokens = file_.tokens;
    for (const SystemLine& line : file_.systems) add(line);
    if (!problems_.empty()) return std::move(problems_);
    return std::move(run_);
  }

 private:
  void keep(const Diagnostics& found, const std::string& name) {
    for (Diagnostic each : found) {
      each.what = name + ": " + each.what;
      problems_.push_back(std::move(each));
    }
  }

  void add(const SystemLine& line) {
    const Result<const Machine*> machine = workspace_.machine("", line.system);
    if (!machine) return keep(machine.problems(), line.name);
    const Figure<Watts>* power = power_figure(**machine);
    if (power == nullptr)
      return keep(
          {problem("no all-in power is published", "state one in a system file of your own")},
          line.name);
    const auto fed = static_cast<std::int64_t>(std::floor(file_.power / power->value));
    find_plan(line, fed, *power);
  }

  /// The plan with the most tokens a second on what the power feeds.
  void find_plan(const SystemLine& line, std::int64_t fed, const Figure<Watts>& power) {
    const Result<Value> document =
        with_settings(file_.scenario, {{"system", Value(line.system), line.name},
                                       {"devices", Value(fed), line.name},
                                       {"search", file_.search, line.name}});
    if (!document) return keep(document.problems(), line.name);
    const Value* wanted = stated(file_.scenario, "plan.global_batch");
    if (wanted == nullptr || wanted->integer() == nullptr)
      return keep({problem_at(file_.scenario.where(), "the shared scenario lacks plan.global_batch",
                              "give it in sequences a step")},
                  line.name);
    const Result<Value> batched = with_settings(
        *document, {{"plan.global_batch", Value(batch_for(fed, *wanted->integer())), line.name}});
    if (!batched) return keep(batched.problems(), line.name);
    Result<PlanQuestion> question = plan_question(workspace_, *batched, false);
    if (!question) return keep(question.problems(), line.name);
    question->wishes.top = 1;
    Result<std::unique_ptr<PlanRun>> found =
        run_plan_search(workspace_, *std::move(question),
                        {.threads = std::max(1U, std::thread::hardware_concurrency())},
                        {.with_front = false, .with_families = false, .with_advice = false});
    if (!found) return keep(found.problems(), line.name);
    PlanRun& plan = **found;
    if (!plan.best)
      return keep({problem(fmt::format("none of {} plans on {} accelerators fits in memory",
                                       plan.result.counts.plans, fed),
                           "offer more power or a smaller model")},
                  line.name);
    run_->runs.push_back(*std::move(plan.best));
    run_->comparison.systems.push_back(
        {.name = line.name,
         .answer = run_->runs.back().answer(),
         .fed = fed,
         .all_in_power = power.value,
         .power_basis = fmt::format("{} ({})", name_of(power.status), power.source),
         .plans_tried = static_cast<std::size_t>(plan.result.counts.plans)});
  }

  Workspace& workspace_;
  const ComparisonFile& file_;
  std::unique_ptr<ComparisonRun> run_;
  Diagnostics problems_;
};

}  // namespace

Result<std::unique_ptr<ComparisonRun>> run_comparison(Workspace& workspace,
                                                      const std::string& folder) {
  const Result<Value> document = read_document(folder + "/comparison.toml");
  if (!document) return document.problems();
  ComparisonFile file;
  Diagnostics problems;
  read_fields(*document, comparison_fields(), file, "comparison", problems);
  if (!problems.empty()) return problems;
  return ComparisonRunner(workspace, file).run();
}

}  // namespace polyfleet
