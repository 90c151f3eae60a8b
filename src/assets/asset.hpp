// Files that the program carries in itself: the web page and what one-file reports need, built from
// web/ by cmake/web.cmake. The list is made while building; nothing is read from disk at run time.
#pragma once

#include <string_view>
#include <vector>

namespace polyfleet {

struct Asset {
  std::string_view path;  ///< "index.html", "assets/app.js", "report/report.css"
  std::string_view content_type;
  std::string_view bytes;
  std::string_view hash;  ///< of the bytes, for ETag
};

/// Every carried file, ordered by path.
const std::vector<Asset>& assets();
/// The file of this path, or null pointer.
const Asset* find_asset(std::string_view path);

}  // namespace polyfleet
