// What a user wants of a plan search: the [search] table of a scenario, which flags of `plan train`
// and --set are laid over. Keys and ranges in docs/planner.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/scenario_document.hpp"
#include "planner/mixed_search.hpp"

namespace polyfleet {

/// "AMD=0.3..0.6" (of the devices in use) or "AMD=0.3..0.6 of tokens". Errors: no "=", no vendor,
/// bounds outside 0..1 or crossed.
Result<VendorShare> vendor_share_of(std::string_view text, const Position& where);

/// How long several pools are searched: quick leaves pipelines over pools off after about a second.
enum class SearchEffort { quick, full };

/// [search]
struct PlanWishes {
  Objective objective = Objective::time;
  std::optional<Watts> power_cap;
  double head_room = 0;
  int max_tensor = 0;
  bool use_all_devices = false;
  std::vector<std::string> vendor_share;
  SearchEffort effort = SearchEffort::quick;
  std::int64_t top = 5;
  double tokens = 0;
  std::string start;
  PlanSpace space;
};

const FieldTable<PlanWishes>& wishes_fields();
const FieldTable<PlanSpace>& space_fields();

/// "tensor=1,2,4" of --space as a setting of search.space. Errors: no "=".
Result<Setting> space_setting_of(std::string_view text);
/// "5%", "5 %" or 0.05 of --head-room as a setting of search.head_room.
Setting head_room_setting_of(std::string_view text);

}  // namespace polyfleet
