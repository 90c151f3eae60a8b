#include "assets/asset.hpp"

#include <algorithm>

namespace polyfleet {

const Asset* find_asset(std::string_view path) {
  const std::vector<Asset>& all = assets();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [path](const Asset& asset) { return asset.path == path; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace polyfleet
