// What `polyfleet catalogue list|show|compare` prints: one content, as a table and as JSON. Derived
// figures of compare use dense peaks and one-direction rates and take the weakest status of their
// inputs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "config/value.hpp"
#include "report/table.hpp"

namespace polyfleet {

/// The same content for people and for programs.
struct CatalogueView {
  TextTable table;
  std::vector<std::string> remarks;  ///< lines below the table
  Value json;
};

/// The table and its remarks.
std::string to_text(const CatalogueView& view, PageStyle style = {});

/// Everything on a shelf, one row a file. Diagnoses every file that does not load.
Result<CatalogueView> list_shelf(const Catalogue& catalogue, Shelf shelf);
/// The shelf by the word a user writes: "accelerators", "hardware", "systems", "models", ...
Result<Shelf> shelf_named(std::string_view word);

/// The shelf that has an entry of this name, alias or path; the first in the order of Shelf.
Result<Shelf> shelf_holding(const Catalogue& catalogue, std::string_view name);
/// One entry of any shelf, figure by figure; with_sources adds where each stands. An id comes
/// first; a name that several shelves know means the accelerator, then the system.
Result<CatalogueView> show_entry(const Catalogue& catalogue, std::string_view name,
                                 bool with_sources);

/// An accelerator with the system that it is built into, where one is known.
struct ComparedPart {
  Accelerator accelerator;
  std::optional<System> system;

  /// "amd_mi455x@announced"
  std::string title() const;
  /// A figure of the system where it has one, else the accelerator's own.
  template <class Q>
  const std::optional<Figure<Q>>& of_system(std::optional<Figure<Q>> System::*built,
                                            std::optional<Figure<Q>> Accelerator::*alone) const {
    return system && (*system).*built ? (*system).*built : accelerator.*alone;
  }
};

/// The parts of these names, each in its default system, or in the system that a name means.
/// Errors: no name, names that are not known, all of them.
Result<std::vector<ComparedPart>> compared_parts(const Catalogue& catalogue,
                                                 const std::vector<std::string>& names);

/// Accelerators side by side, each in its default system (or the system named), with derived
/// figures: FLOP per byte, W per TFLOP/s, link bytes per FLOP, memory per USD, accelerators per MW.
Result<CatalogueView> compare_parts(const Catalogue& catalogue,
                                    const std::vector<std::string>& names, bool with_sources);

}  // namespace polyfleet
