// The shipped catalogue and tables, for tests of serving rows.
#pragma once

#include <string>

#include "catalogue/catalogue.hpp"

namespace polyfleet {

inline std::string folder(const char* name) {
  return std::string(POLYFLEET_SOURCE_DIR) + '/' + name;
}

inline const Catalogue& catalogue() {
  static const Catalogue loaded = *load_catalogue(folder("data"));
  return loaded;
}

}  // namespace polyfleet
