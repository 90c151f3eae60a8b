#include "app/planner_speed_figures.hpp"

#include <fmt/format.h>

#include <ctime>

#include "app/mixed_run.hpp"
#include "app/plan_run.hpp"
#include "planner/calculon_space.hpp"

namespace polyfleet {
namespace {

struct Asked {
  const char *key, *model, *precision;
  std::int64_t global_batch, sequence;
  double goal;  // seconds
};

/// On 16,384 accelerators of one kind.
constexpr Asked kOnePool[] = {
    {"plan_671b_16384_s", "deepseek-v3", "fp8", 15360, 4096, 2},
    {"plan_dense_1t_16384_s", "megatron-1t", "bf16", 4096, 2048, 2},
};

/// On the clusters of scenarios/clusters.
struct AskedMix {
  const char *key, *gap_key, *cluster, *model, *what;
  std::int64_t global_batch;
  double goal;      // seconds
  double gap_goal;  // percent
};
constexpr AskedMix kMixes[] = {
    {"plan_four_kinds_s", "plan_four_kinds_gap_percent", "four_kinds.toml", "llama3.1-405b",
     "4,096 accelerators of four kinds and two vendors", 2048, 1, 2},
    {"plan_hundred_thousand_s", "plan_hundred_thousand_gap_percent", "hundred_thousand.toml",
     "llama3.1-70b", "100,352 accelerators of three kinds", 16384, 10, 2},
};

class PlannerMeasurement {
 public:
  explicit PlannerMeasurement(Workspace& workspace) : workspace_(workspace) {}

  Result<std::vector<SpeedFigure>> run() {
    calculon();
    for (const Asked& asked : kOnePool) one_pool(asked);
    for (const AskedMix& asked : kMixes) mix(asked);
    if (!problems_.empty()) return std::move(problems_);
    return std::move(figures_);
  }

 private:
  Result<PlanQuestion> question(const std::string& cluster, std::vector<Setting> settings) {
    const Result<Value> document = plan_document_of("", cluster, settings);
    if (!document) return document.problems();
    return plan_question(workspace_, *document, false);
  }

  static std::vector<Setting> settings(const Asked& asked, const char* accelerator,
                                       std::int64_t devices) {
    return {{"model", Value(asked.model), "bench"},
            {"accelerator", Value(accelerator), "bench"},
            {"devices", Value(devices), "bench"},
            {"precision", Value(asked.precision), "bench"},
            {"plan.global_batch", Value(asked.global_batch), "bench"},
            {"plan.sequence_length", Value(asked.sequence), "bench"}};
  }

  void keep(const Diagnostics& found) {
    problems_.insert(problems_.end(), found.begin(), found.end());
  }

  void calculon() {
    const Asked asked{"", "gpt3-175b", "bf16", 512, 2048, 10};
    Result<PlanQuestion> asked_of = question("", settings(asked, "nv_a100_80", 512));
    if (!asked_of) return keep(asked_of.problems());
    const SearchedPool& pool = asked_of->pools.front().searched;
    PlanSearchQuestion search;
    search.pool = pool.question;
    search.plan_template = pool.plan_template;
    search.with_front = search.with_families = false;
    const std::clock_t start = std::clock();
    const CalculonSearchResult result = search_calculon(search, {}, {});
    const double seconds = processor_seconds(start);
    const auto plans = static_cast<double>(result.counts.plans);
    figures_.push_back({"calculon_space_s",
                        fmt::format("Calculon's own space, GPT-3 175B on 512 A100: all {:.0f} "
                                    "configurations",
                                    plans),
                        seconds, "s", asked.goal, false});
    figures_.push_back({"calculon_configurations_per_s", "of them, accounted for a second",
                        plans / seconds, "1/s", 650000, true});
  }

  void one_pool(const Asked& asked) {
    Result<PlanQuestion> asked_of = question("", settings(asked, "nv_h100_sxm", 16384));
    if (!asked_of) return keep(asked_of.problems());
    const std::clock_t start = std::clock();
    const auto run = run_plan_search(workspace_, *std::move(asked_of), {.threads = 1},
                                     {.with_front = false, .with_advice = false});
    const double seconds = processor_seconds(start);
    if (!run) return keep(run.problems());
    figures_.push_back({asked.key,
                        fmt::format("the best plan of {} on 16,384 accelerators, of {} plans",
                                    asked.model, (*run)->result.counts.plans),
                        seconds, "s", asked.goal, false});
  }

  void mix(const AskedMix& asked) {
    const std::string cluster =
        (workspace_.data_directory().parent_path() / "scenarios/clusters" / asked.cluster).string();
    Result<PlanQuestion> asked_of =
        question(cluster, {{"model", Value(asked.model), "bench"},
                           {"precision", Value("bf16"), "bench"},
                           {"plan.global_batch", Value(asked.global_batch), "bench"},
                           {"plan.sequence_length", Value(8192), "bench"}});
    if (!asked_of) return keep(asked_of.problems());
    const std::clock_t start = std::clock();
    const auto run = run_mixed_search(workspace_, *std::move(asked_of), {.threads = 1});
    const double seconds = processor_seconds(start);
    if (!run) return keep(run.problems());
    const MixedSearchResult& result = (*run)->result;
    figures_.push_back({asked.key, fmt::format("a plan of {} on {}", asked.model, asked.what),
                        seconds, "s", asked.goal, false});
    if (result.gap_without_pipelines)
      figures_.push_back({asked.gap_key, "its gap among plans whose replicas stay on one pool",
                          100 * *result.gap_without_pipelines, "%", asked.gap_goal, false});
    figures_.push_back({fmt::format("{}_all", asked.gap_key),
                        "its gap when pipelines over pools are counted", 100 * result.gap, "%",
                        asked.gap_goal, false});
  }

  Workspace& workspace_;
  std::vector<SpeedFigure> figures_;
  Diagnostics problems_;
};

}  // namespace

Result<std::vector<SpeedFigure>> measure_planner_speed(Workspace& workspace) {
  return PlannerMeasurement(workspace).run();
}

}  // namespace polyfleet
