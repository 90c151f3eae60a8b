// One shelf of the catalogue as pictures and tables (`catalogue list`), and one entry of it
// (`catalogue show`): how the entries stand to each other, every figure with who states it and
// where it stands.
#pragma once

#include <string>

#include "catalogue/catalogue.hpp"
#include "chart/figure.hpp"

namespace polyfleet {

/// Files that do not load are told as notices.
FigurePage shelf_page(const Catalogue& catalogue, Shelf shelf);

/// The entry of this name on its shelf, of an edition where the name says one. Precondition: the
/// entry loads. Other files of the shelf that do not are told as notices.
FigurePage entry_page(const Catalogue& catalogue, Shelf shelf, const std::string& name);

}  // namespace polyfleet
