#include <doctest/doctest.h>

#include "app/serving_document.hpp"
#include "app/serving_settings.hpp"

using namespace polyfleet;

namespace {

const char kTraffic[] =
    "[traffic]\narrivals = \"poisson\"\nrate = 1\nrequests = 5\ninput = 10\noutput = 5\n";

Result<StatedServing> read_service(const std::string& text) {
  const auto document = parse_toml(text + kTraffic, "service.toml");
  REQUIRE_MESSAGE(document.has_value(), (document ? "" : to_text(document.problems())));
  return read_serving(*document);
}

std::string problems_in(const std::string& text) {
  const auto stated = read_service(text);
  return stated ? "" : to_text(stated.problems());
}

}  // namespace

TEST_CASE("a service is read with pools, classes, events, transfers and autoscaling") {
  const auto stated = read_service(R"(
model = "llama3.1-8b"
router = "prefix_aware"
warm_up = "30 s"
[[pool]]
name = "a"
accelerator = "nv_h200"
role = "prefill"
replicas = 3
price = "2 USD/h"
settings = { max_sequences = 64, front_end = "5 ms" }
[pool.autoscaling]
least = 2
most = 8
start_up = "1 min"
[[pool]]
name = "b"
accelerator = "amd_mi300x"
role = "decode"
[[transfer]]
from = "a"
to = "b"
rate = "40 GB/s"
path = "host-staged"
[[class]]
name = "chat"
ttft = "500 ms"
[[event]]
at = "10 s"
pool = "b"
change = "drain"
)");
  REQUIRE_MESSAGE(stated.has_value(), (stated ? "" : to_text(stated.problems())));
  CHECK(stated->router == RouterKind::prefix_aware);
  CHECK(stated->warm_up == picos_of(30 * second));
  REQUIRE(stated->pools.size() == 2);
  const StatedServingPool& pool = stated->pools[0];
  CHECK(pool.role == PoolRole::prefill);
  CHECK(pool.replicas == 3);
  CHECK(pool.autoscaling.on);
  CHECK(pool.autoscaling.most == 8);
  CHECK_FALSE(stated->pools[1].autoscaling.on);
  const EngineSettings settings = settings_over({}, pool.settings);
  CHECK(settings.max_sequences == 64);
  CHECK(settings.front_end == picos_of(5 * millisecond));
  CHECK(settings.token_budget == EngineSettings{}.token_budget);
  CHECK(stated->transfers[0].path == CrossRoute::staged);
  CHECK(stated->classes[0].first_token == picos_of(500 * millisecond));
  CHECK(stated->classes[0].end_to_end == kNever);
  CHECK(stated->events[0].change == ReplicaChange::drain);
  CHECK(stated->traffic.sources.size() == 1);
}

TEST_CASE("every mistake of a service is found, with its place") {
  const std::string pool = "[[pool]]\nname = \"a\"\naccelerator = \"nv_h200\"\n";
  CHECK(problems_in("") == problems_in(""));
  CHECK(problems_in("").find("has no pools") != std::string::npos);
  CHECK(problems_in(pool).empty());
  CHECK(problems_in(pool + pool).find("two pools are named 'a'") != std::string::npos);
  CHECK(problems_in(pool + "settings = { token_bugdet = 5 }\n")
            .find("did you mean 'token_budget'?") != std::string::npos);
  CHECK(problems_in("[[pool]]\naccelerator = \"x\"\n").find("name") != std::string::npos);
  const std::string two = problems_in(
      pool + "replicas = -1\n[[event]]\nat = \"1\"\npool = \"a\"\nchange = \"explode\"\n");
  CHECK(two.find("replicas") != std::string::npos);
  CHECK(two.find("explode") != std::string::npos);
  CHECK(two.find("service.toml:4") != std::string::npos);
  CHECK(problems_in(pool + "[pool.autoscaling]\nleast = 4\nmost = 2\n").find("exceeds the most") !=
        std::string::npos);
  CHECK(
      problems_in(pool + "[[transfer]]\nfrom = \"a\"\nto = \"c\"\n").find("no pool is named 'c'") !=
      std::string::npos);
}
