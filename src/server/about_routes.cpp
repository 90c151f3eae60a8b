// GET about and choices: which program answers, and the words that its settings take.
#include <algorithm>
#include <filesystem>

#include "catalogue/figure.hpp"
#include "server/api_parts.hpp"

namespace polyfleet {
namespace {

HttpResponse about(const ApiParts& parts) {
  Value commands{Array{}};
  for (const QuestionKind& kind : question_kinds()) {
    commands.push(Table{{"command", kind.command},
                        {"summary", kind.summary},
                        {"quick", kind.quick},
                        {"stoppable", kind.stoppable}});
  }
  return json_response(Table{{"program", "polyfleet"},
                             {"version", POLYFLEET_VERSION},
                             {"data", parts.data},
                             {"keeps_runs", parts.keeper.keeps()},
                             {"history_notice", parts.keeper.notice()},
                             {"commands", std::move(commands)}});
}

/// The folder's files that are profiles, sorted.
std::vector<std::string> framework_ids(const Workspace& workspace,
                                       const FrameworkProfiles& profiles) {
  std::vector<std::string> ids;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator(workspace.data_directory() / "frameworks", error)) {
    std::string id = entry.path().stem().string();
    if (profiles.find(id) != nullptr) ids.push_back(std::move(id));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

HttpResponse choices(const ApiParts& parts) {
  const auto loan = parts.workspaces.take();
  if (!loan) return problem_response(500, loan.problems());
  Workspace& workspace = ***loan;
  const auto tables = workspace.mapping_tables();
  const auto engines = workspace.engine_profiles();
  const auto formats = workspace.inference_formats();
  if (!tables) return problem_response(500, tables.problems());
  if (!engines) return problem_response(500, engines.problems());
  if (!formats) return problem_response(500, formats.problems());
  Value frameworks{Array{}}, precisions{Array{}}, engine_ids{Array{}}, format_names{Array{}};
  for (const std::string& id : framework_ids(workspace, (*tables)->profiles)) frameworks.push(id);
  for (const auto& [name, recipe] : (*tables)->precisions) precisions.push(name);
  for (const EngineProfile& engine : **engines) engine_ids.push(engine.id);
  for (const InferenceFormats& each : **formats) format_names.push(each.name);
  Value statuses{Array{}}, validations{Array{}};
  for (const std::string_view status : kStatusNames) statuses.push(status);
  if (const QuestionKind* kind = question_kind("validate")) {
    for (const QuestionOption& option : kind->options) {
      if (option.name != "what") continue;
      for (const std::string& choice : option.choices) validations.push(choice);
    }
  }
  return json_response(Table{{"frameworks", std::move(frameworks)},
                             {"precisions", std::move(precisions)},
                             {"engines", std::move(engine_ids)},
                             {"formats", std::move(format_names)},
                             {"statuses", std::move(statuses)},
                             {"validations", std::move(validations)}});
}

}  // namespace

std::vector<Route> about_routes(const ApiParts& parts) {
  return {
      {.method = "GET",
       .address = "/api/v1/about",
       .summary = "Which program and data answer, and the commands that they know",
       .answer = [parts](const RouteCall&) { return about(parts); },
       .schema = "About"},
      {.method = "GET",
       .address = "/api/v1/choices",
       .summary =
           "Names of frameworks, precisions, engines, formats, statuses of figures and validations",
       .answer = [parts](const RouteCall&) { return choices(parts); },
       .schema = "Choices"}};
}

}  // namespace polyfleet
