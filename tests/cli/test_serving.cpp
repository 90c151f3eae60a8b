#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "cli/json_output.hpp"
#include "config/value.hpp"
#include "run_binary.hpp"

using polyfleet::Value;

namespace {

const std::string kServices = std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/serving/";

std::string small_replica(const std::string& more = "") {
  return "estimate serve --model llama3.1-8b --accelerator nv_h100_sxm --engine vllm --tp 1 "
         "--input 1000 --output 200 " +
         more;
}

/// A service that is over in a moment.
std::string small_service(const std::string& pool = "", const std::string& traffic = "") {
  return "name = \"small\"\nmodel = \"llama3.1-8b\"\n\n[[pool]]\nname = \"p\"\n"
         "accelerator = \"nv_h100_sxm\"\nengine = \"vllm\"\ntensor = 1\n" +
         pool + "\n[traffic]\n" +
         (traffic.empty() ? "arrivals = \"poisson\"\nrate = 4\nrequests = 50\n"
                            "input = 500\noutput = 40\n"
                          : traffic);
}

}  // namespace

TEST_CASE("estimate serve: a curve with latency, cost and energy; --explain says where time goes") {
  const Outcome outcome = polyfleet_run(small_replica("--explain --price '2 USD/h'"));
  CHECK_MESSAGE(outcome.code == 0, outcome.err);
  for (const char* part : {"TTFT ms", "TPOT ms", "80 % interval", "cache capacity", "J per output",
                           "USD per M output", "gCO2e per M output", "small kernels", "assumed"}) {
    CAPTURE(part);
    CHECK(outcome.says(part));
  }
}

TEST_CASE("more users: more throughput, longer steps; cost is price over throughput") {
  const Value json = json_of(small_replica("--concurrency 1,8,64 --price '3.6 USD/h' --json"));
  const auto& points = *json.find("points")->array();
  REQUIRE(points.size() == 3);
  for (std::size_t i = 1; i < points.size(); ++i) {
    CHECK(number_at(points[i], "output_tokens_per_s") >
          number_at(points[i - 1], "output_tokens_per_s"));
    CHECK(number_at(points[i], "tpot_s") > number_at(points[i - 1], "tpot_s"));
  }
  const double rate = number_at(points[2], "output_tokens_per_s");
  CHECK(number_at(points[2], "usd_per_million_output_tokens") ==
        doctest::Approx(1e6 * 0.001 / rate));
  CHECK(number_at(points[2], "energy_per_output_token_j") ==
        doctest::Approx(number_at(points[2], "power_w") / rate));
  CHECK(number_at(points[0], "tpot_interval.low") < number_at(points[0], "tpot_interval.high"));
}

TEST_CASE("what does not fit, and bounds that no rate meets, end with 1") {
  const Outcome large = polyfleet_run(
      "estimate serve --model llama3.1-405b --accelerator nv_h100_sxm --tp 1 --input 100 "
      "--output 10");
  CHECK(large.code == 1);
  CHECK(large.says("does not fit"));
  CHECK(large.says("GB"));
  const Outcome never = polyfleet_run(small_replica("--tpot '10 us'"));
  CHECK(never.code == 1);
  CHECK(never.says("no rate meets it"));
  CHECK(polyfleet_run(small_replica("--tpot '40 ms' --ttft '2 s'")).code == 0);
}

TEST_CASE("estimate serve: mistakes are named, all of them, and end with 2") {
  const Outcome outcome = polyfleet_run(
      "estimate serve --model llama3.1-8c --accelerator nv_h101 --formats fp9 --input 100");
  CHECK(outcome.code == 2);
  CHECK(outcome.says("did you mean"));
  CHECK(outcome.says("the output length is missing"));
  const auto faulty = [](const std::string& more, const std::string& part) {
    const Outcome bad = polyfleet_run(small_replica(more));
    CAPTURE(bad.err);
    CHECK(bad.code == 2);
    CHECK(bad.says(part));
  };
  faulty("--engine vlm", "did you mean 'vllm'?");
  faulty("--formats fp81", "did you mean 'fp8'?");
  faulty("--cache fp9", "unknown number format");
  faulty("--set settings.max_sequence=4", "did you mean 'max_sequences'?");
  faulty("--concurrency 0", "concurrency");
  faulty("--concurrency x", "concurrency");
  faulty("--tp 7", "7");
  faulty("--site mars", "mars");
  faulty("--price 3", "unit");
}

TEST_CASE("simulate serve: every shipped scenario runs and loses nothing") {
  int scenarios = 0;
  for (const auto& file : std::filesystem::directory_iterator(kServices)) {
    if (file.path().extension() != ".toml") continue;
    CAPTURE(file.path().string());
    ++scenarios;
    const Value json = json_of("simulate serve " + file.path().string() + " --json");
    CHECK(number_at(json, "requests.lost") == 0);
    CHECK(number_at(json, "requests.arrived") == number_at(json, "requests.finished") +
                                                     number_at(json, "requests.refused") +
                                                     number_at(json, "requests.cancelled"));
    CHECK(number_at(json, "requests.finished") > 0);
  }
  CHECK(scenarios >= 5);
}

TEST_CASE("the same seed gives the same bytes, another one does not") {
  const std::string file = scratch().write("small.toml", small_service());
  const Outcome one = polyfleet_run("simulate serve " + file + " --json --seed 3");
  const Outcome two = polyfleet_run("simulate serve " + file + " --json --seed 3");
  const Outcome other = polyfleet_run("simulate serve " + file + " --json --seed 4");
  CHECK_MESSAGE(one.code == 0, one.err);
  CHECK(one.out == two.out);
  CHECK(one.out != other.out);
}

TEST_CASE("requests and timeline are written whole; the requests replay as a trace") {
  const std::string file = scratch().write("small.toml", small_service());
  const std::string requests = (scratch() / "requests.csv").string();
  const std::string samples = (scratch() / "timeline.csv").string();
  const std::string trace = (scratch() / "timeline.json").string();
  const Value run = json_of("simulate serve " + file + " --json --requests " + requests +
                            " --timeline " + samples + " --set sample_interval='1 s'");
  const std::string rows = content_of(requests);
  CHECK(std::count(rows.begin(), rows.end(), '\n') == 51);
  CHECK(content_of(samples).starts_with("time_s,pool,replicas,running"));
  CHECK(polyfleet_run("simulate serve " + file + " --timeline " + trace).code == 0);
  CHECK(polyfleet::parse_json(content_of(trace), trace).has_value());
  for (const auto& entry : std::filesystem::directory_iterator(scratch() / ""))
    CHECK(entry.path().string().find(".part") == std::string::npos);
  const std::string again = scratch().write(
      "again.toml", small_service("", "arrivals = \"trace\"\nfile = \"" + requests + "\"\n"));
  const Value replayed = json_of("simulate serve " + again + " --json");
  CHECK(to_json(*run.find("ttft_s")) == to_json(*replayed.find("ttft_s")));
  CHECK(to_json(*run.find("totals")) == to_json(*replayed.find("totals")));
}

TEST_CASE("simulate serve: mistakes carry their place and end with 2") {
  const auto faulty = [](const std::string& text, const std::string& part) {
    const std::string file = scratch().write("faulty.toml", text);
    const Outcome outcome = polyfleet_run("simulate serve " + file);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.says(part));
    CHECK(outcome.err.starts_with("error: /"));  // the file, and where in it
  };
  faulty("name = \"x\"\n", "lacks the key 'traffic'");
  faulty(small_service("replica = 2\n"), "did you mean 'replicas'?");
  faulty(small_service("replicas = 0\n"), "replicas");
  faulty(small_service("engine_ = 1\n"), "engine");
  faulty(small_service("role = \"prefil\"\n"), "did you mean 'prefill'?");
  faulty(small_service("role = \"prefill\"\n"), "decode");
  faulty(small_service() + "\n[[event]]\nat = \"1 s\"\npool = \"q\"\nchange = \"fail\"\n",
         "no pool is named 'q'");
  faulty(small_service() +
             "\n[[event]]\nat = \"1 s\"\npool = \"p\"\nreplica = 3\nchange = "
             "\"fail\"\n",
         "has no replica 3");
  faulty(small_service() + "\n[[transfer]]\nfrom = \"p\"\nto = \"p\"\n", "no cache goes");
  faulty(small_service("", "arrivals = \"poisson\"\nrate = -1\nrequests = 5\n"), "rate");
  faulty(small_service("", "arrivals = \"trace\"\nfile = \"/nowhere.csv\"\n"), "nowhere.csv");
  const std::string columns = scratch().write("columns.csv", "time,tokens\n1,2\n");
  faulty(small_service("", "arrivals = \"trace\"\nfile = \"" + columns + "\"\n"), "column");
  const std::string order =
      scratch().write("order.csv",
                      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:04.0,10,10\n"
                      "2023-11-16 18:17:03.0,10,10\n");
  const std::string unsorted = scratch().write(
      "unsorted.toml", small_service("", "arrivals = \"trace\"\nfile = \"" + order + "\"\n"));
  const std::string target = (scratch() / "none.csv").string();
  const Outcome outcome = polyfleet_run("simulate serve " + unsorted + " --requests " + target);
  CHECK(outcome.code == 2);
  CHECK(outcome.says("order.csv:3"));
  CHECK_FALSE(std::filesystem::exists(target));
}

TEST_CASE("simulate serve: a model that does not fit ends with 1 and the amount") {
  const std::string file =
      scratch().write("large.toml",
                      "model = \"llama3.1-405b\"\n[[pool]]\nname = \"p\"\naccelerator = "
                      "\"nv_h100_sxm\"\ntensor = 2\n[traffic]\narrivals = \"poisson\"\nrate = "
                      "1\nrequests = 5\ninput = 10\noutput = 10\n");
  const Outcome outcome = polyfleet_run("simulate serve " + file);
  CHECK(outcome.code == 1);
  CHECK(outcome.says("does not fit"));
  CHECK(outcome.says("GB"));
}

TEST_CASE("--report writes one file of pictures beside the unchanged result") {
  const std::string file = scratch().write("small.toml", small_service());
  const std::string report = (scratch() / "report.html").string();
  const Outcome plain = polyfleet_run("simulate serve " + file);
  const Outcome pictured = polyfleet_run("simulate serve " + file + " --report " + report);
  CHECK_MESSAGE(pictured.code == 0, pictured.err);
  CHECK(pictured.out == plain.out);
  const std::string page = content_of(report);
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(page.find("Time to first token") != std::string::npos);
  CHECK(page.size() < 2'000'000);
  CHECK(polyfleet_run(small_replica("--report " + report)).code == 0);
  CHECK(content_of(report).find("Where the time of a decode step goes") != std::string::npos);
  const std::string plan = std::string(POLYFLEET_SOURCE_DIR) +
                           "/scenarios/serving_plans/conversation_trace.toml --simulate 0";
  CHECK(polyfleet_run("plan serve " + plan + " --report " + report).code == 0);
  CHECK(content_of(report).find("Which vendor does what share") != std::string::npos);
}

TEST_CASE("a report that cannot be written costs the report and not the result") {
  const Outcome plain = polyfleet_run(small_replica());
  const Outcome lost = polyfleet_run(small_replica("--report /nowhere/report.html"));
  CHECK(lost.code == 2);
  CHECK(lost.out == plain.out);
  CHECK(lost.err.find("/nowhere/report.html") != std::string::npos);
}

TEST_CASE("what does not fit has a report that says why") {
  const std::string report = (scratch() / "misfit.html").string();
  const Outcome outcome = polyfleet_run(
      "estimate serve --model llama3.1-405b --accelerator nv_h100_sxm --tp 1 --input 100 "
      "--output 10 --report " +
      report);
  CHECK(outcome.code == 1);
  CHECK(content_of(report).find("leaves no room for the cache") != std::string::npos);
}
