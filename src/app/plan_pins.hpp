// Which keys of a scenario the planner searches, how a stated one pins its dimension of the space,
// and which wishes contradict each other before anything is searched.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/plan_wishes.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

/// A key of the scenario and the dimension of PlanSpace that it pins.
struct SearchedKey {
  std::string_view key;        ///< "plan.layout.tensor"
  std::string_view dimension;  ///< "tensor", as space_fields() names it
};
std::span<const SearchedKey> searched_keys();

/// The document without any searched key.
Value without_searched_keys(const Value& document);

/// Pins every dimension that the document states. `pinned` gains "tensor = 8" for each. Errors: a
/// stated value that [search.space] excludes.
Diagnostics pin_stated(const Value& document, PlanSpace& space, std::vector<std::string>& pinned);

/// What a question asks of one pool, as far as contradictions go.
struct PoolLimits {
  std::string name;
  std::int64_t devices = 0;
  std::int64_t global_batch = 0, sequence_length = 0;
  int most_tensor = 0;  ///< 0 = any
};

/// Pinned or restricted values none of which can run, each named with what it contradicts.
Diagnostics space_problems(const Value& document, const PlanSpace& space, const ModelSpec& model,
                           const PoolLimits& limits);

/// Shares of vendors that are not there, or that cannot all hold. `vendors`: one per pool.
Diagnostics vendor_share_problems(const std::vector<VendorShare>& shares,
                                  const std::vector<std::string>& vendors, const Value& document);

/// The tensor degrees up to `most` that divide the model's heads and feed-forward width.
std::vector<int> tensor_degrees(const ModelSpec& model, int most);

}  // namespace polyfleet
