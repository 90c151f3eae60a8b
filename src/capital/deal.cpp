#include "capital/deal.hpp"

#include <algorithm>
#include <cmath>

namespace polyfleet {

std::vector<Watts> milestones(const Deal& deal) {
  std::vector<Watts> found;
  if (deal.warrant) {
    for (const WarrantTranche& tranche : deal.warrant->tranches) found.push_back(tranche.delivered);
  }
  for (const InvestmentRelease& release : deal.releases) found.push_back(release.delivered);
  if (deal.guarantee) {
    const int whole = static_cast<int>(std::ceil(deal.guarantee->power.value));
    for (int i = 1; i <= whole; ++i)
      found.push_back(std::min<double>(i, deal.guarantee->power.value) * gigawatt);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::size_t milestone_of(const std::vector<Watts>& milestones, Watts delivered) {
  const auto at = std::lower_bound(milestones.begin(), milestones.end(), delivered);
  return static_cast<std::size_t>(at - milestones.begin());
}

}  // namespace polyfleet
