#include "validation/row_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/csv.hpp"
#include "validation/wording.hpp"

namespace polyfleet {
namespace {

/// Above any machine or batch that exists; keeps products of degrees within 64 bits.
constexpr std::int64_t kLargestDegree = 1 << 20;
constexpr std::int64_t kLargestFleet = std::int64_t{1} << 30;
constexpr std::int64_t kLongestSequence = 1'000'000'000;

std::optional<double> remark_number(const TruthRow& row, std::string_view key) {
  const auto numbers = whole_numbers(row.remark(key));
  if (numbers.empty()) return {};
  return static_cast<double>(numbers.front());
}

bool whole(double value) { return value >= 1 && value == std::floor(value); }

class Mapper {
 public:
  Mapper(RowReading& reading, const ModelSpec& model, const Siblings& siblings)
      : reading_(reading), row_(reading.row), model_(model), siblings_(siblings) {}

  RowMapping run() {
    read_devices();
    if (reading_.left_out()) return std::move(map_);
    map_.global_batch = row_.count("global_batch_size").value_or(0);
    read_logged_tokens();
    read_sequence();
    read_degrees();
    if (reading_.left_out() || !close_over_devices()) return std::move(map_);
    read_batches();
    if (reading_.left_out()) return std::move(map_);
    read_experts();
    if (!reading_.left_out()) read_virtual_stages();
    return std::move(map_);
  }

 private:
  void infer(std::string setting, std::int64_t value, std::string why) {
    reading_.inferred(std::move(setting), fmt::format("{}", value), std::move(why));
  }

  void read_devices() {
    const auto devices = row_.count("num_accelerators");
    if (!devices) return reading_.leave_out("number of accelerators not stated");
    if (*devices > kLargestFleet) return reading_.leave_out("number of accelerators out of range");
    map_.devices = *devices;
  }

  /// A stated degree; an absurd one leaves the row out.
  std::optional<int> degree(const TruthRow& row, std::string_view column) {
    const auto stated = row.count(column);
    if (!stated) return {};
    if (*stated > kLargestDegree) {
      reading_.leave_out(fmt::format("{} out of range", column));
      return 1;
    }
    return static_cast<int>(*stated);
  }

  /// Logs that give tokens per step and sequences per device (MaxText).
  void read_logged_tokens() {
    const double devices = static_cast<double>(map_.devices);
    const auto per_device = row_.number("per_device_batch");
    if (per_device && map_.global_batch == 0 && whole(*per_device * devices)) {
      map_.global_batch = std::llround(*per_device * devices);
      infer("global_batch_size", map_.global_batch, "per-device batch times devices");
    }
    const auto tokens = remark_number(row_, "total_weights(tokens)");
    if (!tokens || row_.count("seq_len")) return;
    const double batch = static_cast<double>(map_.global_batch);
    if (batch > 0 && whole(*tokens / batch)) {
      map_.sequence_length = std::llround(*tokens / batch);
      infer("seq_len", map_.sequence_length, "logged tokens of a step over its sequences");
    } else if (batch == 0 && model_.max_context > 0 &&
               whole(*tokens / static_cast<double>(model_.max_context))) {
      map_.sequence_length = model_.max_context;
      map_.global_batch = std::llround(*tokens) / model_.max_context;
      infer("seq_len", map_.sequence_length, "the model's own context");
      infer("global_batch_size", map_.global_batch, "logged tokens of a step over that length");
    }
  }

  void read_sequence() {
    if (const auto stated = row_.count("seq_len")) map_.sequence_length = *stated;
    if (map_.sequence_length > kLongestSequence)
      return reading_.leave_out("sequence length out of range");
    if (map_.sequence_length > 0) return;
    if (const auto implied = remark_number(row_, "implied_seq_len")) {
      map_.sequence_length = std::llround(*implied);
      infer("seq_len", map_.sequence_length, "stated tokens/s times step time over batch");
      return;
    }
    reading_.leave_out("sequence length not stated");
  }

  /// Trainium tables count NeuronCores, two a chip; the catalogue's accelerator is the chip.
  int cores_per_device() const {
    return mentions(row_.text("notes"), "neuroncores (2 per chip)") ? 2 : 1;
  }

  void read_degrees() {
    ParallelLayout& layout = map_.layout;
    layout.pipeline = degree(row_, "pp").value_or(1);
    layout.context = degree(row_, "cp").value_or(1);
    if (const auto tensor = degree(row_, "tp")) {
      layout.tensor = *tensor;
      const int cores = cores_per_device();
      if (cores > 1) {
        layout.tensor = std::max(1, layout.tensor / cores);
        infer("tp", layout.tensor, "the table counts NeuronCores, two a chip");
      }
      return;
    }
    if (const auto axis = number_after(row_.text("sharding"), "ici_tensor_parallelism=")) {
      layout.tensor = static_cast<int>(std::clamp<std::int64_t>(*axis, 1, kLargestDegree));
      return infer("tp", layout.tensor, "tensor axis of the stated mesh");
    }
    degrees_not_stated();
  }

  void degrees_not_stated() {
    const auto replicas = row_.count("dp");
    const std::int64_t others = replicas.value_or(0) * map_.layout.pipeline * map_.layout.context;
    if (row_.count("pp") && others > 0 && map_.devices % others == 0) {
      map_.layout.tensor = static_cast<int>(map_.devices / others);
      return infer("tp", map_.layout.tensor, "N / (PP x CP x DP)");
    }
    const bool all_data = replicas && *replicas == map_.devices;
    const std::string sharding = lower(row_.text("zero_or_fsdp"));
    const bool sharded =
        mentions(sharding, "fsdp") || mentions(sharding, "zero-3") || mentions(sharding, "mesh");
    if (all_data || sharded || map_.devices == 1)
      return infer("tp", 1, "data parallelism or full sharding over all accelerators");
    const bool best =
        mentions(row_.text("notes"), "best") && mentions(row_.text("notes"), "mapping");
    if (best) return search_mapping();
    if (copy_from_sibling()) return;
    if (reading_.peek_profile("data_sharding") == "zero3") {
      raise_tensor_to_batch();
      return infer("tp", map_.layout.tensor, "fully sharded by the framework's default");
    }
    search_mapping();
  }

  /// Full sharding cannot have more replicas than sequences.
  void raise_tensor_to_batch() {
    while (map_.global_batch > 0 && map_.devices / map_.layout.tensor > map_.global_batch)
      map_.layout.tensor *= 2;
  }

  bool copy_from_sibling() {
    std::optional<double> replica;
    const auto steps = accumulation_steps(row_);
    const double micro_batch = row_.number("micro_batch_size").value_or(1);
    if (steps && map_.global_batch > 0)
      replica = static_cast<double>(map_.devices) * *steps * micro_batch /
                static_cast<double>(map_.global_batch);
    const TruthRow* other = siblings_.with_mapping(row_, replica);
    if (other == nullptr) return false;
    map_.layout.tensor = degree(*other, "tp").value_or(1);
    map_.layout.pipeline = degree(*other, "pp").value_or(1);
    map_.layout.context = degree(*other, "cp").value_or(1);
    sibling_ = other;
    reading_.inferred("mapping",
                      fmt::format("TP{} PP{} CP{}", map_.layout.tensor, map_.layout.pipeline,
                                  map_.layout.context),
                      fmt::format("as row {}, the nearest of its series", other->text("id")));
    return true;
  }

  /// Every power-of-two cut of a replica; the fastest that fits is meant.
  void search_mapping() {
    for (int tensor = 1; tensor <= model_.heads && model_.heads % tensor == 0; tensor *= 2) {
      for (int pipeline = 1; pipeline <= model_.layers; pipeline *= 2) {
        const std::int64_t replica = std::int64_t{tensor} * pipeline;
        if (map_.devices % replica != 0) continue;
        ParallelLayout layout;
        layout.tensor = tensor;
        layout.pipeline = pipeline;
        layout.data = static_cast<int>(map_.devices / replica);
        const bool divides = map_.global_batch == 0 || map_.global_batch % layout.data == 0;
        if (divides) map_.alternatives.push_back(layout);
      }
    }
    if (map_.alternatives.empty()) return reading_.leave_out("no mapping fits the stated batch");
    map_.layout = map_.alternatives.front();
    reading_.inferred("mapping", fmt::format("fastest of {}", map_.alternatives.size()),
                      "the source states no degrees; it prints its best mapping");
  }

  bool close_over_devices() {
    ParallelLayout& layout = map_.layout;
    const std::int64_t replica = std::int64_t{layout.tensor} * layout.pipeline * layout.context;
    if (map_.devices % replica != 0) {
      reading_.leave_out("stated degrees do not divide the accelerators");
      return false;
    }
    layout.data = static_cast<int>(map_.devices / replica);
    const auto stated = row_.count("dp");
    if (!stated) {
      reading_.assumptions.push_back(
          {"dp", fmt::format("{}", layout.data), "derived: N / (TP x PP x CP)"});
    } else if (*stated != layout.data) {
      infer("dp", layout.data,
            fmt::format("N / (TP x PP x CP); the printed {} contradicts N", *stated));
    }
    return true;
  }

  void read_batches() {
    const double replicas = map_.layout.data;
    const auto steps = accumulation_steps(row_);
    const auto local = number_after(row_.text("notes"), "lbs=");
    if (const auto stated = degree(row_, "micro_batch_size")) {
      map_.micro_batch = *stated;
    } else if (map_.global_batch == 0 && !local) {
      return reading_.leave_out("batch size not stated");
    } else {
      infer_micro_batch(replicas, steps, local);
    }
    const bool accumulates = steps || number_after(row_.text("notes"), "gas=");
    if (map_.global_batch == 0 && map_.layout.pipeline > 1 && !accumulates)
      return reading_.leave_out("accumulation steps of a pipeline not stated");
    if (map_.global_batch == 0) {
      const std::int64_t noted = number_after(row_.text("notes"), "gas=").value_or(1);
      const double accumulated = steps ? *steps : static_cast<double>(noted);
      map_.global_batch = std::llround(replicas * map_.micro_batch * accumulated);
      infer("global_batch_size", map_.global_batch,
            "replicas x micro-batch x accumulation steps (1 unless stated)");
    }
    if (map_.global_batch % (map_.layout.data * std::int64_t{map_.micro_batch}) != 0)
      reading_.leave_out("global batch does not divide over the stated degrees");
  }

  void infer_micro_batch(double replicas, std::optional<double> steps,
                         std::optional<std::int64_t> local) {
    const double batch = static_cast<double>(map_.global_batch);
    std::string why = "framework's usual micro-batch";
    double size = parse_number(reading_.peek_profile("micro_batch")).value_or(1);
    if (local) {
      size = static_cast<double>(*local);
      why = "LBS of the table";
    } else if (steps && whole(batch / (replicas * *steps))) {
      size = batch / (replicas * *steps);
      why = "global batch over replicas and logged accumulation steps";
    } else if (reading_.profile->id == "maxtext" && whole(batch / replicas)) {
      size = batch / replicas;
      why = "no accumulation unless configured";
    } else if (sibling_ != nullptr && sibling_->count("micro_batch_size")) {
      size = static_cast<double>(*sibling_->count("micro_batch_size"));
      why = "as the row its mapping comes from";
    }
    if (size > static_cast<double>(kLargestDegree))
      return reading_.leave_out("micro-batch out of range");
    map_.micro_batch = std::max(1, static_cast<int>(size));
    infer("micro_batch_size", map_.micro_batch, why);
  }

  void read_experts() {
    ParallelLayout& layout = map_.layout;
    if (!model_.is_moe()) return;
    const auto axis = number_after(row_.text("sharding"), "ici_expert_parallelism=");
    layout.expert =
        degree(row_, "ep").value_or(static_cast<int>(std::min(axis.value_or(1), kLargestDegree)));
    const auto stated = degree(row_, "expert_tensor_parallel");
    layout.expert_tensor = stated.value_or(1);
    const std::int64_t ranks = std::int64_t{layout.tensor} * layout.context * layout.data;
    if (!stated && layout.tensor > 1 &&
        ranks % (std::int64_t{layout.expert} * layout.tensor) == 0) {
      layout.expert_tensor = layout.tensor;
      infer("expert_tensor_parallel", layout.expert_tensor,
            "Megatron-Core: equals the tensor-parallel degree unless given");
    }
  }

  void read_virtual_stages() {
    ParallelLayout& layout = map_.layout;
    if (layout.pipeline == 1) return;
    const std::int64_t rounds = map_.global_batch / (layout.data * std::int64_t{map_.micro_batch});
    if (const auto stated = degree(row_, "vpp")) {
      layout.virtual_stages = *stated;
      return;
    }
    if (reading_.peek_profile("virtual_stages") != "most" || rounds % layout.pipeline != 0) return;
    for (std::int64_t v = model_.layers / layout.pipeline; v > 1; --v) {
      if (model_.layers % (layout.pipeline * v) != 0) continue;
      layout.virtual_stages = static_cast<int>(v);
      return infer("vpp", v, "interleaved as far as the layers divide");
    }
  }

  RowReading& reading_;
  const TruthRow& row_;
  const ModelSpec& model_;
  const Siblings& siblings_;
  const TruthRow* sibling_ = nullptr;
  RowMapping map_;
};

}  // namespace

std::optional<double> accumulation_steps(const TruthRow& row) {
  for (const std::string_view key : {"grad_accum", "GA"}) {
    if (const auto steps = remark_number(row, key)) return steps;
  }
  return {};
}

RowMapping read_mapping(RowReading& reading, const ModelSpec& model, const Siblings& siblings) {
  return Mapper(reading, model, siblings).run();
}

}  // namespace polyfleet
