#include "cost/collective_validation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "cost/collective_row.hpp"

namespace polyfleet {
namespace {

constexpr double kHalfWidth80 = 1.2816;  // normal quantile of 0.9
/// Bytes per second that one block of a copy kernel moves, below the link's rate: 64 CU blocks
/// reach 170 GB/s, 32 TDM blocks 256 GB/s (ROCm/mori block sweep, gfx1250).
constexpr double kCuBlockRate = 2.65e9;
constexpr double kTdmBlockRate = 8.0e9;

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

CollectiveOptions options_of(LeaveOut leave_out, const std::string& library, double bytes,
                             int ranks) {
  CollectiveOptions options;
  options.library = library;
  if (leave_out == LeaveOut::message_size) options.without_payload = bytes * byte;
  if (leave_out == LeaveOut::ranks) options.without_ranks = ranks;
  options.without_own_family = leave_out == LeaveOut::generation;
  options.without_own_tables = leave_out == LeaveOut::accelerator || options.without_own_family;
  return options;
}

double bus_factor(CollectiveKind kind, double ranks) {
  if (kind == CollectiveKind::all_reduce) return 2 * (ranks - 1) / ranks;
  const bool whole = kind == CollectiveKind::broadcast || kind == CollectiveKind::send_recv;
  return whole ? 1 : (ranks - 1) / ranks;
}

/// Predicts queries on networks that are looked up once.
class Predictor {
 public:
  Predictor(const CollectiveData& data, const NetworkLookup& lookup, LeaveOut leave_out)
      : data_(data), lookup_(lookup), leave_out_(leave_out) {}

  /// Fills `row` or returns the reason why it cannot be predicted.
  std::string predict(const CollectiveQuery& query, CollectiveRow& row) {
    const Result<Network>& known = network(query.accelerator);
    if (!known) return fmt::format("network of {} unknown", query.accelerator);
    Network net = *known;
    if (query.scale_out_rate > 0) net.scale_out_rate = query.scale_out_rate * byte / second;
    const int fits = query.per_domain > 0 ? query.per_domain : std::max(1, net.scale_up_domain);
    const RankGroup group{query.ranks, std::min(query.ranks, fits), 1};
    const auto time = query.blocks > 0 ? copy_time(net, query, group, row)
                                       : one_time(net, query, query.library, group, row);
    if (!time) return "no constants for the link of " + query.accelerator;
    if (!std::isfinite(*time)) return "scale-out rate unknown: " + query.accelerator;
    row.ranks = query.ranks;
    row.bytes = query.bytes;
    row.op = name_of(query.kind);
    row.library = query.library;
    row.predicted = value_of(query, *time);
    return {};
  }

 private:
  const Result<Network>& network(const std::string& name) {
    const auto found = networks_.find(name);
    if (found != networks_.end()) return found->second;
    return networks_.emplace(name, lookup_(name)).first->second;
  }

  std::optional<double> one_time(const Network& net, const CollectiveQuery& query,
                                 const std::string& library, const RankGroup& group,
                                 CollectiveRow& row) const {
    const auto costs = CollectiveCosts::make(
        net, data_, options_of(leave_out_, library, query.bytes, query.ranks));
    if (!costs) return std::nullopt;
    const CollectiveTime time = costs->time(query.kind, query.bytes * byte, group);
    row.sigma = time.sigma;
    row.fidelity = time.fidelity;
    row.algorithm = time.algorithm;
    return time.time / second;
  }

  /// A copy kernel of a number of blocks that may not be among the measured ones: between the two
  /// nearest, in the logarithm of the blocks.
  std::optional<double> copy_time(const Network& net, const CollectiveQuery& query,
                                  const RankGroup& group, CollectiveRow& row) const {
    const auto name = [&](int blocks) {
      return fmt::format("mori {} {} blocks", query.engine, blocks);
    };
    int below = 0;
    int above = 0;
    for (int blocks = 1; blocks <= (1 << 20); blocks *= 2) {
      const auto same = [&](const MeasuredCollective& point) {
        return point.library == name(blocks);
      };
      if (std::none_of(data_.measured.begin(), data_.measured.end(), same)) continue;
      if (blocks <= query.blocks) below = blocks;
      if (blocks >= query.blocks && above == 0) above = blocks;
    }
    if (below == 0) below = above;
    if (above == 0) above = below;
    const bool unseen = leave_out_ != LeaveOut::nothing && leave_out_ != LeaveOut::message_size;
    if (below == 0 || unseen) return block_bound_copy(net, query, group, row);
    const auto low = one_time(net, query, name(below), group, row);
    if (above == below || !low) return low;
    const auto high = one_time(net, query, name(above), group, row);
    if (!high) return high;
    const double part = std::log2(static_cast<double>(query.blocks) / below) /
                        std::log2(static_cast<double>(above) / below);
    return std::exp((1 - part) * std::log(*low) + part * std::log(*high));
  }

  /// Without a table: the link, or what the blocks of the kernel can move.
  std::optional<double> block_bound_copy(const Network& net, const CollectiveQuery& query,
                                         const RankGroup& group, CollectiveRow& row) const {
    const auto link = one_time(net, query, {}, group, row);
    if (!link) return link;
    const double rate = query.engine == "TDM" ? kTdmBlockRate : kCuBlockRate;
    return std::max(*link, query.bytes / (query.blocks * rate));
  }

  static double value_of(const CollectiveQuery& query, double seconds) {
    if (query.metric == CollectiveMetric::time) return seconds / query.scale;
    const double factor =
        query.metric == CollectiveMetric::bus_rate ? bus_factor(query.kind, query.ranks) : 1;
    return query.bytes * factor * query.directions / seconds / query.scale;
  }

  const CollectiveData& data_;
  const NetworkLookup& lookup_;
  LeaveOut leave_out_;
  std::map<std::string, Result<Network>> networks_;
};

using RowsByName = std::map<std::string, std::vector<const CollectiveRow*>>;

std::map<std::string, CollectiveErrors> summaries(const RowsByName& groups) {
  std::map<std::string, CollectiveErrors> out;
  for (const auto& [key, rows] : groups) out.emplace(key, summarise(rows));
  return out;
}

void summarise_all(CollectiveValidation& out) {
  RowsByName vendors, accelerators, ops, sources;
  std::vector<const CollectiveRow*> all;
  for (const CollectiveRow& row : out.rows) {
    all.push_back(&row);
    vendors[row.vendor].push_back(&row);
    accelerators[row.accelerator].push_back(&row);
    ops[row.op].push_back(&row);
    sources[row.source].push_back(&row);
  }
  out.overall = summarise(all);
  out.by_vendor = summaries(vendors);
  out.by_accelerator = summaries(accelerators);
  out.by_op = summaries(ops);
  out.by_source = summaries(sources);
  std::vector<double> medians;
  for (const auto& [source, errors] : out.by_source) medians.push_back(errors.median_ape);
  out.source_median_ape = quantile(medians, 0.5);
}

}  // namespace

std::string_view name_of(LeaveOut leave_out) {
  switch (leave_out) {
    case LeaveOut::nothing:
      return "nothing";
    case LeaveOut::message_size:
      return "message size";
    case LeaveOut::ranks:
      return "ranks";
    case LeaveOut::accelerator:
      return "accelerator";
    case LeaveOut::generation:
      return "generation";
  }
  return "nothing";
}

CollectiveErrors summarise(const std::vector<const CollectiveRow*>& rows) {
  CollectiveErrors out;
  out.rows = static_cast<int>(rows.size());
  if (rows.empty()) return out;
  std::vector<double> errors;
  std::vector<double> biases;
  double inside = 0;
  for (const CollectiveRow* row : rows) {
    errors.push_back(std::abs(row->bias()));
    biases.push_back(row->bias());
    inside += std::abs(std::log(row->measured / row->predicted)) <= kHalfWidth80 * row->sigma;
  }
  out.median_ape = quantile(errors, 0.5);
  out.p90_ape = quantile(errors, 0.9);
  out.median_bias = quantile(biases, 0.5);
  out.coverage80 = inside / out.rows;
  return out;
}

Result<CollectiveValidation> validate_collectives(const CsvTable& table, const CollectiveData& data,
                                                  const NetworkLookup& network_of_name,
                                                  LeaveOut leave_out) {
  const auto at =
      table.require({"id", "source_title", "vendor", "accelerator", "num_accelerators", "op",
                     "dtype", "shape_or_bytes", "measured_value", "unit", "notes"});
  if (!at) return at.problems();
  CollectiveValidation out;
  Predictor predictor(data, network_of_name, leave_out);
  for (const CsvRow& line : table.rows()) {
    const auto cell = [&](std::size_t i) { return std::string_view(line.cells[(*at)[i]]); };
    ++out.considered;
    const auto measured = parse_number(cell(8));
    const CollectiveReading reading = read_collective(
        {cell(1), cell(2), cell(3), cell(4), cell(5), cell(6), cell(7), cell(9), cell(10)});
    if (!reading.query) {
      ++out.skipped[reading.reason];
      continue;
    }
    if (!measured || *measured <= 0) {
      ++out.skipped["no measured value"];
      continue;
    }
    CollectiveRow row;
    row.id = cell(0);
    row.source = cell(1);
    row.vendor = cell(2);
    row.accelerator = cell(3);
    row.unit = cell(9);
    row.measured = *measured;
    const std::string reason = predictor.predict(*reading.query, row);
    if (reason.empty()) {
      out.rows.push_back(std::move(row));
    } else {
      ++out.skipped[reason];
    }
  }
  summarise_all(out);
  return out;
}

CollectiveValidation validate_collective_tables(const CollectiveData& data,
                                                const NetworkLookup& network_of_name,
                                                LeaveOut leave_out) {
  CollectiveValidation out;
  Predictor predictor(data, network_of_name, leave_out);
  for (const MeasuredCollective& point : data.measured) {
    ++out.considered;
    CollectiveQuery query;
    query.accelerator = point.accelerator;
    query.kind = point.op;
    query.ranks = point.ranks;
    query.bytes = point.payload / byte;
    query.library = point.library;
    query.scale = 1e-6;
    CollectiveRow row;
    row.source = point.source;
    row.accelerator = point.accelerator;
    row.vendor = point.accelerator.substr(0, point.accelerator.find('_'));
    row.unit = "us";
    row.measured = point.time / microsecond;
    const std::string reason = predictor.predict(query, row);
    if (reason.empty()) {
      out.rows.push_back(std::move(row));
    } else {
      ++out.skipped[reason];
    }
  }
  summarise_all(out);
  return out;
}

}  // namespace polyfleet
