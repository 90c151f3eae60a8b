// Questions that are stopped: before they begin, and after their first piece of work. Each answers
// with what it has and says what is missing, or says that it was stopped where a part would
// mislead.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>

#include "app/question.hpp"
#include "base/files.hpp"
#include "unit/app/page_check.hpp"
#include "unit/app/shared_workspace.hpp"

using namespace polyfleet;

namespace {

Question asked_of(const std::string& command,
                  const std::vector<std::pair<std::string, Value>>& options) {
  Question question;
  question.command = command;
  for (const auto& [key, value] : options) question.options.set(key, value);
  return question;
}

Question two_vendors() {
  Question question = asked_of("plan serve", {});
  const std::string file = kRoot + "/scenarios/serving_plans/two_vendors.toml";
  question.scenario = ScenarioText{file, read_file(file).value()};
  return question;
}

/// Raises the stop when `when` says so of what is told of the work.
struct StopWhen {
  std::function<bool(const std::string& what, double share)> when;
  std::atomic<bool> stop{false};

  Result<Reply> ask_it(const Question& question) {
    RunControl control;
    control.stop = &stop;
    control.progress = [this](const std::string& what, double share) {
      if (when && when(what, share)) stop = true;
    };
    return ask(question, shared_workspace(), control);
  }
};

Result<Reply> stopped_at_once(const Question& question) {
  StopWhen asking;
  asking.stop = true;
  return asking.ask_it(question);
}

Result<Reply> stopped_after(const Question& question, double share) {
  StopWhen asking{[=](const std::string&, double done) { return done > share; }};
  return asking.ask_it(question);
}

/// The reply of an interrupted question: every form of it says so.
void check_interrupted(const Result<Reply>& reply) {
  REQUIRE_MESSAGE(reply.has_value(), (reply ? "" : to_text(reply.problems())));
  CHECK(reply->verdict == Verdict::interrupted);
  CHECK(reply->text({}).find("INTERRUPTED") != std::string::npos);
  const FigurePage page = reply->page();
  CHECK(page_faults(page) == std::vector<std::string>{});
  CHECK(std::any_of(page.notices.begin(), page.notices.end(), [](const std::string& notice) {
    return notice.find("INTERRUPTED") != std::string::npos;
  }));
}

void check_stopped(const Result<Reply>& reply) {
  REQUIRE_FALSE(reply.has_value());
  CHECK(reply.problems().front().what.find("stopped") != std::string::npos);
}

}  // namespace

TEST_CASE("plan serve is stopped: in the search, before the first simulation, between two") {
  const Result<Reply> none = stopped_at_once(two_vendors());
  check_interrupted(none);
  CHECK(none->json().find("plan")->is_null());
  CHECK(*none->json().find("interrupted")->boolean());

  StopWhen first{[](const std::string& what, double) { return what.starts_with("simulating"); }};
  const Result<Reply> unproven = first.ask_it(two_vendors());
  check_interrupted(unproven);
  CHECK_FALSE(unproven->json().find("proposed")->array()->empty());

  const Result<Reply> some = stopped_after(two_vendors(), 0);
  check_interrupted(some);
  CHECK_FALSE(some->json().find("simulated")->array()->empty());
  const Value* counts = some->json().find("checks");
  REQUIRE(counts != nullptr);
  CHECK(*counts->find("runs")->integer() >= 1);
}

TEST_CASE("every validation that is stopped before it begins says so") {
  for (const char* what : {"kernels", "collectives", "memory", "train", "serve", "requests",
                           "mixed", "plans", "fleet"}) {
    CAPTURE(what);
    check_stopped(stopped_at_once(asked_of("validate", {{"what", what}})));
  }
}

TEST_CASE("validations of rows answer with the rows that were predicted, and count the others") {
  const Result<Reply> train = stopped_after(asked_of("validate", {{"what", "train"}}), 0.5);
  check_interrupted(train);
  const Value json = train->json();
  CHECK(*json.find("interrupted")->boolean());
  CHECK(*json.find("predicted")->integer() > 0);
  bool counted = false;
  for (const Value& reason : *json.find("skipped")->array())
    counted = counted || reason.find("reason")->text()->starts_with("stopped before");
  CHECK(counted);

  const Result<Reply> serve = stopped_after(asked_of("validate", {{"what", "serve"}}), 0.01);
  check_interrupted(serve);
  const Result<Reply> plans =
      stopped_after(asked_of("validate", {{"what", "plans"}, {"limit", 40}}), 0);
  check_interrupted(plans);
  CHECK_FALSE(plans->json().find("plans")->array()->empty());
}

TEST_CASE("a validation of which a part would look like the whole has no answer when stopped") {
  StopWhen fleet{[](const std::string&, double) { return true; }};
  check_stopped(fleet.ask_it(asked_of("validate", {{"what", "fleet"}})));
}

TEST_CASE("value deal is stopped: no value of some of its paths, but some of its assumptions") {
  const Question deal = asked_of("value deal", {{"deal", "amd_openai_2025"}});
  check_stopped(stopped_at_once(deal));
  check_stopped(stopped_after(deal, 0));

  const Question varied =
      asked_of("value deal", {{"deal", "amd_openai_2025"}, {"sensitivity", true}, {"paths", 2000}});
  bool valued = false;
  StopWhen asking{[&](const std::string&, double share) {
    if (valued) return true;
    valued = share >= 1;
    return false;
  }};
  const Result<Reply> some = asking.ask_it(varied);
  check_interrupted(some);
  const Value* sensitivity = some->json().find("sensitivity");
  REQUIRE(sensitivity != nullptr);
  CHECK(*sensitivity->find("interrupted")->boolean());
  CHECK(sensitivity->find("swings")->array()->size() == 1);
  CHECK(*sensitivity->find("ranges")->integer() > 1);
}

TEST_CASE("what was not stopped does not mention it") {
  const Question varied =
      asked_of("value deal", {{"deal", "amd_openai_2025"}, {"sensitivity", true}, {"paths", 2000}});
  StopWhen never;
  const Result<Reply> whole = never.ask_it(varied);
  REQUIRE(whole.has_value());
  CHECK(whole->verdict == Verdict::ok);
  CHECK((whole->json().find("sensitivity")->find("interrupted") == nullptr));
  CHECK(whole->text({}).find("INTERRUPTED") == std::string::npos);
}
