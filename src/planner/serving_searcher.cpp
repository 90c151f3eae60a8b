#include "planner/serving_searcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "units/text.hpp"

namespace polyfleet {
namespace {

std::string first_problem(const Diagnostics& problems) {
  return problems.empty() ? std::string() : problems.front().what;
}

}  // namespace

ServingSearcher::ServingSearcher(const ServingPlanQuestion& question, const ReplicaModels& models,
                                 const std::function<void(const ServingPlan&)>& on_plan,
                                 const std::atomic<bool>* stop)
    : question_(question),
      models_(models),
      on_plan_(on_plan),
      stop_(stop),
      ranking_(question, std::max(question.top, question.keep)),
      front_(question) {}

ServingPlanResult ServingSearcher::search() {
  make_candidates();
  if (wants(ServingArrangement::aggregated)) plan_one_kind();
  if (wants(ServingArrangement::disaggregated)) plan_pairs();
  if (question_.mix) plan_mixtures();
  if (!ranking_.plans().empty()) {
    const double value = *objective_of(ranking_.plans().front(), question_.objective);
    if (mixture_bound_ < value) result_.gap = 1 - mixture_bound_ / value;
  }
  result_.best = ranking_.plans();
  result_.front = front_.sorted();
  for (auto& [key, group] : refused_) result_.refused.push_back(std::move(group));
  result_.counts.configurations =
      result_.counts.feasible + result_.counts.dominated + result_.counts.refused;
  if (result_.best.empty() && !stopped()) add_best_effort();
  return std::move(result_);
}

bool ServingSearcher::stopped() {
  result_.interrupted = result_.interrupted || (stop_ != nullptr && stop_->load());
  return result_.interrupted;
}

void ServingSearcher::make_candidates() {
  std::vector<std::pair<std::string, std::size_t>> names;
  for (std::size_t i = 0; i < question_.kinds.size(); ++i)
    names.emplace_back(name_of(question_.kinds[i], question_.offers), i);
  std::sort(names.begin(), names.end());
  result_.counts.kinds = static_cast<std::int64_t>(names.size());
  for (const auto& [name, kind] : names) {
    if (stopped()) return;
    add_candidate(kind);
  }
}

void ServingSearcher::add_candidate(std::size_t kind) {
  const std::size_t offer = question_.kinds[kind].offer;
  const std::string name = name_of(question_.kinds[kind], question_.offers);
  Result<std::unique_ptr<ReplicaModel>> model = models_.make(question_.kinds[kind]);
  if (!model)
    return refuse(
        {ServingRefusal::impossible, offer, name + ": " + first_problem(model.problems()), 1});
  if (!(*model)->fits())
    return refuse({ServingRefusal::memory, offer, name + ": " + (*model)->misfit(),
                   static_cast<double>((*model)->accelerators())});
  Candidate candidate{kind, *std::move(model), {}, {}, {}};
  const auto measure = [&](PoolRole role, ReplicaCapacity& capacity) {
    capacity = replica_capacity(*candidate.model, kind, role, question_.demand, question_.targets);
    result_.counts.states += static_cast<std::int64_t>(capacity.points.size()) + 1;
    if (!capacity.idle.state.stable)
      refuse({ServingRefusal::memory, offer,
              fmt::format("{}: a single request: {}", name, capacity.idle.state.limit), 1});
    else if (capacity.points.empty())
      refuse_targets(candidate, capacity);
  };
  if (wants(ServingArrangement::aggregated)) measure(PoolRole::aggregated, candidate.aggregated);
  if (wants(ServingArrangement::disaggregated)) {
    measure(PoolRole::prefill, candidate.prefill);
    measure(PoolRole::decode, candidate.decode);
  }
  candidates_.push_back(std::move(candidate));
}

const ReplicaCapacity& ServingSearcher::capacity_of(const Candidate& candidate,
                                                    PoolRole role) const {
  if (role == PoolRole::prefill) return candidate.prefill;
  return role == PoolRole::decode ? candidate.decode : candidate.aggregated;
}

double ServingSearcher::excess_of(const LatencyFigures& latency, PoolRole role) const {
  double excess = 0;
  const auto look = [&](const LatencyTarget& target, Seconds figure) {
    if (target.most) excess = std::max(excess, figure / *target.most);
  };
  if (role != PoolRole::decode) look(question_.targets.ttft, latency.ttft);
  if (role != PoolRole::prefill) look(question_.targets.tpot, latency.tpot);
  look(question_.targets.end_to_end, latency.end_to_end);
  return excess;
}

void ServingSearcher::refuse_targets(const Candidate& candidate, const ReplicaCapacity& capacity) {
  const std::string name = name_of(question_.kinds[candidate.kind], question_.offers);
  const LatencyFigures& at = capacity.idle.latency;
  std::string text = name + (capacity.role == PoolRole::prefill  ? ", prefill: "
                             : capacity.role == PoolRole::decode ? ", decode: "
                                                                 : ": ");
  if (capacity.role != PoolRole::decode) text += fmt::format("TTFT {} ", print_quantity(at.ttft));
  if (capacity.role != PoolRole::prefill) text += fmt::format("TPOT {} ", print_quantity(at.tpot));
  text += "at no load";
  if (!capacity.limit.empty()) text += fmt::format(" ({})", capacity.limit);
  refuse({ServingRefusal::targets, question_.kinds[candidate.kind].offer, std::move(text),
          excess_of(at, capacity.role)});
}

void ServingSearcher::refuse(const PlanRefusal& refusal, std::int64_t configurations) {
  result_.counts.refused += configurations;
  const std::string& offer = question_.offers[refusal.offer].name;
  RefusedConfigurations& group = refused_[{static_cast<int>(refusal.reason), offer}];
  const bool nearer = group.configurations == 0 || refusal.excess < group.excess ||
                      (refusal.excess == group.excess && refusal.text < group.nearest);
  group.reason = refusal.reason;
  group.offer = offer;
  group.configurations += configurations;
  if (!nearer) return;
  group.nearest = refusal.text;
  group.excess = refusal.excess;
}

void ServingSearcher::judge(ServingPlan plan) {
  if (const auto broken = broken_limit(question_, plan)) return refuse(*broken);
  ++result_.counts.feasible;
  ranking_.offer(plan);
  front_.offer(plan);
  if (on_plan_) on_plan_(plan);
}

std::vector<ServingSearcher::Part> ServingSearcher::parts_of(PoolRole role) {
  std::vector<Part> parts;
  const double demand = question_.demand.requests_per_second;
  for (const Candidate& candidate : candidates_) {
    const ReplicaCapacity& capacity = capacity_of(candidate, role);
    for (const ReplicaPoint& point : capacity.points) {
      // The highest load itself divides the demand only by chance: it is for mixtures.
      const double replicas = std::round(demand / point.requests_per_second);
      if (std::abs(replicas * point.requests_per_second / demand - 1) > 1e-9) continue;
      Part part{&candidate, {}, 0};
      part.pool = {candidate.kind,        role,  static_cast<std::int64_t>(replicas),
                   capacity.accelerators, point, candidate.model->power()};
      part.accelerators = part.pool.replicas * capacity.accelerators;
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

void ServingSearcher::plan_one_kind() {
  for (const Part& part : parts_of(PoolRole::aggregated))
    judge(plan_of(question_, {part.pool}, std::nullopt));
}

bool ServingSearcher::replaces(const Part& one, const Part& other) const {
  const ReplicaKind& a = question_.kinds[one.pool.kind];
  const ReplicaKind& b = question_.kinds[other.pool.kind];
  // What the transfer depends on is the same, so is what limits count.
  if (a.offer != b.offer || a.engine != b.engine || a.formats.cache != b.formats.cache ||
      one.pool.accelerators_per_replica != other.pool.accelerators_per_replica)
    return false;
  if (question_.vendors.empty() ? one.accelerators > other.accelerators
                                : one.accelerators != other.accelerators)
    return false;
  const auto draw = [](const Part& part) {
    return static_cast<double>(part.pool.replicas) * part.pool.point.state.power;
  };
  const auto peak = [](const Part& part) {
    return static_cast<double>(part.pool.replicas) * peak_draw(part.pool.power).value_or(Watts());
  };
  const ReplicaPoint& p = one.pool.point;
  const ReplicaPoint& q = other.pool.point;
  return draw(one) <= draw(other) && peak(one) <= peak(other) && p.state.ttft <= q.state.ttft &&
         p.state.tpot <= q.state.tpot && p.latency.ttft <= q.latency.ttft &&
         p.latency.tpot <= q.latency.tpot && p.latency.end_to_end <= q.latency.end_to_end;
}

std::vector<ServingSearcher::Part> ServingSearcher::undominated(std::vector<Part> parts) {
  std::vector<Part> kept;
  for (Part& part : parts) {
    if (std::any_of(kept.begin(), kept.end(),
                    [&](const Part& other) { return replaces(other, part); }))
      continue;
    std::erase_if(kept, [&](const Part& other) { return replaces(part, other); });
    kept.push_back(std::move(part));
  }
  return kept;
}

const Result<CacheTransfer>& ServingSearcher::transfer(std::size_t from, std::size_t to) {
  const auto found = transfers_.find({from, to});
  if (found != transfers_.end()) return found->second;
  return transfers_.emplace(std::pair(from, to), models_.transfer(model_of(from), model_of(to)))
      .first->second;
}

void ServingSearcher::plan_pairs() {
  for (const std::string& engine : engines()) plan_pairs_of(engine);
}

void ServingSearcher::plan_pairs_of(const std::string& engine) {
  const auto parts = [&](PoolRole role) {
    std::vector<Part> all = parts_of(role);
    std::erase_if(
        all, [&](const Part& part) { return question_.kinds[part.pool.kind].engine != engine; });
    return all;
  };
  const auto pairs_of = [](const std::vector<Part>& a, const std::vector<Part>& b) {
    return static_cast<std::int64_t>(a.size()) * static_cast<std::int64_t>(b.size());
  };
  std::vector<Part> prefills = parts(PoolRole::prefill);
  std::vector<Part> decodes = parts(PoolRole::decode);
  const std::int64_t all = pairs_of(prefills, decodes);
  prefills = undominated(std::move(prefills));
  decodes = undominated(std::move(decodes));
  result_.counts.dominated += all - pairs_of(prefills, decodes);
  for (const Part& prefill : prefills) {
    if (stopped()) return;
    for (const Part& decode : decodes) plan_pair(prefill, decode);
  }
}

void ServingSearcher::plan_pair(const Part& prefill, const Part& decode) {
  const ReplicaKind& from = question_.kinds[prefill.pool.kind];
  const ReplicaKind& to = question_.kinds[decode.pool.kind];
  if (from.engine != to.engine)
    return refuse(
        {ServingRefusal::path, from.offer,
         fmt::format("{} and {} have no cache connector in common", from.engine, to.engine), 1});
  const Result<CacheTransfer>& path = transfer(prefill.pool.kind, decode.pool.kind);
  if (!path) return refuse({ServingRefusal::path, from.offer, first_problem(path.problems()), 1});
  judge(plan_of(question_, {prefill.pool, decode.pool}, *path));
}

std::vector<std::string> ServingSearcher::engines() const {
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates_)
    names.push_back(question_.kinds[candidate.kind].engine);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<MixtureColumn> ServingSearcher::columns_of(const std::vector<PoolRole>& roles,
                                                       const std::string& engine) const {
  std::vector<MixtureColumn> columns;
  for (const PoolRole role : roles) {
    const std::size_t before = columns.size();
    for (const Candidate& candidate : candidates_) {
      const ReplicaKind& kind = question_.kinds[candidate.kind];
      if (!engine.empty() && kind.engine != engine) continue;
      const ReplicaCapacity& capacity = capacity_of(candidate, role);
      for (const ReplicaPoint& point : capacity.points)
        columns.push_back(
            {{candidate.kind, role, 0, capacity.accelerators, point, candidate.model->power()},
             &question_.offers[kind.offer]});
    }
    if (columns.size() == before) return {};  // nobody takes this phase
  }
  return columns;
}

void ServingSearcher::plan_mixtures() {
  if (wants(ServingArrangement::aggregated)) plan_mixture({PoolRole::aggregated}, "");
  if (!wants(ServingArrangement::disaggregated)) return;
  for (const std::string& engine : engines())
    plan_mixture({PoolRole::prefill, PoolRole::decode}, engine);
}

const ReplicaModel& ServingSearcher::model_of(std::size_t kind) const {
  return *std::find_if(candidates_.begin(), candidates_.end(), [&](const Candidate& each) {
            return each.kind == kind;
          })->model;
}

PlannedPool ServingSearcher::rescaled(const PlannedPool& pool, double factor) const {
  const auto candidate =
      std::find_if(candidates_.begin(), candidates_.end(),
                   [&](const Candidate& each) { return each.kind == pool.kind; });
  PlannedPool there = pool;
  there.point = point_at(*candidate->model, capacity_of(*candidate, pool.role), question_.demand,
                         question_.targets, factor * pool.point.requests_per_second);
  return there;
}

std::optional<CacheTransfer> ServingSearcher::slowest_transfer(
    const std::vector<PlannedPool>& pools) {
  std::optional<CacheTransfer> slowest;
  const auto time = [&](const CacheTransfer& path) {
    return static_cast<double>(path.latency) +
           (path.picos_per_token + path.convert_picos_per_token) *
               question_.demand.shape.input_tokens;
  };
  for (const PlannedPool& from : pools) {
    if (from.role != PoolRole::prefill) continue;
    for (const PlannedPool& to : pools) {
      if (to.role != PoolRole::decode) continue;
      const Result<CacheTransfer>& path = transfer(from.kind, to.kind);
      if (!path) return std::nullopt;
      if (!slowest || time(*path) > time(*slowest)) slowest = *path;
    }
  }
  return slowest;
}

void ServingSearcher::plan_mixture(const std::vector<PoolRole>& roles, const std::string& engine) {
  if (stopped()) return;
  const double demand = question_.demand.requests_per_second;
  const double known = ranking_.plans().empty()
                           ? std::numeric_limits<double>::infinity()
                           : *objective_of(ranking_.plans().front(), question_.objective);
  const ServingMixture mixture = best_mixture(question_, columns_of(roles, engine), demand, known);
  result_.counts.programs += mixture.nodes;
  if (!mixture.complete) mixture_bound_ = std::min(mixture_bound_, mixture.bound);
  if (!mixture.found) return;
  std::vector<PlannedPool> pools;
  for (const PoolRole role : roles) {
    double rate = 0;
    for (const PlannedPool& pool : mixture.pools)
      rate += pool.role == role
                  ? static_cast<double>(pool.replicas) * pool.point.requests_per_second
                  : 0;
    for (const PlannedPool& pool : mixture.pools) {
      if (pool.role == role) pools.push_back(rescaled(pool, std::min(1.0, demand / rate)));
    }
  }
  const bool disaggregated = roles.size() > 1;
  const std::optional<CacheTransfer> path = disaggregated ? slowest_transfer(pools) : std::nullopt;
  if (disaggregated && !path) return;
  judge(plan_of(question_, std::move(pools), path));
}

ServingPlanResult search_serving_plans(const ServingPlanQuestion& question,
                                       const ReplicaModels& models,
                                       const std::function<void(const ServingPlan&)>& on_plan,
                                       const std::atomic<bool>* stop) {
  return ServingSearcher(question, models, on_plan, stop).search();
}

}  // namespace polyfleet
