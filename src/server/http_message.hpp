// A request and its response as the routes see them: no sockets and no library types, so that every
// route is tested by calling it. Headers that no route looks at are not carried along.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "config/value.hpp"

namespace polyfleet {

struct HttpRequest {
  std::string method;  ///< "GET"; HEAD is answered as GET, without its body
  std::string path;    ///< percent-decoded: "/api/v1/jobs"
  std::map<std::string, std::string> query;
  std::string host, origin, fetch_site, content_type, if_none_match;
  bool accepts_gzip = false;
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

/// The document as --json prints it: indented, with a line break at its end.
HttpResponse json_response(const Value& document, int status = 200);

/// {"problems": [...]} for a request as a whole.
HttpResponse refusal(int status, std::string what, std::string fix = {});

/// {"problems": [{file, line, column, field, what, fix}]}. `scenario_file` names the scenario of
/// the question: its problems have the field "scenario"; "--set KEY" has KEY, "--NAME" has
/// "options.NAME".
Value problems_document(const Diagnostics& problems, const std::string& scenario_file = {});
HttpResponse problem_response(int status, const Diagnostics& problems,
                              const std::string& scenario_file = {});

/// The word of a status: "Not Found".
std::string_view status_word(int status);

}  // namespace polyfleet
