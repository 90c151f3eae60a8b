#include "training/calculon.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "training/calculon_layers.hpp"

namespace polyfleet {
namespace {

double efficiency(const CalculonCurve& curve, double size) {
  for (const auto& [threshold, share] : curve) {
    if (size >= threshold) return share;
  }
  return curve.empty() ? 1 : curve.back().second;
}

Seconds compute_time(const CalculonProcessor& engine, double flops) {
  return flops * flop / (engine.peak * efficiency(engine.efficiency, flops / 1e9));
}

Seconds memory_time(const CalculonMemory& memory, double bytes) {
  return bytes * byte / (memory.rate * efficiency(memory.efficiency, bytes / 1e6));
}

Seconds transfer_time(const CalculonNetwork& network, CalculonTransfer kind, Bytes size,
                      double participants) {
  const auto& [multiplier, shares] = network.volume[static_cast<std::size_t>(kind)];
  const Bytes volume = size * multiplier * (1 + shares / participants);
  return network.latency + volume / (network.rate * network.efficiency);
}

class Estimate {
 public:
  Estimate(const CalculonModel& model, const CalculonExecution& run, const CalculonSystem& system)
      : model_(model), run_(run), system_(system), layers_(calculon_block(model, run)) {}

  CalculonReport build() {
    report_.micro_batches = run_.batch / run_.data / run_.micro_batch;
    report_.blocks_per_device = (model_.blocks + run_.pipeline - 1) / run_.pipeline;
    for (const CalculonLayer& layer : layers_) {
      add_passes(layer);
      add_exchange(layer);
      add_space(layer);
    }
    if (run_.recompute == CalculonRecompute::full) report_.stored_activations = 0 * byte;
    set_volumes();
    set_device_space();
    set_times();
    return report_;
  }

 private:
  Seconds layer_time(Seconds flops, Seconds traffic) const {
    return system_.roofline ? max(flops, traffic) : flops + traffic;
  }

  void add_pass(CalculonPass& pass, double flops, double bytes, bool matrix, bool timed) const {
    const Seconds compute = compute_time(matrix ? system_.matrix : system_.vector, flops);
    const Seconds traffic = memory_time(system_.memory, bytes);
    pass.flops += flops * flop;
    pass.flops_time += compute;
    pass.traffic += bytes * byte;
    pass.traffic_time += traffic;
    if (timed) pass.time += layer_time(compute, traffic);
  }

  void add_passes(const CalculonLayer& layer) {
    // Communication counts its sums and traffic, but its time stands under communication.
    const bool timed = !is_exchange(layer);
    add_pass(report_.forward, layer.forward_flops, layer.forward_bytes, layer.matrix, timed);
    if (layer.recomputed) {
      // Calculon adds the running total of the block here instead of the layer's own share; only
      // the time, which it adds by layer, enters the step.
      CalculonPass& again = report_.recompute;
      again.flops += report_.forward.flops;
      again.flops_time += report_.forward.flops_time;
      again.traffic += report_.forward.traffic;
      again.traffic_time += report_.forward.traffic_time;
      CalculonPass own;
      add_pass(own, layer.forward_flops, layer.forward_bytes, layer.matrix, timed);
      again.time += own.time;
    }
    add_pass(report_.activation_gradient, layer.activation_flops, layer.activation_bytes,
             layer.matrix, timed);
    add_pass(report_.weight_gradient, layer.weight_flops, layer.weight_bytes, layer.matrix, timed);
    // Adam: 11 operations a parameter.
    constexpr double kAdamFlops = 11;
    add_pass(report_.optimizer, kAdamFlops * layer.parameters / shards(),
             optimizer_bytes(layer) / byte, false, true);
  }

  static bool is_exchange(const CalculonLayer& layer) { return layer.communicates; }
  double shards() const { return run_.optimizer_sharding ? run_.data : 1; }

  Bytes optimizer_bytes(const CalculonLayer& layer) const {
    const double master = run_.element_bytes < 4 ? 4 : 0;
    constexpr double kMoments = 8;
    return layer.parameters * (master + kMoments) / shards() * byte;
  }

  Seconds exchange_time(const CalculonLayer& layer, bool forward, bool split) const {
    const CalculonNetwork& network =
        system_.networks[static_cast<std::size_t>(run_.tensor_network)];
    const Bytes payload = layer.payload * byte;
    const bool reduces = layer.reduces_forward == forward;
    if (!split && !reduces) return 0 * second;
    const auto kind = !split    ? CalculonTransfer::all_reduce
                      : reduces ? CalculonTransfer::reduce_scatter
                                : CalculonTransfer::all_gather;
    return transfer_time(network, kind, payload, run_.tensor);
  }

  /// Summing and copying at the ends of a transfer.
  Seconds exchange_work(double flops, double bytes) const {
    return layer_time(compute_time(system_.vector, flops), memory_time(system_.memory, bytes));
  }

  void add_exchange(const CalculonLayer& layer) {
    if (!layer.communicates) return;
    for (const bool edge : {false, true}) {
      const bool split = run_.tensor_comm == CalculonTensorComm::sequence_parallel ||
                         (run_.tensor_comm == CalculonTensorComm::scattered_hand_over && edge);
      const auto add = [&](CalculonExchange& sum, bool forward, Seconds work) {
        const bool sends = split || layer.reduces_forward == forward;
        (edge ? sum.edge : sum.base) += sends ? layer.payload * byte : 0 * byte;
        (edge ? sum.edge_time : sum.base_time) += exchange_time(layer, forward, split) + work;
      };
      add(report_.forward_tensor, true, exchange_work(layer.forward_flops, layer.forward_bytes));
      add(report_.backward_tensor, false,
          exchange_work(layer.activation_flops, layer.activation_bytes));
      if (layer.sent_again) add(report_.gather_again, true, 0 * second);
    }
  }

  void add_space(const CalculonLayer& layer) {
    const Bytes kept = layer.kept * byte;
    report_.block.weights += layer.parameters * run_.element_bytes * byte;
    if (!layer.shares_activation) report_.working_activations += kept;
    if (layer.keeps_activation) report_.stored_activations += kept;
    if (!layer.keeps_output) report_.stored_activations -= layer.output * byte;
    report_.block.weight_gradients += layer.parameters * run_.element_bytes / shards() * byte;
    report_.unsharded_gradients += layer.parameters * 4 * byte;
    report_.block.activation_gradients += layer.activation_gradient * byte;
    report_.block.optimizer += optimizer_bytes(layer);
  }

  void set_volumes() {
    const Bytes activation = static_cast<double>(run_.micro_batch) * model_.sequence *
                             model_.hidden * run_.element_bytes * byte;
    if (run_.recompute == CalculonRecompute::full) report_.block.checkpoints = activation;
    if (run_.pipeline > 1)
      report_.hand_over = run_.tensor_comm == CalculonTensorComm::all_reduce
                              ? activation
                              : activation / run_.tensor;
    if (run_.data > 1) report_.data_block = report_.block.weights;
    report_.useful = report_.forward.flops + report_.activation_gradient.flops +
                     report_.weight_gradient.flops + report_.optimizer.flops;
  }

  void set_device_space() {
    const double blocks = report_.blocks_per_device;
    const double p = run_.pipeline, v = run_.interleaving;
    const double in_flight = std::min(static_cast<double>(report_.micro_batches), p) *
                             (v > 1 ? 1 + (p - 1) / (v * p) : 1);
    CalculonSpace& device = report_.device;
    device.weights = report_.block.weights * blocks;
    device.activations = report_.working_activations;
    device.checkpoints = report_.block.checkpoints * blocks * in_flight;
    if (run_.recompute != CalculonRecompute::full)
      device.activations += report_.stored_activations * (blocks * in_flight - 1);
    device.weight_gradients =
        report_.unsharded_gradients + report_.block.weight_gradients * (blocks - 1);
    device.activation_gradients = report_.block.activation_gradients;
    device.optimizer = report_.block.optimizer * blocks;
  }

  void set_times() {
    const double passes =
        static_cast<double>(report_.blocks_per_device) * static_cast<double>(report_.micro_batches);
    const double chunks = run_.interleaving * static_cast<double>(report_.micro_batches);
    const double inner = chunk_blocks() - 1;
    const auto exposed = [&](const CalculonExchange& exchange) {
      return chunks * (inner * exchange.base_time + exchange.edge_time);
    };
    CalculonTime& time = report_.time;
    time.forward = passes * report_.forward.time;
    time.backward = passes * (report_.activation_gradient.time + report_.weight_gradient.time);
    time.optimizer = report_.optimizer.time * report_.blocks_per_device;
    time.recompute = passes * report_.recompute.time;
    time.gather_again = exposed(report_.gather_again);
    time.tensor = exposed(report_.forward_tensor) + exposed(report_.backward_tensor);
    time.pipeline = run_.pipeline > 1 ? 2 * chunks * hand_over_time() : 0 * second;
    time.data = data_time();
    time.bubble = bubble(inner);
  }

  double chunk_blocks() const {
    return static_cast<double>(report_.blocks_per_device) / run_.interleaving;
  }

  Seconds hand_over_time() const {
    return transfer_time(system_.networks[static_cast<std::size_t>(run_.pipeline_network)],
                         CalculonTransfer::point_to_point, report_.hand_over, 2);
  }

  Seconds data_time() const {
    if (run_.data <= 1) return 0 * second;
    const CalculonNetwork& network = system_.networks[static_cast<std::size_t>(run_.data_network)];
    const Bytes size = report_.data_block;
    const auto time = [&](CalculonTransfer kind) {
      return transfer_time(network, kind, size, run_.data);
    };
    const Seconds one = run_.optimizer_sharding ? time(CalculonTransfer::reduce_scatter) +
                                                      time(CalculonTransfer::all_gather)
                                                : time(CalculonTransfer::all_reduce);
    return one * report_.blocks_per_device;
  }

  /// (p - 1) chunks of forward and backward, more where micro-batches do not fill the interleaved
  /// groups, less where the last stages hold fewer blocks.
  Seconds bubble(double inner) const {
    const Seconds base = report_.forward.time + report_.forward_tensor.base_time +
                         report_.recompute.time + report_.gather_again.base_time +
                         report_.activation_gradient.time + report_.weight_gradient.time +
                         report_.backward_tensor.base_time;
    const Seconds edge = report_.forward.time + report_.forward_tensor.edge_time +
                         report_.recompute.time + report_.gather_again.edge_time +
                         report_.activation_gradient.time + report_.weight_gradient.time +
                         report_.backward_tensor.edge_time + 2 * hand_over_time();
    const std::int64_t over = report_.micro_batches % run_.pipeline;
    const double shortage =
        over == 0 ? 0 : static_cast<double>((run_.interleaving - 1) * (run_.pipeline - over));
    const int over_blocks = model_.blocks % run_.pipeline;
    const double missing = over_blocks == 0 ? 0 : run_.pipeline - over_blocks;
    const Seconds chunk = inner * base + edge;
    return (run_.pipeline - 1 + shortage) * chunk -
           missing * (inner > 0 ? (base + edge) / 2 : edge);
  }

  const CalculonModel& model_;
  const CalculonExecution& run_;
  const CalculonSystem& system_;
  std::vector<CalculonLayer> layers_;
  CalculonReport report_;
};

void require(bool holds, std::string what, Diagnostics& out) {
  if (!holds) out.push_back(problem(std::move(what)));
}

}  // namespace

Result<CalculonReport> calculon_estimate(const CalculonModel& model, const CalculonExecution& run,
                                         const CalculonSystem& system) {
  Diagnostics problems;
  const auto positive = [&](double value, std::string_view name) {
    require(value >= 1, fmt::format("{} must be at least 1", name), problems);
  };
  positive(run.tensor, "tensor parallel degree");
  positive(run.pipeline, "pipeline parallel degree");
  positive(run.data, "data parallel degree");
  positive(run.interleaving, "interleaving");
  positive(static_cast<double>(run.micro_batch), "micro-batch");
  if (!problems.empty()) return problems;
  const int networks = static_cast<int>(system.networks.size());
  for (const int network : {run.tensor_network, run.pipeline_network, run.data_network})
    require(network >= 0 && network < networks, fmt::format("no network {}", network), problems);
  require(run.batch % (run.data * run.micro_batch) == 0,
          fmt::format("batch {} is not a multiple of data parallel {} x micro-batch {}", run.batch,
                      run.data, run.micro_batch),
          problems);
  const int blocks = (model.blocks + run.pipeline - 1) / run.pipeline;
  require(
      blocks % run.interleaving == 0,
      fmt::format("{} blocks per device do not divide into {} chunks", blocks, run.interleaving),
      problems);
  if (!problems.empty()) return problems;
  return Estimate(model, run, system).build();
}

}  // namespace polyfleet
