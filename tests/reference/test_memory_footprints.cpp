// Published memory footprints (tests/reference/data/memory_footprints.csv) against the memory
// model: median within 5 % for every source, the rest reported.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "base/csv.hpp"
#include "base/files.hpp"
#include "training/memory.hpp"

using namespace polyfleet;

namespace {

/// One line of the table by column name.
class Row {
 public:
  Row(const CsvTable& table, const CsvRow& row) : table_(table), row_(row) {}
  const std::string& text(std::string_view column) const {
    return row_.cells[table_.column(column).value()];
  }
  double number(std::string_view column) const { return parse_number(text(column)).value(); }
  std::int64_t whole(std::string_view column) const {
    return static_cast<std::int64_t>(number(column));
  }
  int count(std::string_view column) const { return static_cast<int>(number(column)); }
  bool flag(std::string_view column) const { return number(column) != 0; }

 private:
  const CsvTable& table_;
  const CsvRow& row_;
};

ModelSpec model_of(const Row& row) {
  ModelSpec model;
  model.layers = row.whole("layers");
  model.hidden = row.whole("hidden");
  model.ffn = row.whole("ffn");
  model.ffn_matrices = row.count("ffn_matrices");
  model.heads = row.whole("heads");
  model.kv_heads = row.whole("kv_heads");
  model.head_dim = row.whole("head_dim");
  model.vocab = row.whole("vocab");
  model.max_context = row.whole("sequence");
  model.tied_embeddings = row.flag("tied");
  model.biases = row.flag("biases");
  model.learned_positions = row.flag("learned");
  return model;
}

TrainingPlan plan_of(const Row& row) {
  static const std::map<std::string, Sharding> kShardings{{"none", Sharding::none},
                                                          {"zero1", Sharding::zero1},
                                                          {"zero2", Sharding::zero2},
                                                          {"zero3", Sharding::zero3}};
  static const std::map<std::string, Recompute> kRecomputes{
      {"none", Recompute::none}, {"selective", Recompute::selective}, {"full", Recompute::full}};
  TrainingPlan plan;
  plan.layout.tensor = row.count("tensor");
  plan.layout.pipeline = row.count("pipeline");
  plan.layout.virtual_stages = row.count("virtual_stages");
  plan.layout.context = row.count("context");
  plan.layout.data = row.count("data");
  plan.layout.sequence_parallel = row.flag("sequence_parallel");
  plan.micro_batch = row.count("micro_batch");
  plan.global_batch = row.whole("global_batch");
  plan.sequence_length = row.whole("sequence");
  plan.schedule =
      plan.layout.virtual_stages > 1 ? Schedule::interleaved : Schedule::one_forward_one_backward;
  plan.sharding = kShardings.at(row.text("sharding"));
  plan.recompute = kRecomputes.at(row.text("recompute"));
  plan.main_gradient_fp32 = row.count("main_gradient_bytes") == 4;
  plan.fused_attention = row.flag("fused_attention");
  plan.dropout = row.flag("dropout");
  plan.fused_loss = row.flag("fused_loss");
  plan.embedding_counts_as_layer = row.flag("embedding_counts_as_layer");
  return plan;
}

Bytes predicted(const Row& row) {
  const MemoryOverheads overheads =
      load_memory_overheads(std::string(POLYFLEET_SOURCE_DIR) + "/data", row.text("overheads"),
                            row.text("framework"))
          .value();
  const std::vector<StageMemory> stages = plan_memory(model_of(row), plan_of(row), overheads);
  const std::string& basis = row.text("basis");
  const StageMemory& fullest = stages[fullest_stage(stages)];
  if (basis == "states") return stages[stages.size() / 2].model_states();
  if (basis == "activations") return stages.front()[MemoryPartKind::activations];
  if (basis == "reserved") return fullest.total - fullest[MemoryPartKind::framework];
  REQUIRE(basis == "device");
  return fullest.total;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

TEST_CASE("published footprints are met within 5 % in the median of every source") {
  const std::string path =
      std::string(POLYFLEET_SOURCE_DIR) + "/tests/reference/data/memory_footprints.csv";
  const CsvTable table = CsvTable::parse(read_file(path).value(), path).value();
  std::map<std::string, std::vector<double>> errors;
  int excluded = 0;
  for (const CsvRow& cells : table.rows()) {
    const Row row(table, cells);
    if (!row.text("excluded").empty()) {
      ++excluded;
      continue;
    }
    const double error = predicted(row) / gibibyte / row.number("measured_gib") - 1;
    errors[row.text("source")].push_back(error);
    if (std::abs(error) > 0.08) MESSAGE(row.text("id") << ": " << 100 * error << " %");
  }
  CHECK(excluded == 2);
  CHECK(errors.size() == 3);
  for (const auto& [source, signed_errors] : errors) {
    std::vector<double> sizes(signed_errors);
    for (double& e : sizes) e = std::abs(e);
    std::sort(sizes.begin(), sizes.end());
    const double p90 = sizes[sizes.size() * 9 / 10];
    MESSAGE(source << ": " << sizes.size() << " rows, median " << 100 * median(sizes) << " %, p90 "
                   << 100 * p90 << " %, bias " << 100 * median(signed_errors) << " %");
    CHECK(median(sizes) < 0.05);
    CHECK(p90 < 0.10);
  }
}
