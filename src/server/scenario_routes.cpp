// GET scenarios: what the program brings to start from.
#include "base/spelling.hpp"
#include "server/api_parts.hpp"

namespace polyfleet {
namespace {

HttpResponse list_scenarios(const ApiParts& parts) {
  Value list{Array{}};
  for (const ScenarioFile& file : parts.scenarios.all()) {
    list.push(Table{{"path", file.path},
                    {"command", file.command.empty() ? Value() : Value(file.command)},
                    {"title", file.title}});
  }
  return json_response(list);
}

HttpResponse scenario_text(const RouteCall& call, const ApiParts& parts) {
  const std::string path = call.part("path");
  const ScenarioFile* file = parts.scenarios.find(path);
  if (file == nullptr)
    return refusal(404, "no scenario '" + path + "'",
                   name_suggestion(path, parts.scenarios.paths(), 4));
  Result<std::string> text = parts.scenarios.text_of(*file);
  if (!text) return problem_response(500, text.problems());
  return {.status = 200, .content_type = "text/plain; charset=utf-8", .body = *std::move(text)};
}

}  // namespace

std::vector<Route> scenario_routes(const ApiParts& parts) {
  return {{.method = "GET",
           .address = "/api/v1/scenarios",
           .summary = "The scenarios that the program brings, and the commands they are for",
           .answer = [parts](const RouteCall&) { return list_scenarios(parts); },
           .schema = "Scenarios"},
          {.method = "GET",
           .address = "/api/v1/scenarios/{path*}",
           .summary = "The text of a scenario",
           .answer = [parts](const RouteCall& call) { return scenario_text(call, parts); },
           .content_type = "text/plain; charset=utf-8",
           .refusals = {404}}};
}

}  // namespace polyfleet
