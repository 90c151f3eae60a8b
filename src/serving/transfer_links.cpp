#include "serving/transfer_links.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace polyfleet {

TransferLinks::TransferLinks(const ServingCluster& cluster) : cluster_(&cluster) {
  for (const CacheTransfer& each : cluster.transfers)
    report_.push_back({each.from_pool, each.to_pool, 0, 0, 0, 0, 0, 0});
}

Picos TransferLinks::send(int from_pool, int to_pool, std::int64_t tokens, Picos now,
                          Picos& link_free) {
  const auto& transfers = cluster_->transfers;
  const auto found = std::find_if(transfers.begin(), transfers.end(), [&](const auto& each) {
    return each.from_pool == from_pool && each.to_pool == to_pool;
  });
  POLYFLEET_CHECK(found != transfers.end(), "pools of one model without a transfer");
  TransferReport& report = report_[static_cast<std::size_t>(found - transfers.begin())];
  const auto of_tokens = [&](double picos_per_token) {
    return static_cast<Picos>(std::llround(picos_per_token * static_cast<double>(tokens)));
  };
  const Picos moving = of_tokens(found->picos_per_token);
  const Picos converting = of_tokens(found->convert_picos_per_token);
  const Picos staging = of_tokens(found->stage_picos_per_token);
  const Picos begin = std::max(now, link_free);
  link_free = begin + moving;
  ++report.requests;
  report.tokens += tokens;
  report.waiting += begin - now;
  report.moving += moving;
  report.converting += converting;
  report.staging += staging;
  return link_free + found->latency + staging + converting;
}

}  // namespace polyfleet
