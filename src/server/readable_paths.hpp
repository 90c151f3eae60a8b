// What a request may make the server read: files below the program's own folders, nothing else. A
// text anywhere in a request that leads to another file is refused at its place, whatever key it
// stands under, so that no reader of the engine has to know who is asking.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"

namespace polyfleet {

class ReadablePaths {
 public:
  /// `folders`: what may be read; links are followed before a file is judged.
  explicit ReadablePaths(const std::vector<std::filesystem::path>& folders);

  /// Whether the text is a path out of the folders: absolute, through "..", or a file below the
  /// working folder, `beside` or one of the folders that is, links followed, elsewhere. Lists
  /// ("a,b@c") are judged part by part. "450 GB/s" and names are no paths. In a working folder that
  /// may not be read, any name of a file in it is a path.
  bool leads_outside(std::string_view text, const std::filesystem::path& beside = {}) const;

  /// A problem for every text of the document that leads outside, at its place.
  void check(const Value& document, const std::filesystem::path& beside, Diagnostics& out) const;

 private:
  bool is_inside(const std::filesystem::path& path) const;
  bool part_leads_outside(std::string_view part, const std::filesystem::path& beside) const;

  std::vector<std::filesystem::path> folders_;  ///< canonical
};

}  // namespace polyfleet
