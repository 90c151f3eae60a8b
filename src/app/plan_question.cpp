#include "app/plan_question.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/framework_abilities.hpp"
#include "app/plan_pins.hpp"
#include "app/plan_template.hpp"
#include "app/scenario_defaults.hpp"
#include "app/scenario_prices.hpp"

namespace polyfleet {
namespace {

/// Keys of a plan document that are no scenario keys.
constexpr std::string_view kSearchKey = "search";

/// Expert groups over NICs are worth a try up to here even where a domain is small (DeepSeek-V3
/// trains with 64 ranks over nodes of 8, arXiv:2412.19437).
constexpr int kSmallestWidestExperts = 64;

Value scenario_part(const Value& document) {
  Value scenario{Table{}};
  scenario.at(document.where());
  for (const auto& [key, value] : *document.table()) {
    if (key != kClusterKey && key != kSearchKey) scenario.set(key, value);
  }
  return scenario;
}

class QuestionResolver {
 public:
  QuestionResolver(Workspace& workspace, const Value& document, bool compare_stated)
      : workspace_(workspace), document_(document), compare_stated_(compare_stated) {}

  Result<PlanQuestion> run() {
    read_wishes();
    scenario_ = scenario_part(document_);
    read_scenario_part();
    if (!problems_.empty()) return std::move(problems_);
    read_pools();
    require_keys();
    find_model();
    find_tables();
    if (!problems_.empty()) return std::move(problems_);
    keep(pin_stated(base_, question_.wishes.space, question_.pinned));
    for (const StatedPool& pool : cluster_.pools) add_pool(pool);
    if (!problems_.empty()) return std::move(problems_);
    add_links();
    check_vendors();
    if (!problems_.empty()) return std::move(problems_);
    return std::move(question_);
  }

 private:
  void keep(const Diagnostics& found, const Position& where = {}) {
    for (Diagnostic each : found) {
      if (each.where.file.empty()) each.where = where;
      problems_.push_back(std::move(each));
    }
  }

  void read_wishes() {
    const Value* wishes = document_.find(kSearchKey);
    if (wishes == nullptr) return;
    read_fields(*wishes, wishes_fields(), question_.wishes, kSearchKey, problems_);
    for (const std::string& text : question_.wishes.vendor_share) {
      const Result<VendorShare> share =
          vendor_share_of(text, stated(document_, "search.vendor_share")->where());
      if (share) {
        question_.vendor_shares.push_back(*share);
      } else {
        keep(share.problems());
      }
    }
  }

  void read_scenario_part() {
    const Result<StatedScenario> read = read_stated(scenario_, {});
    if (!read) return keep(read.problems());
    stated_ = *read;
    question_.name = stated_.name;
    question_.model = stated_.model;
    if (compare_stated_) question_.stated = scenario_;
    base_ = compare_stated_ ? without_searched_keys(scenario_) : scenario_;
  }

  /// The pools of the cluster, or the scenario's own part as the only one.
  void read_pools() {
    const Value* cluster = document_.find(kClusterKey);
    if (cluster == nullptr) {
      StatedPool only;
      only.accelerator = stated_.accelerator;
      only.system = stated_.system;
      only.devices = stated_.devices;
      only.where = document_.where();
      cluster_.pools.push_back(only);
      return;
    }
    for (const std::string_view key : {"accelerator", "system", "devices"}) {
      if (const Value* value = stated(scenario_, key))
        problems_.push_back(problem_at(value->where(),
                                       fmt::format("{} is stated beside a cluster", key),
                                       "the cluster's pools say it; leave it out"));
    }
    const Result<StatedCluster> read = read_cluster(*cluster);
    if (!read) return keep(read.problems());
    cluster_ = *read;
  }

  void require(std::string_view key, std::string_view what, std::string_view fix) {
    const Value* value = stated(scenario_, key);
    if (value != nullptr && !(value->text() != nullptr && value->text()->empty())) return;
    problems_.push_back(
        problem_at(document_.where(), fmt::format("{} is missing", what), std::string(fix)));
  }

  void require_keys() {
    require(
        "model", "the model",
        "give model = \"llama3.1-70b\" (--model); `polyfleet catalogue list models` lists them");
    require("plan.global_batch", "the global batch",
            "give plan.global_batch, in sequences a step (--global-batch)");
    require("plan.sequence_length", "the sequence length",
            "give plan.sequence_length, in tokens (--sequence)");
    const StatedPool* only = cluster_.pools.size() == 1 ? &cluster_.pools.front() : nullptr;
    if (only == nullptr || document_.find(kClusterKey) != nullptr) return;
    if (only->accelerator.empty() && only->system.empty())
      problems_.push_back(problem_at(
          document_.where(), "the cluster is missing",
          "give --cluster FILE, or --accelerator amd_mi355x (or --system) and --devices"));
    require("devices", "the number of accelerators", "give devices = 64 (--devices)");
  }

  void find_model() {
    if (stated_.model.empty()) return;
    const Result<const ModelSpec*> model = workspace_.model(stated_.model);
    if (!model) return keep(model.problems(), stated(scenario_, "model")->where());
    model_ = *model;
  }

  void find_tables() {
    const Result<const MappingTables*> tables = workspace_.mapping_tables();
    if (!tables) return keep(tables.problems());
    tables_ = *tables;
    const Result<const TrainingModels*> models = workspace_.training_models();
    if (!models) return keep(models.problems());
    models_ = *models;
    Result<FrameworkAbilities> abilities = FrameworkAbilities::load(workspace_.data_directory());
    if (!abilities) return keep(abilities.problems());
    abilities_ = *std::move(abilities);
  }

  Result<Value> document_of(const StatedPool& pool, std::int64_t devices) const {
    std::vector<Setting> settings;
    const auto state = [&](std::string_view key, Value value) {
      settings.push_back({std::string(key), std::move(value), pool.where.file});
    };
    if (!pool.accelerator.empty()) state("accelerator", Value(pool.accelerator));
    if (!pool.system.empty()) state("system", Value(pool.system));
    state("devices", Value(devices));
    if (!pool.framework.empty()) state("framework", Value(pool.framework));
    if (!pool.release.empty()) state("release", Value(pool.release));
    if (pool.price) state("prices.device", Value(exact_text(*pool.price)));
    return with_settings(base_, settings);
  }

  void add_pool(const StatedPool& pool) {
    const Result<const Machine*> machine = workspace_.machine(pool.accelerator, pool.system);
    if (!machine) return keep(machine.problems(), pool.where);
    const std::int64_t devices =
        pool.devices > 0 ? pool.devices : pool.nodes * (*machine)->system.accelerators_per_node;
    Result<Value> document = document_of(pool, devices);
    if (!document) return keep(document.problems());
    QuestionPool made;
    made.document = *std::move(document);
    SearchedPool& searched = made.searched;
    searched.name = !pool.name.empty() ? pool.name : (*machine)->accelerator.id;
    searched.question.machine = *machine;
    searched.question.models = models_;
    if (!fill(pool, devices, made)) return;
    searched.space = question_.wishes.space;
    choose_space(pool, made);
    const TrainingPlan& plan = searched.question.scenario.plan;
    keep(space_problems(document_, searched.space, *model_,
                        {.name = pool.name,
                         .devices = devices,
                         .global_batch = plan.global_batch,
                         .sequence_length = plan.sequence_length,
                         .most_tensor = searched.most_tensor}));
    question_.pools.push_back(std::move(made));
  }

  /// The pool's scenario with the settings of its framework at one device, its prices and template.
  bool fill(const StatedPool& pool, std::int64_t devices, QuestionPool& made) {
    const Machine& machine = *made.searched.question.machine;
    const Result<StatedScenario> read = read_stated(made.document, {});
    if (!read) return keep(read.problems()), false;
    const Result<FilledPlan> filled =
        filled_plan(*tables_, made.document, *read, *model_, machine.accelerator);
    if (!filled) return keep(filled.problems(), pool.where), false;
    const Result<PricedTraining> priced = training_prices(workspace_, *read, machine);
    if (!priced) return keep(priced.problems(), pool.where), false;
    Result<PlanTemplate> made_template =
        plan_template(*tables_, made.document, *model_, machine.accelerator);
    if (!made_template) return keep(made_template.problems(), pool.where), false;
    made.searched.plan_template = *std::move(made_template);
    made.searched.question.prices = priced->prices;
    TrainingScenario& scenario = made.searched.question.scenario;
    scenario.name = stated_.name;
    scenario.model = *model_;
    const Accelerator& part = machine.accelerator;
    scenario.accelerator = part.edition.empty() ? part.id : part.id + '@' + part.edition;
    scenario.system = machine.system.id;
    scenario.devices = devices;
    scenario.plan = filled->plan;
    scenario.framework = filled->framework;
    scenario.release_date = filled->release_date;
    return true;
  }

  void choose_space(const StatedPool& pool, QuestionPool& made) {
    PlanSpace& space = made.searched.space;
    if (const FrameworkAbility* ability = abilities_.of(made.searched.question.scenario.framework))
      restrict_to(*ability, space, made.assumptions);
    int most = question_.wishes.max_tensor;
    if (pool.max_tensor > 0) most = most == 0 ? pool.max_tensor : std::min(most, pool.max_tensor);
    made.searched.most_tensor = most;
    if (most > 0 && space.tensor.empty()) space.tensor = tensor_degrees(*model_, most);
    if (cluster_.pools.size() < 2) return;
    if (space.sequence_parallel.empty()) space.sequence_parallel = {shards_sequence(made) ? 1 : 0};
    if (model_->is_moe()) choose_experts(made);
  }

  /// What the pool's framework does beside tensor parallelism: the search over pools wants it said.
  bool shards_sequence(const QuestionPool& made) const {
    const Result<Value> document =
        with_settings(made.document, {{"plan.layout.tensor", Value(2), "search"}});
    if (!document) return false;
    const Result<StatedScenario> read = read_stated(*document, {});
    if (!read) return false;
    const Result<FilledPlan> filled = filled_plan(*tables_, *document, *read, *model_,
                                                  made.searched.question.machine->accelerator);
    return filled && filled->plan.layout.sequence_parallel;
  }

  /// Where pools mix, expert groups of more than a pool's fast domain lose; the search over pools
  /// wants the degrees listed.
  void choose_experts(QuestionPool& made) const {
    PlanSpace& space = made.searched.space;
    const int domain = made.searched.question.machine->system.scale_up_domain;
    const int widest = std::max(kSmallestWidestExperts, domain);
    if (space.expert.empty()) {
      for (int n = 1; n <= widest; n *= 2) {
        if (model_->moe.experts % n == 0) space.expert.push_back(n);
      }
      made.assumptions.push_back({"expert", fmt::format("{}", fmt::join(space.expert, ", ")),
                                  "powers of two, as pools mix"});
    }
    if (space.expert_tensor.empty()) space.expert_tensor = {1};
  }

  void add_links() {
    const auto index = [&](const std::string& name) {
      std::size_t i = 0;
      while (question_.pools[i].searched.name != name) ++i;
      return i;
    };
    for (const StatedPoolLink& link : cluster_.links) {
      question_.links.push_back({.a = index(link.between[0]),
                                 .b = index(link.between[1]),
                                 .rate = link.rate,
                                 .aggregate = link.aggregate,
                                 .latency = link.latency.value_or(Seconds{}),
                                 .route = link.path,
                                 .source = link.source.empty() ? "as stated" : link.source});
    }
  }

  void check_vendors() {
    std::vector<std::string> vendors;
    for (const QuestionPool& pool : question_.pools)
      vendors.push_back(pool.searched.question.machine->accelerator.vendor);
    keep(vendor_share_problems(question_.vendor_shares, vendors, document_));
  }

  Workspace& workspace_;
  const Value& document_;
  bool compare_stated_;
  Value scenario_, base_;
  StatedScenario stated_;
  StatedCluster cluster_;
  const ModelSpec* model_ = nullptr;
  const MappingTables* tables_ = nullptr;
  const TrainingModels* models_ = nullptr;
  FrameworkAbilities abilities_;
  PlanQuestion question_;
  Diagnostics problems_;
};

}  // namespace

Result<Value> plan_document_of(const std::string& scenario_path, const std::string& cluster_path,
                               const std::vector<Setting>& settings) {
  Result<Value> document = scenario_document(scenario_path, settings);
  if (!document || cluster_path.empty()) return document;
  Result<Value> cluster = read_document(cluster_path);
  if (!cluster) return cluster.problems();
  if (const Value* inlined = document->find(kClusterKey))
    return problem_at(inlined->where(), "a cluster is stated here and by --cluster " + cluster_path,
                      "state the one or the other");
  document->set(std::string(kClusterKey), *std::move(cluster));
  return document;
}

Result<PlanQuestion> plan_question(Workspace& workspace, const Value& document,
                                   bool compare_stated) {
  return QuestionResolver(workspace, document, compare_stated).run();
}

}  // namespace polyfleet
