// The page's files, carried in the program: found by their exact path in a table, so that no path
// leads anywhere else. Browsers ask again each time and are told that nothing changed (ETag): the
// files have fixed names and change with the program.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/asset.hpp"
#include "server/http_message.hpp"

namespace polyfleet {

class AssetFiles {
 public:
  /// "/" is index.html. Texts of more than `least_packed` bytes are packed once, for clients that
  /// take gzip.
  explicit AssetFiles(const std::vector<Asset>& assets, std::size_t least_packed = 1400);

  /// The file at the address, 304 where the client has it; nothing where there is none.
  std::optional<HttpResponse> answer(const HttpRequest& request) const;

 private:
  struct File {
    const Asset* asset;
    std::string tag;
    std::string packed;  ///< empty: does not pay
  };
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace polyfleet
