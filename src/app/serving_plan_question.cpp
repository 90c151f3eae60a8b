#include "app/serving_plan_question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/plan_wishes.hpp"
#include "app/scenario_prices.hpp"
#include "base/spelling.hpp"

namespace polyfleet {
namespace {

const std::vector<std::string> kUsualEngines{"vllm", "sglang"};
const std::vector<std::string> kUsualFormats{"bf16", "fp8"};

class PlanPreparer {
 public:
  PlanPreparer(Workspace& workspace, const Value& document)
      : workspace_(workspace), document_(document) {}

  Result<std::unique_ptr<PreparedServingPlan>> run() {
    Result<StatedServingPlan> stated = read_serving_plan(document_);
    if (!stated) return stated.problems();
    stated_ = *std::move(stated);
    copy_wishes();
    find_model();
    find_traffic();
    find_shares();
    if (problems_.empty()) make_models();
    if (problems_.empty()) find_offers();
    if (!problems_.empty()) return std::move(problems_);
    prepared_->question.kinds = replica_kinds(*prepared_->model, kind_offers_, stated_.space);
    if (stated_.cache.empty()) {
      for (ReplicaKind& kind : prepared_->question.kinds)
        kind.formats =
            formats_of_engine(kind.formats, prepared_->models->profile(kind.offer, kind.engine));
    }
    return std::move(prepared_);
  }

 private:
  void add(const Diagnostics& found, const Position& where) {
    for (Diagnostic each : found) {
      if (each.where.file.empty()) each.where = where;
      problems_.push_back(std::move(each));
    }
  }
  void assume(std::string setting, std::string value, std::string basis) {
    prepared_->assumptions.push_back({std::move(setting), std::move(value), std::move(basis)});
  }

  void copy_wishes() {
    ServingPlanQuestion& question = prepared_->question;
    prepared_->name = stated_.name;
    prepared_->model_id = stated_.model;
    question.objective = stated_.objective;
    question.arrangement = stated_.arrangement;
    question.mix = stated_.mix;
    question.top = static_cast<std::size_t>(stated_.top);
    // Of one set of pools many numbers of replicas are proposed, and one is simulated.
    constexpr std::int64_t kProposalsEach = 10;
    question.keep =
        static_cast<std::size_t>(std::max(stated_.top, kProposalsEach * stated_.simulate));
    question.power_cap = stated_.power_cap;
    question.targets = {stated_.slo.ttft, stated_.slo.tpot, stated_.slo.end_to_end};
    prepared_->simulate = static_cast<std::size_t>(stated_.simulate);
    prepared_->verify.requests = stated_.requests;
    prepared_->verify.most_requests = std::max(prepared_->verify.most_requests, stated_.requests);
    prepared_->verify.seed = static_cast<std::uint64_t>(stated_.seed);
    prepared_->speculation = {stated_.draft_tokens, stated_.tokens_per_step};
  }

  void find_model() {
    const Result<const ModelSpec*> model = workspace_.model(stated_.model);
    if (!model) return add(model.problems(), position_of(document_, "model"));
    prepared_->model = *model;
  }

  void find_traffic() {
    const std::filesystem::path file = document_.where().file;
    Result<PlanTraffic> traffic = plan_traffic(workspace_, stated_, file.parent_path().string());
    if (!traffic) return add(traffic.problems(), position_of(document_, "load"));
    prepared_->traffic = *std::move(traffic);
    prepared_->question.demand = prepared_->traffic.demand;
    if (const auto& trace = prepared_->traffic.trace) {
      for (const std::string& remark : trace->remarks) assume("trace", stated_.load.trace, remark);
      if (stated_.load.cached_share < 0 && trace->shape.cached_share > 0)
        assume("cached share", fmt::format("{:.3g}", trace->shape.cached_share),
               "of the trace, had every prefix been kept: the simulation has a cache of real size");
    }
  }

  void find_shares() {
    const Position where = position_of(document_, "vendor_share");
    for (const std::string& text : stated_.vendor_share) {
      const Result<VendorShare> share = vendor_share_of(text, where);
      if (!share)
        add(share.problems(), where);
      else if (share->of != ShareOf::devices)
        problems_.push_back(problem_at(where,
                                       fmt::format("'{}': shares are of accelerators here", text),
                                       "write AMD=0.3..0.6"));
      else
        prepared_->question.vendors.push_back(*share);
    }
  }

  void make_models() {
    const auto training = workspace_.training_models();
    Result<CollectiveData> links = CollectiveData::load(workspace_.data_directory());
    if (!training) return add(training.problems(), {});
    if (!links) return add(links.problems(), {});
    prepared_->models = std::make_unique<EngineReplicas>(
        (*training)->activity, *std::move(links),
        ReplicaSettings{prepared_->model, prepared_->speculation, stated_.expert_imbalance});
  }

  void find_offers() {
    for (const StatedOffer& stated : stated_.offers) {
      const auto machine = workspace_.engine_machine(stated.accelerator, stated.system);
      if (!machine) {
        add(machine.problems(), stated.where);
        continue;
      }
      add_offer(stated, **machine);
    }
    for (const VendorShare& share : prepared_->question.vendors) {
      std::vector<std::string> vendors;
      for (const ServingOffer& offer : prepared_->question.offers) vendors.push_back(offer.vendor);
      if (std::find(vendors.begin(), vendors.end(), share.vendor) == vendors.end() &&
          problems_.empty())
        problems_.push_back(problem_at(position_of(document_, "vendor_share"),
                                       fmt::format("nothing of {} is on offer", share.vendor),
                                       name_suggestion(share.vendor, vendors)));
    }
  }

  void add_offer(const StatedOffer& stated, const EngineMachine& machine) {
    ServingOffer offer;
    offer.name = !stated.name.empty()          ? stated.name
                 : !stated.accelerator.empty() ? stated.accelerator
                                               : stated.system;
    offer.vendor = machine.accelerator.vendor;
    offer.accelerator = machine.accelerator.id;
    offer.system = machine.system.id;
    if (stated.stock >= 0) offer.stock = stated.stock;
    offer.power_cap = stated.power_cap;
    if (stated.system.empty())
      assume(offer.name + ": system", machine.system.id, "not stated: it is usually built into it");
    find_prices(stated, machine, offer);
    prepared_->models->add_offer(&machine);
    KindOffer kinds{prepared_->question.offers.size(), machine.network.scale_up_domain, {}, {}};
    find_engines(stated, machine, kinds);
    if (!kinds.engines.empty()) find_formats(stated, kinds);
    prepared_->question.offers.push_back(std::move(offer));
    kind_offers_.push_back(std::move(kinds));
  }

  void find_prices(const StatedOffer& stated, const EngineMachine& machine, ServingOffer& offer) {
    StatedScenario scenario;
    scenario.site = stated.site.empty() ? stated_.site : stated.site;
    scenario.prices = {stated.price, stated_.electricity, stated_.carbon};
    Result<PricedTraining> priced =
        part_prices(workspace_, scenario, {machine.accelerator, machine.system});
    if (!priced) return add(priced.problems(), stated.where);
    offer.price = priced->prices.device;
    offer.electricity = priced->prices.energy;
    offer.carbon = priced->prices.carbon;
    for (Assumption& each : priced->assumptions)
      assume(offer.name + ": " + each.setting, std::move(each.value), std::move(each.basis));
  }

  void find_engines(const StatedOffer& stated, const EngineMachine& machine, KindOffer& kinds) {
    const auto profiles = workspace_.engine_profiles();
    if (!profiles) return add(profiles.problems(), stated.where);
    std::vector<std::string> wanted = !stated.engines.empty() ? stated.engines : stated_.engines;
    if (wanted.empty()) wanted = kUsualEngines;
    std::vector<std::string> known;
    for (const EngineProfile& profile : **profiles) {
      known.push_back(profile.id);
      if (std::find(wanted.begin(), wanted.end(), profile.id) == wanted.end()) continue;
      const auto& vendors = profile.vendors;
      if (std::find(vendors.begin(), vendors.end(), machine.accelerator.vendor) == vendors.end())
        continue;
      kinds.engines.push_back(profile.id);
      prepared_->models->add_engine(profile);
    }
    for (const std::string& name : wanted) {
      if (std::find(known.begin(), known.end(), name) == known.end())
        problems_.push_back(problem_at(stated.where, fmt::format("no engine is named '{}'", name),
                                       name_suggestion(name, known)));
    }
    if (kinds.engines.empty() && problems_.empty())
      problems_.push_back(problem_at(
          stated.where,
          fmt::format("none of the engines runs on accelerators of {}", machine.accelerator.vendor),
          "allow another one with engines ="));
  }

  /// The allowed sets of formats, each with every cache format that the user lists.
  void find_formats(const StatedOffer& stated, KindOffer& kinds) {
    const auto sets = workspace_.inference_formats();
    if (!sets) return add(sets.problems(), stated.where);
    std::vector<std::string> wanted = !stated.formats.empty() ? stated.formats : stated_.formats;
    if (wanted.empty()) wanted = kUsualFormats;
    for (const std::string& name : wanted) {
      std::vector<std::string> known;
      const InferenceFormats* found = nullptr;
      for (const InferenceFormats& each : **sets) {
        known.push_back(each.name);
        if (each.name == name) found = &each;
      }
      if (found == nullptr)
        problems_.push_back(problem_at(stated.where,
                                       fmt::format("no set of number formats is named '{}'", name),
                                       name_suggestion(name, known)));
      else
        add_caches(*found, stated, kinds);
    }
  }

  void add_caches(const InferenceFormats& formats, const StatedOffer& stated, KindOffer& kinds) {
    if (stated_.cache.empty()) {
      kinds.formats.push_back(formats);
      return;
    }
    for (const std::string& name : stated_.cache) {
      const auto dtype = dtype_named(name);
      if (!dtype) {
        const std::vector<std::string> known(kDtypeNames.begin(), kDtypeNames.end());
        problems_.push_back(problem_at(stated.where,
                                       fmt::format("unknown number format '{}'", name),
                                       name_suggestion(name, known)));
        continue;
      }
      InferenceFormats one = formats;
      one.cache = *dtype;
      one.name = fmt::format("{} cache {}", formats.name, name);
      kinds.formats.push_back(std::move(one));
    }
  }

  Workspace& workspace_;
  const Value& document_;
  StatedServingPlan stated_;
  std::unique_ptr<PreparedServingPlan> prepared_ = std::make_unique<PreparedServingPlan>();
  std::vector<KindOffer> kind_offers_;
  Diagnostics problems_;
};

}  // namespace

Result<std::unique_ptr<PreparedServingPlan>> prepare_serving_plan(Workspace& workspace,
                                                                  const Value& document) {
  return PlanPreparer(workspace, document).run();
}

}  // namespace polyfleet
