// The bound on pipelines over several pools; how plans are built is in mixed_build.cpp.
#include "planner/mixed_pipelines.hpp"

#include <algorithm>
#include <cmath>

#include "planner/mixed_limits.hpp"

namespace polyfleet {
namespace {

bool runs_pipelines(const PoolCut& cut) {
  return cut.form == CutForm::pipelined && cut.plan.schedule == Schedule::one_forward_one_backward;
}

double layer_seconds(const PoolCut& cut, std::size_t layer) {
  return cut.forward[layer + 1] - cut.forward[layer] + cut.backward[layer + 1] -
         cut.backward[layer];
}

}  // namespace

PipelineGroups::PipelineGroups(std::vector<std::size_t> pools, std::vector<PoolCuts*> cuts,
                               const MixedSearchQuestion& question, const MixedQuestion& physics,
                               const MixedTables& tables, MixedCounts& counts)
    : pools_(std::move(pools)),
      cuts_(std::move(cuts)),
      question_(question),
      physics_(physics),
      tables_(tables),
      counts_(counts) {
  for (std::size_t k = 0; k < pools_.size(); ++k) {
    const std::optional<Bytes> limit = memory_limit(*question_.pools[pools_[k]].question.machine,
                                                    question_.constraints.common.memory_head_room);
    limits_.push_back(limit ? *limit / byte : kInfinite);
    for (const PoolCut& cut : cuts_[k]->cuts()) {
      if (!runs_pipelines(cut)) continue;
      offers_[cut.micro_batch()].push_back({k, &cut, 0, {}});
      most_backward_ =
          std::max(most_backward_, cut.backward.back() + cut.front_backward + cut.back_backward);
    }
  }
  set_units();
  for (auto& [micro_batch, offers] : offers_) {
    std::vector<bool> served(pools_.size(), false);
    for (Offer& offer : offers) {
      served[offer.pool] = true;
      for (std::size_t l = 0; l < unit_.size(); ++l)
        offer.rate = std::max(offer.rate, unit_[l] / layer_seconds(*offer.cut, l));
    }
    double fastest = 0, front = kInfinite, back = kInfinite;
    for (std::size_t l = 0; l < unit_.size(); ++l) {
      double least = kInfinite;
      for (const Offer& offer : offers) least = std::min(least, layer_seconds(*offer.cut, l));
      fastest += least;
    }
    for (const Offer& offer : offers) {
      front = std::min(front, offer.cut->front());
      back = std::min(back, offer.cut->back());
    }
    fastest_[micro_batch] = (fastest + front + back) * (1 - kBoundRounding);
    if (std::all_of(served.begin(), served.end(), [](bool each) { return each; }))
      micro_batches_.push_back(micro_batch);
  }
  set_room();
}

/// Memory at the most replicas that a cut can have, where states are least.
void PipelineGroups::set_room() {
  double heaviest = 0;
  for (const double unit : unit_) heaviest = std::max(heaviest, unit);
  for (auto& [micro_batch, offers] : offers_)
    for (Offer& offer : offers) {
      const LayerMemory memory = cuts_[offer.pool]->layer_memory(
          *offer.cut, cuts_[offer.pool]->most_replicas(*offer.cut, 1));
      for (std::size_t n = 0; n < unit_.size(); ++n) {
        const double layers =
            memory.layers_in(limits_[offer.pool], static_cast<double>(n + 1)) * heaviest;
        const double room = layers * (1 + kBoundRounding);
        offer.room.push_back(
            std::max(0.0, std::min(whole_layers_ ? std::floor(room) : room, need_)));
      }
    }
}

/// Layers of one kind count one each. Where kinds differ, layer l counts by its time on the first
/// cut: any weights give a valid bound (a stage of tau seconds holds at most
/// tau x max(weight / seconds) of them), these a tight one where kinds keep their proportion.
void PipelineGroups::set_units() {
  if (offers_.empty()) return;
  const PoolCut& first = *offers_.begin()->second.front().cut;
  const auto layers = static_cast<std::size_t>(first.layers());
  unit_.assign(layers, 1);
  for (const auto& [micro_batch, offers] : offers_)
    for (const Offer& offer : offers)
      for (std::size_t l = 0; l < layers; ++l)
        whole_layers_ &= std::abs(layer_seconds(*offer.cut, l) - layer_seconds(*offer.cut, 0)) <=
                         1e-9 * layer_seconds(*offer.cut, 0);
  if (!whole_layers_)
    for (std::size_t l = 0; l < layers; ++l)
      unit_[l] = layer_seconds(first, l) / layer_seconds(first, 0);
  for (const double unit : unit_) need_ += unit;
}

LayerMemory PipelineGroups::memory_of(const Offer& offer, std::int64_t replicas) {
  const auto [slot, is_new] = memory_.try_emplace({offer.cut, replicas});
  if (is_new) slot->second = cuts_[offer.pool]->layer_memory(*offer.cut, replicas);
  return slot->second;
}

/// Least time of the slowest stage for this many replicas, memory and waiting left out: the pools
/// then hold the model, each stage filled up.
double PipelineGroups::stage_seconds(std::int64_t replicas, int micro_batch) {
  const auto [slot, is_new] = stage_seconds_.try_emplace({replicas, micro_batch}, kInfinite);
  if (!is_new) return slot->second;
  const std::vector<Offer>& offers = offers_[micro_batch];
  counts_.work += static_cast<std::int64_t>(offers.size());
  const auto holds = [&](double tau) {
    std::vector<double> units(pools_.size(), 0);
    for (const Offer& offer : offers) {
      const auto stages = static_cast<double>(cuts_[offer.pool]->devices() /
                                              (replicas * offer.cut->devices_per_stage));
      if (replicas % offer.cut->replica_step != 0) continue;
      double each = tau * offer.rate * (1 + kBoundRounding);
      if (whole_layers_) each = std::floor(each);
      units[offer.pool] = std::max(units[offer.pool], stages * each);
    }
    double sum = 0;
    for (const double each : units) {
      if (each <= 0) return false;
      sum += each;
    }
    return sum >= need_ * (1 - kBoundRounding);
  };
  double low = 0, high = 0;
  for (const Offer& offer : offers) high = std::max(high, offer.cut->whole());
  if (!holds(high)) return slot->second;
  for (int step = 0; step < 40 && high - low > 1e-6 * high; ++step) {
    const double middle = (low + high) / 2;
    (holds(middle) ? high : low) = middle;
  }
  return slot->second = low;
}

/// Layers that the stages of one cut hold at most, each within its time and its memory. Stage i of
/// p with n behind it: P_i (work before it) + m w_i <= T, and P_i + m w_i + 2 D_i - n w_i <= T
/// where D_i is the work behind it and m > n + 1, so that w_i <= (T - W) / (m - 1 - n / 2). The
/// best places are taken, whichever pools want them too.
double PipelineGroups::units_of(const Offer& offer, const PipelineShare& share, double time,
                                double stages) {
  const double m = static_cast<double>(share.micro_batches);
  const auto own = static_cast<std::size_t>(
      std::min<double>(static_cast<double>(cuts_[offer.pool]->devices() /
                                           (share.replicas * offer.cut->devices_per_stage)),
                       stages - static_cast<double>(pools_.size()) + 1));
  if (own == 0 || share.replicas % offer.cut->replica_step != 0) return 0;
  const LayerMemory memory = memory_of(offer, share.replicas);
  double heaviest = 0;
  for (const double unit : unit_) heaviest = std::max(heaviest, unit);
  const double least_work = fastest_.at(share.micro_batch);
  counts_.work += static_cast<std::int64_t>(stages) / 4;
  std::vector<double> places;
  for (double behind = 0; behind < stages; ++behind) {
    double tau = time / m;
    if (m > behind + 1) tau = std::min(tau, (time - least_work) / (m - 1 - behind / 2));
    double units = tau * offer.rate * (1 + kBoundRounding);
    double layers = memory.layers_in(limits_[offer.pool], std::min(behind + 1, m)) * heaviest;
    if (whole_layers_) {
      units = std::floor(units);
      layers = std::floor(layers * (1 + kBoundRounding));
    }
    places.push_back(std::min(units, layers));
  }
  const std::size_t taken = std::min(own, places.size());
  std::nth_element(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(taken) - 1,
                   places.end(), std::greater<>());
  double sum = 0;
  for (std::size_t i = 0; i < taken; ++i) sum += std::max(0.0, places[i]);
  return sum;
}

bool PipelineGroups::adds_up(const PipelineShare& share, double time) {
  const std::vector<Offer>& offers = offers_[share.micro_batch];
  if (fastest_.at(share.micro_batch) > time) return false;
  if (!affordable(share, time)) return false;
  double stages = 0;
  std::vector<double> most_stages(pools_.size(), 0);
  for (const Offer& offer : offers)
    most_stages[offer.pool] =
        std::max(most_stages[offer.pool],
                 static_cast<double>(cuts_[offer.pool]->devices() /
                                     (share.replicas * offer.cut->devices_per_stage)));
  for (const double each : most_stages) stages += each;
  stages = std::min(stages, static_cast<double>(unit_.size()));
  std::vector<double> units(pools_.size(), 0);
  double front = kInfinite, back = kInfinite;
  for (const Offer& offer : offers) {
    units[offer.pool] = std::max(units[offer.pool], units_of(offer, share, time, stages));
    front = std::min(front, offer.cut->front() * offer.rate);
    back = std::min(back, offer.cut->back() * offer.rate);
  }
  if (whole_layers_) {
    front = std::floor(front * (1 - kBoundRounding));
    back = std::floor(back * (1 - kBoundRounding));
  }
  double sum = 0;
  for (const double each : units) {
    if (each <= 0) return false;
    sum += each;
  }
  return sum >= (need_ + front + back) * (1 - kBoundRounding);
}

/// The devices of all replicas are worth no more than what the pools have.
bool PipelineGroups::affordable(const PipelineShare& share, double time) {
  if (prices_.empty()) return true;
  const auto [slot, is_new] = price_.try_emplace({time, share.micro_batch, share.micro_batches}, 0);
  if (is_new) slot->second = least_price(share.micro_batch, share.micro_batches, time, prices_);
  double worth = 0;
  for (std::size_t k = 0; k < pools_.size(); ++k)
    worth += prices_[pools_[k]] * static_cast<double>(cuts_[k]->devices());
  return slot->second * static_cast<double>(share.replicas) <= worth * (1 + kBoundRounding);
}

bool PipelineGroups::may(const PipelineShare& share, double time) {
  const double tau = stage_seconds(share.replicas, share.micro_batch);
  if (tau * static_cast<double>(share.micro_batches) > time) return false;
  return adds_up(share, time);
}

/// The pools' devices, each at the pace of the pool's best cut, as if nothing ever waited.
double PipelineGroups::most_rate() const {
  double most = 0;
  for (const int micro_batch : micro_batches_) {
    std::vector<double> units(pools_.size(), 0);
    for (const Offer& offer : offers_.at(micro_batch))
      units[offer.pool] =
          std::max(units[offer.pool], offer.rate * micro_batch / offer.cut->devices_per_stage);
    double sum = 0;
    for (std::size_t k = 0; k < units.size(); ++k)
      sum += units[k] * static_cast<double>(cuts_[k]->devices());
    most = std::max(most, sum / need_);
  }
  return most * (1 + kBoundRounding);
}

double PipelineGroups::least_time(const PipelineShare& share, double time) {
  double low =
      stage_seconds(share.replicas, share.micro_batch) * static_cast<double>(share.micro_batches);
  double high = time;
  constexpr int kSteps = 8;
  for (int step = 0; step < kSteps && low < high; ++step) {
    const double middle = (low + high) / 2;
    (adds_up(share, middle) ? high : low) = middle;
  }
  return std::min(low, time);
}

std::map<std::int64_t, std::vector<PipelineShare>> PipelineGroups::shares(double time,
                                                                          std::int64_t low,
                                                                          std::int64_t high) {
  std::map<std::int64_t, std::vector<PipelineShare>> found;
  low = std::max<std::int64_t>(low, 1);
  for (const int micro_batch : micro_batches_) {
    for (std::int64_t replicas = 1; replicas * micro_batch <= high; ++replicas) {
      bool allowed = true, pinned = false;
      for (const PoolCuts* cuts : cuts_) {
        allowed &= cuts->allows_replicas(replicas);
        pinned |= !cuts->pool().space.data.empty();
      }
      allowed &= pinned || six_digits(replicas) == replicas;
      const std::int64_t each = replicas * micro_batch;
      const double tau = allowed ? stage_seconds(replicas, micro_batch) : kInfinite;
      if (tau == kInfinite) continue;
      for (std::int64_t m = (low + each - 1) / each; m * each <= high; ++m) {
        if (tau * static_cast<double>(m) > time) break;
        const PipelineShare share{replicas, micro_batch, m};
        if (spent()) return found;
        if (!adds_up(share, time)) break;
        ++counts_.group_plans;
        found[m * each].push_back(share);
      }
    }
  }
  return found;
}

}  // namespace polyfleet
