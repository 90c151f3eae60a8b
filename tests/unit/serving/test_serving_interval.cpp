#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "serving/serving_interval.hpp"

using namespace polyfleet;

namespace {

/// A data folder with this table of intervals.
std::filesystem::path folder_with(const std::string& text) {
  const auto folder = std::filesystem::temp_directory_path() / "polyfleet_serving_interval";
  std::filesystem::create_directories(folder / "engines");
  std::ofstream(folder / "engines" / "intervals.toml") << text;
  return folder;
}

const char kTable[] =
    "known_sigma = 0.1\n"
    "[[interval]]\nkind = \"*\"\nmetric = \"*\"\nvendor = \"*\"\nlow = 0.5\nhigh = 2.0\n"
    "[[interval]]\nkind = \"plain\"\nmetric = \"tpot\"\nvendor = \"*\"\nlow = 0.9\nhigh = 1.1\n"
    "[[interval]]\nkind = \"*\"\nmetric = \"tpot\"\nvendor = \"AMD\"\nlow = 0.8\nhigh = 1.3\n";

}  // namespace

TEST_CASE("the most specific interval holds, widened by unknown kernels only") {
  const auto table = ServingIntervalTable::load(folder_with(kTable));
  REQUIRE(table);
  CHECK(table->interval("plain", "tpot", "AMD", 0.1).low == doctest::Approx(0.9));
  CHECK(table->interval("offline", "tpot", "AMD", 0.1).high == doctest::Approx(1.3));
  CHECK(table->interval("offline", "ttft", "AMD", 0.1).high == doctest::Approx(2.0));
  // sigma 0.26 beyond a known 0.1: sqrt(0.26^2 - 0.1^2) = 0.24 more, in quadrature with ln 1.1
  const ServingInterval wide = table->interval("plain", "tpot", "NVIDIA", 0.26);
  CHECK(wide.high == doctest::Approx(std::exp(std::hypot(std::log(1.1), 1.2816 * 0.24))));
  CHECK(wide.low < 0.9);
}

TEST_CASE("an empty or faulty table of intervals is diagnosed") {
  CHECK_FALSE(ServingIntervalTable::load(folder_with("known_sigma = 0.1\n")));
  CHECK_FALSE(ServingIntervalTable::load(
      folder_with("known_sigma = 0.1\n[[interval]]\nkind = \"*\"\nmetric = \"*\"\nvendor = "
                  "\"*\"\nlow = 0.5\n")));
  CHECK_FALSE(ServingIntervalTable::load("no_such_folder"));
}
