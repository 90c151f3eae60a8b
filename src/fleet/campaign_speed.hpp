// Campaigns that go faster than their deadline asks, on accelerators that nobody else wants.
#pragma once

#include "fleet/campaign.hpp"
#include "fleet/period_problem.hpp"

namespace polyfleet {

/// Gives idle accelerators of a campaign's groups to it, where the power of the site allows, up to
/// the number that its rate states as most for one gang (none stated: the pace of the deadline),
/// never on demand, and only where it is worth it: what the amount is worth earlier (value at the
/// discount over the time left) covers what electricity costs more now than on average until the
/// deadline. Changes `allocation`, whose objective and limits stay those of the pace.
void speed_up_campaigns(const FleetModel& model, int period, const PeriodProblems& problems,
                        const FleetPeriod& from, const CampaignBook& campaigns,
                        Allocation& allocation);

}  // namespace polyfleet
