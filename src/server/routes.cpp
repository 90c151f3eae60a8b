#include "server/routes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/spelling.hpp"

namespace polyfleet {
namespace {

/// The text up to the next slash, which is taken with it.
std::string_view next_part(std::string_view& rest) {
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view part = rest.substr(0, slash);
  rest.remove_prefix(std::min(rest.size(), slash + 1));
  return part;
}

bool matches(std::string_view address, std::string_view path,
             std::map<std::string, std::string>& parts) {
  if (address.find('{') == std::string_view::npos) return address == path;
  while (!address.empty()) {
    if (path.empty()) return false;
    const std::string_view name = next_part(address);
    if (name.starts_with('{') && name.ends_with("*}")) {
      parts[std::string(name.substr(1, name.size() - 3))] = path;
      return true;
    }
    const std::string_view part = next_part(path);
    if (name.starts_with('{')) {
      if (part.empty()) return false;
      parts[std::string(name.substr(1, name.size() - 2))] = part;
    } else if (name != part) {
      return false;
    }
  }
  return path.empty();
}

}  // namespace

RouteTable::RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {}

RouteTable::Match RouteTable::match(std::string_view method, std::string_view path) const {
  if (method == "HEAD") method = "GET";
  Match match;
  for (const Route& route : routes_) {
    std::map<std::string, std::string> parts;
    if (!matches(route.address, path, parts)) continue;
    if (route.method == method) return {&route, std::move(parts), {}};
    match.allowed.push_back(route.method);
    if (route.method == "GET") match.allowed.push_back("HEAD");
  }
  return match;
}

Diagnostics query_problems(const Route& route, const HttpRequest& request) {
  Diagnostics problems;
  std::vector<std::string> known;
  for (const QueryParameter& parameter : route.query) known.push_back(parameter.name);
  for (const auto& [name, value] : request.query) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      problems.push_back(problem_at({"query", 0, 0}, "unknown parameter '" + name + "'",
                                    name_suggestion(name, known)));
      continue;
    }
    const auto& choices = route.query[static_cast<std::size_t>(found - known.begin())].choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end())
      problems.push_back(problem_at({"query", 0, 0}, fmt::format("{} cannot be '{}'", name, value),
                                    name_suggestion(value, choices)));
  }
  return problems;
}

}  // namespace polyfleet
