#include "server/asset_routes.hpp"

#include "server/http_server.hpp"

namespace polyfleet {
namespace {

bool is_text(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.starts_with("application/json") ||
         content_type.starts_with("image/svg");
}

}  // namespace

AssetFiles::AssetFiles(const std::vector<Asset>& assets, std::size_t least_packed) {
  for (const Asset& asset : assets) {
    File file{&asset, "W/\"" + std::string(asset.hash) + '"', {}};
    if (is_text(asset.content_type) && asset.bytes.size() >= least_packed)
      file.packed = gzip(asset.bytes);
    if (asset.path == "index.html") files_["/"] = file;
    files_['/' + std::string(asset.path)] = std::move(file);
  }
}

std::optional<HttpResponse> AssetFiles::answer(const HttpRequest& request) const {
  const auto found = files_.find(request.path);
  if (found == files_.end()) return std::nullopt;
  const auto& [asset, tag, packed] = found->second;
  HttpResponse response;
  response.headers = {{"ETag", tag}, {"Cache-Control", "no-cache"}, {"Vary", "Accept-Encoding"}};
  if (request.if_none_match.find(tag) != std::string::npos || request.if_none_match == "*") {
    response.status = 304;
    return response;
  }
  response.content_type = asset->content_type;
  if (request.accepts_gzip && !packed.empty()) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = packed;
  } else {
    response.body = asset->bytes;
  }
  return response;
}

}  // namespace polyfleet
