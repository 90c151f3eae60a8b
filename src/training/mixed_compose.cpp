// When each stage and group of a mixed plan is done: the schedule of every pipeline, then gradients
// meet across groups, then each stage updates and gathers. Cheap beside the timing of layers, so it
// is run again for the ends of the interval.
#include <algorithm>

#include "training/mixed_parts.hpp"

namespace polyfleet {
namespace {

double link_factor(std::span<const double> factors, std::size_t a, std::size_t b) {
  return std::max(factors[a], factors[b]);
}

Seconds scaled_border(const BorderTime& border, double link, double receiver) {
  return (border.network + border.staging) * link + border.gather * receiver;
}

/// The exchange across groups runs at the pace of the slowest software that takes part.
double exchange_factor(std::span<const MixedGroup> groups, const MixedStage& stage,
                       std::span<const double> factors) {
  double factor = factors[stage.pool];
  for (const auto& [g, s] : stage.partners)
    factor = std::max(factor, factors[groups[g].stages[s].pool]);
  return factor;
}

/// Stages of the same pool and work.
bool alike(const MixedStage& a, const MixedStage& b) {
  return a.stage_group == b.stage_group && a.parameters.dense == b.parameters.dense &&
         a.parameters.expert == b.parameters.expert && a.parameters.frozen == b.parameters.frozen &&
         a.parameters.layers == b.parameters.layers && a.forward == b.forward &&
         a.backward == b.backward;
}

class Composer {
 public:
  Composer(std::span<const MixedGroup> groups, std::span<const double> factors)
      : groups_(groups), factors_(factors) {}

  Composition run() {
    for (const MixedGroup& group : groups_) {
      GroupFinish finish;
      run_pipeline(group, finish);
      add_host(group, finish);
      add_data_parallel(group, finish);
      out_.groups.push_back(std::move(finish));
    }
    meet();
    return std::move(out_);
  }

 private:
  void run_pipeline(const MixedGroup& group, GroupFinish& finish) const {
    finish.pipeline = pipeline_time(group.shape, scaled_costs(group, factors_, true));
    finish.exposed_inside = finish.pipeline.exposed_hand_over;
    if (group.plans.size() > 1)
      finish.exposed_inside =
          pipeline_time(group.shape, scaled_costs(group, factors_, false)).exposed_hand_over;
  }

  void add_host(const MixedGroup& group, GroupFinish& finish) const {
    for (std::size_t p = 0; p < group.plans.size(); ++p) {
      const TrainingPlan& plan = group.plans[p];
      const double seconds =
          plan.host_seconds_per_step +
          plan.host_seconds_per_micro_batch * static_cast<double>(group.group->micro_batches);
      const double factor = factors_[group.group->stages[p].pool];
      finish.host = max(finish.host, seconds * factor * second);
    }
  }

  /// Reduction and gather of one stage, with and without the exchange, unscaled.
  struct StageExchange {
    DataParallelTime all, own;
  };
  StageExchange exchange_of(const MixedGroup& group, const MixedStage& stage, Seconds outer) const {
    const auto exposed = [&](Seconds with_others) {
      StageParameters parameters = stage.parameters;
      parameters.outer_reduce = with_others;
      return data_parallel_time(parameters, group.tables[stage.stage_group]->machine(),
                                group.plans[stage.stage_group], stage.forward, stage.backward,
                                static_cast<double>(group.group->micro_batches));
    };
    StageExchange exchange;
    exchange.own = exposed(0 * second);
    exchange.all = outer > 0 * second ? exposed(outer) : exchange.own;
    return exchange;
  }

  /// What a stage cannot hide it can still spend in its own drain of the pipeline.
  void add_data_parallel(const MixedGroup& group, GroupFinish& finish) const {
    Seconds slack_backward, slack_forward, timed_outer;
    StageExchange exchange;  // neighbours are mostly alike
    for (std::size_t s = 0; s < group.stages.size(); ++s) {
      const MixedStage& stage = group.stages[s];
      const double factor = factors_[stage.pool];
      const Seconds outer = (stage.gradient.network + stage.gradient.staging) *
                            (exchange_factor(groups_, stage, factors_) / factor);
      if (s == 0 || outer != timed_outer || !alike(stage, group.stages[s - 1]))
        exchange = exchange_of(group, stage, outer);
      timed_outer = outer;
      const auto left = [&](Seconds time, Seconds slack) {
        return max(time * factor - slack, 0 * second);
      };
      StageFinish done;
      done.gradient = left(exchange.all.gradient_exposed, slack_backward);
      done.gradient_own = left(exchange.own.gradient_exposed, slack_backward);
      done.parameter = left(exchange.all.parameter_exposed, slack_forward);
      done.update = stage.update * factor;
      done.hidden = (exchange.all.gradient_reduce + exchange.all.parameter_gather) * factor -
                    done.gradient - done.parameter;
      finish.stages.push_back(done);
      slack_backward += stage.backward * (factor / group.shape.virtual_stages);
      slack_forward += stage.forward * (factor / group.shape.virtual_stages);
    }
  }

  Seconds reduced(std::size_t g, std::size_t s) const {
    return out_.groups[g].before_exchange() + out_.groups[g].stages[s].gradient;
  }

  void meet() {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      GroupFinish& group = out_.groups[g];
      for (std::size_t s = 0; s < group.stages.size(); ++s) {
        StageFinish& stage = group.stages[s];
        stage.synchronous = reduced(g, s);
        for (const auto& [h, t] : groups_[g].stages[s].partners)
          stage.synchronous = max(stage.synchronous, reduced(h, t));
        stage.finish = stage.synchronous + stage.parameter + stage.update;
        if (stage.finish > group.stages[group.last].finish) group.last = s;
      }
      out_.total = max(out_.total, group.stages[group.last].finish);
    }
  }

  std::span<const MixedGroup> groups_;
  std::span<const double> factors_;
  Composition out_;
};

}  // namespace

std::vector<StageCost> scaled_costs(const MixedGroup& group, std::span<const double> factors,
                                    bool with_borders) {
  std::vector<StageCost> costs;
  costs.reserve(group.chunks.size());
  const auto stages = static_cast<std::size_t>(group.shape.stages);
  for (std::size_t c = 0; c < group.chunks.size(); ++c) {
    const MixedChunk& chunk = group.chunks[c];
    const std::size_t pool = group.stages[c % stages].pool;
    const double factor = factors[pool];
    StageCost cost = chunk.time.detail.cost;
    for (Seconds StageCost::*part :
         {&StageCost::forward, &StageCost::backward_input, &StageCost::backward_weight,
          &StageCost::send_forward, &StageCost::send_backward})
      cost.*part *= factor;
    if (with_borders) {
      cost.send_forward +=
          scaled_border(chunk.forward_border, link_factor(factors, pool, chunk.next_pool),
                        factors[chunk.next_pool]);
      cost.send_backward +=
          scaled_border(chunk.backward_border, link_factor(factors, pool, chunk.previous_pool),
                        factors[chunk.previous_pool]);
    }
    costs.push_back(cost);
  }
  return costs;
}

Composition compose(std::span<const MixedGroup> groups, std::span<const double> factors) {
  return Composer(groups, factors).run();
}

}  // namespace polyfleet
