// The service as sockets call it: the repository's own data, no sockets.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "app/question.hpp"
#include "base/check.hpp"
#include "base/content_hash.hpp"
#include "server/service.hpp"
#include "shipped_data.hpp"

using namespace polyfleet;

namespace {

std::filesystem::path history_file() {
  return std::filesystem::temp_directory_path() /
         ("polyfleet_service_" + std::to_string(getpid()) + ".sqlite");
}

/// A route of which a check of ours fails.
Route broken_route() {
  return {.method = "GET",
          .address = "/api/v1/broken",
          .summary = "Trips a check",
          .answer = [](const RouteCall&) {
            POLYFLEET_CHECK(false, "this route works");
            return HttpResponse{};
          }};
}

/// One service for all cases: opening the data costs more than the cases.
Service& service() {
  static struct Held {
    Held()
        : service({.data_directory = kRoot / "data",
                   .history = history_file(),
                   .data = "d",
                   .more_routes = {broken_route()}}) {}
    ~Held() {
      service.stop();
      for (const char* end : {"", "-wal", "-shm"})
        std::filesystem::remove(history_file().string() + end);
    }
    Service service;
  } held;
  return held.service;
}

HttpRequest request_of(const std::string& method, const std::string& target,
                       const std::string& body = "") {
  HttpRequest request;
  request.method = method;
  request.host = "localhost:8765";
  const std::size_t mark = std::min(target.find('?'), target.size());
  request.path = target.substr(0, mark);
  for (std::size_t at = mark + 1; at < target.size();) {
    const std::size_t end = std::min(target.find('&', at), target.size());
    const std::size_t equal = std::min(target.find('=', at), end);
    request.query.emplace(target.substr(at, equal - at),
                          equal < end ? target.substr(equal + 1, end - equal - 1) : "");
    at = end + 1;
  }
  if (method == "POST") request.content_type = "application/json";
  request.body = body;
  return request;
}

HttpResponse call(const std::string& method, const std::string& target,
                  const std::string& body = "") {
  return service().answer(request_of(method, target, body));
}

Value json_of(const HttpResponse& response) {
  const Result<Value> document = parse_json(response.body, "answer");
  REQUIRE(document);
  return *document;
}

std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

std::string first_of(const Value& document, const char* member) {
  const Value& problem = document.find("problems")->array()->front();
  return *problem.find(member)->text();
}

const std::string kExample = R"({"scenario": {"file": "examples/llama_70b_mi355x.toml"}})";

}  // namespace

TEST_CASE("an estimate is what --json prints, with its verdict") {
  const HttpResponse answer = call("POST", "/api/v1/ask/estimate-train", kExample);
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "application/json");
  CHECK(header(answer, "X-Polyfleet-Verdict") == "ok");
  CHECK(header(answer, "Cache-Control") == "no-store");
  CHECK(header(answer, "Server-Timing").starts_with("app;dur="));
  CHECK(answer.body.ends_with("}\n"));
  CHECK(call("POST", "/api/v1/ask/estimate-train", kExample).body == answer.body);
  const HttpResponse unfit =
      call("POST", "/api/v1/ask/estimate-train",
           R"({"set": {"model": "llama3.1-405b", "accelerator": "nv_h100_sxm", "devices": 8,
          "plan.global_batch": 8, "plan.sequence_length": 4096, "precision": "bf16"}})");
  CHECK(unfit.status == 200);
  CHECK(header(unfit, "X-Polyfleet-Verdict") == "infeasible");
}

TEST_CASE("an answer comes as result, page or both") {
  const Value page = json_of(call("POST", "/api/v1/ask/estimate-train?view=page", kExample));
  CHECK(page.find("sections") != nullptr);
  const Value both = json_of(call("POST", "/api/v1/ask/estimate-train?view=both", kExample));
  CHECK(*both.find("verdict")->text() == "ok");
  CHECK(both.find("result")->table() != nullptr);
  CHECK(to_json(*both.find("page")) == to_json(page));
  const HttpResponse report = call("POST", "/api/v1/report/estimate-train", kExample);
  CHECK(report.content_type.starts_with("text/html"));
  CHECK(header(report, "Content-Security-Policy").find("sandbox") != std::string::npos);
  CHECK(call("POST", "/api/v1/ask/estimate-train?view=all", kExample).status == 400);
  CHECK(call("POST", "/api/v1/ask/estimate-train?wiew=page", kExample).status == 400);
}

TEST_CASE("a problem names the field that caused it") {
  const HttpResponse answer = call(
      "POST", "/api/v1/ask/estimate-train",
      R"({"scenario": {"file": "examples/llama_70b_mi355x.toml"}, "set": {"plan.layout.tensr": 8}})");
  CHECK(answer.status == 422);
  CHECK(first_of(json_of(answer), "field") == "plan.layout.tensr");
  CHECK(first_of(json_of(answer), "fix").find("tensor") != std::string::npos);
  const HttpResponse text = call("POST", "/api/v1/ask/estimate-train",
                                 R"({"scenario": {"file": "my.toml", "text": "modle = 1"}})");
  CHECK(text.status == 422);
  CHECK(first_of(json_of(text), "field") == "scenario");
  const HttpResponse option =
      call("POST", "/api/v1/ask/estimate-train", R"({"options": {"strict": 1}})");
  CHECK(first_of(json_of(option), "field") == "options.strict");
  const HttpResponse body = call("POST", "/api/v1/ask/estimate-train", R"({"set": {"a": })");
  CHECK(body.status == 400);
  CHECK(first_of(json_of(body), "field") == "body");
}

TEST_CASE("a model of the reader's own is used and forgotten") {
  const std::string models =
      R"("models": {"mine.json": "{\"model_type\": \"llama\", \"hidden_size\": 2048, \"num_hidden_layers\": 16, \"num_attention_heads\": 32, \"intermediate_size\": 8192, \"vocab_size\": 128256}"})";
  const std::string set =
      R"("set": {"model": "mine.json", "accelerator": "nv_h100_sxm", "devices": 8, "plan.global_batch": 64, "plan.sequence_length": 4096, "precision": "bf16"})";
  const HttpResponse answer =
      call("POST", "/api/v1/ask/estimate-train", "{" + models + ", " + set + "}");
  CHECK(answer.status == 200);
  const HttpResponse without = call("POST", "/api/v1/ask/estimate-train", "{" + set + "}");
  CHECK(without.status == 422);
}

TEST_CASE("addresses, methods and their refusals") {
  CHECK(call("GET", "/api/v1/nothing").status == 404);
  CHECK(call("GET", "/etc/passwd").status == 404);
  CHECK(call("GET", "/../../etc/passwd").status == 404);
  CHECK(call("GET", "/assets/../../../etc/passwd").status == 404);
  CHECK(call("GET", "/api/v1/scenarios/../../../etc/passwd").status == 404);
  CHECK(call("GET", "/api/v1/scenarios//etc/passwd").status == 404);
  CHECK(call("GET", "/api/v1/catalogue/models/../../secret").status == 404);
  CHECK(call("GET", "/api/v1/catalogue/models//etc/passwd").status == 404);
  CHECK(call("GET", "/api/v1/catalogue/models/LICENSE").status == 404);
  CHECK(call("GET", "/api/v1/catalogue-compare?names=/etc/passwd").status == 404);
  const HttpResponse wrong = call("GET", "/api/v1/ask/estimate-train");
  CHECK(wrong.status == 405);
  CHECK(header(wrong, "Allow") == "POST");
  for (const char* method : {"OPTIONS", "TRACE", "PUT", "PATCH", "CONNECT", "DELETE"})
    CHECK(call(method, "/api/v1/about").status == 405);
  HttpRequest foreign = request_of("GET", "/api/v1/about");
  foreign.host = "evil.example";
  CHECK(service().answer(foreign).status == 403);
  CHECK(json_of(service().answer(foreign)).find("problems") != nullptr);
}

TEST_CASE("the page's files are found by exact path and are not sent twice") {
  const HttpResponse page = call("GET", "/");
  CHECK(page.status == 200);
  CHECK(page.body.find("<html") != std::string::npos);
  CHECK(call("GET", "/index.html").body == page.body);
  HttpRequest again = request_of("GET", "/");
  again.if_none_match = header(page, "ETag");
  CHECK(service().answer(again).status == 304);
  CHECK(service().answer(again).body.empty());
}

TEST_CASE("catalogue, scenarios, choices and the description are there") {
  CHECK(json_of(call("GET", "/api/v1/catalogue/accelerators")).array() != nullptr);
  CHECK(call("GET", "/api/v1/catalogue/accelerators/nv_h100_sxm?sources=1").status == 200);
  CHECK(call("GET", "/api/v1/catalogue-compare?names=mi355x,b200").status == 200);
  CHECK(call("GET", "/api/v1/catalogue-compare").status == 400);
  CHECK(call("GET", "/api/v1/catalogue/shoes").status == 404);
  const HttpResponse unknown = call("GET", "/api/v1/catalogue/accelerators/nv_h100_sxn");
  CHECK(unknown.status == 404);
  CHECK(first_of(json_of(unknown), "fix").find("nv_h100_sxm") != std::string::npos);
  CHECK(call("GET", "/api/v1/scenarios/fleet/small.toml").body.find("name") != std::string::npos);
  const Value choices = json_of(call("GET", "/api/v1/choices"));
  CHECK(choices.find("frameworks")->array()->size() > 5);
  CHECK(choices.find("precisions")->array()->size() > 3);
  const Value api = json_of(call("GET", "/api/v1/openapi.json"));
  for (const QuestionKind& kind : question_kinds()) {
    std::string word = kind.command;
    std::replace(word.begin(), word.end(), ' ', '-');
    CAPTURE(word);
    CHECK(api.find("paths")->find("/api/v1/ask/" + word) != nullptr);
    CHECK(api.find("paths")->find("/api/v1/jobs/" + word) != nullptr);
    CHECK(api.find("components")->find("schemas")->find("Question-" + word) != nullptr);
  }
}

TEST_CASE("kept runs are listed, shown, compared and deleted") {
  const HttpResponse first = call("POST", "/api/v1/ask/estimate-train?keep=1", kExample);
  const std::string a = header(first, "X-Polyfleet-Run");
  REQUIRE_FALSE(a.empty());
  const HttpResponse second = call(
      "POST", "/api/v1/ask/estimate-train?keep=1",
      R"({"scenario": {"file": "examples/llama_70b_mi355x.toml"}, "set": {"plan.global_batch": 512}})");
  const std::string b = header(second, "X-Polyfleet-Run");
  const Value listing = json_of(call("GET", "/api/v1/runs?most=1"));
  CHECK(listing.find("runs")->array()->size() == 1);
  const Value run = json_of(call("GET", "/api/v1/runs/" + a));
  CHECK(to_json(*run.find("result")) + '\n' == first.body);
  CHECK(json_of(call("GET", "/api/v1/runs/" + a + "/page")).find("sections") != nullptr);
  CHECK(call("GET", "/api/v1/runs/" + a + "/report").content_type.starts_with("text/html"));
  CHECK(json_of(call("GET", "/api/v1/runs/compare?a=" + a + "&b=" + b)).find("inputs") != nullptr);
  CHECK(call("DELETE", "/api/v1/runs/" + a).status == 200);
  CHECK(call("DELETE", "/api/v1/runs/" + a).status == 404);
  CHECK(call("GET", "/api/v1/runs/" + a).status == 404);
  CHECK(call("GET", "/api/v1/runs/x").status == 404);
  CHECK(call("GET", "/api/v1/runs/compare?a=1").status == 400);
  CHECK(call("GET", "/api/v1/runs?most=0").status == 400);
}

TEST_CASE("a job is begun, watched and its answer fetched in every form") {
  const HttpResponse begun = call("POST", "/api/v1/jobs/estimate-train?keep=0", kExample);
  CHECK(begun.status == 202);
  const std::string job = *json_of(begun).find("job")->text();
  CHECK(header(begun, "Location") == "/api/v1/jobs/" + job);
  std::string state;
  for (int i = 0; i < 500 && state != "done"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    state = *json_of(call("GET", "/api/v1/jobs/" + job)).find("state")->text();
  }
  CHECK(state == "done");
  CHECK(call("GET", "/api/v1/jobs/" + job + "/result").body ==
        call("POST", "/api/v1/ask/estimate-train", kExample).body);
  CHECK(json_of(call("GET", "/api/v1/jobs/" + job + "/result?view=page")).find("sections") !=
        nullptr);
  CHECK(call("GET", "/api/v1/jobs/" + job + "/report").content_type.starts_with("text/html"));
  CHECK(call("DELETE", "/api/v1/jobs/" + job).status == 200);
  CHECK(call("GET", "/api/v1/jobs/99").status == 404);
  CHECK(call("GET", "/api/v1/jobs/99/result").status == 404);
  CHECK(call("POST", "/api/v1/jobs/estimate-train", R"({"set": 1})").status == 400);
  CHECK(call("POST", "/api/v1/jobs/estimate-train", R"({"options": {"x": 1}})").status == 422);
}

TEST_CASE("long work has a lane of its own") {
  Lane& quick = service().lane("POST", "/api/v1/ask/estimate-train?view=both");
  Lane& slow = service().lane("POST", "/api/v1/ask/plan-train");
  Lane& light = service().lane("GET", "/api/v1/jobs/7");
  CHECK(&quick != &slow);
  CHECK(&light != &quick);
  CHECK(&service().lane("DELETE", "/api/v1/jobs/7") == &light);
  CHECK(&service().lane("GET", "/nothing") == &light);
  CHECK(&service().lane("POST", "/api/v1/ask/plan%2Dtrain") == &slow);
}

#ifndef POLYFLEET_ABORT_ON_BUG
TEST_CASE("a bug of ours is answered with what to report, and the service goes on") {
  for (int i = 0; i < 3; ++i) {
    const HttpResponse broken = call("GET", "/api/v1/broken");
    CHECK(broken.status == 500);
    CHECK(header(broken, "Cache-Control") == "no-store");
    CHECK(header(broken, "X-Content-Type-Options") == "nosniff");
    const Value document = json_of(broken);
    CHECK(first_of(document, "what").starts_with("internal error at "));
    CHECK(first_of(document, "what").ends_with(": false: this route works"));
    CHECK(first_of(document, "fix") == "please report this with the request that led here");
    CHECK(call("POST", "/api/v1/ask/estimate-train", kExample).status == 200);
  }
}
#endif

TEST_CASE("a model that was sent is kept with the run, a file of the program is not") {
  const std::string model =
      R"({"model_type": "llama", "hidden_size": 2048, "num_hidden_layers": 16, )"
      R"("num_attention_heads": 32, "intermediate_size": 8192, "vocab_size": 128256})";
  const std::string body =
      R"({"models": {"mine.json": )" + to_json(Value(model), -1) +
      R"(}, "set": {"model": "mine.json", "accelerator": "nv_h100_sxm", "devices": 8, )"
      R"("plan.global_batch": 64, "plan.sequence_length": 4096, "precision": "bf16"}})";
  const HttpResponse answer = call("POST", "/api/v1/ask/estimate-train?keep=1", body);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  const Value run = json_of(call("GET", "/api/v1/runs/" + header(answer, "X-Polyfleet-Run")));
  const Array& files = *run.find("files")->array();
  REQUIRE(files.size() == 1);
  CHECK(*files[0].find("name")->text() == "mine.json");
  CHECK(*files[0].find("sent")->boolean());
  CHECK(*files[0].find("sha256")->text() == content_hash(model));
  const HttpResponse plain = call("POST", "/api/v1/ask/estimate-train?keep=1", kExample);
  const Value other = json_of(call("GET", "/api/v1/runs/" + header(plain, "X-Polyfleet-Run")));
  CHECK(other.find("files")->array()->empty());
}
