#include "validation/serve_simulation.hpp"

#include <algorithm>
#include <cmath>

#include "traffic/open_traffic.hpp"

namespace polyfleet {
namespace {

/// Seed of every replayed run: one draw of lengths, the same in every report.
constexpr std::uint64_t kSeed = 20261122;
/// Before the first byte of a cache moves: the router's hand-over and the transfer's set-up.
/// Estimated: no engine documents it; DistServe (arXiv:2401.09670, figure 10) shows transmission
/// below 0.1 % of a request's time, most of it under 30 ms.
constexpr Seconds kTransferStart = 5 * millisecond;

LengthSpec length_of(double tokens, double variation, double shortest) {
  LengthSpec spec;
  spec.tokens = tokens;
  if (variation > 0) {
    spec.kind = LengthKind::gamma;
    spec.cv = variation;
  } else if (shortest < 1) {
    spec.kind = LengthKind::uniform;
    spec.low = shortest;
  } else {
    spec.tokens = std::round(tokens);
  }
  return spec;
}

TrafficSpec traffic_of(const ServeRun& run) {
  SourceSpec source;
  source.requests = run.requests;
  switch (run.load) {
    case ServeLoad::closed_loop:
      source.arrivals = ArrivalKind::closed_loop;
      source.users = run.users;
      break;
    case ServeLoad::all_at_once:
    case ServeLoad::static_batch:
      source.arrivals = ArrivalKind::offline;
      break;
    case ServeLoad::within_limits:
      source.arrivals = ArrivalKind::poisson;
      source.rate = run.requests_per_second / second;
      break;
  }
  RequestShape shape;
  shape.input = length_of(run.input_tokens, run.input_variation, run.shortest_length);
  shape.output = length_of(run.output_tokens, run.output_variation, run.shortest_length);
  shape.turns.tokens = 1;
  source.shapes.push_back(shape);
  TrafficSpec spec;
  spec.sources.push_back(std::move(source));
  return spec;
}

ServingPool pool_of(const ServeSide& side, PoolRole role) {
  ServingPool pool;
  const EngineModel& model = *side.engine->model;
  pool.name = role == PoolRole::prefill ? "prefill" : "engine";
  pool.role = role;
  pool.replicas = side.replicas;
  pool.accelerators_per_replica = model.accelerators();
  pool.times = &model;
  pool.settings = side.settings;
  pool.power = model.power();
  return pool;
}

/// Over the slower side's NICs, or the scale-up links where both sit in one domain.
CacheTransfer transfer_between(const ServeSide& from, const ServeSide& to) {
  const EngineModel &sender = *from.engine->model, &receiver = *to.engine->model;
  const Network& network = sender.question().machine->network;
  const int all = from.replicas * sender.accelerators() + to.replicas * receiver.accelerators();
  const bool one_domain = all <= sender.question().machine->system.scale_up_domain;
  const BytesPerSecond rate = one_domain ? network.scale_up_rate : network.scale_out_rate;
  const double links = std::min(sender.accelerators(), receiver.accelerators());
  const InferenceContext context{*sender.question().model, sender.question().layout,
                                 sender.question().formats};
  constexpr double kAskedTokens = 1024;
  const Bytes bytes = cache_bytes_of_sequence(context, kAskedTokens) / kAskedTokens;
  CacheTransfer transfer;
  transfer.to_pool = 1;
  transfer.latency = picos_of(kTransferStart);
  transfer.picos_per_token = bytes / (rate * links) / second * kPicosPerSecond;
  transfer.basis = one_domain ? "scale-up links" : "one NIC an accelerator";
  return transfer;
}

SimulatedLatency figures_of(const LatencySummary& summary) {
  return {summary.mean * second, summary.p50 * second, summary.p99 * second};
}

void add_power(const SimulationReport& report, const ServingCluster& cluster,
               const PowerActivity& activity, ServeFigures& into) {
  Joules energy;
  into.power_known = true;
  double pue = 1;
  for (std::size_t i = 0; i < report.pools.size(); ++i) {
    into.power_known = into.power_known && cluster.pools[i].power.known;
    energy = energy + report.pools[i].energy;
    pue = cluster.pools[i].power.pue;
  }
  const Seconds time = seconds_of_picos(report.duration);
  if (!into.power_known || time <= 0 * second) {
    into.power_known = false;
    return;
  }
  into.system = energy / time / pue;
  into.accelerators = into.system / (1 + activity.host_of_accelerators.value);
}

Result<ServeFigures> simulated(const ServingCluster& cluster, const ServeRun& run,
                               const PowerActivity& activity) {
  Result<std::unique_ptr<RequestSource>> source = open_traffic(traffic_of(run), kSeed);
  if (!source) return source.problems();
  SimulationOptions options;
  options.seed = kSeed;
  const Result<SimulationReport> report = simulate_serving(cluster, **source, options);
  if (!report) return report.problems();
  if (report->finished == 0) return problem("no request can be served: longer than the cache");
  const double time = seconds_of_picos(report->duration) / second;
  ServeFigures figures;
  figures.ttft = figures_of(report->ttft);
  figures.tpot = figures_of(report->tpot);
  figures.requests_per_second = static_cast<double>(report->finished) / time;
  figures.output_rate = static_cast<double>(report->output_tokens) / time * token / second;
  figures.total_rate =
      static_cast<double>(report->output_tokens + report->input_tokens) / time * token / second;
  add_power(*report, cluster, activity, figures);
  return figures;
}

}  // namespace

EngineSettings settings_of(const ServeCase& read, const ServeEngine& engine) {
  EngineSettings settings = engine.model->settings();
  const ServeRecipe& recipe = read.recipe;
  if (recipe.token_budget > 0) settings.token_budget = recipe.token_budget;
  if (recipe.prompt_in_budget) {
    // max_num_tokens of the scripts: prompt, one token of every user (and its drafts), 127 more.
    const auto users = static_cast<double>(read.concurrency) * (1 + recipe.draft_tokens);
    const auto whole = static_cast<std::int64_t>(read.input_tokens + users) + 127;
    settings.token_budget = std::max(settings.token_budget, whole);
  }
  if (recipe.max_sequences > 0) settings.max_sequences = recipe.max_sequences;
  if (recipe.receive_interval > 0) settings.receive_interval = recipe.receive_interval;
  if (recipe.first_token_steps > 0) settings.first_token_steps = recipe.first_token_steps;
  return settings;
}

Result<ServeFigures> simulate_run(const ServeSide& engine, const ServeRun& run,
                                  const PowerActivity& activity) {
  ServingCluster cluster;
  cluster.pools.push_back(pool_of(engine, PoolRole::aggregated));
  Result<ServeFigures> figures = simulated(cluster, run, activity);
  if (figures) figures->log_sigma = engine.engine->log_sigma;
  return figures;
}

Result<ServeFigures> simulate_run(const ServeSide& prefill, const ServeSide& decode,
                                  const ServeRun& run, const PowerActivity& activity) {
  ServingCluster cluster;
  cluster.pools.push_back(pool_of(prefill, PoolRole::prefill));
  cluster.pools.push_back(pool_of(decode, PoolRole::decode));
  cluster.transfers.push_back(transfer_between(prefill, decode));
  Result<ServeFigures> figures = simulated(cluster, run, activity);
  if (figures) figures->log_sigma = std::max(prefill.engine->log_sigma, decode.engine->log_sigma);
  return figures;
}

}  // namespace polyfleet
