// The state of one row while it is being interpreted: the cells after correction, the framework's
// profile and the choices made so far. Internal to the validation room.
#pragma once

#include <string>
#include <vector>

#include "validation/interpretation.hpp"
#include "validation/knowledge.hpp"
#include "workload/model_spec.hpp"

namespace polyfleet {

class RowReading {
 public:
  RowReading(const MappingTables& tables, TruthRow corrected_row,
             std::vector<AppliedCorrection> applied);

  const MappingTables& tables;
  TruthRow row;
  const FrameworkProfile* profile = nullptr;
  ProfileContext context;
  std::vector<Assumption> assumptions;
  std::string skip;  ///< the first reason to leave the row out

  /// The reason, once; later ones are dropped.
  void leave_out(std::string reason);
  bool left_out() const { return !skip.empty(); }

  void corrected(const AppliedCorrection& change);
  void inferred(std::string setting, std::string value, std::string why);
  void defaulted(const ProfileDefault& entry, std::string_view setting);

  /// The profile's value of a setting, recorded as an assumption; empty when it has none.
  std::string from_profile(std::string_view setting);
  /// The same without recording it.
  std::string peek_profile(std::string_view setting) const;
  /// The stated flag, else the profile's ("true", "with_tensor_parallel" when `tensor` > 1).
  bool flag_or_profile(std::string_view column, std::string_view setting, int tensor);
  double number_from_profile(std::string_view setting, double otherwise);
  /// A duration of the profile ("0.35 ms") in seconds; 0 when it has none.
  double seconds_from_profile(std::string_view setting);

  bool is_lora() const { return context.workload == "lora"; }
};

}  // namespace polyfleet
