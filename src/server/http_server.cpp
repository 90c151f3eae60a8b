// The only file that sees cpp-httplib. The library's own loop holds a thread a connection and has
// deadlines a read, so only its listening socket, its reader of heads and its writer of answers are
// used: a whole request comes in as bytes, a whole answer goes out as bytes.
// The macros are those that Debian's library is built with (pkg-config --cflags cpp-httplib).
#define CPPHTTPLIB_OPENSSL_SUPPORT
#define CPPHTTPLIB_ZLIB_SUPPORT
#define CPPHTTPLIB_BROTLI_SUPPORT
#include "server/http_server.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <cerrno>
#include <cstring>

#include "base/broken_contract.hpp"

namespace polyfleet {
namespace {

constexpr int kBacklog = 512;  // connections that the kernel holds until they are accepted
constexpr int kIdleSeconds = 75;

/// Reads from the head of a request, writes into the answer.
class BytesStream final : public httplib::Stream {
 public:
  explicit BytesStream(std::string_view from) : from_(from) {}
  bool is_readable() const override { return !from_.empty(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* into, size_t size) override {
    const std::size_t count = std::min(size, from_.size());
    std::memcpy(into, from_.data(), count);
    from_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* bytes, size_t size) override {
    written_.append(bytes, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }
  std::string take() { return std::move(written_); }

 private:
  std::string_view from_;
  std::string written_;
};

std::string header(const httplib::Request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

HttpRequest request_of(const httplib::Request& read) {
  HttpRequest request;
  request.method = read.method;
  request.path = read.path;
  for (const auto& [name, value] : read.params) request.query.emplace(name, value);
  request.host = header(read, "Host");
  request.origin = header(read, "Origin");
  request.fetch_site = header(read, "Sec-Fetch-Site");
  request.content_type = header(read, "Content-Type");
  request.if_none_match = header(read, "If-None-Match");
  request.accepts_gzip = header(read, "Accept-Encoding").find("gzip") != std::string::npos;
  request.body = read.body;
  return request;
}

void write(HttpResponse&& answer, httplib::Response& response) {
  response.status = answer.status;
  response.headers.clear();
  for (auto& [name, value] : answer.headers) response.headers.emplace(name, std::move(value));
  if (!answer.content_type.empty())
    response.headers.emplace("Content-Type", std::move(answer.content_type));
  response.body = std::move(answer.body);
}

class Httplib final : public httplib::Server {
 public:
  explicit Httplib(HttpService& service) : service_(service) {
    set_keep_alive_timeout(kIdleSeconds);
    set_keep_alive_max_count(1'000'000);
    // One owner a port: the library's SO_REUSEPORT would share it with another server.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    set_pre_routing_handler([this](const httplib::Request& read, httplib::Response& response) {
      write(answer(read), response);
      return HandlerResponse::Handled;
    });
    // What the library refuses by itself comes without a body.
    set_error_handler(HandlerWithResponse([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return HandlerResponse::Unhandled;
      write(refusal(response.status, std::string(status_word(response.status))), response);
      return HandlerResponse::Handled;
    }));
  }

  /// The listening socket, not to be closed by the library any more; -1 where there is none.
  int listen_at(const HttpAddress& address, int& port) {
    errno = 0;
    port = address.port == 0 ? bind_to_any_port(address.host)
                             : (bind_to_port(address.host, address.port) ? address.port : -1);
    if (port < 0) return -1;
    const int socket = svr_sock_.exchange(INVALID_SOCKET);
    ::listen(socket, kBacklog);  // the library asks for 5
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
    return socket;
  }

  ServedBytes serve(const std::string& head, std::string body) {
    BytesStream stream(head);
    bool close = false;
    const bool served = process_request(stream, false, close, [&](httplib::Request& request) {
      request.body = std::move(body);
      request.ranges.clear();
      // Else it would pack every answer again; what pays is packed once (asset_routes.hpp).
      if (header(request, "Accept-Encoding").find("gzip") != std::string::npos)
        request.headers.emplace("X-Accepts-Gzip", "1");
      request.headers.erase("Accept-Encoding");
    });
    return {stream.take(), close || !served};
  }

 private:
  HttpResponse answer(const httplib::Request& read) try {
    HttpRequest request = request_of(read);
    request.accepts_gzip = read.has_header("X-Accepts-Gzip");
    return service_.answer(request);
  } catch (const std::exception& error) {
    return refusal(500, internal_error_text(error),
                   "please report this with the request that led here");
  }

  HttpService& service_;
};

std::string refused_bytes(int status, const std::string& reason) {
  const HttpResponse answer = refusal(status, reason);
  return fmt::format(
      "HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Type: {}\r\n"
      "X-Content-Type-Options: nosniff\r\nContent-Length: {}\r\n\r\n{}",
      status, status_word(status), answer.content_type, answer.body.size(), answer.body);
}

}  // namespace

struct HttpServer::Parts {
  explicit Parts(HttpService& answers) : service(answers), library(answers) {}

  void serve(std::string head, std::string body, ConnectionLoop::Done done) {
    const std::size_t blank = head.find(' '), end = head.find(' ', blank + 1);
    const std::string_view method(head.data(), blank);
    const std::string_view target(head.data() + blank + 1, end - blank - 1);
    Lane& lane = service.lane(method, target);
    auto work = [this, head = std::move(head), body = std::move(body), done]() mutable {
      done(served(head, std::move(body)));
    };
    if (!lane.push(std::move(work)))
      done({refused_bytes(503, "the server has more to do than it can hold"), true});
  }

  /// What goes wrong beside the answer itself must not leave the connection without one.
  ServedBytes served(const std::string& head, std::string body) try {
    return library.serve(head, std::move(body));
  } catch (const std::exception& error) {
    return {refused_bytes(500, internal_error_text(error)), true};
  }

  HttpService& service;
  Httplib library;
  int port = 0;
  std::unique_ptr<ConnectionLoop> loop;
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::open(const HttpAddress& address,
                                                     HttpService& service,
                                                     const ConnectionLimits& connections,
                                                     const FrameLimits& frame) {
  auto parts = std::make_unique<Parts>(service);
  const int listener = parts->library.listen_at(address, parts->port);
  if (listener < 0) {
    const int fault = errno;
    if (fault == EADDRINUSE)
      return problem_at({"--port", 0, 0}, fmt::format("port {} is in use", address.port),
                        "give another, or --port 0 for any that is free");
    return problem_at({"--address", 0, 0},
                      fmt::format("{}:{} cannot be listened on{}{}", address.host, address.port,
                                  fault == 0 ? "" : ": ", fault == 0 ? "" : std::strerror(fault)),
                      "give an address of this machine and a port that you may use");
  }
  Parts* held = parts.get();
  parts->loop = std::make_unique<ConnectionLoop>(
      listener, connections, frame,
      [held](std::string head, std::string body, ConnectionLoop::Done done) {
        held->serve(std::move(head), std::move(body), std::move(done));
      },
      refused_bytes);
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

int HttpServer::port() const { return parts_->port; }
void HttpServer::run() { parts_->loop->run(); }
void HttpServer::stop() { parts_->loop->stop(); }

std::string gzip(std::string_view bytes) {
  httplib::detail::gzip_compressor compressor;
  std::string packed;
  compressor.compress(bytes.data(), bytes.size(), true, [&](const char* data, size_t size) {
    packed.append(data, size);
    return true;
  });
  return packed;
}

}  // namespace polyfleet
