#include "app/serving_estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/serving_fields.hpp"

namespace polyfleet {
namespace {

constexpr double kMostMeanTokens = 1e8;

/// One number or a list of them, each above zero.
Field<StatedLoad> numbers_field(std::string key, std::vector<double> StatedLoad::*member,
                                std::string help) {
  return {key,
          "number or list of numbers",
          std::move(help),
          false,
          [=](StatedLoad& into, const Value& value, Diagnostics& out) {
            const Array one{value};
            std::vector<double> numbers;
            for (const Value& each : value.array() != nullptr ? *value.array() : one) {
              if (const auto n = detail::read_number(each, {1e-9, 1e7}, false, key, out))
                numbers.push_back(*n);
            }
            into.*member = std::move(numbers);
          },
          [=](const StatedLoad& from) {
            Value list{Array{}};
            for (const double each : from.*member) list.push(each);
            return list;
          }};
}

Diagnostics load_problems(const StatedLoad& load, const Value& document) {
  Diagnostics problems;
  if (!(load.input >= 1))
    problems.push_back(problem_at(document.where(), "the prompt length is missing",
                                  "give load.input, in tokens (--input)"));
  if (!(load.output >= 1))
    problems.push_back(problem_at(document.where(), "the output length is missing",
                                  "give load.output, in tokens (--output)"));
  return problems;
}

SteadyLoad steady_load(const StatedLoad& stated) {
  SteadyLoad load;
  load.input_tokens = stated.input;
  load.output_tokens = stated.output;
  load.input_variation = stated.input_variation;
  load.output_variation = stated.output_variation;
  load.cached_share = stated.cached_share;
  return load;
}

/// The loads of the curve.
std::vector<SteadyLoad> loads_of(const StatedLoad& stated, const EngineSettings& settings) {
  std::vector<SteadyLoad> loads;
  const auto add = [&](double concurrency, double rate) {
    loads.push_back(steady_load(stated));
    loads.back().concurrency = concurrency;
    loads.back().requests_per_second = rate;
  };
  for (const double users : stated.concurrency) add(users, 0);
  for (const double rate : stated.rate) add(0, rate);
  if (!loads.empty()) return loads;
  constexpr double kMostUsers = 512;
  const double most = std::min(kMostUsers, static_cast<double>(settings.max_sequences));
  for (double users = 1; users <= most; users *= 2) add(users, 0);
  return loads;
}

/// The intervals earned on published rows of this kind of run.
void add_intervals(const ServingEstimate& estimate, const ServingIntervalTable& table,
                   ServedPoint& point) {
  const std::string& vendor = estimate.served.accelerator->vendor;
  const bool drafted = estimate.served.engine->question().speculation.draft_tokens > 0;
  const std::string_view kind = drafted ? "speculative" : "plain";
  const double sigma = point.state.log_sigma;
  point.ttft = table.interval(kind, "ttft", vendor, sigma);
  point.tpot = table.interval(kind, "tpot", vendor, sigma);
  point.throughput = table.interval(kind, "output throughput", vendor, sigma);
}

ServedPoint point_of(const ServingEstimate& estimate, const SteadyLoad& load, SteadyState state) {
  const EngineModel& engine = *estimate.served.engine;
  const TrainingPrices& prices = estimate.served.prices;
  ServedPoint point;
  point.concurrency = load.concurrency;
  point.state = std::move(state);
  const auto batch = std::max<std::int64_t>(1, std::llround(point.state.running));
  point.iteration =
      engine.explain({batch, 0, batch}, load.input_tokens + load.output_tokens / 2, 0, 0);
  point.state.log_sigma = point.iteration.log_sigma;
  const TokensPerSecond output = point.state.output_rate;
  const bool runs = output > 0 * token_per_second;
  const bool powered = engine.power().known && runs;
  if (const auto price = estimate.served.replica_price(); price && runs) {
    UsdPerSecond spent = *price;
    if (prices.energy && powered) spent += point.state.power * *prices.energy;
    point.per_million_output = spent / output * (1e6 * token);
    point.per_million_total = spent / point.state.total_rate * (1e6 * token);
  }
  if (prices.carbon && powered)
    point.carbon_per_million_output = point.state.power * *prices.carbon / output * (1e6 * token);
  return point;
}

}  // namespace

const FieldTable<StatedBounds>& stated_bounds_fields() {
  using B = StatedBounds;
  static const FieldTable<B> fields{
      optional_quantity_field("ttft", &B::ttft, kSpan, "mean time to first token, at most"),
      optional_quantity_field("tpot", &B::tpot, kSpan, "mean time per output token, at most"),
  };
  return fields;
}

const FieldTable<StatedLoad>& stated_load_fields() {
  using L = StatedLoad;
  static const FieldTable<L> fields{
      number_field("input", &L::input, {1, kMostMeanTokens}, "mean tokens of a prompt"),
      number_field("output", &L::output, {1, kMostMeanTokens},
                   "mean tokens generated, the first included"),
      number_field("input_variation", &L::input_variation, {0, 20},
                   "coefficient of variation of prompt lengths"),
      number_field("output_variation", &L::output_variation, {0, 20},
                   "coefficient of variation of output lengths"),
      number_field("cached_share", &L::cached_share, {0, 0.999},
                   "share of prompt tokens that the prefix cache holds"),
      numbers_field("concurrency", &L::concurrency, "users with one request each, per replica"),
      numbers_field("rate", &L::rate, "requests a second of an open stream, per replica"),
  };
  return fields;
}

const FieldTable<StatedServingEstimate>& serving_estimate_fields() {
  using E = StatedServingEstimate;
  static const FieldTable<E> fields = [] {
    FieldTable<E> table{text_field("name", &E::name, "name of the question, for reports")};
    const auto append = [&](const FieldTable<E>& more) {
      table.insert(table.end(), more.begin(), more.end());
    };
    append(inherited_fields<E>(stated_engine_fields()));
    append(inherited_fields<E>(stated_site_fields()));
    append({table_field("load", &E::load, stated_load_fields(), "what the replica is asked"),
            table_field("slo", &E::slo, stated_bounds_fields(), "bounds for the highest rate")});
    return table;
  }();
  return fields;
}

Result<ServingEstimate> run_serving_estimate(Workspace& workspace, const Value& document) {
  StatedServingEstimate stated;
  Diagnostics problems;
  read_fields(document, serving_estimate_fields(), stated, "question", problems);
  if (!problems.empty()) return problems;
  problems = load_problems(stated.load, document);
  Result<ResolvedEngine> served = resolve_engine(workspace, stated, stated, document);
  if (!served) problems.insert(problems.end(), served.problems().begin(), served.problems().end());
  if (!problems.empty()) return problems;
  ServingEstimate estimate;
  estimate.name = stated.name;
  estimate.served = *std::move(served);
  estimate.load = steady_load(stated.load);
  estimate.ttft_bound = stated.slo.ttft;
  estimate.tpot_bound = stated.slo.tpot;
  if (estimate.served.engine == nullptr)
    return problem_at(position_of(document, "model"), "a model of images or video has no tokens",
                      "ask for it with `polyfleet simulate serve`");
  const EngineModel& engine = *estimate.served.engine;
  if (!engine.fits_in_memory()) return estimate;
  const auto intervals = ServingIntervalTable::load(workspace.data_directory());
  if (!intervals) return intervals.problems();
  const SteadyEngine replica = steady_engine(engine);
  for (const SteadyLoad& load : loads_of(stated.load, engine.settings())) {
    ServedPoint point = point_of(estimate, load, steady_state(replica, load));
    add_intervals(estimate, *intervals, point);
    estimate.points.push_back(std::move(point));
  }
  if (stated.slo.ttft || stated.slo.tpot) {
    const Seconds none = std::numeric_limits<double>::infinity() * second;
    const SteadyState state = most_within(replica, estimate.load, stated.slo.ttft.value_or(none),
                                          stated.slo.tpot.value_or(none));
    estimate.within = point_of(estimate, estimate.load, state);
    add_intervals(estimate, *intervals, *estimate.within);
  }
  return estimate;
}

}  // namespace polyfleet
