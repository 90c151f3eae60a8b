// What a training framework does when a published run does not say: defaults and recipe settings,
// dated, each with its source (data/frameworks/*.toml, docs/frameworks.md). A profile may inherit
// from another. Wrong where a run quietly departs from its framework's recipes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"

namespace polyfleet {

/// Months since January of year 0; "2024-06", "2024" (mid-year), "2023-2024" (the turn of the
/// year). Nothing if the text holds no year from 1990 to 2100.
std::optional<int> month_of(std::string_view date);

/// What a default may depend on.
struct ProfileContext {
  int month = 0;
  std::string workload;  ///< dense, moe, lora or sft
  std::string vendor;
  std::string accelerator;  ///< as the row names it
};

/// One dated entry. Empty conditions hold for everything.
struct ProfileDefault {
  std::string setting;
  std::string value;
  std::optional<int> from, until;  ///< months, both included
  std::string workload, vendor, accelerator;
  std::string source;
  std::string status;  ///< documented default | documented recipe | estimated | fitted

  bool holds(const ProfileContext&) const;
};

struct ProfileMatch {
  std::string framework, title, vendor;  ///< lower-case parts; empty matches everything
};

struct FrameworkProfile {
  std::string id;
  std::string name;
  std::string inherits;
  int priority = 0;
  std::vector<ProfileMatch> matches;
  std::vector<ProfileDefault> defaults;
};

class FrameworkProfiles {
 public:
  /// Reads every profile of a folder (precision.toml and software_maturity.toml are not profiles).
  static Result<FrameworkProfiles> load(const std::string& folder);
  /// Adds one document; `file` is for messages.
  Result<bool> add(const Value& document, const std::string& file);

  /// The profile whose match fits best: highest priority, then the longest matching framework name.
  /// Null pointer when none fits.
  const FrameworkProfile* select(std::string_view framework, std::string_view title,
                                 std::string_view vendor) const;
  const FrameworkProfile* find(std::string_view id) const;
  /// The last entry of the profile (else of what it inherits) that holds; null pointer when none.
  const ProfileDefault* value_of(const FrameworkProfile& profile, std::string_view setting,
                                 const ProfileContext& context) const;
  const std::vector<FrameworkProfile>& all() const { return profiles_; }

 private:
  std::vector<FrameworkProfile> profiles_;
};

}  // namespace polyfleet
