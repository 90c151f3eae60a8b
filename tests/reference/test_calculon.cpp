// Calculon's own outputs (tests/reference/data/calculon_cases.json, made by the published tool at
// commit caa4b11) against the Calculon mode: FLOP counts, memory parts and communication volumes
// equal, times equal to rounding; and Calculon's error on the eight measured step times of
// Korthikanti et al. 2022 (table 5).
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "config/value.hpp"
#include "training/calculon.hpp"

using namespace polyfleet;

namespace {

double calculon_number(const Value& table, std::string_view key) {
  const Value* value = table.find(key);
  REQUIRE_MESSAGE(value != nullptr, key);
  return value->number().value();
}

std::string calculon_text(const Value& table, std::string_view key) {
  return *table.find(key)->text();
}
bool flag(const Value& table, std::string_view key) { return *table.find(key)->boolean(); }

CalculonCurve curve(const Value& table, std::string_view key) {
  CalculonCurve points;
  for (const Value& pair : *table.find(key)->array())
    points.emplace_back((*pair.array())[0].number().value(), (*pair.array())[1].number().value());
  return points;
}

CalculonNetwork network(const Value& table) {
  CalculonNetwork network{.rate = calculon_number(table, "bandwidth") * gigabyte_per_second,
                          .efficiency = calculon_number(table, "efficiency"),
                          .latency = calculon_number(table, "latency") * second};
  const Value& ops = *table.find("ops");
  const std::string_view names[] = {"p2p", "reduce_scatter", "all_gather", "all_reduce"};
  for (std::size_t i = 0; i < 4; ++i) {
    const Array& pair = *ops.find(names[i])->array();
    network.volume[i] = {pair[0].number().value(), pair[1].number().value_or(0)};
  }
  return network;
}

CalculonSystem system_of(const Value& table, const std::string& datatype) {
  CalculonSystem system;
  const auto processor = [&](std::string_view kind) {
    const Value& engine = *table.find(kind)->find(datatype);
    return CalculonProcessor{calculon_number(engine, "tflops") * teraflop_per_second,
                             curve(engine, "gflops_efficiency")};
  };
  system.matrix = processor("matrix");
  system.vector = processor("vector");
  const Value& memory = *table.find("mem1");
  system.memory = {calculon_number(memory, "GBps") * gigabyte_per_second,
                   curve(memory, "MB_efficiency")};
  system.roofline = calculon_text(table, "processing_mode") == "roofline";
  for (const Value& entry : *table.find("networks")->array())
    system.networks.push_back(network(entry));
  return system;
}

CalculonModel model_of(const Value& table) {
  return {.hidden = calculon_number(table, "hidden"),
          .feedforward = calculon_number(table, "feedforward"),
          .sequence = calculon_number(table, "seq_size"),
          .heads = calculon_number(table, "attn_heads"),
          .head_size = calculon_number(table, "attn_size"),
          .blocks = static_cast<int>(calculon_number(table, "num_blocks"))};
}

CalculonExecution execution_of(const Value& table) {
  CalculonExecution run;
  const auto whole = [&](std::string_view key) {
    return static_cast<int>(calculon_number(table, key));
  };
  run.tensor = whole("tensor_par");
  run.pipeline = whole("pipeline_par");
  run.data = whole("data_par");
  run.tensor_network = whole("tensor_par_net");
  run.pipeline_network = whole("pipeline_par_net");
  run.data_network = whole("data_par_net");
  run.batch = whole("batch_size");
  run.micro_batch = whole("microbatch_size");
  run.element_bytes = 2;
  REQUIRE(calculon_text(table, "datatype") == "float16");
  REQUIRE(calculon_text(table, "attention_type") == "multihead");
  REQUIRE(calculon_text(table, "tensor_par_overlap") == "none");
  run.fused_activation = flag(table, "fused_activation");
  const std::string recompute = calculon_text(table, "activation_recompute");
  run.recompute = recompute == "full"        ? CalculonRecompute::full
                  : recompute == "attn_only" ? CalculonRecompute::attention_only
                                             : CalculonRecompute::none;
  run.interleaving = whole("pipeline_interleaving");
  run.optimizer_sharding = flag(table, "optimizer_sharding");
  const std::string comm = calculon_text(table, "tensor_par_comm_type");
  run.tensor_comm = comm == "rs_ag"       ? CalculonTensorComm::sequence_parallel
                    : comm == "p2p_rs_ag" ? CalculonTensorComm::scattered_hand_over
                                          : CalculonTensorComm::all_reduce;
  run.gather_again = flag(table, "seq_par_ag_redo");
  return run;
}

Value cases() {
  return read_document(std::string(POLYFLEET_SOURCE_DIR) +
                       "/tests/reference/data/calculon_cases.json")
      .value();
}

CalculonReport estimate(const Value& all, const Value& entry) {
  const Value& execution = *entry.find("execution");
  const CalculonSystem system =
      system_of(*all.find("systems")->find(calculon_text(entry, "system")),
                calculon_text(execution, "datatype"));
  return calculon_estimate(model_of(*entry.find("model")), execution_of(execution), system).value();
}

using Named = std::vector<std::pair<std::string, double>>;

Named pass_values(const CalculonReport& r) {
  Named values;
  const auto add = [&](const std::string& prefix, const CalculonPass& pass) {
    values.emplace_back(prefix + "_flops", pass.flops / flop);
    values.emplace_back(prefix + "_flops_time", pass.flops_time / second);
    values.emplace_back(prefix + "_mem_accessed", pass.traffic / byte);
    values.emplace_back(prefix + "_mem_time", pass.traffic_time / second);
    values.emplace_back(prefix + "_time", pass.time / second);
  };
  add("block_fw", r.forward);
  add("block_re", r.recompute);
  add("block_agrad", r.activation_gradient);
  add("block_wgrad", r.weight_gradient);
  add("block_optim", r.optimizer);
  return values;
}

Named volume_values(const CalculonReport& r) {
  return {{"baseblock_fw_tp_size", r.forward_tensor.base / byte},
          {"edgeblock_fw_tp_size", r.forward_tensor.edge / byte},
          {"baseblock_bw_tp_size", r.backward_tensor.base / byte},
          {"edgeblock_bw_tp_size", r.backward_tensor.edge / byte},
          {"baseblock_recomm_size", r.gather_again.base / byte},
          {"edgeblock_recomm_size", r.gather_again.edge / byte},
          {"block_fw_pp_size", r.hand_over / byte},
          {"block_bw_pp_size", r.hand_over / byte},
          {"block_dp_size", r.data_block / byte},
          {"useful_flops", r.useful / flop}};
}

Named space_values(const CalculonReport& r) {
  return {{"block_weight_space", r.block.weights / byte},
          {"block_act_working_space", r.working_activations / byte},
          {"block_act_storage_space", r.stored_activations / byte},
          {"block_act_checkpoint_size", r.block.checkpoints / byte},
          {"block_weight_grad_space", r.block.weight_gradients / byte},
          {"block_weight_grad_space_no_sharding", r.unsharded_gradients / byte},
          {"block_act_grad_space", r.block.activation_gradients / byte},
          {"block_optimizer_space", r.block.optimizer / byte},
          {"weight_space", r.device.weights / byte},
          {"act_space", r.device.activations / byte},
          {"act_checkpoint_size", r.device.checkpoints / byte},
          {"act_grad_space", r.device.activation_gradients / byte},
          {"weight_grad_space", r.device.weight_gradients / byte},
          {"optimizer_space", r.device.optimizer / byte},
          {"proc_mem_tier1_cap_req", r.device.total() / byte}};
}

Named time_values(const CalculonReport& r) {
  return {{"baseblock_fw_tp_time", r.forward_tensor.base_time / second},
          {"edgeblock_fw_tp_time", r.forward_tensor.edge_time / second},
          {"baseblock_agrad_tp_time", r.backward_tensor.base_time / second},
          {"edgeblock_agrad_tp_time", r.backward_tensor.edge_time / second},
          {"baseblock_recomm_time", r.gather_again.base_time / second},
          {"edgeblock_recomm_time", r.gather_again.edge_time / second},
          {"fw_time", r.time.forward / second},
          {"bw_time", r.time.backward / second},
          {"optim_step_time", r.time.optimizer / second},
          {"recompute_time", r.time.recompute / second},
          {"recomm_exposed_time", r.time.gather_again / second},
          {"bubble_time", r.time.bubble / second},
          {"tp_comm_exposed_time", r.time.tensor / second},
          {"pp_comm_exposed_time", r.time.pipeline / second},
          {"dp_comm_exposed_time", r.time.data / second},
          {"total_time", r.time.total() / second}};
}

void compare(const Named& ours, const Value& entry, double tolerance) {
  for (const auto& [key, value] : ours) {
    const double theirs = calculon_number(*entry.find("predicted"), key);
    CAPTURE(key);
    CAPTURE(value);
    CAPTURE(theirs);
    CHECK(std::abs(value - theirs) <= tolerance * std::max(std::abs(theirs), 1e-30));
  }
}

}  // namespace

TEST_CASE("every FLOP count, memory part and volume of Calculon's 26 cases is equal") {
  const Value all = cases();
  const Array& entries = *all.find("cases")->array();
  REQUIRE(entries.size() == 26);
  for (const Value& entry : entries) {
    const std::string id = calculon_text(entry, "id");
    CAPTURE(id);
    const CalculonReport report = estimate(all, entry);
    compare(volume_values(report), entry, 0);
    compare(space_values(report), entry, 1e-15);
    compare(pass_values(report), entry, 1e-13);
  }
}

TEST_CASE("with Calculon's assumptions every term of the time is Calculon's") {
  const Value all = cases();
  for (const Value& entry : *all.find("cases")->array()) {
    const std::string id = calculon_text(entry, "id");
    CAPTURE(id);
    compare(time_values(estimate(all, entry)), entry, 1e-12);
  }
}

TEST_CASE("Calculon's mean error on the eight measured step times is 3.65 %") {
  const Value all = cases();
  double sum = 0;
  int count = 0;
  for (const Value& entry : *all.find("cases")->array()) {
    const Value* measured = entry.find("measured");
    if (measured == nullptr || measured->find("total_time_s") == nullptr) continue;
    const double error =
        estimate(all, entry).time.total() / second / calculon_number(*measured, "total_time_s") - 1;
    MESSAGE(calculon_text(entry, "id") << ": " << 100 * error << " %");
    sum += std::abs(error);
    ++count;
  }
  CHECK(count == 8);
  CHECK(100 * sum / count == doctest::Approx(3.65).epsilon(0.002));
}

TEST_CASE("degrees that do not divide are diagnosed") {
  CalculonSystem system;
  system.networks.resize(1);
  const CalculonModel model{
      .hidden = 64, .feedforward = 256, .sequence = 16, .heads = 4, .head_size = 16, .blocks = 6};
  CHECK_FALSE(calculon_estimate(model, {.pipeline = 2, .interleaving = 2}, system));
  CHECK_FALSE(calculon_estimate(model, {.batch = 3, .micro_batch = 2}, system));
  CHECK_FALSE(calculon_estimate(model, {.tensor_network = 1}, system));
  CHECK_FALSE(calculon_estimate(model, {.tensor = 0}, system));
}
