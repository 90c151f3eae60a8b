#include "server/security.hpp"

#include <algorithm>

#include "server/request_frame.hpp"

namespace polyfleet {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "a.b.c.d" of numbers; what is in no such form may be a name that somebody else owns.
bool is_ipv4(std::string_view text) {
  int parts = 0;
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view part = text.substr(0, dot);
    if (!is_digits(part) || part.size() > 3) return false;
    ++parts;
    if (dot == text.size()) return parts == 4;
    text.remove_prefix(dot + 1);
  }
}

bool is_ipv6(std::string_view text) {
  return text.find(':') != std::string_view::npos &&
         text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

/// "name:8765" and "[::1]:8765" without port and brackets; empty where it is neither.
std::string_view host_of(std::string_view written) {
  if (written.starts_with('[')) {
    const std::size_t end = written.find(']');
    if (end == std::string_view::npos) return {};
    const std::string_view rest = written.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_digits(rest.substr(1)))) return {};
    return written.substr(1, end - 1);
  }
  const std::size_t colon = written.find(':');
  if (colon == std::string_view::npos) return written;
  return is_digits(written.substr(colon + 1)) ? written.substr(0, colon) : std::string_view{};
}

bool is_any_address(std::string_view address) { return address == "0.0.0.0" || address == "::"; }

/// An address by number cannot be a foreign name that was pointed here.
bool is_own_host(const SecurityRules& rules, std::string_view host) {
  if (host.empty()) return false;
  if (is_loopback(host) || same_word(host, rules.address)) return true;
  return is_any_address(rules.address) && (is_ipv4(host) || is_ipv6(host));
}

bool says_json(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return same_word(type, "application/json");
}

}  // namespace

bool is_loopback(std::string_view address) {
  return same_word(address, "localhost") || address == "::1" ||
         (is_ipv4(address) && address.starts_with("127."));
}

std::optional<HttpResponse> refused_by_rules(const SecurityRules& rules,
                                             const HttpRequest& request) {
  if (request.host.empty())
    return refusal(400, "the request names no Host", "send the Host header");
  if (!is_own_host(rules, host_of(request.host)))
    return refusal(403, "this server is not '" + request.host + "'",
                   "ask it by its address, or by localhost");
  const bool foreign_origin = !request.origin.empty() && request.origin != "http://" + request.host;
  const bool changes = request.method != "GET" && request.method != "HEAD";
  const bool foreign_site = request.fetch_site == "cross-site" || request.fetch_site == "same-site";
  if (foreign_origin || (changes && foreign_site))
    return refusal(403, "requests of other sites are not answered",
                   "open the page that this server gives");
  if (request.method == "POST" && !says_json(request.content_type))
    return refusal(415, "the body is not said to be JSON", "send Content-Type: application/json");
  return std::nullopt;
}

void add_security_headers(HttpResponse& response, bool own_document) {
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("X-Frame-Options", "DENY");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.emplace_back(
      "Content-Security-Policy",
      own_document
          ? "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src "
            "data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox "
            "allow-scripts allow-downloads allow-popups allow-modals"
          : "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'");
}

}  // namespace polyfleet
