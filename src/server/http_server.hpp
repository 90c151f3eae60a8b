// HTTP over sockets for whatever answers HttpRequest with HttpResponse. cpp-httplib opens the port,
// reads heads and writes answers; connections, deadlines and limits are connection_loop.hpp's.
// HTTP/1.1 without TLS: for loopback, or behind something that adds it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "server/connection_loop.hpp"
#include "server/http_message.hpp"
#include "server/lane.hpp"

namespace polyfleet {

class HttpService {
 public:
  virtual ~HttpService() = default;
  /// Where the request is answered; called on the thread of the sockets, so it must be quick.
  virtual Lane& lane(std::string_view method, std::string_view target) = 0;
  /// Called on a thread of the lane. What it throws is answered with 500.
  virtual HttpResponse answer(const HttpRequest& request) = 0;
};

struct HttpAddress {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0 = any that is free
};

class HttpServer {
 public:
  /// Listens; answers nothing yet. `service` outlives the server, and its lanes are stopped before
  /// the server is destroyed. Errors: a port in use or not allowed, an address that is not here.
  static Result<std::unique_ptr<HttpServer>> open(const HttpAddress& address, HttpService& service,
                                                  const ConnectionLimits& connections = {},
                                                  const FrameLimits& frame = {});
  ~HttpServer();

  int port() const;
  /// Answers until stop(), which any thread may call.
  void run();
  void stop();

 private:
  struct Parts;
  explicit HttpServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// The bytes as gzip (RFC 1952).
std::string gzip(std::string_view bytes);

}  // namespace polyfleet
