#include "validation/serve_rows.hpp"

#include <fmt/format.h>

#include <cctype>
#include <map>

#include "validation/wording.hpp"

namespace polyfleet {
namespace {

struct MeasuredQuantity {
  std::string_view name;
  ServeMetric metric;
  ServePer per;
  ServeStatistic statistic;
};

/// measured_metric of the table. The A100 table of TensorRT-LLM 0.6 prints no "/GPU", but its
/// figures are per accelerator like those of its H100 table (read as totals they are 4 times off).
constexpr MeasuredQuantity kQuantities[] = {
    {"median_tpot", ServeMetric::tpot, ServePer::deployment, ServeStatistic::median},
    {"mean_tpot", ServeMetric::tpot, ServePer::deployment, ServeStatistic::mean},
    {"median_ttft", ServeMetric::ttft, ServePer::deployment, ServeStatistic::median},
    {"mean_ttft", ServeMetric::ttft, ServePer::deployment, ServeStatistic::mean},
    {"first_token_latency", ServeMetric::ttft, ServePer::deployment, ServeStatistic::mean},
    {"p99_tpot", ServeMetric::p99_tpot, ServePer::deployment, ServeStatistic::percentile_99},
    {"p99_ttft", ServeMetric::p99_ttft, ServePer::deployment, ServeStatistic::percentile_99},
    {"total_throughput_per_gpu", ServeMetric::total_throughput, ServePer::accelerator,
     ServeStatistic::mean},
    {"output_throughput_per_gpu", ServeMetric::output_throughput, ServePer::accelerator,
     ServeStatistic::mean},
    {"output_throughput", ServeMetric::output_throughput, ServePer::accelerator,
     ServeStatistic::mean},
    {"output_throughput_total", ServeMetric::output_throughput, ServePer::deployment,
     ServeStatistic::mean},
    {"throughput_total", ServeMetric::output_throughput, ServePer::deployment,
     ServeStatistic::mean},
    {"mlperf_offline_throughput", ServeMetric::output_throughput, ServePer::deployment,
     ServeStatistic::mean},
    {"mlperf_server_throughput", ServeMetric::output_throughput, ServePer::deployment,
     ServeStatistic::mean},
    {"mlperf_interactive_throughput", ServeMetric::output_throughput, ServePer::deployment,
     ServeStatistic::mean},
    {"avg_gpu_power", ServeMetric::accelerator_power, ServePer::accelerator, ServeStatistic::mean},
    {"system_wall_power", ServeMetric::system_power, ServePer::deployment, ServeStatistic::mean},
};

}  // namespace

std::string_view name_of(ServeKind kind) {
  switch (kind) {
    case ServeKind::plain:
      return "plain";
    case ServeKind::speculative:
      return "speculative";
    case ServeKind::disaggregated:
      return "disaggregated";
    case ServeKind::disaggregated_speculative:
      return "disaggregated speculative";
    case ServeKind::offline:
      return "offline";
    case ServeKind::server:
      return "server";
    case ServeKind::agentic:
      return "agentic";
    case ServeKind::other:
      return "other";
  }
  return "other";
}

std::string_view name_of(ServeMetric metric) {
  switch (metric) {
    case ServeMetric::tpot:
      return "tpot";
    case ServeMetric::ttft:
      return "ttft";
    case ServeMetric::total_throughput:
      return "total throughput";
    case ServeMetric::output_throughput:
      return "output throughput";
    case ServeMetric::p99_tpot:
      return "p99 tpot";
    case ServeMetric::p99_ttft:
      return "p99 ttft";
    case ServeMetric::accelerator_power:
      return "accelerator power";
    case ServeMetric::system_power:
      return "system power";
    case ServeMetric::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view unit_of(ServeMetric metric) {
  switch (metric) {
    case ServeMetric::tpot:
    case ServeMetric::ttft:
    case ServeMetric::p99_tpot:
    case ServeMetric::p99_ttft:
      return "s";
    case ServeMetric::total_throughput:
    case ServeMetric::output_throughput:
      return "tokens/s";
    case ServeMetric::accelerator_power:
    case ServeMetric::system_power:
      return "W";
    case ServeMetric::unknown:
      break;
  }
  return "";
}

std::string_view configuration_of(std::string_view id) { return id.substr(0, id.find('.')); }

std::string source_of_serving_id(std::string_view id) {
  std::size_t end = 0;
  while (end < id.size() && std::isalpha(static_cast<unsigned char>(id[end])) != 0) ++end;
  // Rounds are two digits before a dash: ML51-0001, TRT10-0001.
  const bool round = end + 2 < id.size() && id[end + 2] == '-' && end > 0 && id[end] != '-';
  return std::string(id.substr(0, round ? end + 2 : end));
}

std::vector<RowGroup> grouped_by_configuration(const std::vector<TruthRow>& rows) {
  std::vector<RowGroup> groups;
  std::map<std::string, std::size_t, std::less<>> places;
  for (const TruthRow& row : rows) {
    const std::string id(configuration_of(row.text("id")));
    const auto [place, fresh] = places.try_emplace(id, groups.size());
    if (fresh) groups.push_back({id, {}});
    groups[place->second].rows.push_back(&row);
  }
  return groups;
}

ServeRow read_serve_row(const TruthRow& row) {
  ServeRow read;
  read.id = row.text("id");
  const std::string_view metric = row.text("measured_metric");
  const std::string_view unit = row.text("measured_unit");
  for (const MeasuredQuantity& quantity : kQuantities) {
    if (quantity.name != metric) continue;
    read.metric = quantity.metric;
    read.per = quantity.per;
    read.statistic = quantity.statistic;
  }
  if (read.metric == ServeMetric::unknown) {
    read.skip = fmt::format("no simulated quantity: {}", metric);
    return read;
  }
  if (mentions(unit, "decode gpu")) read.per = ServePer::decode_accelerator;
  const std::optional<double> value = row.number("measured_value");
  if (!value || *value <= 0) {
    read.skip = "no measured value above zero";
    return read;
  }
  read.measured = unit == "ms" ? *value * 1e-3 : *value;
  return read;
}

}  // namespace polyfleet
