#include "validation/serve_rules.hpp"

#include <algorithm>

#include "validation/wording.hpp"
#include "workload/flops.hpp"

namespace polyfleet {
namespace {

const ServeRow* row_of(const ServeCase& read, ServeMetric metric) {
  for (const ServeRow& row : read.rows) {
    if (row.metric == metric && row.measured > 0) return &row;
  }
  return nullptr;
}

bool is_closed_loop(const ServeCase& read) {
  return read.load == ServeLoad::closed_loop && read.concurrency > 0;
}

void leave_out(ServeCase& read, const std::string& reason) {
  for (ServeRow& row : read.rows) {
    if (row.skip.empty()) row.skip = reason;
  }
}

/// Listed rules: whole configurations or some of their metrics.
void apply_listed(ServeCase& read, const RowGroup& group, const ServeTables& tables) {
  for (const ServeRule& rule : tables.rules) {
    for (std::size_t i = 0; i < read.rows.size(); ++i) {
      ServeRow& row = read.rows[i];
      if (!rule.speaks_of(read.id, group.rows[i]->text("notes"))) continue;
      const auto& metrics = rule.metrics;
      if (!metrics.empty() &&
          std::find(metrics.begin(), metrics.end(), name_of(row.metric)) == metrics.end())
        continue;
      if (rule.action == "apart") {
        row.label = rule.label;
      } else if (row.skip.empty()) {
        row.skip = rule.reason;
      }
    }
  }
}

/// First tokens that wait for a limit the row does not state: only TPOT is comparable.
void apply_saturation(ServeCase& read, const MeasuredRules& rules) {
  const ServeRow* ttft = row_of(read, ServeMetric::ttft);
  const ServeRow* tpot = row_of(read, ServeMetric::tpot);
  if (ttft == nullptr || tpot == nullptr) return;
  if (ttft->measured <= rules.saturated_ttft_of_decode * read.output_tokens * tpot->measured)
    return;
  for (ServeRow& row : read.rows) {
    const bool queues = row.metric == ServeMetric::ttft ||
                        row.metric == ServeMetric::total_throughput ||
                        row.metric == ServeMetric::output_throughput;
    if (queues && row.label.empty()) row.label = "saturated";
  }
}

}  // namespace

double implied_share_of_peak(const ServeCase& read, const CatalogueLookup& lookup) {
  const ServeRow* ttft = row_of(read, ServeMetric::ttft);
  const ServeRow* tpot = row_of(read, ServeMetric::tpot);
  if (!is_closed_loop(read) || read.pools || ttft == nullptr || tpot == nullptr) return 0;
  const ModelSpec* model = lookup.model(read.model_id);
  const Accelerator* part = lookup.accelerator(read.accelerator_id);
  if (model == nullptr || part == nullptr) return 0;
  const bool narrow = read.formats.starts_with("nvfp4") || read.formats.starts_with("mxfp4");
  const Dtype dtype =
      narrow ? Dtype::nvfp4 : (read.formats.starts_with("fp8") ? Dtype::fp8 : Dtype::bf16);
  const auto peak = part->dense_peak(dtype);
  if (!peak) return 0;
  const double tokens = read.input_tokens + read.output_tokens;
  const double latency = ttft->measured + read.output_tokens * tpot->measured;
  const double flops =
      2 * parameter_counts(*model).active * tokens * static_cast<double>(read.concurrency);
  return flops / latency / (peak->value.base() * read.accelerators);
}

void apply_rules(ServeCase& read, const RowGroup& group, const ServeTables& tables,
                 const CatalogueLookup& lookup) {
  apply_listed(read, group, tables);
  if (!is_closed_loop(read)) return;
  if (implied_share_of_peak(read, lookup) > tables.measured.most_of_peak)
    leave_out(read,
              "its latencies imply more than engines reach of the peak: a prefix cache, or a "
              "concurrency that was not sustained");
  apply_saturation(read, tables.measured);
}

}  // namespace polyfleet
