#include "cost/collective_row.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "base/csv.hpp"

namespace polyfleet {
namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The number that stands directly before `word` ("128 tok", "64 MiB").
std::optional<double> number_before(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    std::size_t end = at;
    while (end > 0 && text[end - 1] == ' ') --end;
    std::size_t begin = end;
    while (begin > 0 && (std::isdigit(static_cast<unsigned char>(text[begin - 1])) != 0 ||
                         text[begin - 1] == '.'))
      --begin;
    if (begin < end) return parse_number(text.substr(begin, end - begin));
  }
  return std::nullopt;
}

/// The number that stands directly after `word` ("top-8").
std::optional<double> number_after(std::string_view text, std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t begin = at + word.size();
  std::size_t end = begin;
  while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
  return end > begin ? parse_number(text.substr(begin, end - begin)) : std::nullopt;
}

std::optional<double> element_bytes(std::string_view dtype) {
  constexpr std::array<std::pair<std::string_view, double>, 10> kBytes{{{"bfloat16", 2},
                                                                        {"bf16", 2},
                                                                        {"half", 2},
                                                                        {"fp16", 2},
                                                                        {"float16", 2},
                                                                        {"fp8", 1},
                                                                        {"int8", 1},
                                                                        {"fp32", 4},
                                                                        {"float", 4},
                                                                        {"uint8", 1}}};
  for (const auto& [name, bytes] : kBytes) {
    if (has(dtype, name)) return bytes;
  }
  return std::nullopt;
}

std::optional<CollectiveKind> kind_of(std::string_view op, std::string_view shape) {
  constexpr std::array<std::pair<std::string_view, CollectiveKind>, 13> kNames{
      {{"allreduce", CollectiveKind::all_reduce},
       {"all_reduce", CollectiveKind::all_reduce},
       {"allgather", CollectiveKind::all_gather},
       {"all_gather", CollectiveKind::all_gather},
       {"reducescatter", CollectiveKind::reduce_scatter},
       {"reduce_scatter", CollectiveKind::reduce_scatter},
       {"alltoall", CollectiveKind::all_to_all},
       {"all_to_all", CollectiveKind::all_to_all},
       {"broadcast", CollectiveKind::broadcast},
       {"p2p", CollectiveKind::send_recv},
       {"sendrecv", CollectiveKind::send_recv},
       {"send_recv", CollectiveKind::send_recv},
       {"sendrecv_perf", CollectiveKind::send_recv}}};
  for (const auto& [name, kind] : kNames) {
    if (op == name) return kind;
  }
  if (op == "memcpy" && has(shape, "Device to Device")) return CollectiveKind::send_recv;
  return std::nullopt;
}

/// Bytes as text: digits, "N elements", "64 MiB", "67108864 B".
std::optional<double> bytes_of(std::string_view shape, std::string_view dtype) {
  if (const auto plain = parse_number(shape)) return plain;
  if (const auto elements = number_before(shape, "elements")) {
    const auto size = element_bytes(dtype);
    return size ? std::optional<double>(*elements * *size) : std::nullopt;
  }
  constexpr std::array<std::pair<std::string_view, double>, 6> kUnits{{{"GiB", 1073741824.0},
                                                                       {"MiB", 1048576.0},
                                                                       {"KiB", 1024.0},
                                                                       {"GB", 1e9},
                                                                       {"MB", 1e6},
                                                                       {" B", 1.0}}};
  for (const auto& [unit, factor] : kUnits) {
    if (const auto number = number_before(shape, unit)) return *number * factor;
  }
  return std::nullopt;
}

/// nvbandwidth copies 512 MiB unless told otherwise; DeepEP's second table prints no size.
constexpr double kUnstatedCopy = 512.0 * 1048576.0;

bool read_metric(std::string_view unit, CollectiveQuery& query) {
  constexpr std::array<std::pair<std::string_view, double>, 4> kTimes{
      {{"us", 1e-6}, {"ms", 1e-3}, {"ns", 1e-9}, {"s", 1}}};
  constexpr std::array<std::pair<std::string_view, double>, 4> kRates{
      {{"GB/s", 1e9}, {"MB/s", 1e6}, {"TB/s", 1e12}, {"GiB/s", 1073741824.0}}};
  for (const auto& [name, scale] : kRates) {
    if (!unit.starts_with(name)) continue;
    query.scale = scale;
    const bool payload = has(unit, "algbw") || query.kind == CollectiveKind::send_recv;
    query.metric = payload ? CollectiveMetric::payload_rate : CollectiveMetric::bus_rate;
    if (has(unit, "duplex")) query.directions = 2;
    return true;
  }
  const std::string_view word = unit.substr(0, unit.find(' '));
  for (const auto& [name, scale] : kTimes) {
    if (word != name) continue;
    query.scale = scale;
    query.metric = CollectiveMetric::time;
    return true;
  }
  return false;
}

/// Whose library and which way of launching it.
std::string library_of(const MicrobenchCells& cells) {
  if (has(cells.source, "custom all-reduce") && has(cells.source, "TRT-LLM")) return "trtllm";
  if (has(cells.source, "aiconfigurator")) return "nccl";
  if (has(cells.notes, "1 process") || has(cells.source, "acceptance guide"))
    return "rccl-tests one process";
  if (cells.vendor == "NVIDIA" && has(cells.unit, "busbw")) return "nccl-tests";
  return {};
}

/// DeepEP and alike: tokens, hidden size and top-k instead of bytes.
void read_expert_exchange(const MicrobenchCells& cells, CollectiveQuery& query) {
  const auto tokens = number_before(cells.shape, "tok");
  const auto hidden = number_before(cells.shape, "hidden");
  const auto top_k = number_after(cells.shape, "top-");
  const double size = element_bytes(cells.dtype).value_or(2);
  // FP8 tokens carry one FP32 scale for 128 elements (DeepEP).
  const double token = hidden.value_or(0) * (size == 1 ? 1 + 4.0 / 128 : size);
  const bool low_latency = has(cells.shape, "low-latency");
  if (tokens && hidden && top_k) {
    query.bytes = low_latency ? *tokens * token * *top_k
                              : expert_payload(*tokens, token, *top_k, query.ranks);
  } else {
    query.bytes = kUnstatedCopy;
  }
  if (low_latency && query.metric != CollectiveMetric::time)
    query.metric = CollectiveMetric::payload_rate;
  const auto per_node = number_after(cells.shape, "EP ");
  if (per_node && has(cells.shape, "x")) query.per_domain = static_cast<int>(*per_node);
  if (has(cells.notes, "400 Gb/s") || has(cells.shape, "CX7") || has(cells.source, "DeepEP"))
    query.scale_out_rate = 50e9;  // ConnectX-7 is 400 Gb/s
}

void read_copy(const MicrobenchCells& cells, CollectiveQuery& query) {
  for (const std::string_view engine : {"CU", "TDM"}) {
    if (has(cells.unit, std::string(engine) + " copy")) query.engine = engine;
  }
  query.blocks = static_cast<int>(number_before(cells.notes, "blocks").value_or(0));
  if (cells.op == "memcpy") query.directions = 2;  // nvbandwidth adds both directions
}

/// Names of whole generations in DeepEP's tables; measured on the 8-GPU parts.
std::string accelerator_of(std::string_view name) {
  if (name.starts_with("SM90")) return "H100";
  if (name.starts_with("SM100")) return "B200";
  if (name.starts_with("gfx1250")) return "amd_mi455x";
  return std::string(name);
}

}  // namespace

double expert_payload(double tokens, double token_bytes, double top_k, double ranks) {
  return tokens * token_bytes * ranks * (1 - std::pow(1 - 1 / ranks, top_k));
}

CollectiveReading read_collective(const MicrobenchCells& cells) {
  const auto kind = kind_of(cells.op, cells.shape);
  if (!kind) return {std::nullopt, fmt::format("not between accelerators: {}", cells.op)};
  CollectiveQuery query;
  query.kind = *kind;
  query.accelerator = accelerator_of(cells.accelerator);
  query.ranks = static_cast<int>(parse_number(cells.ranks).value_or(0));
  if (query.ranks < 2) return {std::nullopt, "between one accelerator and its host"};
  if (!read_metric(cells.unit, query))
    return {std::nullopt, fmt::format("unknown unit: {}", cells.unit)};
  query.library = library_of(cells);
  const bool experts = has(cells.shape, "dispatch") || has(cells.shape, "combine");
  if (experts) {
    read_expert_exchange(cells, query);
    return {query, {}};
  }
  if (*kind == CollectiveKind::send_recv) read_copy(cells, query);
  const auto bytes = bytes_of(cells.shape, cells.dtype);
  const bool large_copy = has(cells.shape, "nvbandwidth") || cells.op == "memcpy";
  if (!bytes && !large_copy) return {std::nullopt, "message size not stated"};
  query.bytes = bytes.value_or(kUnstatedCopy);
  return {query, {}};
}

}  // namespace polyfleet
