// What a run reports of its pools: use, energy, cost, carbon; and samples for the timeline.
#include <algorithm>

#include "serving/cluster_run.hpp"

namespace polyfleet {
namespace {

void add(ReplicaTotals& sum, const ReplicaTotals& each) {
  sum.iterations += each.iterations;
  sum.events += each.events;
  sum.prefill_tokens += each.prefill_tokens;
  sum.decode_tokens += each.decode_tokens;
  sum.prompts_ended += each.prompts_ended;
  sum.recomputed_tokens += each.recomputed_tokens;
  sum.prefix_hit_tokens += each.prefix_hit_tokens;
  sum.preemptions += each.preemptions;
  sum.swapped_tokens += each.swapped_tokens;
  sum.busy += each.busy;
  sum.prefill_busy += each.prefill_busy;
  sum.block_picos += each.block_picos;
  sum.sequence_picos += each.sequence_picos;
}

/// Idle power whenever provisioned, more in iterations; all of it times PUE.
Joules energy_of(const ReplicaPower& power, const ReplicaTotals& totals, Seconds provisioned) {
  if (!power.known) return {};
  const Seconds prefill = seconds_of_picos(totals.prefill_busy);
  const Seconds decode = seconds_of_picos(totals.busy) - prefill;
  const Seconds idle = max(Seconds{}, provisioned - prefill - decode);
  return power.pue * (power.idle * idle + max(power.idle, power.decoding) * decode +
                      max(power.idle, power.prefilling) * prefill);
}

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

/// Nothing else is to happen at this time: looking changes nothing.
void ClusterRun::sample() {
  const Picos at = next_sample_;
  for (std::size_t index = 0; index < cluster_->pools.size(); ++index) {
    const int pool = static_cast<int>(index);
    TimelineSample taken;
    taken.at = at;
    taken.pool = pool;
    taken.replicas = fleet_.count(pool, SlotState::up) + fleet_.count(pool, SlotState::draining);
    for (int slot = fleet_.first_slot(pool); slot < fleet_.end_slot(pool); ++slot) {
      ClusterReplica& replica = *fleet_.slot(slot).replica;
      replica.advance(at);
      fleet_.update_clock(slot);
      const ReplicaLoad load = replica.load();
      taken.running += load.running;
      taken.waiting += load.waiting;
      taken.used_blocks += load.used_blocks;
      taken.output_tokens += replica.totals().decode_tokens + replica.totals().prompts_ended;
    }
    timeline_.push_back(taken);
  }
  thin_timeline();
  next_sample_ = timeline_.back().at + sample_interval_;
}

/// Keeps the samples at even places where there are more than wanted, and goes on half as often.
void ClusterRun::thin_timeline() {
  const std::size_t pools = cluster_->pools.size();
  if (options_->most_samples == 0 || timeline_.size() <= options_->most_samples * pools) return;
  std::size_t kept = 0;
  for (std::size_t from = 0; from < timeline_.size(); from += 2 * pools)
    for (std::size_t pool = 0; pool < pools; ++pool) timeline_[kept++] = timeline_[from + pool];
  timeline_.resize(kept);
  sample_interval_ *= 2;
}

PoolReport ClusterRun::pool_report(int index) const {
  const ServingPool& pool = this->pool(index);
  PoolReport report;
  report.name = pool.name;
  report.vendor = pool.vendor;
  report.accelerator = pool.accelerator;
  report.role = pool.role;
  int replicas = 0;
  for (int slot = fleet_.first_slot(index); slot < fleet_.end_slot(index); ++slot) {
    if (fleet_.slot(slot).lives > 0) ++replicas;
    add(report.totals, fleet_.slot(slot).replica->totals());
  }
  report.accelerators = replicas * pool.accelerators_per_replica;
  const ReplicaTotals& totals = report.totals;
  const Seconds provisioned = seconds_of_picos(fleet_.provisioned(index, now_));
  const double picos = provisioned / second * kPicosPerSecond;
  report.replica_seconds = provisioned / second;
  report.utilisation = share(static_cast<double>(totals.busy), picos);
  report.mean_running = share(totals.sequence_picos, picos);
  report.cache_occupancy =
      share(totals.block_picos, picos * static_cast<double>(pool.settings.cache_blocks));
  report.prefix_hit_rate =
      share(static_cast<double>(totals.prefix_hit_tokens),
            static_cast<double>(totals.prefix_hit_tokens + totals.prefill_tokens));
  report.failures = failures_[static_cast<std::size_t>(index)];
  report.requests_ended = ended_[static_cast<std::size_t>(index)];
  report.power_known = pool.power.known;
  report.energy = energy_of(pool.power, totals, provisioned);
  report.cost = pool.price * provisioned + cluster_->electricity * report.energy;
  report.carbon =
      cluster_->grams_co2e_per_kilowatt_hour * gram_co2e_per_kilowatt_hour * report.energy;
  return report;
}

SimulationReport ClusterRun::report() const {
  SimulationReport report = statistics_.report();
  report.waited_at_router = waited_;
  report.events = steps_;
  report.transfers = links_.report();
  report.timeline = timeline_;
  report.changes = fleet_.changes();
  report.stopped_early = stopped_;
  report.infinite_cache_hit_rate =
      share(static_cast<double>(known_tokens_), static_cast<double>(prompt_tokens_));
  for (std::size_t index = 0; index < cluster_->pools.size(); ++index) {
    report.pools.push_back(pool_report(static_cast<int>(index)));
    const PoolReport& pool = report.pools.back();
    report.events += pool.totals.events;
    report.energy += pool.energy;
    report.cost += pool.cost;
    report.carbon += pool.carbon;
  }
  return report;
}

}  // namespace polyfleet
