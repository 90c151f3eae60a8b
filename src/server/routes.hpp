// A route as a record: method, address, what it takes and gives, and what answers it. Requests are
// matched, checked and described (openapi.hpp) from the same records, so that none of them can be
// forgotten.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/question.hpp"
#include "server/http_message.hpp"

namespace polyfleet {

/// A request and the parts of its path that the route's address names in braces.
struct RouteCall {
  const HttpRequest& request;
  std::map<std::string, std::string> parts;

  std::string part(const std::string& name) const { return parts.at(name); }
  /// A query parameter; `usual` where it is not given.
  std::string query(const std::string& name, const std::string& usual = {}) const {
    const auto found = request.query.find(name);
    return found == request.query.end() ? usual : found->second;
  }
};

/// Which queue answers: at once, with an estimate, or after longer work.
enum class RouteLane { light, quick, slow };

struct QueryParameter {
  std::string name;
  std::string help;
  std::vector<std::string> choices = {};  ///< empty = any text
};

/// A header that an answer may carry.
struct AnswerHeader {
  std::string name;
  std::string help;
};

struct Route {
  std::string method;   ///< GET, POST, DELETE
  std::string address;  ///< "/api/v1/jobs/{job}/result"; "{path*}" takes slashes too
  std::string summary;
  RouteLane lane = RouteLane::light;
  std::function<HttpResponse(const RouteCall&)> answer;
  std::vector<QueryParameter> query = {};
  const QuestionKind* body = nullptr;  ///< the question that is asked in the body
  int status = 200;                    ///< of the answer when all is well
  std::string content_type = "application/json";
  std::string schema = "Document";  ///< of the answer, in the API's components; JSON only
  std::vector<int> refusals = {};   ///< beside those that any request may meet
  std::vector<AnswerHeader> headers = {};
};

class RouteTable {
 public:
  explicit RouteTable(std::vector<Route> routes);

  const std::vector<Route>& all() const { return routes_; }

  struct Match {
    const Route* route = nullptr;  ///< null: none
    std::map<std::string, std::string> parts = {};
    std::vector<std::string> allowed = {};  ///< methods of the path, where only the method is wrong
  };
  /// HEAD is matched as GET.
  Match match(std::string_view method, std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

/// 400 where the query has parameters that the route does not know, or other values than it takes.
Diagnostics query_problems(const Route& route, const HttpRequest& request);

}  // namespace polyfleet
