// Predicted rates kept between runs: one small JSON file an answer, named by a hash of everything
// that it depends on (the question, the class, every file of data/, the program itself). A file
// that cannot be read, or answers another question, counts as absent; writing is best effort, so
// that a full disk costs time, never an answer.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/fleet_rates.hpp"

namespace polyfleet {

/// What all answers of one program and data folder share, as text.
std::string rate_fingerprint(const std::filesystem::path& data_directory);

/// Question and class in words: equal texts have equal answers.
std::string rate_question_text(const RateQuestion& question, const RateClass& on);

/// $XDG_CACHE_HOME/polyfleet/rates, else ~/.cache/polyfleet/rates; empty where neither is set.
std::filesystem::path usual_rate_folder();

class RateStore {
 public:
  /// `folder` empty: nothing is kept or found.
  RateStore(std::filesystem::path folder, std::string fingerprint);

  std::optional<WorkloadRate> find(const std::string& question) const;
  void keep(const std::string& question, const WorkloadRate& rate) const;

 private:
  std::filesystem::path file_of(const std::string& question) const;
  std::filesystem::path folder_;
  std::string fingerprint_;
};

}  // namespace polyfleet
