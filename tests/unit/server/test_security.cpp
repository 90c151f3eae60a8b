#include <doctest/doctest.h>

#include <algorithm>

#include "server/security.hpp"

using namespace polyfleet;

namespace {

HttpRequest get(const std::string& host) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/";
  request.host = host;
  return request;
}

/// Status of the refusal, 0 where there is none.
int status_of(const HttpRequest& request, const std::string& address = "127.0.0.1") {
  const auto refused = refused_by_rules({address}, request);
  return refused ? refused->status : 0;
}

HttpRequest post(const std::string& content_type) {
  HttpRequest request = get("localhost:8765");
  request.method = "POST";
  request.content_type = content_type;
  return request;
}

}  // namespace

TEST_CASE("a host is a name of this machine, with any port") {
  for (const char* host : {"127.0.0.1", "127.0.0.1:8765", "localhost:1", "LOCALHOST", "[::1]:80",
                           "[::1]", "127.8.9.1"}) {
    CAPTURE(host);
    CHECK(status_of(get(host)) == 0);
  }
  for (const char* host : {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80",
                           "10.0.0.1", "127.0.0.1:x", "[::1", "[::1]x", "evil:80:80", "0.0.0.0",
                           "localhost.", "127.0.0.1@evil.example", "1270.0.0.1", "127.0.1"}) {
    CAPTURE(host);
    CHECK(status_of(get(host)) == 403);
  }
  CHECK(status_of(get("")) == 400);
}

TEST_CASE("where the server listens for others, addresses by number are its own, names are not") {
  CHECK(status_of(get("10.0.0.1:80"), "0.0.0.0") == 0);
  CHECK(status_of(get("[fe80::1]:80"), "::") == 0);
  CHECK(status_of(get("evil.example"), "0.0.0.0") == 403);
  CHECK(status_of(get("10.0.0.1"), "10.0.0.1") == 0);
  CHECK(status_of(get("10.0.0.2"), "10.0.0.1") == 403);
  CHECK(status_of(get("planner.lan:80"), "planner.lan") == 0);
}

TEST_CASE("other sites are not answered") {
  HttpRequest request = get("localhost:8765");
  request.origin = "http://localhost:8765";
  CHECK(status_of(request) == 0);
  for (const char* origin : {"http://evil.example", "null", "http://localhost:8766",
                             "https://localhost:8765", "http://localhost", "file://"}) {
    CAPTURE(origin);
    request.origin = origin;
    CHECK(status_of(request) == 403);
  }
  HttpRequest form = post("application/json");
  form.fetch_site = "cross-site";
  CHECK(status_of(form) == 403);
  form.fetch_site = "same-origin";
  CHECK(status_of(form) == 0);
}

TEST_CASE("a body that a form of another site can send is refused") {
  CHECK(status_of(post("application/json")) == 0);
  CHECK(status_of(post("Application/JSON; charset=utf-8")) == 0);
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json", "application/jsonp", "text/json"}) {
    CAPTURE(type);
    CHECK(status_of(post(type)) == 415);
  }
}

TEST_CASE("every answer forbids what pages of others would do with it") {
  HttpResponse page, report;
  add_security_headers(page, false);
  add_security_headers(report, true);
  const auto header = [](const HttpResponse& response, std::string_view name) {
    const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                    [&](const auto& each) { return each.first == name; });
    return found == response.headers.end() ? std::string() : found->second;
  };
  CHECK(header(page, "X-Content-Type-Options") == "nosniff");
  CHECK(header(page, "X-Frame-Options") == "DENY");
  const std::string rules = header(page, "Content-Security-Policy");
  CHECK(rules.find("default-src 'none'") == 0);
  CHECK(rules.find("unsafe") == std::string::npos);
  CHECK(rules.find("frame-ancestors 'none'") != std::string::npos);
  CHECK(header(report, "Content-Security-Policy").find("sandbox") != std::string::npos);
  CHECK(header(page, "Access-Control-Allow-Origin").empty());
}
