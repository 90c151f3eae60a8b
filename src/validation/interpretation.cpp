#include "validation/interpretation.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <mutex>

#include "training/plan_check.hpp"
#include "validation/knowledge.hpp"
#include "validation/measured.hpp"
#include "validation/row_mapping.hpp"
#include "validation/row_model.hpp"
#include "validation/row_settings.hpp"
#include "validation/wording.hpp"

namespace polyfleet {

namespace {

/// Corrected rows that may lend settings; shared with the templates made from them.
struct CorrectedRows {
  explicit CorrectedRows(std::vector<TruthRow> corrected)
      : rows(std::move(corrected)), siblings(rows) {}
  std::vector<TruthRow> rows;
  Siblings siblings;
};
using SiblingRows = std::shared_ptr<const CorrectedRows>;

}  // namespace

struct TruthInterpreter::Knowledge {
  MappingTables tables;
  CatalogueLookup lookup;

  const Accelerator* accelerator(std::string_view name) const;
  void read_network(RowReading& reading, RowInterpretation& into) const;
  RowInterpretation interpret(TruthRow row, std::vector<AppliedCorrection> applied,
                              const SiblingRows& rows, bool with_template) const;
  void complete(RowReading& reading, const SiblingRows& rows, bool with_template,
                RowInterpretation& into) const;
};

namespace {

/// "V100-16GB" -> "V100": a memory size behind a name is a variant of the same part.
std::string_view without_memory(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || !lower(name).ends_with("gb")) return name;
  return name.substr(0, dash);
}

/// The month as the scenario writes it: "2025-05".
std::string month_text(int month) { return fmt::format("{:04}-{:02}", month / 12, month % 12 + 1); }

/// Puts one cut of the model into a plan; the settings depend on it and are read again for each.
TrainingPlan plan_for(RowReading& reading, const ModelSpec& model, const Siblings& siblings,
                      const RowMapping& map, const ParallelLayout& layout) {
  TrainingPlan plan;
  plan.layout = layout;
  plan.micro_batch = map.micro_batch;
  plan.global_batch = map.global_batch;
  plan.sequence_length = map.sequence_length;
  read_settings(reading, model, siblings, plan);
  return plan;
}

std::string_view wording_of(Recompute recompute) {
  switch (recompute) {
    case Recompute::none:
      return "none";
    case Recompute::selective:
      return "selective";
    case Recompute::full:
      return "full";
  }
  return "";
}

/// The settings of one row under other cuts, remembered: they depend on a cut only through what
/// `Key` holds, the degrees themselves are copied in.
class RowTemplate {
 public:
  RowTemplate(RowReading reading, ModelSpec model, SiblingRows rows, RowMapping map,
              Recompute stated)
      : reading_(std::move(reading)),
        model_(std::move(model)),
        rows_(std::move(rows)),
        map_(std::move(map)),
        stated_(stated) {}

  TrainingPlan plan(const ParallelLayout& layout, int micro_batch, Recompute recompute) {
    const Key key{layout.tensor, layout.pipeline,   layout.virtual_stages,      layout.context,
                  layout.data,   layout.expert > 1, static_cast<int>(recompute)};
    const std::lock_guard lock(guard_);
    auto found = kept_.find(key);
    if (found == kept_.end()) found = kept_.emplace(key, read(layout, recompute)).first;
    TrainingPlan plan = found->second;
    plan.layout = layout;
    plan.micro_batch = micro_batch;
    return plan;
  }

 private:
  using Key = std::array<int, 7>;

  RecomputeModules selective_modules(const ParallelLayout& layout) const {
    RowReading reading = reading_;
    if (stated_ != Recompute::selective)
      reading.row.cells["recompute"] = std::string(wording_of(Recompute::selective));
    return plan_for(reading, model_, rows_->siblings, map_, layout).recompute_modules;
  }

  TrainingPlan read(const ParallelLayout& layout, Recompute recompute) const {
    RowReading reading = reading_;
    // The row's own words say what its own mode means (which modules).
    if (recompute != stated_) reading.row.cells["recompute"] = std::string(wording_of(recompute));
    TrainingPlan plan = plan_for(reading, model_, rows_->siblings, map_, layout);
    plan.recompute = recompute;
    // One search knows one meaning of selective recomputation, whatever the mode of a plan.
    if (recompute != Recompute::selective) plan.recompute_modules = selective_modules(layout);
    return plan;
  }

  RowReading reading_;
  ModelSpec model_;
  SiblingRows rows_;
  RowMapping map_;
  Recompute stated_;
  std::mutex guard_;
  std::map<Key, TrainingPlan> kept_;
};

}  // namespace

const Accelerator* TruthInterpreter::Knowledge::accelerator(std::string_view name) const {
  for (const std::string_view spelling : {name, without_memory(name)}) {
    const auto alias = tables.accelerator_alias.find(letters_and_digits(spelling));
    if (alias != tables.accelerator_alias.end()) {
      if (alias->second.empty()) return nullptr;
      if (auto found = lookup.accelerator(alias->second)) return found;
    }
    if (auto found = lookup.accelerator(spelling)) return found;
  }
  return nullptr;
}

void TruthInterpreter::Knowledge::read_network(RowReading& reading, RowInterpretation& into) const {
  const TruthRow& row = reading.row;
  into.accelerators_per_node = static_cast<int>(row.count("accelerators_per_node").value_or(0));
  const std::string note = lower(row.text("interconnect_note"));
  for (const NetworkWording& wording : tables.networks) {
    if (note.find(lower(wording.text)) == std::string::npos) continue;
    double rate = wording.gigabit_per_second;
    if (rate == 0 && into.accelerators_per_node > 0)
      rate = wording.node_gigabit_per_second / into.accelerators_per_node;
    if (rate > 0) into.scale_out_rate = rate * gigabit_per_second;
    return;
  }
}

void TruthInterpreter::Knowledge::complete(RowReading& reading, const SiblingRows& rows,
                                           bool with_template, RowInterpretation& into) const {
  const Siblings& siblings = rows->siblings;
  ModelSpec model = read_model(reading, lookup);
  if (reading.left_out()) return;
  const RowMapping map = read_mapping(reading, model, siblings);
  if (reading.left_out()) return;
  pad_vocabulary(reading, model, map.layout.tensor);
  TrainingScenario scenario;
  scenario.plan = plan_for(reading, model, siblings, map, map.layout);
  scenario.model = std::move(model);
  scenario.devices = map.devices;
  const std::size_t said = reading.assumptions.size();
  for (const ParallelLayout& layout : map.alternatives) {
    into.alternatives.push_back(plan_for(reading, scenario.model, siblings, map, layout));
    reading.assumptions.resize(said);  // the first plan's assumptions stand for all
    if (!reading.row.text("recompute").empty()) continue;
    into.alternatives.push_back(into.alternatives.back());  // a best mapping may recompute
    into.alternatives.back().recompute = Recompute::full;
  }
  const Diagnostics problems = plan_problems(scenario.model, scenario.plan, scenario.devices);
  if (!problems.empty() && into.alternatives.empty())
    reading.leave_out("stated plan is contradictory: " + problems.front().what);
  into.measured = read_measured(reading, scenario);
  scenario.name = into.id;
  scenario.accelerator = into.accelerator;
  scenario.framework = reading.profile->id;
  scenario.release_date = month_text(reading.context.month);
  if (with_template && !reading.left_out()) {
    const auto kept =
        std::make_shared<RowTemplate>(reading, scenario.model, rows, map, scenario.plan.recompute);
    into.replan = [kept](const ParallelLayout& layout, int micro_batch, Recompute recompute) {
      return kept->plan(layout, micro_batch, recompute);
    };
  }
  into.scenario = std::move(scenario);
}

RowInterpretation TruthInterpreter::Knowledge::interpret(TruthRow row,
                                                         std::vector<AppliedCorrection> applied,
                                                         const SiblingRows& rows,
                                                         bool with_template) const {
  RowInterpretation into;
  into.id = std::string(row.text("id"));
  into.source = tables.split.source_of(into.id);
  into.vendor = std::string(row.text("vendor"));
  into.model = std::string(row.text("model"));
  const Accelerator* part = accelerator(row.text("accelerator"));
  RowReading reading(tables, std::move(row), std::move(applied));
  if (part == nullptr) {
    into.accelerator = std::string(reading.row.text("accelerator"));
    reading.leave_out("accelerator not in the catalogue: " + into.accelerator);
  } else {
    into.accelerator = part->id;
    if (into.vendor.empty()) into.vendor = part->vendor;
    reading.context.vendor = into.vendor;
  }
  into.workload = reading.context.workload;
  if (!reading.left_out()) {
    read_network(reading, into);
    complete(reading, rows, with_template, into);
  }
  into.skip = reading.skip;
  if (reading.left_out()) {
    into.scenario.reset();
    into.alternatives.clear();
  } else {
    into.scenario->assumptions = std::move(reading.assumptions);
  }
  return into;
}

TruthInterpreter::TruthInterpreter(std::unique_ptr<Knowledge> knowledge)
    : knowledge_(std::move(knowledge)) {}
TruthInterpreter::TruthInterpreter(TruthInterpreter&&) noexcept = default;
TruthInterpreter& TruthInterpreter::operator=(TruthInterpreter&&) noexcept = default;
TruthInterpreter::~TruthInterpreter() = default;

Result<TruthInterpreter> TruthInterpreter::load(const std::string& data_folder,
                                                const std::string& validation_folder,
                                                CatalogueLookup lookup) {
  Result<MappingTables> tables = MappingTables::load(data_folder, validation_folder);
  if (!tables) return tables.problems();
  auto knowledge = std::make_unique<Knowledge>();
  knowledge->tables = std::move(*tables);
  knowledge->lookup = std::move(lookup);
  return TruthInterpreter(std::move(knowledge));
}

std::vector<RowInterpretation> TruthInterpreter::interpret(const std::vector<TruthRow>& rows,
                                                           bool with_templates) const {
  std::vector<TruthRow> corrected = rows;
  std::vector<std::vector<AppliedCorrection>> changes;
  for (TruthRow& row : corrected) changes.push_back(correct(row, knowledge_->tables.corrections));
  const auto shared = std::make_shared<const CorrectedRows>(std::move(corrected));
  std::vector<RowInterpretation> read;
  for (std::size_t i = 0; i < shared->rows.size(); ++i)
    read.push_back(knowledge_->interpret(shared->rows[i], changes[i], shared, with_templates));
  return read;
}

std::string TruthInterpreter::source_of(std::string_view id) const {
  return knowledge_->tables.split.source_of(id);
}

bool TruthInterpreter::fits_maturity(std::string_view source) const {
  return knowledge_->tables.split.fits(source);
}

}  // namespace polyfleet
