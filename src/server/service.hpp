// Everything that `polyfleet ui` answers: the page's files, the API, and its refusals. Knows no
// sockets; http_server.hpp calls it, and tests call it the same way.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "server/http_server.hpp"
#include "server/routes.hpp"
#include "server/security.hpp"

namespace polyfleet {

struct ServiceSettings {
  SecurityRules rules = {};
  std::filesystem::path data_directory;
  std::filesystem::path history;  ///< file of kept runs; empty = none are kept
  std::string data;               ///< fingerprint
  unsigned cores = 1;
  std::vector<Route> more_routes = {};  ///< beside those of the API
};

class Service final : public HttpService {
 public:
  explicit Service(ServiceSettings settings);
  ~Service() override;

  Lane& lane(std::string_view method, std::string_view target) override;
  HttpResponse answer(const HttpRequest& request) override;

  /// Loads what estimates need, so that the first is as fast as the others.
  void warm();
  /// Tells questions that have had their time to stop; to be called now and then.
  void stop_late();
  /// Tells every question to stop, waits for those that run and keeps their answers. Answers no
  /// more.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// The description of the API (OpenAPI 3.1).
Value api_description();

}  // namespace polyfleet
