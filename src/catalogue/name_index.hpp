// Names of one shelf: ids from the file names, and once somebody asks by another word the names and
// aliases inside the files. Case, spaces and punctuation do not count, so "MI355X", "mi-355x" and
// "amd_mi355x" all lead there.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/catalogue.hpp"

namespace polyfleet {

/// Letters and digits of a name in lower case.
std::string folded(std::string_view name);

class NameIndex {
 public:
  NameIndex(std::filesystem::path folder, std::string_view noun);

  const std::vector<std::string>& ids() const { return ids_; }
  /// The file (and edition, where an alias means one) of a name without "@", or a diagnostic.
  Result<Found> find(std::string_view name) const;
  /// Every word that leads somewhere, for suggestions.
  std::vector<std::string> words() const;
  bool exists() const { return exists_; }

 private:
  void read_names() const;
  void read_names_of(const std::string& id) const;
  void add(const std::string& word, const std::string& id, const std::string& edition) const;

  std::filesystem::path folder_;
  std::string noun_;
  bool exists_ = false;
  std::vector<std::string> ids_;
  std::map<std::string, std::string> by_folded_id_;
  mutable std::once_flag once_;
  mutable std::map<std::string, Found> by_word_;
  mutable std::vector<std::string> words_;
  mutable Diagnostics unreadable_;
};

}  // namespace polyfleet
