// The catalogue: parts, systems, fabrics, models, sites and prices of data/, found by id, printed
// name, alias or path. Loading only lists file names; a file is parsed when it is asked for, an
// alias makes its folder be parsed once, and answers are kept, so that thousands of lookups cost
// little. Wrong where the data change while the program runs.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/accelerator.hpp"
#include "catalogue/fabric.hpp"
#include "catalogue/site.hpp"
#include "catalogue/system.hpp"
#include "config/value.hpp"

namespace polyfleet {

enum class Shelf { hardware, systems, fabrics, models, sites, prices };
inline constexpr std::size_t kShelfCount = 6;
/// Folder of data/ that holds the shelf.
inline constexpr std::array<std::string_view, kShelfCount> kShelfFolders{
    "hardware", "systems", "fabrics", "models", "sites", "prices"};
/// What one thing on the shelf is called.
inline constexpr std::array<std::string_view, kShelfCount> kShelfNouns{
    "accelerator", "system", "fabric", "model", "site", "price set"};

/// Where a name leads: a file, and the edition asked for.
struct Found {
  std::filesystem::path file;
  std::string edition;
};

/// Where a figure stands.
struct Source {
  std::string key;
  std::string url;
  std::string title;
  std::string read;  ///< how it was read: "page read", "read through another document", ...
};

class Catalogue {
 public:
  /// Part by id, name, alias or path, with an optional "@edition". Diagnoses unknown names (with
  /// a suggestion), unknown editions and every fault of the file.
  Result<Accelerator> accelerator(std::string_view name) const;
  /// System by id, name, alias or path; an accelerator's name gives its default system. An edition
  /// selects that of the system where it has one, and of its accelerator (System::edition).
  Result<System> system(std::string_view name) const;
  Result<Fabric> fabric(std::string_view name) const;
  Result<Site> site(std::string_view name) const;
  /// The accelerator a system is made of, in the system's edition.
  Result<Accelerator> accelerator_of(const System& system) const;

  /// File of a model; the workload room reads it. A path may lead to a folder with config.json.
  Result<std::filesystem::path> model_file(std::string_view name) const;
  /// The document behind a name, its edition laid over it: every figure with its source.
  Result<Value> document(Shelf shelf, std::string_view name) const;
  Result<Source> source(std::string_view key) const;

  /// Ids on a shelf, sorted.
  const std::vector<std::string>& ids(Shelf shelf) const;
  /// Names, aliases and editions count too; diagnoses with the nearest name.
  Result<Found> find(Shelf shelf, std::string_view name) const;
  const std::filesystem::path& directory() const;

 private:
  friend Result<Catalogue> load_catalogue(const std::filesystem::path& data_directory);
  struct Store;
  static Diagnostics unknown_system(const Store& store, std::string_view name);
  std::shared_ptr<Store> store_;
};

/// Lists data/; parses nothing. Diagnoses missing folders.
Result<Catalogue> load_catalogue(const std::filesystem::path& data_directory);

}  // namespace polyfleet
