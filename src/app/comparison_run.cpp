#include "app/comparison_run.hpp"

#include <fmt/format.h>

#include <cmath>

#include "app/plan_sweep.hpp"
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
  PlanGrid grid;
  std::vector<SystemLine> systems;
  Value scenario{Table{}};
};

const FieldTable<PlanGrid>& grid_fields() {
  using G = PlanGrid;
  static const Range kDegree{1, 1 << 20};
  static const FieldTable<G> fields{
      integer_list_field("tensor", &G::tensor, kDegree, "tensor-parallel degrees"),
      integer_list_field("pipeline", &G::pipeline, kDegree, "pipeline-parallel degrees"),
      integer_list_field("virtual_stages", &G::virtual_stages, kDegree, "virtual stages"),
      integer_list_field("expert", &G::expert, kDegree, "expert-parallel degrees"),
      integer_list_field("micro_batch", &G::micro_batch, kDegree, "sequences per micro-batch"),
      text_list_field("recompute", &G::recompute, "recompute modes"),
  };
  return fields;
}

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
      table_field("grid", &C::grid, grid_fields(), "plans that are tried"),
      systems_field(),
      Field<C>{"scenario", "table", "what every run shares (docs/scenarios.md)", true,
               [](C& into, const Value& value, Diagnostics&) { into.scenario = value; },
               [](const C& from) { return from.scenario; }},
  };
  return fields;
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
    const Result<Value> base =
        with_settings(file_.scenario, {{"system", Value(line.system), line.name}});
    if (!base) return keep(base.problems(), line.name);
    const Result<SweptPlan> plan = swept_plan(workspace_, *base, fed, file_.grid);
    if (!plan) return keep(plan.problems(), line.name);
    finish(line, *base, *plan, fed, *power);
  }

  void finish(const SystemLine& line, const Value& base, const SweptPlan& plan, std::int64_t fed,
              const Figure<Watts>& power) {
    const Result<Value> document = with_settings(base, plan.settings);
    Result<ResolvedTraining> resolved =
        document ? resolve_training(workspace_, *document) : document.problems();
    if (!resolved) return keep(resolved.problems(), line.name);
    Result<TrainingRun> run = run_training(workspace_, *std::move(resolved), false);
    if (!run) return keep(run.problems(), line.name);
    run_->runs.push_back(*std::move(run));
    run_->comparison.systems.push_back(
        {.name = line.name,
         .answer = run_->runs.back().answer(),
         .fed = fed,
         .all_in_power = power.value,
         .power_basis = fmt::format("{} ({})", name_of(power.status), power.source),
         .plans_tried = plan.tried});
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
