// The entries of one shelf with the quantities that can be compared across it, and pictures of two
// of them against each other.
#pragma once

#include <string>
#include <vector>

#include "view/catalogue_stated.hpp"

namespace polyfleet {

struct ShelfEntry {
  std::string id, name;
  std::string group;            ///< vendor, kind or method
  std::vector<Stated> figures;  ///< as ComparedShelf::quantities
};

struct ShelfQuantity {
  std::string name, unit;
};

struct ComparedShelf {
  std::string group_name;  ///< "vendor"
  std::vector<ShelfQuantity> quantities;
  std::vector<ShelfEntry> entries;
  Diagnostics problems;  ///< of files that do not load; their entries are left out
};

/// Every entry of the shelf.
ComparedShelf compared_shelf(const Catalogue& catalogue, Shelf shelf);

/// Which quantities are drawn against each other.
struct ShelfPair {
  std::string id, title, reading;
  std::size_t x = 0, y = 0;                  ///< of ComparedShelf::quantities
  AxisScale scale = AxisScale::logarithmic;  ///< of both axes, but of none for calendar years
};
std::vector<ShelfPair> shelf_pairs(Shelf shelf);

/// A point for each entry that states both; the others are counted and named. `marked`: the id of
/// an entry that stands out from all others in place of groups; empty = groups.
PageFigure pair_figure(const ComparedShelf& shelf, const ShelfPair& pair, const std::string& marked,
                       const Catalogue& catalogue);

/// A row for each entry with every quantity, and the weakest statement among them.
PageFigure shelf_table(const ComparedShelf& shelf, const Catalogue& catalogue);

}  // namespace polyfleet
