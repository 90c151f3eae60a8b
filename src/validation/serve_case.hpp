// One published configuration of a serving run as the simulator wants it: what is served, on what,
// cut how, under which load, and the rows that measured it. A configuration is the row's id up to
// its first dot; its rows differ in what they measured. Everything that the source does not state
// is written down as an assumption.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/dtype.hpp"
#include "training/scenario.hpp"
#include "units/quantity.hpp"
#include "validation/truth_row.hpp"
#include "workload/serving_layout.hpp"

namespace polyfleet {

enum class ServeKind {
  plain,                      ///< one engine, no speculation
  speculative,                ///< one engine, multi-token prediction
  disaggregated,              ///< prefill and decode apart
  disaggregated_speculative,  ///< both
  offline,                    ///< all requests at once, maximum throughput
  server,                     ///< the highest rate within MLPerf's latency limits
  agentic,                    ///< traces with shared prefixes and think times
  other
};
std::string_view name_of(ServeKind kind);

/// What a row measured, in base units: seconds, tokens per second, watts.
enum class ServeMetric {
  tpot,
  ttft,
  total_throughput,   ///< input and output tokens
  output_throughput,  ///< output tokens
  p99_tpot,
  p99_ttft,
  accelerator_power,
  system_power,
  unknown
};
std::string_view name_of(ServeMetric metric);
/// "s", "tokens/s" (of what the row divides by) or "W"; empty for unknown.
std::string_view unit_of(ServeMetric metric);
/// Over which accelerators a throughput is divided.
enum class ServePer { accelerator, decode_accelerator, deployment };
enum class ServeStatistic { mean, median, percentile_99 };

struct ServeRow {
  std::string id;
  ServeMetric metric = ServeMetric::unknown;
  ServePer per = ServePer::deployment;
  ServeStatistic statistic = ServeStatistic::mean;
  double measured = 0;  ///< base unit
  std::string label;    ///< of a row that is reported apart: "saturated"
  std::string skip;     ///< why it is left out; empty = predicted
};

/// How requests come.
enum class ServeLoad {
  closed_loop,   ///< `concurrency` users, one request each
  all_at_once,   ///< offline: `requests` of them at time 0
  static_batch,  ///< `concurrency` requests run to their end together
  within_limits  ///< the highest Poisson rate that keeps the latency limits
};

struct ServeLimits {
  Seconds ttft, tpot;  ///< 99th percentile
};

/// One pool of a disaggregated run.
struct ServePool {
  int workers = 1;
  int accelerators = 1;  ///< of the whole pool
  ServingLayout layout;
};

struct ServeDisaggregation {
  ServePool prefill, decode;
};

/// Settings of the run that are not the engine's default; 0 or empty = the default.
struct ServeRecipe {
  std::int64_t token_budget = 0, max_sequences = 0;
  bool prompt_in_budget = false;
  double memory_fraction = 0;
  std::string cache;  ///< "fp8", "bf16"
  int receive_interval = 0;
  int first_token_steps = 0;  ///< decode iterations until the first token is sent
  int draft_tokens = 0;
  double shortest_length = 0;  ///< lengths are uniform from this share of the nominal one; 0 = all
  std::int64_t requests_per_user = 0, warm_up_per_user = 0;
};

struct ServeCase {
  std::string id, source, harness, title;
  std::string vendor, accelerator, model;  ///< as the table names them
  std::string accelerator_id, model_id;    ///< of the catalogue
  std::string engine;                      ///< profile id
  std::string engine_version, date;
  ServeKind kind = ServeKind::other;
  ServeLoad load = ServeLoad::closed_loop;
  std::string precision;  ///< letters and digits of the column
  std::string formats;    ///< named set
  ServingLayout layout;
  bool experts_are_open = false;  ///< tuned for throughput, the cut of its experts is not stated
  bool layout_is_open = false;    ///< the submitter chose: the best of the layouts that fit
  int accelerators = 1;
  std::optional<ServeDisaggregation> pools;
  double input_tokens = 0, output_tokens = 0;        ///< nominal (closed loop) or mean
  double input_variation = 0, output_variation = 0;  ///< standard deviation over mean
  std::int64_t concurrency = 0;
  std::int64_t requests = 0;  ///< offline: how many; 0 = steady state
  ServeLimits limits;
  ServeRecipe recipe;
  double tokens_per_step = 1;
  std::vector<ServeRow> rows;
  std::vector<Assumption> assumptions;
  bool in_fit_half = false;
  std::string skip;  ///< why no row of it is predicted

  bool speculative() const {
    return kind == ServeKind::speculative || kind == ServeKind::disaggregated_speculative;
  }
};

}  // namespace polyfleet
