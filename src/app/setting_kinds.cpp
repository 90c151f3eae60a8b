#include "app/setting_kinds.hpp"

#include <algorithm>
#include <utility>

#include "app/plan_wishes.hpp"
#include "app/price_fields.hpp"
#include "app/serving_document.hpp"
#include "app/serving_estimate.hpp"
#include "app/serving_plan_document.hpp"
#include "app/serving_settings.hpp"
#include "training/plan_fields.hpp"

namespace polyfleet {
namespace {

/// The names of "one of: none selective full" (choice_field of config/fields.hpp); no name has a
/// space.
std::vector<std::string> closed_choices(std::string_view type) {
  constexpr std::string_view kHead = "one of:";
  std::vector<std::string> names;
  if (!type.starts_with(kHead)) return names;
  type.remove_prefix(kHead.size());
  while (!type.empty()) {
    type.remove_prefix(1);  // the space before a name
    const std::size_t end = std::min(type.find(' '), type.size());
    names.emplace_back(type.substr(0, end));
    type.remove_prefix(end);
  }
  return names;
}

class SettingList {
 public:
  /// The fields of a table below `prefix`; tables within it are added by calls of their own.
  template <class T>
  SettingList& add(const std::string& prefix, const FieldTable<T>& fields) {
    for (const Field<T>& field : fields) {
      if (field.type == "table") continue;
      made_.push_back({prefix + field.key, field.type, field.help, closed_choices(field.type)});
    }
    return *this;
  }

  std::vector<SettingKind> take() { return std::move(made_); }

 private:
  std::vector<SettingKind> made_;
};

SettingList& add_training(SettingList& list) {
  return list.add("", scenario_fields())
      .add("plan.", plan_fields())
      .add("plan.layout.", layout_fields())
      .add("plan.recompute_modules.", recompute_module_fields())
      .add("plan.overlap.", overlap_fields())
      .add("plan.precision.", precision_fields())
      .add("plan.lora.", lora_fields())
      .add("prices.", price_fields());
}

}  // namespace

std::vector<SettingKind> setting_kinds(std::string_view command) {
  SettingList list;
  if (command == "estimate train" || command == "estimate run" || command == "plan size") {
    add_training(list);
  } else if (command == "plan train") {
    add_training(list).add("search.", wishes_fields()).add("search.space.", space_fields());
  } else if (command == "estimate serve") {
    list.add("", serving_estimate_fields())
        .add("settings.", engine_settings_fields())
        .add("load.", stated_load_fields())
        .add("slo.", stated_bounds_fields());
  } else if (command == "simulate serve") {
    list.add("", serving_fields());
  } else if (command == "plan serve") {
    list.add("", serving_plan_fields())
        .add("space.", replica_space_fields())
        .add("load.", stated_demand_fields())
        .add("slo.", stated_targets_fields());
  }
  return list.take();
}

}  // namespace polyfleet
