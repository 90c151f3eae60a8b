#include <algorithm>
#include <limits>
#include <tuple>

#include "serving/router.hpp"

namespace polyfleet {
namespace {

// When load comes before prefixes: SGLang's cache-aware router, defaults --balance-abs-threshold
// 64 and --balance-rel-threshold 1.5 (sgl-project/sglang, sgl-router/README.md).
constexpr std::int64_t kBalancedDifference = 64;
constexpr double kBalancedRatio = 1.5;

}  // namespace

int PrefixAwareRouter::choose(const RouteQuestion& question) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const int each : question.candidates)
    least = std::min(least, question.replicas[static_cast<std::size_t>(each)].outstanding);
  const auto most =
      std::max(least + kBalancedDifference,
               static_cast<std::int64_t>(kBalancedRatio * static_cast<double>(least)));
  int best = -1;
  std::tuple<std::int64_t, std::int64_t> fewest;
  for (const int each : question.candidates) {
    const RouterReplica& replica = question.replicas[static_cast<std::size_t>(each)];
    if (replica.outstanding > most) continue;
    const ServingRequest& request = question.request.request;
    const std::int64_t lacking = request.input_tokens - replica.probe->prefix_match(request);
    const std::tuple work{replica.probe->load().waiting_prefill_tokens + lacking,
                          replica.outstanding};
    if (best < 0 || work < fewest) {
      best = each;
      fewest = work;
    }
  }
  return best;
}

}  // namespace polyfleet
