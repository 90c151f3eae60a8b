#include "server/http_message.hpp"

#include <algorithm>
#include <array>

namespace polyfleet {
namespace {

/// Where in the request the problem's place lies, in the API's words.
std::string field_of(const Diagnostic& problem, const std::string& scenario_file) {
  constexpr std::string_view kSetting = "--set ", kOption = "--", kBody = "request body";
  const std::string& file = problem.where.file;
  if (file.starts_with(kSetting)) return file.substr(kSetting.size());
  if (file.starts_with(kOption)) return "options." + file.substr(kOption.size());
  if (file == "scenario" || (!scenario_file.empty() && file == scenario_file)) return "scenario";
  return file == kBody ? "body" : "";
}

}  // namespace

HttpResponse json_response(const Value& document, int status) {
  return {.status = status, .content_type = "application/json", .body = to_json(document) + '\n'};
}

HttpResponse refusal(int status, std::string what, std::string fix) {
  return problem_response(status, {problem(std::move(what), std::move(fix))});
}

Value problems_document(const Diagnostics& problems, const std::string& scenario_file) {
  Value list{Array{}};
  for (const Diagnostic& each : problems) {
    list.push(Table{{"file", each.where.file},
                    {"line", each.where.line},
                    {"column", each.where.column},
                    {"field", field_of(each, scenario_file)},
                    {"what", each.what},
                    {"fix", each.fix}});
  }
  return Table{{"problems", std::move(list)}};
}

HttpResponse problem_response(int status, const Diagnostics& problems,
                              const std::string& scenario_file) {
  return json_response(problems_document(problems, scenario_file), status);
}

std::string_view status_word(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 21> kWords{{
      {200, "OK"},
      {202, "Accepted"},
      {204, "No Content"},
      {304, "Not Modified"},
      {400, "Bad Request"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {411, "Length Required"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"},
  }};
  const auto found = std::find_if(kWords.begin(), kWords.end(),
                                  [status](const auto& word) { return word.first == status; });
  return found == kWords.end() ? "Unknown" : found->second;
}

}  // namespace polyfleet
