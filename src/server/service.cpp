#include "server/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/broken_contract.hpp"
#include "server/api_parts.hpp"
#include "server/asset_routes.hpp"
#include "server/openapi.hpp"
#include "server/service_limits.hpp"

namespace polyfleet {
namespace {

Route description_route() {
  return {.method = "GET",
          .address = "/api/v1/openapi.json",
          .summary = "This description of the API (OpenAPI 3.1)",
          .answer = [](const RouteCall&) { return json_response(api_description()); }};
}

std::vector<Route> all_routes(const ApiParts& parts) {
  std::vector<Route> all{description_route()};
  for (const auto& family :
       {about_routes, catalogue_routes, scenario_routes, ask_routes, job_routes, run_routes}) {
    std::vector<Route> routes = family(parts);
    std::move(routes.begin(), routes.end(), std::back_inserter(all));
  }
  return all;
}

std::vector<Route> with_more(std::vector<Route> routes, const std::vector<Route>& more) {
  routes.insert(routes.end(), more.begin(), more.end());
  return routes;
}

HttpResponse not_found(const HttpRequest& request, const RouteTable::Match& match) {
  if (match.allowed.empty())
    return refusal(404, "nothing is at '" + request.path + "'",
                   "GET /api/v1/openapi.json lists what is there");
  HttpResponse response = refusal(405, request.method + " is not for '" + request.path + "'");
  std::string allowed;
  for (const std::string& method : match.allowed) allowed += (allowed.empty() ? "" : ", ") + method;
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

struct Service::Parts {
  explicit Parts(ServiceSettings given)
      : settings(std::move(given)),
        assets(polyfleet::assets()),
        scenarios(settings.data_directory.parent_path() / "scenarios"),
        readable({settings.data_directory, settings.data_directory.parent_path() / "scenarios",
                  settings.data_directory.parent_path() / "validation"}),
        keeper(settings.history, settings.data),
        workspaces([this] { return Workspace::open(settings.data_directory); },
                   kLightThreads + kSlowThreads + settings.cores),
        light(kLightThreads, kMostWaiting),
        quick(settings.cores, kMostWaiting),
        slow(kSlowThreads, kMostSlow),
        jobs(slow),
        routes(with_more(all_routes({workspaces, scenarios, readable, keeper, jobs, waits,
                                     settings.cores, settings.data}),
                         settings.more_routes)) {}

  HttpResponse route(const HttpRequest& request) {
    if (auto refused = refused_by_rules(settings.rules, request)) return *std::move(refused);
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (reads) {
      if (auto file = assets.answer(request)) return *std::move(file);
    }
    const RouteTable::Match match = routes.match(request.method, request.path);
    if (match.route == nullptr) return not_found(request, match);
    if (const Diagnostics problems = query_problems(*match.route, request); !problems.empty())
      return problem_response(400, problems);
    return match.route->answer({request, match.parts});
  }

  ServiceSettings settings;
  AssetFiles assets;
  ScenarioFiles scenarios;
  ReadablePaths readable;
  RunKeeper keeper;
  Waits waits;
  WorkspacePool workspaces;
  Lane light, quick, slow;
  Jobs jobs;
  RouteTable routes;
};

Service::Service(ServiceSettings settings) : parts_(std::make_unique<Parts>(std::move(settings))) {}
Service::~Service() { stop(); }

Lane& Service::lane(std::string_view method, std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const RouteTable::Match match = parts_->routes.match(method, path);
  // A question's address may be written with percent signs, which are decoded later.
  const RouteLane lane = match.route != nullptr ? match.route->lane
                         : method == "POST"     ? RouteLane::slow
                                                : RouteLane::light;
  if (lane == RouteLane::quick) return parts_->quick;
  return lane == RouteLane::slow ? parts_->slow : parts_->light;
}

HttpResponse Service::answer(const HttpRequest& request) {
  const auto begun = std::chrono::steady_clock::now();
  HttpResponse response;
  try {
    response = parts_->route(request);
  } catch (const std::exception& error) {  // a bug of ours costs this answer, not the server
    response = refusal(500, internal_error_text(error),
                       "please report this with the request that led here");
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
  const bool own_document = response.status == 200 &&
                            response.content_type.starts_with("text/html") &&
                            request.path.starts_with("/api/");
  add_security_headers(response, own_document);
  const auto has = [&](std::string_view name) {
    return std::any_of(response.headers.begin(), response.headers.end(),
                       [&](const auto& header) { return header.first == name; });
  };
  if (!has("Cache-Control")) response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Server-Timing", fmt::format("app;dur={:.3f}", took.count()));
  return response;
}

/// What fails here is told to the first who asks.
void Service::warm() try {
  HttpRequest request;
  request.body = R"({"scenario": {"file": "examples/llama_70b_mi355x.toml"}})";
  for (const Route& route : parts_->routes.all()) {
    if (route.address == "/api/v1/ask/estimate-train") route.answer({request, {}});
  }
} catch (const std::exception&) {
}

void Service::stop_late() { parts_->waits.stop_late(); }

void Service::stop() {
  parts_->jobs.cancel_all();
  parts_->waits.stop_all();
  parts_->light.stop();
  parts_->quick.stop();
  parts_->slow.stop();
}

Value api_description() {
  // Routes are described, not called: these parts are never used.
  static const std::vector<Route> routes = [] {
    WorkspacePool workspaces([] { return Workspace::open(); }, 1);
    const ScenarioFiles scenarios{std::filesystem::path()};
    const ReadablePaths readable{{}};
    RunKeeper keeper({}, {});
    Lane lane(0, 0);
    Jobs jobs(lane);
    Waits waits;
    return all_routes({workspaces, scenarios, readable, keeper, jobs, waits, 1, {}});
  }();
  return describe_api(routes);
}

}  // namespace polyfleet
