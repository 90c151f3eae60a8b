#include "training/memory_footprints.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/csv.hpp"
#include "base/files.hpp"

namespace polyfleet {
namespace {

// clang-format off
const std::vector<std::string> kColumns{
    "id", "source", "basis", "measured_gib", "layers", "hidden", "ffn", "ffn_matrices", "heads",
    "kv_heads", "head_dim", "vocab", "tied", "biases", "learned", "sequence", "micro_batch",
    "global_batch", "tensor", "pipeline", "virtual_stages", "context", "data",
    "sequence_parallel", "sharding", "recompute", "main_gradient_bytes", "fused_attention",
    "dropout", "fused_loss", "embedding_counts_as_layer", "overheads", "framework", "excluded"};
// clang-format on

/// One line of the table by column name; problems are collected.
class RowReader {
 public:
  RowReader(const CsvTable& table, const CsvRow& row, Diagnostics& problems)
      : table_(table), row_(row), problems_(problems) {}

  const std::string& text(std::string_view column) const {
    return row_.cells[table_.column(column).value()];
  }

  double number(std::string_view column, double least) const {
    const auto value = parse_number(text(column));
    if (value && *value >= least && *value <= 1e15) return *value;
    report(fmt::format("{} = \"{}\" is not a number of at least {}", column, text(column), least));
    return least;
  }

  template <class I>
  I whole(std::string_view column, I least) const {
    return static_cast<I>(number(column, static_cast<double>(least)));
  }

  bool flag(std::string_view column) const { return number(column, 0) != 0; }

  template <class E>
  E choice(std::string_view column,
           const std::vector<std::pair<std::string_view, E>>& words) const {
    for (const auto& [word, value] : words) {
      if (word == text(column)) return value;
    }
    std::string known;
    for (const auto& [word, value] : words) known += fmt::format(" {}", word);
    report(fmt::format("{} = \"{}\" is none of:{}", column, text(column), known));
    return words.front().second;
  }

 private:
  void report(std::string what) const {
    problems_.push_back(problem_at({table_.file(), row_.line, 1}, std::move(what)));
  }

  const CsvTable& table_;
  const CsvRow& row_;
  Diagnostics& problems_;
};

ModelSpec model_of(const RowReader& row) {
  ModelSpec model;
  model.id = row.text("id");
  model.layers = row.whole<std::int64_t>("layers", 1);
  model.hidden = row.whole<std::int64_t>("hidden", 1);
  model.ffn = row.whole<std::int64_t>("ffn", 1);
  model.ffn_matrices = row.whole("ffn_matrices", 2);
  model.heads = row.whole<std::int64_t>("heads", 1);
  model.kv_heads = row.whole<std::int64_t>("kv_heads", 1);
  model.head_dim = row.whole<std::int64_t>("head_dim", 1);
  model.vocab = row.whole<std::int64_t>("vocab", 1);
  model.max_context = row.whole<std::int64_t>("sequence", 1);
  model.tied_embeddings = row.flag("tied");
  model.biases = row.flag("biases");
  model.learned_positions = row.flag("learned");
  return model;
}

void read_layout(const RowReader& row, ParallelLayout& layout) {
  layout.tensor = row.whole("tensor", 1);
  layout.pipeline = row.whole("pipeline", 1);
  layout.virtual_stages = row.whole("virtual_stages", 1);
  layout.context = row.whole("context", 1);
  layout.data = row.whole("data", 1);
  layout.sequence_parallel = row.flag("sequence_parallel");
}

TrainingPlan plan_of(const RowReader& row) {
  TrainingPlan plan;
  read_layout(row, plan.layout);
  plan.micro_batch = row.whole("micro_batch", 1);
  plan.global_batch = row.whole<std::int64_t>("global_batch", 1);
  plan.sequence_length = row.whole<std::int64_t>("sequence", 1);
  plan.schedule =
      plan.layout.virtual_stages > 1 ? Schedule::interleaved : Schedule::one_forward_one_backward;
  plan.sharding = row.choice<Sharding>("sharding", {{"none", Sharding::none},
                                                    {"zero1", Sharding::zero1},
                                                    {"zero2", Sharding::zero2},
                                                    {"zero3", Sharding::zero3}});
  plan.recompute = row.choice<Recompute>(
      "recompute",
      {{"none", Recompute::none}, {"selective", Recompute::selective}, {"full", Recompute::full}});
  plan.main_gradient_fp32 = row.whole("main_gradient_bytes", 2) == 4;
  plan.fused_attention = row.flag("fused_attention");
  plan.dropout = row.flag("dropout");
  plan.fused_loss = row.flag("fused_loss");
  plan.embedding_counts_as_layer = row.flag("embedding_counts_as_layer");
  return plan;
}

MemoryFootprint footprint_of(const RowReader& row) {
  MemoryFootprint footprint;
  footprint.id = row.text("id");
  footprint.source = row.text("source");
  footprint.vendor = row.text("overheads");
  footprint.framework = row.text("framework");
  footprint.basis =
      row.choice<FootprintBasis>("basis", {{"device", FootprintBasis::device},
                                           {"reserved", FootprintBasis::reserved},
                                           {"states", FootprintBasis::states},
                                           {"activations", FootprintBasis::activations}});
  footprint.model = model_of(row);
  footprint.plan = plan_of(row);
  footprint.measured = row.number("measured_gib", 1e-6) * gibibyte;
  footprint.excluded = row.text("excluded");
  return footprint;
}

/// Published states and activations leave embedding and head out: an inner stage is compared for
/// the states, the first (which holds most micro-batches) for the activations.
Bytes predicted_bytes(const MemoryFootprint& footprint, const MemoryOverheads& overheads) {
  const std::vector<StageMemory> stages = plan_memory(footprint.model, footprint.plan, overheads);
  const StageMemory& fullest = stages[fullest_stage(stages)];
  switch (footprint.basis) {
    case FootprintBasis::device:
      return fullest.total;
    case FootprintBasis::reserved:
      return fullest.total - fullest[MemoryPartKind::framework];
    case FootprintBasis::states:
      return stages[stages.size() / 2].model_states();
    case FootprintBasis::activations:
      return stages.front()[MemoryPartKind::activations];
  }
  return fullest.total;
}

}  // namespace

Result<std::vector<MemoryFootprint>> read_footprints(const std::filesystem::path& file) {
  const Result<std::string> text = read_file(file);
  if (!text) return text.problems();
  const Result<CsvTable> table = CsvTable::parse(*text, file.string());
  if (!table) return table.problems();
  if (const auto columns = table->require(kColumns); !columns) return columns.problems();
  Diagnostics problems;
  std::vector<MemoryFootprint> footprints;
  for (const CsvRow& row : table->rows())
    footprints.push_back(footprint_of(RowReader(*table, row, problems)));
  if (!problems.empty()) return problems;
  return footprints;
}

Result<std::vector<FootprintPrediction>> predict_footprints(
    const std::vector<MemoryFootprint>& footprints, const std::filesystem::path& data_directory) {
  std::vector<FootprintPrediction> predictions;
  for (const MemoryFootprint& footprint : footprints) {
    const Result<MemoryOverheads> overheads =
        load_memory_overheads(data_directory, footprint.vendor, footprint.framework);
    if (!overheads) return overheads.problems();
    predictions.push_back({footprint.id, footprint.source, footprint.excluded, footprint.measured,
                           predicted_bytes(footprint, *overheads)});
  }
  return predictions;
}

}  // namespace polyfleet
