// The scenarios that the program brings (scenarios/**), listed once: what a page offers to start
// from, and the only files whose path a request may give as its scenario.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"

namespace polyfleet {

struct ScenarioFile {
  std::string path;     ///< "fleet/small.toml": below scenarios/
  std::string command;  ///< that it is for: "simulate fleet"; empty = part of others
  std::string title;    ///< its name
};

class ScenarioFiles {
 public:
  /// Every .toml below the folder, ordered by path; a missing folder has none.
  explicit ScenarioFiles(const std::filesystem::path& folder);

  const std::vector<ScenarioFile>& all() const { return files_; }
  /// By path, "scenarios/" before it or not; null pointer where there is none.
  const ScenarioFile* find(std::string_view path) const;
  std::vector<std::string> paths() const;
  /// As commands name it: relative to the working folder where it lies there.
  std::string file_of(const ScenarioFile& file) const;
  Result<std::string> text_of(const ScenarioFile& file) const;

 private:
  std::filesystem::path folder_;
  std::vector<ScenarioFile> files_;
};

}  // namespace polyfleet
