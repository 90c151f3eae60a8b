#include "report/serve_requests_report.hpp"

#include <fmt/format.h>

#include <cmath>

namespace polyfleet {
namespace {

constexpr double kMostTpotError = 0.04, kMostTtftError = 0.08;

std::string signed_percent(double share) { return fmt::format("{:+.1f}", 100 * share); }

}  // namespace

bool reaches_goals(const RequestRun& run) {
  return std::abs(run.tpot.mean) <= kMostTpotError && std::abs(run.ttft.mean) <= kMostTtftError;
}

Value serve_requests_json(const std::vector<RequestRun>& runs) {
  Value list{Array{}};
  for (const RequestRun& run : runs) {
    Value one{Table{}};
    one.set("name", run.name);
    one.set("requests", run.requests.size());
    one.set("cache_tokens", run.cache_tokens);
    one.set("preemptions", run.preemptions);
    one.set("mean_ttft_error", run.ttft.mean);
    one.set("mean_tpot_error", run.tpot.mean);
    one.set("median_ttft_ape", run.ttft.median);
    one.set("median_tpot_ape", run.tpot.median);
    one.set("met", reaches_goals(run));
    list.push(std::move(one));
  }
  Value json{Table{}};
  json.set("runs", std::move(list));
  return json;
}

std::string serve_requests_text(const std::vector<RequestRun>& runs, PageStyle style) {
  TextTable table({"run", "requests", "mean TTFT %", "mean TPOT %", "median TTFT %",
                   "median TPOT %", "cache tokens", "preemptions", "goals met"});
  for (const RequestRun& run : runs)
    table.row({run.name, fmt::format("{}", run.requests.size()), signed_percent(run.ttft.mean),
               signed_percent(run.tpot.mean), fmt::format("{:.1f}", 100 * run.ttft.median),
               fmt::format("{:.1f}", 100 * run.tpot.median), fmt::format("{}", run.cache_tokens),
               fmt::format("{}", run.preemptions), reaches_goals(run) ? "yes" : "no"});
  return "measured vLLM servers, replayed request by request\n" + table.text(style);
}

}  // namespace polyfleet
