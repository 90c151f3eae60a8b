#include "server/openapi.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/api_parts.hpp"
#include "server/openapi_schemas.hpp"

namespace polyfleet {
namespace {

Value problems_answer(const std::string& description) {
  return Table{
      {"description", description},
      {"content", Table{{"application/json", Table{{"schema", schema_named("Problems")}}}}}};
}

/// Why a status is given, for people.
std::string reason_of(int status) {
  switch (status) {
    case 400:
      return "the body is no JSON or has unknown members, or a parameter is unknown";
    case 403:
      return "the Host is not this server, or the Origin is another site";
    case 404:
      return "there is no such thing";
    case 409:
      return "there is no answer yet";
    case 413:
      return "the body is larger than 4 MiB";
    case 415:
      return "the body is not said to be application/json";
    case 422:
      return "the question has problems, each named with its place";
    default:
      return "the server has more to do than it can hold";
  }
}

std::vector<int> refusals_of(const Route& route) {
  std::vector<int> statuses = route.refusals;
  statuses.push_back(403);
  statuses.push_back(503);
  if (!route.query.empty() || route.body != nullptr) statuses.push_back(400);
  if (route.body != nullptr) {
    statuses.push_back(413);
    statuses.push_back(415);
  }
  std::sort(statuses.begin(), statuses.end());
  statuses.erase(std::unique(statuses.begin(), statuses.end()), statuses.end());
  return statuses;
}

Value good_answer(const Route& route) {
  Value media{Table{}};
  media.set("schema", route.content_type == "application/json" ? schema_named(route.schema)
                                                               : Value(Table{{"type", "string"}}));
  const std::string type = route.content_type.substr(0, route.content_type.find(';'));
  Value answer{Table{}};
  answer.set("description", route.summary);
  if (!route.headers.empty()) {
    Value headers{Table{}};
    for (const AnswerHeader& header : route.headers)
      headers.set(header.name,
                  Table{{"description", header.help}, {"schema", Table{{"type", "string"}}}});
    answer.set("headers", std::move(headers));
  }
  Value content{Table{}};
  content.set(type, std::move(media));
  answer.set("content", std::move(content));
  return answer;
}

Value responses_of(const Route& route) {
  Value responses{Table{}};
  responses.set(fmt::format("{}", route.status), good_answer(route));
  for (const int status : refusals_of(route))
    responses.set(fmt::format("{}", status), problems_answer(reason_of(status)));
  return responses;
}

Value parameters_of(const Route& route) {
  Value list{Array{}};
  for (std::size_t at = route.address.find('{'); at != std::string::npos;
       at = route.address.find('{', at + 1)) {
    std::string name = route.address.substr(at + 1, route.address.find('}', at) - at - 1);
    if (name.ends_with('*')) name.pop_back();
    list.push(Table{
        {"name", name}, {"in", "path"}, {"required", true}, {"schema", Table{{"type", "string"}}}});
  }
  for (const QueryParameter& parameter : route.query) {
    Value schema{Table{{"type", "string"}}};
    if (!parameter.choices.empty()) {
      Value choices{Array{}};
      for (const std::string& choice : parameter.choices) choices.push(choice);
      schema.set("enum", std::move(choices));
    }
    list.push(Table{{"name", parameter.name},
                    {"in", "query"},
                    {"description", parameter.help},
                    {"schema", std::move(schema)}});
  }
  return list;
}

Value operation_of(const Route& route) {
  Value operation{Table{}};
  operation.set("summary", route.summary);
  operation.set("parameters", parameters_of(route));
  if (route.body != nullptr) {
    Value media{Table{}};
    media.set("schema", schema_named("Question-" + address_word(route.body->command)));
    Value content{Table{}};
    content.set("application/json", std::move(media));
    operation.set("requestBody", Table{{"required", true}, {"content", std::move(content)}});
  }
  operation.set("responses", responses_of(route));
  return operation;
}

std::string path_of(const Route& route) {
  std::string path = route.address;
  if (const std::size_t star = path.find('*'); star != std::string::npos) path.erase(star, 1);
  return path;
}

}  // namespace

Value describe_api(const std::vector<Route>& routes) {
  Value paths{Table{}}, schemas = answer_schemas();
  for (const Route& route : routes) {
    const std::string path = path_of(route);
    Value operations = paths.find(path) == nullptr ? Value(Table{}) : *paths.find(path);
    std::string method = route.method;
    std::transform(method.begin(), method.end(), method.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    operations.set(method, operation_of(route));
    paths.set(path, std::move(operations));
  }
  for (const QuestionKind& kind : question_kinds())
    schemas.set("Question-" + address_word(kind.command), body_schema(kind));
  return Table{
      {"openapi", "3.1.0"},
      {"info", Table{{"title", "polyfleet"},
                     {"version", POLYFLEET_VERSION},
                     {"description",
                      "Questions and answers of polyfleet as its command line has them "
                      "(docs/api.md). For this machine alone: no login, no requests of other "
                      "sites."},
                     {"license", Table{{"name", "Apache-2.0"}}}}},
      {"paths", std::move(paths)},
      {"components", Table{{"schemas", std::move(schemas)}}}};
}

}  // namespace polyfleet
