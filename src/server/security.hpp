// Who may ask. The server stands on the reader's own machine, where any web page that he visits can
// send requests: so the Host must be a name of this server (else a foreign name was pointed here,
// "DNS rebinding"), an Origin must be the page itself, and bodies must say that they are JSON,
// which no form of another site can. There is no login: whoever reaches the port may ask.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/http_message.hpp"

namespace polyfleet {

struct SecurityRules {
  /// Where the server listens: "127.0.0.1", "::1", "0.0.0.0", a name.
  std::string address = "127.0.0.1";
};

/// An address that only this machine reaches: 127.0.0.0/8, ::1, localhost.
bool is_loopback(std::string_view address);

/// 400, 403 or 415 where the request may not be answered.
std::optional<HttpResponse> refused_by_rules(const SecurityRules& rules,
                                             const HttpRequest& request);

/// What every answer carries: no sniffing, no frames, no referrer, and content rules that let a
/// page load only what this server carries. `own_document`: a one-file report, which brings its
/// script and style in itself and is locked into a sandbox instead.
void add_security_headers(HttpResponse& response, bool own_document);

}  // namespace polyfleet
