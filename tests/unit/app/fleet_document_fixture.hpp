// A small scenario of a fleet, whole and with parts exchanged.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "app/fleet_document.hpp"

namespace polyfleet {

inline const std::string kFleet = R"(name = "Test"
[study]
begin = "2027-07-01"
end = "2029-07-01"
[[site]]
id = "here"
region = "us-east5"
utc_offset = "-05:00"
price = "-5 USD/MWh"
pue = 1.12
facility_cost = "13 USD/W"
[[site.power]]
from = "2027-07-01"
limit = "30 MW"
[[pool]]
id = "old"
site = "here"
system = "hgx_h100"
accelerators = 800
[[hardware]]
system = "mi355x_8oam"
price = "35000 USD"
[[phase]]
id = "new"
program = "p"
site = "here"
system = "mi355x_8oam"
power = "20 MW"
ordered = "2027-01-01"
first_delivery = "2027-08-01"
last_delivery = "2027-10-01"
retirement = "2028-02-29"
delay_quarters = [0.5, 0.5]
[[workload]]
id = "chat"
kind = "chat"
model = "llama3.1-8b"
input_tokens = 2000
output_tokens = 400
tpot = "30 ms"
shape = "office"
value = "2 USD/Mtokens"
[[workload.demand]]
from = "2027-07-01"
rate = "86.4 Gtokens/day"
[[workload]]
id = "run"
kind = "pretraining"
model = "llama3.1-8b"
sequence = 4096
batch_tokens = 4194304
accelerators = 512
precisions = ["bf16"]
[[workload.campaign]]
id = "first"
start = "2028-01-01"
deadline = "2028-06-01"
amount = "1 Ttokens"
)";

inline std::string replaced(std::string text, const std::string& part, const std::string& with) {
  const std::size_t at = text.find(part);
  REQUIRE_MESSAGE(at != std::string::npos, part);
  return text.replace(at, part.size(), with);
}

inline std::unique_ptr<Workspace> open_workspace() {
  auto workspace = Workspace::open(std::string(POLYFLEET_SOURCE_DIR) + "/data");
  REQUIRE(workspace.has_value());
  return std::move(*workspace);
}

inline Result<FleetDocument> read_fleet(const std::string& text, const std::string& folder = ".") {
  const auto workspace = open_workspace();
  const auto document = parse_toml(text, "fleet.toml");
  REQUIRE_MESSAGE(document.has_value(), (document ? "" : to_text(document.problems())));
  return read_fleet_document(*document, folder, *workspace);
}

inline FleetDocument fleet_of(const std::string& text) {
  auto document = read_fleet(text);
  REQUIRE_MESSAGE(document.has_value(), (document ? "" : to_text(document.problems())));
  return *std::move(document);
}

/// Empty where the scenario can be used.
inline std::string problems_of(const std::string& text, const std::string& folder = ".") {
  const auto document = read_fleet(text, folder);
  return document ? "" : to_text(document.problems());
}

}  // namespace polyfleet
