#include "app/serving_simulation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/serving_transfer.hpp"
#include "serving/cluster_check.hpp"
#include "traffic/open_traffic.hpp"
#include "traffic/traffic_fields.hpp"

namespace polyfleet {
namespace {

/// Why the model does not fit; empty where it does.
std::string misfit_of(const ResolvedEngine& served) {
  if (served.media != nullptr) return served.media->misfit();
  return served.engine->misfit();
}

/// When a source's last request comes, by its rate and limits; 0 where a trace or the answers
/// decide.
Seconds last_arrival_of(const SourceSpec& source) {
  if (source.duration > Seconds{}) return source.duration;
  if (source.arrivals == ArrivalKind::trace) {
    return source.trace.stop > Seconds{}
               ? (source.trace.stop - source.trace.start) *
                     (static_cast<double>(source.trace.repeat) / source.trace.speed)
               : Seconds{};
  }
  const bool open = source.rate > 0 / second && source.requests > 0;
  return open ? static_cast<double>(source.requests) / source.rate : Seconds{};
}

/// The latest of all sources; 0 where one is unknown.
Picos last_arrival_of(const TrafficSpec& traffic) {
  Seconds last;
  for (const SourceSpec& source : traffic.sources) {
    const Seconds each = last_arrival_of(source);
    if (!(each > Seconds{})) return 0;
    last = max(last, each);
  }
  return last < kLongestSimulation ? picos_of(last) : 0;
}

class ServingPreparer {
 public:
  ServingPreparer(Workspace& workspace, const Value& document)
      : workspace_(workspace), document_(document) {}

  Result<PreparedServing> run() {
    Result<StatedServing> stated = read_serving(document_);
    if (!stated) return stated.problems();
    stated_ = *std::move(stated);
    find_pools();
    if (problems_.empty()) find_transfers();
    find_site();
    find_events();
    for (const StatedClass& each : stated_.classes) cluster().classes.push_back(each);
    if (problems_.empty()) open_source();
    cluster().router = stated_.router;
    if (problems_.empty() && prepared_.run.misfits.empty())
      add(problems_of(cluster()), document_.where());
    if (!problems_.empty()) return std::move(problems_);
    prepared_.run.name = stated_.name;
    prepared_.run.seed = static_cast<std::uint64_t>(stated_.seed);
    prepared_.options.seed = prepared_.run.seed;
    prepared_.options.warm_up = stated_.warm_up;
    prepared_.options.stop_after = stated_.stop_after;
    prepared_.options.sample_interval = stated_.sample_interval;
    return std::move(prepared_);
  }

 private:
  ServingCluster& cluster() { return prepared_.run.cluster; }
  void add(const Diagnostics& found, const Position& where) {
    for (Diagnostic each : found) {
      if (each.where.file.empty()) each.where = where;
      problems_.push_back(std::move(each));
    }
  }

  int model_index(const std::string& model) {
    std::vector<std::string>& models = prepared_.run.models;
    const auto found = std::find(models.begin(), models.end(), model);
    if (found == models.end()) {
      models.push_back(model);
      return static_cast<int>(models.size()) - 1;
    }
    return static_cast<int>(found - models.begin());
  }
  std::size_t pool_index(const std::string& name) const {
    const auto found = std::find_if(stated_.pools.begin(), stated_.pools.end(),
                                    [&](const auto& each) { return each.name == name; });
    return static_cast<std::size_t>(found - stated_.pools.begin());
  }

  void find_pools() {
    const Array& tables = *document_.find("pool")->array();
    for (std::size_t i = 0; i < stated_.pools.size(); ++i) {
      StatedServingPool& pool = stated_.pools[i];
      if (pool.model.empty()) pool.model = stated_.model;
      Result<ResolvedEngine> served = resolve_engine(workspace_, pool, stated_, tables[i]);
      if (!served) {
        add(served.problems(), pool.where);
        continue;
      }
      if (const std::string misfit = misfit_of(*served); !misfit.empty())
        prepared_.run.misfits.push_back(fmt::format("pool {}: {}", pool.name, misfit));
      cluster().pools.push_back(pool_of(pool, *served));
      prepared_.run.engines.push_back(*std::move(served));
    }
  }

  ServingPool pool_of(const StatedServingPool& stated, const ResolvedEngine& served) {
    ServingPool pool;
    pool.name = stated.name;
    pool.vendor = served.accelerator->vendor;
    pool.accelerator = served.accelerator->id;
    pool.role = stated.role;
    pool.model = model_index(stated.model);
    pool.replicas = stated.replicas;
    pool.accelerators_per_replica = served.accelerators;
    pool.times = served.engine.get();
    pool.media = served.media.get();
    if (served.engine != nullptr) pool.settings = served.engine->settings();
    pool.power = served.power;
    pool.price = served.replica_price().value_or(0 * usd / second);
    pool.autoscaling = stated.autoscaling;
    pool.mean_time_between_failures = stated.mean_time_between_failures;
    pool.time_to_recover = stated.time_to_recover;
    return pool;
  }

  const StatedTransfer* stated_transfer(const std::string& from, const std::string& to) const {
    for (const StatedTransfer& each : stated_.transfers) {
      if (each.from == from && each.to == to) return &each;
    }
    return nullptr;
  }

  /// Every prefill pool sends to every decode pool of its model.
  void find_transfers() {
    std::optional<CollectiveData> data;
    const std::vector<ServingPool>& pools = cluster().pools;
    for (std::size_t from = 0; from < pools.size(); ++from) {
      for (std::size_t to = 0; to < pools.size(); ++to) {
        if (pools[from].role != PoolRole::prefill || pools[to].role != PoolRole::decode ||
            pools[from].model != pools[to].model)
          continue;
        if (!data) {
          Result<CollectiveData> loaded = CollectiveData::load(workspace_.data_directory());
          if (!loaded) return add(loaded.problems(), {});
          data = *std::move(loaded);
        }
        const StatedTransfer* stated = stated_transfer(pools[from].name, pools[to].name);
        Result<CacheTransfer> transfer =
            cache_transfer({prepared_.run.engines[from], prepared_.run.engines[to]}, stated, *data);
        if (!transfer) {
          add(transfer.problems(), stated != nullptr ? stated->where : stated_.pools[from].where);
          continue;
        }
        transfer->from_pool = static_cast<int>(from);
        transfer->to_pool = static_cast<int>(to);
        cluster().transfers.push_back(*std::move(transfer));
      }
    }
    for (const StatedTransfer& each : stated_.transfers) check_used(each);
  }

  /// A transfer that joins no prefill pool with a decode pool of its model would be read in vain.
  void check_used(const StatedTransfer& stated) {
    const auto from = static_cast<int>(pool_index(stated.from));
    const auto to = static_cast<int>(pool_index(stated.to));
    for (const CacheTransfer& each : cluster().transfers) {
      if (each.from_pool == from && each.to_pool == to) return;
    }
    problems_.push_back(problem_at(
        stated.where, fmt::format("no cache goes from '{}' to '{}'", stated.from, stated.to),
        "a transfer leads from a prefill pool to a decode pool of the same model"));
  }

  /// Electricity and carbon are those of one site for all pools. Where the price of some pool is a
  /// rental, which contains electricity, none is added.
  void find_site() {
    if (prepared_.run.engines.empty()) return;
    const std::vector<ResolvedEngine>& engines = prepared_.run.engines;
    if (const auto carbon = engines.front().prices.carbon)
      cluster().grams_co2e_per_kilowatt_hour = *carbon * kilowatt_hour / gram_co2e;
    const bool added = std::all_of(engines.begin(), engines.end(),
                                   [](const auto& each) { return each.prices.energy.has_value(); });
    if (added) cluster().electricity = *engines.front().prices.energy;
  }

  void find_events() {
    for (const StatedEvent& each : stated_.events) {
      const std::size_t pool = pool_index(each.pool);
      const StatedServingPool& target = stated_.pools[pool];
      const int most =
          std::max(target.replicas, target.autoscaling.on ? target.autoscaling.most : 0);
      if (each.replica >= most && each.change != ReplicaChange::join) {
        problems_.push_back(problem_at(
            each.where, fmt::format("pool '{}' has no replica {}", each.pool, each.replica),
            fmt::format("its replicas are 0 to {}", most - 1)));
      }
      cluster().events.push_back({each.at, static_cast<int>(pool), each.replica, each.change});
    }
  }

  void open_source() {
    TrafficSpec& traffic = stated_.traffic;
    const std::filesystem::path scenario = document_.where().file;
    find_trace_files(traffic.sources,
                     {scenario.parent_path(), workspace_.data_directory() / "traces"});
    traffic.names.models = prepared_.run.models;
    for (const StatedClass& each : stated_.classes) traffic.names.classes.push_back(each.name);
    Result<std::unique_ptr<RequestSource>> source =
        open_traffic(traffic, static_cast<std::uint64_t>(stated_.seed));
    if (!source) return add(source.problems(), position_of(document_, "traffic"));
    prepared_.source = *std::move(source);
    prepared_.last_arrival = std::min(last_arrival_of(traffic), stated_.stop_after);
    prepared_.run.names = traffic.names;
  }

  Workspace& workspace_;
  const Value& document_;
  StatedServing stated_;
  PreparedServing prepared_;
  Diagnostics problems_;
};

}  // namespace

Result<PreparedServing> prepare_serving(Workspace& workspace, const Value& document) {
  return ServingPreparer(workspace, document).run();
}

Result<std::monostate> simulate(PreparedServing& prepared) {
  Result<SimulationReport> report =
      simulate_serving(prepared.run.cluster, *prepared.source, prepared.options);
  if (!report) return report.problems();
  prepared.run.report = *std::move(report);
  prepared.run.remarks = prepared.source->remarks();
  return std::monostate{};
}

}  // namespace polyfleet
