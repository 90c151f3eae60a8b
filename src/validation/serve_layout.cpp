#include "validation/serve_layout.hpp"

#include <fmt/format.h>

#include "validation/wording.hpp"

namespace polyfleet {
namespace {

constexpr std::int64_t kMostRanks = 4096;  // above any published replica; keeps int safe

int ranks(std::optional<std::int64_t> number, int otherwise) {
  return number && *number >= 1 && *number <= kMostRanks ? static_cast<int>(*number) : otherwise;
}

int column(const TruthRow& row, std::string_view name) { return ranks(row.count(name), 1); }

/// The part of the sentence about one pool: from its name to the next semicolon.
std::string_view part_of(std::string_view text, std::string_view pool) {
  const std::size_t start = text.find(pool);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find(';', start) - start);
}

/// The number between `pool ` and `x(`; nothing for "Nonex(".
std::optional<std::int64_t> workers_of(std::string_view part) {
  const std::size_t blank = part.find(' '), times = part.find("x(");
  if (blank == std::string_view::npos || times == std::string_view::npos || times < blank)
    return {};
  const auto numbers = whole_numbers(part.substr(blank, times - blank));
  if (numbers.size() != 1) return {};
  return numbers.front();
}

/// "... ) 16 GPUs": the accelerators of the pool, 0 = not stated.
std::int64_t stated_accelerators(std::string_view part) {
  const std::size_t end = part.find(')');
  if (end == std::string_view::npos) return 0;
  const auto numbers = whole_numbers(part.substr(end));
  return numbers.empty() ? 0 : numbers.front();
}

std::int64_t number_in(std::string_view part, std::string_view mark) {
  // A mark must begin a word: "ep" in "dp8,ep8", "tp" in "(tp4".
  for (std::size_t at = part.find(mark); at != std::string_view::npos;
       at = part.find(mark, at + 1)) {
    if (at > 0 && part[at - 1] != '(' && part[at - 1] != ',') continue;
    const auto numbers = whole_numbers(part.substr(at, part.find_first_of(",)", at) - at));
    if (!numbers.empty()) return numbers.front();
  }
  return 0;
}

/// InferenceX: workers, ranks and a flag, and the accelerators of the pool, which are trusted where
/// they contradict workers x ranks.
Result<ServePool> counted_pool(std::string_view part) {
  const std::int64_t total = stated_accelerators(part);
  const std::int64_t workers = std::max<std::int64_t>(1, workers_of(part).value_or(0));
  std::int64_t tensor = number_in(part, "tp"),
               expert = std::max<std::int64_t>(1, number_in(part, "ep"));
  const bool attention_data = mentions(part, "dpattn=true");
  if (total % workers != 0 || total > kMostRanks)
    return problem("its worker and accelerator counts contradict each other");
  if (workers * tensor != total) {
    tensor = total / workers;
    if (attention_data) expert = tensor;
  }
  ServePool pool;
  pool.workers = static_cast<int>(workers);
  pool.accelerators = static_cast<int>(total);
  pool.layout.tensor = static_cast<int>(tensor);
  pool.layout.expert = tensor % expert == 0 ? static_cast<int>(expert) : 1;
  pool.layout.attention_data = attention_data ? static_cast<int>(tensor) : 1;
  return pool;
}

/// aiconfigurator: a worker has tp x pp x dp ranks, dp being that of the attention.
Result<ServePool> ranked_pool(std::string_view part) {
  const std::optional<std::int64_t> workers = workers_of(part);
  if (!workers) return problem("the number of its workers is not stated");
  const std::int64_t tensor = std::max<std::int64_t>(1, number_in(part, "tp"));
  const std::int64_t pipeline = std::max<std::int64_t>(1, number_in(part, "pp"));
  const std::int64_t data = std::max<std::int64_t>(1, number_in(part, "dp"));
  const std::int64_t all = tensor * data;
  if (*workers < 1 || *workers * all * pipeline > kMostRanks)
    return problem("its number of workers cannot be");
  const std::int64_t stated = number_in(part, "ep");
  // A bare "ep", and DP attention without a word on experts, mean experts over every rank.
  const bool over_all = stated == 0 && (mentions(part, ",ep") || data > 1);
  const std::int64_t expert = over_all ? all : std::max<std::int64_t>(1, stated);
  ServePool pool;
  pool.workers = static_cast<int>(*workers);
  pool.layout.tensor = static_cast<int>(all);
  pool.layout.pipeline = static_cast<int>(pipeline);
  pool.layout.expert = all % expert == 0 ? static_cast<int>(expert) : 1;
  pool.layout.attention_data = static_cast<int>(data);
  pool.accelerators = pool.workers * pool.layout.accelerators();
  return pool;
}

Result<ServePool> read_pool(std::string_view text, std::string_view name) {
  const std::string_view part = part_of(text, name);
  if (part.find("x(") == std::string_view::npos)
    return problem(fmt::format("no {} pool is described", name));
  return stated_accelerators(part) > 0 ? counted_pool(part) : ranked_pool(part);
}

}  // namespace

bool is_disaggregated(const TruthRow& row) {
  const std::string_view text = row.text("disaggregated");
  return !text.empty() && text != "n";
}

std::optional<ReadLayout> read_layout(const TruthRow& row) {
  if (!row.count("tp")) return {};
  ReadLayout read;
  int tensor = column(row, "tp"), expert = column(row, "ep");
  const int data = column(row, "dp"), pipeline = column(row, "pp");
  const int expert_tensor = ranks(number_after(row.text("notes"), "moe_tp="), 1);
  const auto stated = row.count("num_accelerators");
  read.accelerators = ranks(stated, tensor * pipeline);
  if (tensor > 8 && expert_tensor > 1 && expert_tensor * expert == tensor) {
    read.assumption =
        fmt::format("TP {} is TP x EP written twice: {} accelerators", tensor, expert_tensor);
    tensor = expert_tensor;
    read.accelerators = tensor;
  }
  if (tensor % expert != 0) expert = 1;
  read.layout = {.tensor = tensor, .pipeline = pipeline, .expert = expert};
  if (data > 1 && tensor % data == 0) read.layout.attention_data = data;
  return read;
}

Result<ServeDisaggregation> read_pools(const TruthRow& row) {
  const std::string text = lower(row.text("disaggregated"));
  const Result<ServePool> prefill = read_pool(text, "prefill");
  if (!prefill) return prefill.problems();
  const Result<ServePool> decode = read_pool(text, "decode");
  if (!decode) return decode.problems();
  return ServeDisaggregation{*prefill, *decode};
}

}  // namespace polyfleet
