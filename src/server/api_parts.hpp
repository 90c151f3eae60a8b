// What the routes of the API share: workspaces, the shipped scenarios, what may be read, jobs and
// the run history. Each family of routes stands in its own *_routes.cpp and takes these parts.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "server/answering.hpp"
#include "server/jobs.hpp"
#include "server/readable_paths.hpp"
#include "server/routes.hpp"
#include "server/run_keeper.hpp"
#include "server/scenario_files.hpp"
#include "server/workspace_pool.hpp"

namespace polyfleet {

/// Questions that are answered while their client waits: each may be told to stop, by its own limit
/// of time or because the server ends. Those that cannot stop run to their end.
class Waits {
 public:
  using Clock = std::chrono::steady_clock;
  class Wait {
   public:
    Wait(Waits& waits, Clock::duration limit);
    ~Wait();
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    const std::atomic<bool>* stop() const { return &stop_; }

   private:
    friend class Waits;
    Waits& waits_;
    Clock::time_point until_;
    std::atomic<bool> stop_{false};
  };
  void stop_late();
  void stop_all();

 private:
  std::mutex guard_;
  std::set<Wait*> all_;
};

struct ApiParts {
  WorkspacePool& workspaces;
  const ScenarioFiles& scenarios;
  const ReadablePaths& readable;
  RunKeeper& keeper;
  Jobs& jobs;
  Waits& waits;
  unsigned threads = 1;  ///< for questions that use several
  std::string data;      ///< fingerprint
};

std::vector<Route> about_routes(const ApiParts& parts);
std::vector<Route> catalogue_routes(const ApiParts& parts);
std::vector<Route> scenario_routes(const ApiParts& parts);
std::vector<Route> ask_routes(const ApiParts& parts);
std::vector<Route> job_routes(const ApiParts& parts);
std::vector<Route> run_routes(const ApiParts& parts);

/// "estimate train" as it stands in addresses: "estimate-train".
std::string address_word(std::string command);

/// A whole number from 1, as ids of jobs and runs are; nothing where the text is no such number.
std::optional<std::int64_t> number_of(const std::string& text);

/// The question of a request's body, or its refusal (400, 422).
struct ReadRequest {
  std::optional<AskRequest> asked;
  HttpResponse refusal;
};
ReadRequest read_request(const QuestionKind& kind, const HttpRequest& request,
                         const ApiParts& parts);

}  // namespace polyfleet
