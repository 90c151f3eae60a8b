// Faulty scenarios of fleets end with exit code 2, place and remedy, and print no result.
#include <doctest/doctest.h>

#include <string>

#include "cli/json_output.hpp"
#include "run_binary.hpp"

namespace {

const std::string kFolder = std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/fleet/";

/// The small fleet with one part exchanged is refused with this text on standard error.
void refuses(const std::string& part, const std::string& with, const std::string& says) {
  CAPTURE(with);
  const std::string text = replaced(content_of(kFolder + "small.toml"), part, with);
  const Outcome outcome = polyfleet_run("simulate fleet " + scratch().write("fleet.toml", text));
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK_MESSAGE(outcome.err.find(says) != std::string::npos, outcome.err);
  CHECK_MESSAGE(outcome.err.find("fleet.toml:") != std::string::npos, outcome.err);
  CHECK_MESSAGE(outcome.err.find("fix:") != std::string::npos, outcome.err);
}

}  // namespace

TEST_CASE("a fleet with a fault is refused with place and remedy") {
  refuses("site = \"columbus\"", "site = \"columbia\"", "did you mean 'columbus'?");
  refuses("site = \"columbus\"\n", "", "phase lacks the key 'site'");
  refuses("limit = \"30 MW\"", "limit = \"29 MW\"", "has 29 MW on 2026-09-01, and 30 MW");
  refuses("power = \"30 MW\"", "power = \"30 MWh\"", "unit");
  refuses("ordered = \"2026-03-01\"", "ordered = \"2027-02-29\"", "ordered:");
  refuses("ordered = \"2026-03-01\"", "ordered = \"2026-08-01\"", "is before ordered");
  refuses("utc_offset = \"-05:00\"", "utc_offset = \"EST\"", "'EST' is no offset from UTC");
  refuses("region = \"us-east5\"", "region = \"us-south1\"", "states no price of electricity");
  refuses("deadline = \"2027-03-01\"", "deadline = \"2026-10-01\"", "not after its start");
}

TEST_CASE("every fault of a fleet is reported, not only the first") {
  std::string text = content_of(kFolder + "small.toml");
  text = replaced(text, "model = \"deepseek-v3\"", "model = \"deepsek-v3\"");
  text = replaced(text, "shape = \"office\"", "shape = \"offices\"");
  const Outcome outcome = polyfleet_run("simulate fleet " + scratch().write("two.toml", text));
  CHECK(outcome.code == 2);
  CHECK(outcome.err.find("deepseek-v3") != std::string::npos);
  CHECK(outcome.err.find("did you mean 'office'?") != std::string::npos);
}
