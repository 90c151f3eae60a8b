#include "planner/cost_shares.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "training/layer_table.hpp"
#include "training/stages.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

constexpr std::size_t kShapesShown = 4;
constexpr std::array<std::string_view, kCostClassCount> kCostClassNames{
    "gemm", "grouped_gemm", "attention", "traffic", "scale_up", "scale_out"};
constexpr std::array<std::string_view, 6> kCollectives{"all-reduce", "reduce-scatter", "all-gather",
                                                       "all-to-all", "broadcast",      "send"};

CostClass class_of(const Op& op) {
  switch (op.kind) {
    case OpKind::gemm:
      return CostClass::gemm;
    case OpKind::grouped_gemm:
      return CostClass::grouped_gemm;
    case OpKind::attention:
      return op.fused ? CostClass::attention : CostClass::gemm;
    case OpKind::traffic:
      return CostClass::traffic;
  }
  return CostClass::traffic;
}

std::string shape_of(const Op& op) {
  switch (op.kind) {
    case OpKind::gemm:
      return fmt::format("{} m={} n={} k={}", name_of(op.dtype), op.m, op.n, op.k);
    case OpKind::grouped_gemm:
      return fmt::format("{} {} tokens over {} experts, n={} k={}", name_of(op.dtype), op.m,
                         op.groups, op.n, op.k);
    case OpKind::attention:
      return fmt::format("{} {} heads ({} KV) of {} at {} tokens{}", name_of(op.dtype), op.heads,
                         op.kv_heads, op.head_dim_qk, op.kv_length,
                         op.backward ? ", backward" : "");
    case OpKind::traffic:
      return std::string(name_of(op.op_class));
  }
  return {};
}

class Collector {
 public:
  Collector(const TrainingScenario& scenario, const Machine& machine)
      : plan_(scenario.plan), machine_(machine), works_(scenario.model, scenario.plan) {}

  std::array<CostShare, kCostClassCount> run() {
    double dense = 0, expert = 0;
    for (const ChunkLayers& chunk : split_layers(works_.model(), plan_)) {
      for (const bool wide : {false, true}) {
        for (std::size_t kind = 0; kind < kLayerKindCount; ++kind) {
          const int count = (wide ? chunk.wide : chunk.narrow)[kind];
          if (count == 0) continue;
          const LayerWork& work = works_.layer(static_cast<LayerKind>(kind), wide);
          add(work, count);
          dense += work.parameters * count;
          expert += work.expert_parameters * count;
        }
      }
      if (chunk.embedding) add(works_.embedding(), 1);
      if (chunk.head) add(works_.head(), 1);
    }
    add_gradients(dense, CommGroup::data);
    add_gradients(expert, CommGroup::expert_data);
    return finished();
  }

 private:
  /// Sums of one class, and its shapes by time.
  struct Sum {
    Seconds time, transferred;
    double deviation = 0;
    std::map<std::string, Seconds> shapes;
  };

  struct Piece {
    Seconds time;
    double sigma = 0;
    bool lent = false;
    std::string shape;
  };

  void add_piece(CostClass cost_class, Piece piece) {
    Sum& sum = sums_[static_cast<std::size_t>(cost_class)];
    sum.time += piece.time;
    sum.deviation += piece.sigma * (piece.time / second);
    if (piece.lent) sum.transferred += piece.time;
    sum.shapes[piece.shape] += piece.time;
  }

  void add(const LayerWork& work, double count) {
    for (std::size_t pass = 0; pass < kPassCount; ++pass) {
      const bool twice = plan_.recompute == Recompute::full && pass == 0;
      for (const Op& op : work.ops[pass]) {
        const KernelTime kernel = op_time(op, machine_, plan_);
        add_piece(class_of(op), {kernel.time * (count * (twice ? 2 : 1)), kernel.sigma,
                                 kernel.fidelity == Fidelity::transferred, shape_of(op)});
      }
      for (const Comm& comm : work.comms[pass])
        add_comm(comm.kind, comm.payload, comm.group, comm.count * count);
    }
  }

  void add_comm(CollectiveKind kind, Bytes payload, CommGroup which, double count) {
    const RankGroup group = rank_group(which, plan_.layout, machine_.network.scale_up_domain);
    if (group.size <= 1) return;
    const CollectiveTime one = machine_.collectives.time(kind, payload, group);
    const bool inside = group.per_domain >= group.size;
    const std::string shape =
        fmt::format("{} of {} over {} ranks{}", kCollectives[static_cast<std::size_t>(kind)],
                    print_quantity(payload), group.size,
                    inside ? "" : fmt::format(", {} in a domain", group.per_domain));
    add_piece(inside ? CostClass::scale_up : CostClass::scale_out,
              {one.time * count, one.sigma, one.fidelity == Fidelity::transferred, shape});
  }

  /// Reduction of the gradients and gathering of the parameters of one stage.
  void add_gradients(double parameters, CommGroup which) {
    const double micro_batches =
        static_cast<double>(plan_.global_batch) /
        (static_cast<double>(plan_.layout.data) * static_cast<double>(plan_.micro_batch));
    const double own = parameters / plan_.layout.pipeline;
    if (own <= 0) return;
    const double times = plan_.sharding == Sharding::zero3 ? 1 : 1 / micro_batches;
    const Bytes gradient = own * bytes_per_element(plan_.gradient_reduce_dtype);
    if (plan_.sharding == Sharding::none)
      return add_comm(CollectiveKind::all_reduce, gradient, which, times);
    add_comm(CollectiveKind::reduce_scatter, gradient, which, times);
    add_comm(CollectiveKind::all_gather, own * 2 * byte, which, times);
  }

  std::array<CostShare, kCostClassCount> finished() const {
    std::array<CostShare, kCostClassCount> shares;
    for (std::size_t i = 0; i < kCostClassCount; ++i) {
      const Sum& sum = sums_[i];
      CostShare& share = shares[i];
      share.time = sum.time;
      if (!(sum.time > 0 * second)) continue;
      share.sigma = sum.deviation / (sum.time / second);
      share.transferred = sum.transferred / sum.time;
      std::vector<std::pair<Seconds, std::string>> order;
      for (const auto& [shape, time] : sum.shapes) order.emplace_back(time, shape);
      std::stable_sort(order.begin(), order.end(),
                       [](const auto& a, const auto& b) { return a.first > b.first; });
      if (order.size() > kShapesShown) order.resize(kShapesShown);
      for (auto& [time, shape] : order) share.shapes.push_back(std::move(shape));
    }
    return shares;
  }

  const TrainingPlan& plan_;
  const Machine& machine_;
  LayerWorks works_;
  std::array<Sum, kCostClassCount> sums_;
};

}  // namespace

std::string_view name_of(CostClass cost_class) {
  return kCostClassNames[static_cast<std::size_t>(cost_class)];
}

std::array<CostShare, kCostClassCount> cost_shares(const TrainingScenario& scenario,
                                                   const Machine& machine) {
  return Collector(scenario, machine).run();
}

}  // namespace polyfleet
