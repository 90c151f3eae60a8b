// How well inputs of an estimate are known where the cost models do not say it themselves:
// catalogue figures by the status of the figure, fitted settings, and what a measurement would
// leave (data/training/uncertainty.toml).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace polyfleet {

struct KnownTo {
  double sigma = 0;  ///< of the natural logarithm; of the share itself for shares
  std::string status, source;
};

class UncertaintyTable {
 public:
  /// Errors: a missing table, an unknown key, an entry without sigma, status or source.
  static Result<UncertaintyTable> load(const std::filesystem::path& data_directory);

  /// By the status of a catalogue figure: "vendor claim". Precondition: a name of kStatusNames.
  const KnownTo& figure(std::string_view status) const;
  /// host or overlap_share.
  const KnownTo& setting(std::string_view name) const;
  /// What a measurement leaves: of gemm, attention, ..., figure, run.
  const KnownTo& after(std::string_view name) const;

 private:
  using Entries = std::map<std::string, KnownTo, std::less<>>;
  Entries figures_, settings_, after_;
};

}  // namespace polyfleet
