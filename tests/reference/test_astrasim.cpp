// Every case that ASTRA-sim ran is computed under its assumptions and must agree within 0.2 %.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "config/value.hpp"
#include "cost/astrasim.hpp"

using namespace polyfleet;

namespace {

Value document() {
  auto read = read_document(std::string(POLYFLEET_SOURCE_DIR) +
                            "/tests/reference/data/astrasim_cases.json");
  REQUIRE(read.has_value());
  return std::move(read).value();
}

const Array& list(const Value& from, const char* key) {
  const Value* found = from.find(key);
  REQUIRE_MESSAGE((found != nullptr && found->array() != nullptr), key);
  return *found->array();
}

std::string text(const Value& from, const char* key) {
  const Value* found = from.find(key);
  return found != nullptr && found->text() != nullptr ? *found->text() : std::string();
}

double trace_number(const Value& from, const char* key) {
  const Value* found = from.find(key);
  REQUIRE_MESSAGE((found != nullptr && found->number()), key);
  return *found->number();
}

AstraSimAlgorithm algorithm(const std::string& name) {
  if (name == "direct") return AstraSimAlgorithm::direct;
  return name == "ring" ? AstraSimAlgorithm::ring : AstraSimAlgorithm::halving_doubling;
}

AstraSimTopology topology(const std::string& name) {
  if (name == "Switch") return AstraSimTopology::switched;
  return name == "Ring" ? AstraSimTopology::ring : AstraSimTopology::fully_connected;
}

AstraSimAssumptions assumptions(const Value& root, const Value& item) {
  AstraSimAssumptions out;
  for (std::size_t d = 0; d < list(item, "topology").size(); ++d) {
    AstraSimDimension dimension;
    dimension.topology = topology(*list(item, "topology")[d].text());
    dimension.algorithm = algorithm(*list(item, "algorithm_per_dim")[d].text());
    dimension.npus = static_cast<int>(*list(item, "npus_per_dim")[d].number());
    dimension.rate = *list(item, "bandwidth_GBps")[d].number() * kAstraSimLinkGigabyte;
    dimension.latency = *list(item, "latency_ns")[d].number() * nanosecond;
    out.dimensions.push_back(dimension);
  }
  out.chunks = static_cast<int>(trace_number(item, "chunks"));
  out.local_memory_rate = trace_number(root, "local_mem_bw_GBps") * gigabyte_per_second;
  out.congestion_aware = text(item, "backend").find("congestion_aware") != std::string::npos;
  return out;
}

CollectiveKind kind(const std::string& name) {
  for (std::size_t i = 0; i < kCollectiveKindCount; ++i) {
    if (name_of(static_cast<CollectiveKind>(i)) == name) return static_cast<CollectiveKind>(i);
  }
  FAIL("unknown collective " << name);
  return CollectiveKind::all_reduce;
}

}  // namespace

TEST_CASE("ASTRA-sim collectives agree within 0.2 %") {
  const Value root = document();
  double worst = 0;
  int exact = 0;
  int compared = 0;
  for (const Value& item : list(root, "cases")) {
    if (text(item, "status") != "ok") continue;
    const AstraSimCollective one{kind(text(item, "collective")),
                                 trace_number(item, "size_bytes") * byte, Seconds()};
    const auto time = astrasim_time(std::span(&one, 1), assumptions(root, item));
    INFO("case " << trace_number(item, "id"));
    REQUIRE(time.has_value());
    const double error = std::abs(*time / nanosecond / trace_number(item, "time_ns") - 1);
    CHECK(error <= 0.002);
    worst = std::max(worst, error);
    exact += error == 0 ? 1 : 0;
    ++compared;
  }
  MESSAGE(compared << " cases, " << exact << " to the nanosecond, worst " << 100 * worst << " %");
  CHECK(compared == 33);
}

TEST_CASE("ASTRA-sim data-parallel traces: all-reduces that overlap backward passes") {
  const Value root = document();
  const Value* traces = root.find("dp_training_traces");
  REQUIRE(traces != nullptr);
  double worst = 0;
  for (const Value& item : list(*traces, "cases")) {
    const int layers = static_cast<int>(trace_number(item, "layers"));
    const double forward = trace_number(item, "fwd_us");
    const double backward = trace_number(item, "bwd_us");
    std::vector<AstraSimCollective> jobs;
    for (int layer = 1; layer <= layers; ++layer) {
      jobs.push_back({CollectiveKind::all_reduce,
                      trace_number(item, "allreduce_bytes_per_layer") * byte,
                      (layers * forward + layer * backward) * microsecond});
    }
    const auto time = astrasim_time(jobs, assumptions(root, item));
    REQUIRE(time.has_value());
    const double error = std::abs(*time / nanosecond / trace_number(item, "time_ns") - 1);
    INFO("layers " << layers << " " << *time / nanosecond << " " << trace_number(item, "time_ns"));
    CHECK(error <= 0.002);
    worst = std::max(worst, error);
  }
  MESSAGE("worst " << 100 * worst << " %");
}

TEST_CASE("ASTRA-sim mode refuses what it does not cover") {
  AstraSimAssumptions a;
  a.dimensions.push_back({AstraSimTopology::switched, AstraSimAlgorithm::direct, 8,
                          50 * kAstraSimLinkGigabyte, 500 * nanosecond});
  a.local_memory_rate = 1600 * gigabyte_per_second;
  a.congestion_aware = true;
  const AstraSimCollective exchange{CollectiveKind::all_to_all, 1e6 * byte, Seconds()};
  CHECK(!astrasim_time(std::span(&exchange, 1), a).has_value());
  const AstraSimCollective send{CollectiveKind::send_recv, 1e6 * byte, Seconds()};
  CHECK(!astrasim_time(std::span(&send, 1), a).has_value());
  a.dimensions.clear();
  CHECK(!astrasim_time(std::span(&exchange, 1), a).has_value());
}
