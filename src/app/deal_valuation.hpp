// `value deal`: reads the deal and those on the same share, values warrants, releases, payments and
// guarantees, and varies the assumptions.
#pragma once

#include "app/deal_case.hpp"
#include "report/deal_answer.hpp"

namespace polyfleet {

/// Errors: an unknown deal (with near names), faulty documents and settings, a day without a price,
/// an expiry before the valuation or the first delivery, a stop before the deal itself was valued.
Result<DealAnswer> value_deal(const std::filesystem::path& data, const DealQuestion& question);

/// The shipped deals, sorted by name.
Result<std::vector<DealSummary>> list_deals(const std::filesystem::path& data);

/// The value of the first deal (warrant to the holder, money discounted, expected loss of the
/// guarantee) at both ends of every range of its terms, one at a time, others as they are. Stopped:
/// the ranges whose both ends were valued.
Result<DealSensitivity> deal_sensitivity(const DealCase& deal_case, const DealQuestion& question);

}  // namespace polyfleet
