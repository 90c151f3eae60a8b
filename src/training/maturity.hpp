// Software maturity: how much slower than the kernel-calibrated bound a stack ran at a date. A
// dated factor per (vendor, accelerator family, framework, workload class) from
// data/frameworks/software_maturity.toml; never part of a kernel rate.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"
#include "training/scenario.hpp"

namespace polyfleet {

struct MaturityEntry {
  std::string vendor, family, framework, workload;  ///< "*" matches anything
  std::string accelerator = "*";  ///< catalogue id, where a family's members differ
  std::string from;               ///< "2025-05"
  double factor = 1;              ///< measured over predicted time; 1 = mature
  std::vector<std::string> fitted_on;
  std::string note;
};

/// The factor that applies and why.
struct MaturityFactor {
  double factor = 1;
  std::string basis;
};

/// Whether an entry's pattern, a name or "*", takes this name.
inline bool matches_pattern(const std::string& pattern, std::string_view name) {
  return pattern == "*" || pattern == name;
}
/// What an entry's patterns select, in words: "hopper nemo dense"; "every run" when all are "*".
std::string kind_of_entry(const std::vector<std::string>& patterns);

class MaturityTable {
 public:
  static Result<MaturityTable> load(const std::filesystem::path& data_directory);
  /// The most specific matching entry (accelerator before family before framework before workload
  /// before vendor) not later than `date`; an empty date means the latest release.
  MaturityFactor factor(const Accelerator& accelerator, const std::string& framework,
                        WorkloadClass workload, const std::string& date) const;
  const std::vector<MaturityEntry>& entries() const { return entries_; }

 private:
  std::vector<MaturityEntry> entries_;
};

}  // namespace polyfleet
