#include "training/plan_check.hpp"

#include <fmt/format.h>

#include <numeric>

#include "training/schedule.hpp"

namespace polyfleet {
namespace {

/// The divisors of n nearest to `wanted` from below and above, as a fix.
std::string nearest_divisors(std::int64_t n, std::int64_t wanted) {
  std::int64_t below = 1, above = n;
  for (std::int64_t d = 1; d * d <= n; ++d) {
    if (n % d != 0) continue;
    for (const std::int64_t divisor : {d, n / d}) {
      if (divisor <= wanted && divisor > below) below = divisor;
      if (divisor >= wanted && divisor < above) above = divisor;
    }
  }
  return below == above ? fmt::format("use {}", below) : fmt::format("use {} or {}", below, above);
}

class Checker {
 public:
  Checker(const ModelSpec& model, const TrainingPlan& plan, std::int64_t devices)
      : model_(model), plan_(plan), layout_(plan.layout), devices_(devices) {}

  Diagnostics run() {
    if (!positive_degrees()) return std::move(problems_);
    devices_match();
    batch_divides();
    tensor_divides();
    pipeline_fits();
    experts_divide();
    context_divides();
    schedule_fits();
    return std::move(problems_);
  }

 private:
  void add(std::string what, std::string fix) {
    problems_.push_back(problem(std::move(what), std::move(fix)));
  }

  bool positive_degrees() {
    const std::pair<const char*, std::int64_t> degrees[] = {
        {"tensor parallel", layout_.tensor},
        {"pipeline parallel", layout_.pipeline},
        {"virtual stages", layout_.virtual_stages},
        {"context parallel", layout_.context},
        {"expert parallel", layout_.expert},
        {"expert tensor parallel", layout_.expert_tensor},
        {"data parallel", layout_.data},
        {"micro-batch", plan_.micro_batch},
        {"global batch", plan_.global_batch},
        {"sequence length", plan_.sequence_length},
        {"device count", devices_},
        {"layer count", model_.layers},
        {"hidden size", model_.hidden}};
    for (const auto& [name, value] : degrees) {
      if (value < 1)
        add(fmt::format("{} is {}; it must be at least 1", name, value), "give a positive number");
    }
    return problems_.empty();
  }

  void devices_match() {
    const std::int64_t needed =
        std::int64_t{layout_.tensor} * layout_.pipeline * layout_.context * layout_.data;
    if (needed != devices_) {
      const std::int64_t without_data =
          std::int64_t{layout_.tensor} * layout_.pipeline * layout_.context;
      add(fmt::format(
              "tensor {} x pipeline {} x context {} x data {} = {} devices, but the pool has {}",
              layout_.tensor, layout_.pipeline, layout_.context, layout_.data, needed, devices_),
          devices_ % without_data == 0
              ? fmt::format("data parallel {} uses all {}", devices_ / without_data, devices_)
              : fmt::format("tensor x pipeline x context = {} does not divide {}", without_data,
                            devices_));
    }
  }

  void batch_divides() {
    const std::int64_t per_round = std::int64_t{layout_.data} * plan_.micro_batch;
    if (plan_.global_batch % per_round != 0) {
      add(fmt::format("global batch {} is not a multiple of data parallel {} x micro-batch {} = {}",
                      plan_.global_batch, layout_.data, plan_.micro_batch, per_round),
          fmt::format(
              "use a global batch of {} or {}",
              plan_.global_batch / per_round * per_round + per_round,
              std::max<std::int64_t>(per_round, plan_.global_batch / per_round * per_round)));
    }
  }

  void tensor_divides() {
    if (model_.heads % layout_.tensor != 0) {
      add(fmt::format("{} attention heads do not divide over tensor parallel {}", model_.heads,
                      layout_.tensor),
          nearest_divisors(model_.heads, layout_.tensor));
    }
    if (model_.ffn % layout_.tensor != 0) {
      add(fmt::format("FFN width {} does not divide over tensor parallel {}", model_.ffn,
                      layout_.tensor),
          nearest_divisors(model_.ffn, layout_.tensor));
    }
    if (layout_.sequence_parallel &&
        plan_.sequence_length % (std::int64_t{layout_.tensor} * layout_.context) != 0) {
      add(fmt::format("sequence length {} does not divide over tensor {} x context {}",
                      plan_.sequence_length, layout_.tensor, layout_.context),
          "switch sequence parallel off or change the sequence length");
    }
  }

  void pipeline_fits() {
    const std::int64_t chunks = std::int64_t{layout_.pipeline} * layout_.virtual_stages;
    if (!plan_.stage_layers.empty()) {
      const std::int64_t sum =
          std::accumulate(plan_.stage_layers.begin(), plan_.stage_layers.end(), std::int64_t{0});
      if (static_cast<std::int64_t>(plan_.stage_layers.size()) != chunks || sum != model_.layers) {
        add(fmt::format("stage_layers lists {} chunks with {} layers; the plan has {} chunks and "
                        "the model {} layers",
                        plan_.stage_layers.size(), sum, chunks, model_.layers),
            "give one entry per chunk (pipeline x virtual stages) that sum to the layers");
      }
      return;
    }
    const std::int64_t slots = model_.layers + (plan_.embedding_counts_as_layer ? 2 : 0);
    if (chunks > slots) {
      add(fmt::format("{} pipeline chunks (pipeline {} x virtual {}) for {} layers", chunks,
                      layout_.pipeline, layout_.virtual_stages, model_.layers),
          fmt::format("at most {} chunks: lower pipeline parallel or virtual stages",
                      model_.layers));
    }
  }

  void experts_divide() {
    if (!model_.is_moe()) {
      if (layout_.expert > 1)
        add(fmt::format("expert parallel {} for a model without experts", layout_.expert), "use 1");
      return;
    }
    if (model_.moe.experts % layout_.expert != 0) {
      add(fmt::format("{} experts do not divide over expert parallel {}", model_.moe.experts,
                      layout_.expert),
          nearest_divisors(model_.moe.experts, layout_.expert));
    }
    const std::int64_t ranks = std::int64_t{layout_.tensor} * layout_.context * layout_.data;
    const std::int64_t span = std::int64_t{layout_.expert} * layout_.expert_tensor;
    if (ranks % span != 0) {
      add(fmt::format(
              "expert parallel {} x expert tensor {} does not divide tensor x context x data = {}",
              layout_.expert, layout_.expert_tensor, ranks),
          nearest_divisors(ranks, span));
    }
  }

  void context_divides() {
    if (plan_.sequence_length % layout_.context != 0) {
      add(fmt::format("sequence length {} does not divide over context parallel {}",
                      plan_.sequence_length, layout_.context),
          nearest_divisors(plan_.sequence_length, layout_.context));
    }
  }

  void schedule_fits() {
    if (plan_.schedule == Schedule::interleaved && layout_.virtual_stages < 2 &&
        layout_.pipeline > 1)
      add("the interleaved schedule needs at least 2 virtual stages",
          "set virtual stages or use 1f1b");
    if (plan_.schedule != Schedule::interleaved && layout_.virtual_stages > 1)
      add(fmt::format("{} virtual stages need the interleaved schedule", layout_.virtual_stages),
          "set schedule = interleaved");
    if (!problems_.empty()) return;  // the shape below presumes that everything divides
    const PipelineShape shape{
        .schedule = plan_.schedule,
        .stages = layout_.pipeline,
        .virtual_stages = layout_.virtual_stages,
        .micro_batches = plan_.global_batch / (std::int64_t{layout_.data} * plan_.micro_batch)};
    if (const auto why = schedule_problem(shape))
      add(*why, "change the schedule, the pipeline degree or the number of micro-batches");
  }

  const ModelSpec& model_;
  const TrainingPlan& plan_;
  const ParallelLayout& layout_;
  std::int64_t devices_;
  Diagnostics problems_;
};

}  // namespace

Diagnostics plan_problems(const ModelSpec& model, const TrainingPlan& plan, std::int64_t devices) {
  return Checker(model, plan, devices).run();
}

}  // namespace polyfleet
